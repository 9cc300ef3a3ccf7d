"""A query's hits. The databases say which documents have the words, newest first and only so
many; ranking.py puts those in order. So no query costs more on a large archive than it must.
"""

from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import NamedTuple

from django.db import OperationalError
from django.db.models import BigIntegerField

from kit.prepared import Several, prepared
from search import analysis, ranking
from search.backend import backend
from search.models import FIELDS, Document, Synonym

PER_PAGE = 10
POOL = 300  # newest hits that are ranked
HEAD_POOL = 200  # and the newest of those that have the words in title, tags or standfirst
MOST_PAGES = 50
SECONDS = 2  # a statement may take (trust table, Q2)
TERMS = tuple(f"{name}_terms" for name in FIELDS)
HEAD = TERMS[: ranking.HEAD]
KEY = BigIntegerField()


class TooSlow(Exception):
    """The database did not answer within SECONDS."""


@dataclass(frozen=True)
class Found:
    keys: list[int]  # of the documents on one page of results, in order
    count: int = 0  # on all pages together
    more: bool = False  # there are more than were counted
    some: bool = False  # none has all words: these have some


def synonyms():
    """Return the pairs of ``queries.parse``. One query."""
    pairs = [(said(one), said(other)) for one, other in said_alike()]
    return [pair for pair in pairs if all(pair) and pair[0] != pair[1]]


@prepared()
def said_alike():
    return Synonym.objects.values_list("one", "other")


@lru_cache(maxsize=1024)
def said(text):
    return tuple(analysis.terms(text))


@contextmanager
def in_time():
    """Run statements within SECONDS; TooSlow."""
    try:
        with backend().within(SECONDS):
            yield
    except OperationalError as error:
        raise TooSlow from error


def find(query, now, *, by_date=False, page=1):
    """Return what ``query`` finds, best first or newest first.

    One to a few queries; a page far back reads more. Raises TooSlow. If no document has all words,
    those that have some.
    """
    if query.is_empty:
        return Found([])
    way = newest if by_date or not query.wanted else partial(best, now=now)
    found = way(query, page=page)
    return found if found.count or len(query.wanted) < 2 else way(query, page=page, some=True)


def newest(query, *, page=1, some=False):
    limit = MOST_PAGES * PER_PAGE
    with in_time():
        keys = [key for (key,) in backend().newest(query, (), limit + 1, some=some)]
    count = min(len(keys), limit)
    return Found(on(page, keys), count, more=len(keys) > limit, some=some and count > 0)


def best(query, *, now, page=1, some=False):
    with in_time():
        rows = backend().newest(query, HEAD, POOL + 1, some=some)
        more = len(rows) > POOL
        if more and not some:
            rows += backend().newest(query, HEAD, HEAD_POOL, head=True)
        heads = {key: tuple(fields) for key, *fields in rows}
        rarity = rarities(query, heads) if some and heads else None
        keys = ranking.first(heads, rest, query, now, page * PER_PAGE, rarity)
    count = min(len(heads), MOST_PAGES * PER_PAGE)
    return Found(on(page, keys), count, more, some=some and count > 0)


def rarities(query, candidates):
    """Weigh each word by how few of the ``candidates`` have it. One query a word.

    They are the newest that have some of the words: what has one of them and is no older is among
    them.
    """
    oldest, weights = min(candidates), []
    for wanted in query.wanted:
        one = replace(query, wanted=[wanted], low=oldest)
        weights.append(ranking.rarity(len(backend().newest(one, (), POOL + 1)), len(candidates)))
    return weights


def on(page, keys):
    """Return those of ``keys`` that stand on a page of results."""
    return keys[(page - 1) * PER_PAGE : page * PER_PAGE]


def rest(keys):
    """Return the terms of body and comments by key. One query."""
    return {key: terms for key, *terms in long_fields(keys=keys)}


@prepared(keys=Several(KEY, ranking.PORTION))
def long_fields(keys):
    return Document.objects.filter(pk__in=keys).values_list("pk", *TERMS[ranking.HEAD :])


def anything(query, *, some=False):
    """True if the query finds something at all; ``some``: or some of its words do."""
    with in_time():
        return bool(backend().newest(query, (), 1, some=some))


def in_titles(query, limit=6):
    """Return the newest documents that have all words in title, tags or standfirst."""
    with in_time():
        return [key for (key,) in backend().newest(query, (), limit, head=True)]


class Shown(NamedTuple):
    """What a result shows of a document."""

    kind: str
    number: int
    standfirst: str
    body: str
    comments: str


def documents(keys):
    """Return the documents of at most PER_PAGE ``keys`` in their order. One query."""
    rows = {key: Shown(*columns) for key, *columns in shown(keys=keys)} if keys else {}
    return [rows[key] for key in keys if key in rows]


@prepared(keys=Several(KEY, PER_PAGE))
def shown(keys):
    return Document.objects.filter(pk__in=keys).values_list("pk", *Shown._fields)


def articles(keys):
    """Return the numbers of the stories among at most PER_PAGE documents. One query."""
    return stories(keys=keys) if keys else []


@prepared(keys=Several(KEY, PER_PAGE))
def stories(keys):
    rows = Document.objects.filter(pk__in=keys, kind="article")
    return rows.values_list("number", flat=True)
