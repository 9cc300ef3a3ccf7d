"""Finding on PostgreSQL: two tsvector columns, written here from our terms and never parsed."""

from contextlib import contextmanager

from django.db import connection, transaction

from search.models import FIELDS, Document
from search.queries import AllOf, AnyOf, Phrase

HEAD = FIELDS[:3]
BETWEEN_FIELDS = 2  # places left free, so that no phrase goes across
LAST_PLACE = 16_383  # a tsvector counts no further


def newest(query, columns, limit, *, head=False, some=False):
    """Return at most ``limit`` rows (key, *columns) of documents that match, newest first.

    ``head``: all words in title, tags or standfirst. ``some``: one of the words is enough.
    """
    conditions, values = [], []
    words = expression(query, some)
    if head and words:
        conditions.append("head @@ %s::tsquery")
        values.append(words)
    if match := " & ".join(filter(None, ["" if head else words, filters(query)])):
        conditions.append("everything @@ %s::tsquery")
        values.append(match)
    for bound, sign in ((query.low, ">="), (query.high, "<")):
        if bound is not None:
            conditions.append(f"id {sign} %s")
            values.append(bound)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(['id', *columns])} FROM search_document {where} "  # noqa: S608 - names of ours
            "ORDER BY id DESC LIMIT %s",
            [*values, limit],
        )
        return cursor.fetchall()


def expression(query, some):
    """Return the wanted words in tsquery's language, "" for none."""
    words = [written(wanted.node) for wanted in query.wanted]
    return f"({(' | ' if some else ' & ').join(words)})" if words else ""


def filters(query):
    parts = [f"({' | '.join(map(quoted, group))})" for group in query.facets]
    parts += [f"!{written(wanted.node)}" for wanted in query.unwanted]
    parts += [f"!{quoted(facet)}" for facet in query.without]
    return " & ".join(parts)


def written(node):
    if isinstance(node, Phrase):
        return f"({' <-> '.join(map(quoted, node.terms))})"
    joint = {AnyOf: " | ", AllOf: " & "}[type(node)]
    return f"({joint.join(map(written, node.nodes))})"


def quoted(term):
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"


def stored(keys):
    """Write the vectors of documents just saved."""
    columns = [f"{name}_terms" for name in FIELDS]
    rows = Document.objects.filter(pk__in=keys).values_list("pk", "facets", *columns)
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE search_document SET everything = %s::tsvector, head = %s::tsvector "
            "WHERE id = %s",
            [
                (vector([*terms, facets]), vector(terms[: len(HEAD)]), key)
                for key, facets, *terms in rows
            ],
        )


def vector(fields):
    """Return rows of terms as a tsvector in PostgreSQL's own spelling, with their places."""
    pieces, place = [], 1
    for terms in fields:
        for term in terms.split():
            pieces.append(f"{quoted(term)}:{min(place, LAST_PLACE)}")
            place += 1
        place += BETWEEN_FIELDS
    return " ".join(pieces)


def words_beginning(words, start):
    return words.filter(word__startswith=start)


@contextmanager
def within(seconds):
    """End a statement that runs longer than ``seconds``: OperationalError."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = %s", [int(seconds * 1000)])
        yield
