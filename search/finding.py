"""A query's hits. The databases say which documents have the words, newest first and only so
many; ranking.py puts those in order. So no query costs more on a large archive than it must.
"""

from contextlib import contextmanager
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


@contextmanager
def in_time():
    """Run statements within SECONDS; TooSlow."""
    try:
        with backend().within(SECONDS):
            yield
    except OperationalError as error:
        raise TooSlow from error


def find(query, now, *, by_date=False):
    """Return what ``query`` finds, best first or newest first. One to three queries.

    Raises TooSlow. If no document has all words, those that have some.
    """
    if query.is_empty:
        return Found([])
    found = newest(query) if by_date or not query.wanted else best(query, now)
    if found.keys or len(query.wanted) < 2:
        return found
    found = newest(query, some=True) if by_date else best(query, now, some=True)
    return Found(found.keys, more=found.more, some=bool(found.keys))


def newest(query, *, some=False):
    limit = MOST_PAGES * PER_PAGE
    with in_time():
        keys = [key for (key,) in backend().newest(query, (), limit + 1, some=some)]
    return Found(keys[:limit], more=len(keys) > limit)


def best(query, now, *, some=False):
    with in_time():
        rows = backend().newest(query, TERMS, POOL + 1, some=some)
        more = len(rows) > POOL
        if more and not some:
            rows += backend().newest(query, TERMS, HEAD_POOL, head=True)
    candidates = {key: ranking.Candidate(key, tuple(fields)) for key, *fields in rows}
    keys = ranking.ranked(list(candidates.values()), query, now, some=some)
    return Found(keys[: MOST_PAGES * PER_PAGE], more=more)


def anything(query, *, some=False):
    """True if the query finds something at all; ``some``: or some of its words do."""
    with in_time():
        return bool(backend().newest(query, (), 1, some=some))


def in_titles(query, limit=6):
    """Return the newest documents that have all words in title, tags or standfirst."""
    with in_time():
        return [key for (key,) in backend().newest(query, (), limit, head=True)]


def documents(keys):
    """Return the documents of ``keys`` in their order, with what a result shows. One query."""
    columns = ("kind", "number", "date", "title", "standfirst", "body", "comments")
    rows = Document.objects.only(*columns).in_bulk(keys)
    return [rows[key] for key in keys if key in rows]
