"""Finding on SQLite: FTS5 over the terms, newest first by walking its rows backwards."""

import time
from contextlib import contextmanager

from django.db import connection

from search.queries import AllOf, AnyOf, Phrase

HEADS = frozenset(("title_terms", "tags_terms", "standfirst_terms"))
HEAD = "{title_terms tags_terms standfirst_terms}"


def newest(query, columns, limit, *, head=False, some=False):
    """Return at most ``limit`` rows (key, *columns) of documents that match, newest first.

    ``head``: all words in title, tags or standfirst. ``some``: one of the words is enough.
    """
    conditions, values = [], []
    source = "search_document d"
    if match := expression(query, head, some):
        # CROSS JOIN: SQLite keeps this order of tables, and so the index's own order of rows.
        # A few short columns it would read from the table, unless it is told where they are.
        by = " INDEXED BY search_heads" if HEADS.issuperset(columns) else ""
        source = f"search_index i CROSS JOIN search_document d{by} ON d.id = i.rowid"
        conditions.append("search_index MATCH %s")
        values.append(match)
    key = "i.rowid" if match else "d.id"
    for bound, sign in ((query.low, ">="), (query.high, "<")):
        if bound is not None:
            conditions.append(f"{key} {sign} %s")
            values.append(bound)
    wanted = ", ".join([key, *(f"d.{column}" for column in columns)])
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {wanted} FROM {source} {where} ORDER BY {key} DESC LIMIT %s",  # noqa: S608 - names of ours
            [*values, limit],
        )
        return cursor.fetchall()


def expression(query, head, some):
    """Return the query in FTS5's language. Terms are letters and digits; quoted all the same."""
    words = [written(wanted.node) for wanted in query.wanted]
    parts = []
    if words:
        joined = (" OR " if some else " AND ").join(words)
        parts.append(f"{HEAD} : ({joined})" if head else f"({joined})")
    parts += [f"facets : ({' OR '.join(map(quoted, group))})" for group in query.facets]
    unwanted = [written(wanted.node) for wanted in query.unwanted]
    unwanted += [f"facets : {quoted(facet)}" for facet in query.without]
    if not parts:
        return ""
    together = " AND ".join(parts)
    return f"({together}) NOT ({' OR '.join(unwanted)})" if unwanted else together


def written(node):
    if isinstance(node, Phrase):
        return quoted(" ".join(node.terms))
    joint = {AnyOf: " OR ", AllOf: " AND "}[type(node)]
    return f"({joint.join(map(written, node.nodes))})"


def quoted(terms):
    return '"' + terms.replace('"', '""') + '"'


def stored(keys):
    """Triggers keep FTS5 in step: nothing to do."""


def words_beginning(words, start):
    return words.filter(word__gte=start, word__lt=start + "\U0010ffff")


@contextmanager
def within(seconds):
    """End a statement that runs longer than ``seconds``: OperationalError."""
    until = time.monotonic() + seconds
    connection.ensure_connection()
    handle = connection.connection
    handle.set_progress_handler(lambda: time.monotonic() > until, 10_000)
    try:
        yield
    finally:
        handle.set_progress_handler(None, 0)
