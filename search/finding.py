"""A query's hits. The databases say which documents have the words, newest first and only so
many; ranking.py puts those in order. So no query costs more on a large archive than it must.
"""

from dataclasses import dataclass

from django.db import OperationalError

from search import analysis, ranking
from search.backend import backend
from search.models import FIELDS, Document, Synonym

PER_PAGE = 10
POOL = 300  # newest hits that are ranked
HEAD_POOL = 200  # and the newest of those that have the words in title, tags or standfirst
MOST_PAGES = 50
SECONDS = 2  # a statement may take (trust table, Q2)
TERMS = tuple(f"{name}_terms" for name in FIELDS)


class TooSlow(Exception):
    """The database did not answer within SECONDS."""


@dataclass(frozen=True)
class Found:
    keys: list[int]  # of documents, in order
    more: bool = False  # there are more than were counted
    some: bool = False  # none has all words: these have some


def synonyms():
    """Return the pairs of ``queries.parse``. One query."""
    rows = Synonym.objects.values_list("one", "other")
    pairs = [(tuple(analysis.terms(one)), tuple(analysis.terms(other))) for one, other in rows]
    return [pair for pair in pairs if all(pair) and pair[0] != pair[1]]


def find(query, now, *, by_date=False):
    """Return what ``query`` finds, best first or newest first. One to three queries."""
    if query.is_empty:
        return Found([])
    try:
        with backend().within(SECONDS):
            return newest(query) if by_date or not query.wanted else best(query, now)
    except OperationalError as error:
        raise TooSlow from error


def newest(query):
    limit = MOST_PAGES * PER_PAGE
    keys = [key for (key,) in backend().newest(query, (), limit + 1)]
    return Found(keys[:limit], more=len(keys) > limit)


def best(query, now):
    rows = backend().newest(query, TERMS, POOL + 1)
    more, some = len(rows) > POOL, False
    if more:
        rows += backend().newest(query, TERMS, HEAD_POOL, head=True)
    elif not rows and len(query.wanted) > 1:
        rows, some = backend().newest(query, TERMS, POOL, some=True), True
    candidates = {key: ranking.Candidate(key, tuple(fields)) for key, *fields in rows}
    keys = ranking.ranked(list(candidates.values()), query, now, some=some)
    return Found(keys[: MOST_PAGES * PER_PAGE], more=more, some=some)


def anything(query):
    """True if the query finds something at all."""
    with backend().within(SECONDS):
        return bool(backend().newest(query, (), 1))


def in_titles(query, limit=6):
    """Return the newest documents that have all words in title, tags or standfirst."""
    with backend().within(SECONDS):
        return [key for (key,) in backend().newest(query, (), limit, head=True)]


def documents(keys):
    """Return the documents of ``keys`` in their order, with what a result shows. One query."""
    columns = ("kind", "number", "date", "title", "standfirst", "body", "comments")
    rows = Document.objects.only(*columns).in_bulk(keys)
    return [rows[key] for key in keys if key in rows]
