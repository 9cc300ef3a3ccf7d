"""The database is emptied after a test that commits: the tables that have rows, and no other.

Django's own flush empties all sixty and writes content types and permissions anew, which takes
longer than most of these tests.
"""

from functools import cache

from django.db import connections, transaction
from django.test import TransactionTestCase

# What the migrations filled, and no test of this kind changes.
KEPT = {
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "django_site",
    "search_synonym",
}


def install():
    TransactionTestCase._fixture_teardown = after_test


def after_test(case):
    for alias in case._databases_names(include_mirrors=False):
        empty(connections[alias])


def empty(connection):
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        cursor.execute(question(connection.alias))
        # Foreign keys are looked at when this commits: any order will do.
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


@cache
def question(alias):
    """Return the SQL that names the tables with rows, in one query."""
    connection = connections[alias]
    tables = set(connection.introspection.django_table_names(only_existing=True)) - KEPT
    quote = connection.ops.quote_name
    rows = (f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM {quote(t)})" for t in sorted(tables))
    return " UNION ALL ".join(rows)
