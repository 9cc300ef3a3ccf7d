"""What each database needs to find words: FTS5 beside the table, or two tsvector columns in it."""

from django.db import migrations

COLUMNS = "title_terms, tags_terms, standfirst_terms, body_terms, comments_terms, facets"
OLD = ", ".join(f"old.{name}" for name in COLUMNS.split(", "))
NEW = ", ".join(f"new.{name}" for name in COLUMNS.split(", "))
FORGET = f"INSERT INTO search_index(search_index, rowid, {COLUMNS}) VALUES('delete', old.id, {OLD});"
ADD = f"INSERT INTO search_index(rowid, {COLUMNS}) VALUES (new.id, {NEW});"

SQLITE = [
    # The table keeps the terms, FTS5 only where they are; columnsize is for a ranking we do not use.
    f"""CREATE VIRTUAL TABLE search_index USING fts5({COLUMNS},
        content='search_document', content_rowid='id', columnsize=0,
        tokenize='unicode61 remove_diacritics 0')""",
    f"CREATE TRIGGER search_added AFTER INSERT ON search_document BEGIN {ADD} END",
    f"CREATE TRIGGER search_gone AFTER DELETE ON search_document BEGIN {FORGET} END",
    f"""CREATE TRIGGER search_changed AFTER UPDATE OF id, {COLUMNS} ON search_document
        BEGIN {FORGET} {ADD} END""",
]
SQLITE_BACK = [
    "DROP TRIGGER search_added",
    "DROP TRIGGER search_gone",
    "DROP TRIGGER search_changed",
    "DROP TABLE search_index",
]
POSTGRESQL = [
    # Written by search/postgresql.py: PostgreSQL's own parser would cut our terms otherwise.
    "ALTER TABLE search_document ADD COLUMN everything tsvector",
    "ALTER TABLE search_document ADD COLUMN head tsvector",  # title, tags, standfirst
    "CREATE INDEX search_everything ON search_document USING gin (everything)",
    "CREATE INDEX search_head ON search_document USING gin (head)",
]
POSTGRESQL_BACK = [
    "ALTER TABLE search_document DROP COLUMN everything",
    "ALTER TABLE search_document DROP COLUMN head",
]


def run(sqlite, postgresql):
    def change(apps, schema_editor):
        for line in sqlite if schema_editor.connection.vendor == "sqlite" else postgresql:
            schema_editor.execute(line)

    return change


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [
        migrations.RunPython(run(SQLITE, POSTGRESQL), run(SQLITE_BACK, POSTGRESQL_BACK)),
    ]
