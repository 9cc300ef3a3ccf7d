"""What every test may ask for. PostgreSQL and the browser are chosen by tests/run.py."""

import pytest

from tests.built import built, collected, migrated  # noqa: F401 - fixtures

DATABASE_FIXTURES = {"db", "transactional_db", "client", "admin_client", "live_server"}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from tests.together import Together

    return Together(config, log)


def pytest_collection_modifyitems(items):
    """Mark as ``pure`` what asks no database: once is enough, on the first of the two."""
    for item in items:
        asks = item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(item.fixturenames)
        if not asks and not item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.pure)


@pytest.fixture(autouse=True, scope="session")
def _connections_live_on():
    """A test's transaction must not be closed because the suite is a minute old."""
    from django.db import connections

    for name in connections:
        connections.settings[name]["CONN_MAX_AGE"] = None


@pytest.fixture(autouse=True, scope="session")
def _what_was_committed_is_deleted():
    from tests import emptying

    emptying.install()


@pytest.fixture(autouse=True, scope="session")
def _passwords_are_hashed_fast():
    """The real hasher takes a third of a second on purpose, and most tests need somebody."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def staff_client(client):
    from tests.factories import make_user

    client.force_login(make_user("redattrice"))
    return client


@pytest.fixture(autouse=True)
def _searches_are_not_counted_across_tests():
    from articles import lookup

    lookup.searches.seen.clear()
    lookup.suggestions.seen.clear()


@pytest.fixture(autouse=True)
def _pieces_of_pages_are_made_with_the_settings_of_the_test():
    from kit import memo

    memo.forget()
