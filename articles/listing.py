"""Triggers that keep ``Listed`` true, whoever writes: the admin, an import, a command, plain SQL.

A list that lacks a story, or shows it where it no longer belongs, would stay wrong until somebody
noticed. So the database keeps the rows itself, in the transaction of the change (docs/adr/0019).

SQLite rebuilds a table to alter it, and stops at a trigger that names it: migrations run without
triggers, and everything is listed anew after them. The names of the triggers carry a hash of
their SQL, so that a release that changes them is noticed.
"""

import hashlib

from django.db import connections, transaction

from articles import tallies

PREFIX = "articles_listed_"
ARTICLE, FILED = "articles_article", "articles_article_categories"

# Of the stories {which}: under their categories and all that stand above these.
CATEGORIES = """
    DELETE FROM articles_listed WHERE kind = 1 AND article_id IN ({which});
    INSERT INTO articles_listed (kind, label, published_at, article_id)
    SELECT DISTINCT 1, above.id, story.published_at, story.id
    FROM articles_article story
    JOIN articles_category own ON own.id = story.main_category_id OR own.id IN
        (SELECT category_id FROM articles_article_categories WHERE article_id = story.id)
    JOIN articles_category above ON own.path = above.path
        OR substr(own.path, 1, length(above.path) + 1) = above.path || '/'
    WHERE story.status = 'ready' AND story.id IN ({which})
    ON CONFLICT DO NOTHING;
"""
# Of the stories {which}: under what stands in the table {table}, or under one label of it.
LABELS = """
    DELETE FROM articles_listed WHERE kind = {kind} AND article_id IN ({which}){only_deleted};
    INSERT INTO articles_listed (kind, label, published_at, article_id)
    SELECT {kind}, own.{column}, story.published_at, story.id
    FROM {table} own JOIN articles_article story ON story.id = own.article_id
    WHERE story.status = 'ready' AND story.id IN ({which}){only_inserted}
    ON CONFLICT DO NOTHING;
"""
TAGS = {"kind": 2, "table": "articles_article_tags", "column": "tag_id"}
AUTHORS = {"kind": 3, "table": "articles_byline", "column": "author_id"}
# Stories of a category that moved, and of all below it, by their former and by their new paths.
MOVED = """
    SELECT below.id FROM articles_article below JOIN articles_category k
        ON k.id = below.main_category_id WHERE {tree}
    UNION SELECT filed.article_id FROM articles_article_categories filed JOIN articles_category k
        ON k.id = filed.category_id WHERE {tree}
"""
TREE = """k.path = {row}.path
    OR substr(k.path, 1, length({row}.path) + 1) = {row}.path || '/'"""


def all_labels(kind, which):
    return LABELS.format(**kind, which=which, only_deleted="", only_inserted="")


def one_label(kind, row):
    column = kind["column"]
    return LABELS.format(
        **kind,
        which=f"{row}.article_id",
        only_deleted=f" AND label = {row}.{column}",
        only_inserted=f" AND own.{column} = {row}.{column}",
    )


def everything(which):
    """SQL that lists the stories ``which``, a list of keys or a subquery, anew."""
    labels = [all_labels(kind, which) for kind in (TAGS, AUTHORS)]
    return "".join([CATEGORIES.format(which=which), *labels])


def rules(vendor):
    """Yield ``(table, event, condition, SQL, stories)``; ``stories`` are the keys it looks at."""
    differs = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
    changed = " OR ".join(
        f"NEW.{column} {differs} OLD.{column}"
        for column in ("status", "published_at", "main_category_id")
    )
    columns = "status, published_at, main_category_id"
    yield ARTICLE, "INSERT", "NEW.status = 'ready'", everything("NEW.id"), []
    yield ARTICLE, f"UPDATE OF {columns}", changed, everything("NEW.id"), []
    gone = "DELETE FROM articles_listed WHERE article_id = OLD.id;"
    yield ARTICLE, "DELETE", "", gone, []
    filed = "{row}.article_id"
    for event, rows in {"INSERT": ["NEW"], "DELETE": ["OLD"], "UPDATE": ["OLD", "NEW"]}.items():
        keys = [filed.format(row=row) for row in rows]
        yield FILED, event, "", "".join(CATEGORIES.format(which=key) for key in keys), keys
        for kind in (TAGS, AUTHORS):
            yield kind["table"], event, "", "".join(one_label(kind, row) for row in rows), keys
    tree = " OR ".join(f"({TREE.format(row=row)})" for row in ("OLD", "NEW"))
    moved = CATEGORIES.format(which=MOVED.format(tree=tree))
    yield "articles_category", "UPDATE OF path", "NEW.path <> OLD.path", moved, []
    yield from tallies.rules(vendor, differs)


def triggers(vendor):
    """Return ``{name: (table, [statements])}`` for a database."""
    found = {}
    write = write_postgresql if vendor == "postgresql" else write_sqlite
    for rule in rules(vendor):
        digest = hashlib.sha256(repr((vendor, rule)).encode()).hexdigest()[:12]
        name = f"{PREFIX}{digest}"
        found[name] = (rule[0], write(name, *rule))
    return found


def write_sqlite(name, table, event, condition, body, stories):
    when = f"WHEN {condition}" if condition else ""
    return [f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW {when} BEGIN {body} END"]


def write_postgresql(name, table, event, condition, body, stories):
    """With the story locked: somebody may be publishing it while somebody else adds a tag."""
    when = f"WHEN ({condition})" if condition else ""
    locks = "".join(
        f"PERFORM 1 FROM articles_article WHERE id = {key} FOR NO KEY UPDATE;" for key in stories
    )
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$body$ BEGIN {locks}{body} RETURN NULL; END $body$",
        f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW {when} "
        f"EXECUTE FUNCTION {name}()",
    ]


INSTALLED = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal",
}


def installed(connection):
    """Return ``{name: table}`` of our triggers that are in the database now."""
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED[connection.vendor])
        return {name: table for name, table in cursor.fetchall() if name.startswith(PREFIX)}


def drop(connection, names):
    with connection.cursor() as cursor:
        for name, table in names.items():
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER {name} ON {table}")
                cursor.execute(f"DROP FUNCTION {name}()")
            else:
                cursor.execute(f"DROP TRIGGER {name}")


def rebuild(connection):
    """List and count every story anew: about ten seconds of CPU for 100,000 stories."""
    listed = everything("SELECT id FROM articles_article").split(";")
    statements = ["DELETE FROM articles_listed", *listed, *tallies.anew(connection.vendor)]
    run(connection, filter(str.strip, statements))


def run(connection, statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def create(connection, triggers):
    for _, statements in triggers:
        run(connection, statements)


def before_migrations(using, plan=(), **rest):
    if plan:
        drop(connections[using], installed(connections[using]))


def after_migrations(using, **rest):
    """Put the triggers in place, and list everything anew if they were not."""
    connection = connections[using]
    wanted, there = triggers(connection.vendor), installed(connection)
    if wanted.keys() == there.keys():
        run(connection, [tallies.NOTHING_LEFT])
    elif has_tables(connection):
        with transaction.atomic(using):
            drop(connection, there)
            # Tables with a trigger of ours just made are written by nobody else until the end.
            # Those that count the rows of lists come last, or would count each of them now.
            last = [each for each in wanted.values() if each[0] == tallies.LISTED]
            create(connection, [each for each in wanted.values() if each not in last])
            rebuild(connection)
            create(connection, last)


def has_tables(connection):
    """False while the site is migrated to a state of before these tables."""
    return "articles_tally" in connection.introspection.table_names()
