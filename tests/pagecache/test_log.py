"""The purge log in the database: a row is seen once, when its change is, in whatever order."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from pagecache import log, tags
from pagecache.log import Reader
from pagecache.models import Purge, Tally

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reader():
    made = Reader()
    made.read()
    return made


def test_a_reader_begins_with_the_next_change():
    tags.purge_on_commit("lists")
    reader = Reader()

    assert reader.read() == []
    tags.purge_on_commit("article:1", "comments")
    assert reader.read() == [["article:1", "comments"]]
    assert reader.read() == []


def test_changes_come_once_each_in_their_order(reader):
    for number in range(5):
        tags.purge_on_commit(f"article:{number}")

    assert reader.read() == [[f"article:{number}"] for number in range(5)]
    assert reader.read() == []


def test_a_change_that_was_rolled_back_is_not_in_the_log(reader):
    with transaction.atomic():
        tags.purge_on_commit("article:1")
        transaction.set_rollback(True)

    assert reader.read() == []
    assert not Purge.objects.exists()


def test_two_readers_hear_the_same(reader):
    other = Reader()
    other.read()
    tags.purge_on_commit("lists")

    assert reader.read() == other.read() == [["lists"]]


def test_k6_a_change_that_commits_late_is_heard_although_a_later_one_was_before(reader):
    """PostgreSQL numbers rows before it commits them; on SQLite the second writer waits."""
    if connection.vendor != "postgresql":
        pytest.skip("writers stand in one queue")
    written, go_on = Event(), Event()

    def late():
        try:
            with transaction.atomic():
                tags.purge_on_commit("article:1")
                written.set()
                assert go_on.wait(10)
        finally:
            connection.close()

    thread = Thread(target=late)
    thread.start()
    assert written.wait(10)
    tags.purge_on_commit("article:2")
    assert reader.read() == [["article:2"]]
    assert reader.read() == []  # read again, and known
    go_on.set()
    thread.join(10)

    assert reader.read() == [["article:1"]]
    assert reader.read() == []


def test_k6_a_change_that_was_open_when_the_reader_began_is_heard():
    if connection.vendor != "postgresql":
        pytest.skip("writers stand in one queue")
    written, go_on = Event(), Event()

    def late():
        try:
            with transaction.atomic():
                tags.purge_on_commit("article:1")
                written.set()
                assert go_on.wait(10)
        finally:
            connection.close()

    thread = Thread(target=late)
    thread.start()
    assert written.wait(10)
    tags.purge_on_commit("article:2")
    reader = Reader()
    assert reader.read() == []
    go_on.set()
    thread.join(10)

    assert reader.read() == [["article:1"]]


def test_a_purge_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        tags.purge_on_commit("lists", *(f"article:{number}" for number in range(100)))


@pytest.mark.parametrize("rows", [0, 50])
def test_a_look_into_the_log_costs_the_same_whatever_it_finds(
    reader, rows, django_assert_max_num_queries
):
    for number in range(rows):
        tags.purge_on_commit(f"article:{number}")
    with django_assert_max_num_queries(2):
        assert len(reader.read()) == rows


def test_old_rows_are_forgotten_and_young_ones_stay(reader):
    now = timezone.now()
    tags.purge_on_commit("lists")
    tags.purge_on_commit("old")
    Purge.objects.filter(tags="old").update(at=now - log.KEEP - timedelta(seconds=1))
    numbers = dict.fromkeys(
        ["hits", "misses", "stale", "passed", "bytes_sent", "bytes_kept", "pages_kept"], 1
    )
    for process, age in (("a:1", timedelta(hours=23)), ("b:2", timedelta(hours=25))):
        Tally.objects.create(process=process, since=now - age, at=now - age, **numbers)

    assert log.forget_due(now) == 2
    assert [purge.tags for purge in Purge.objects.all()] == ["lists"]
    assert [tally.process for tally in Tally.objects.all()] == ["a:1"]


def test_a_reader_goes_on_after_old_rows_were_forgotten(reader):
    tags.purge_on_commit("lists")
    reader.read()
    log.forget_due(timezone.now() + timedelta(hours=2))
    tags.purge_on_commit("article:1")

    assert reader.read() == [["article:1"]]


def test_the_log_is_forgotten_before_a_deaf_process_could_miss_a_row():
    from pagecache.listening import FORGET_SECONDS

    assert log.KEEP.total_seconds() > FORGET_SECONDS


def test_the_bell_rings_after_the_commit(monkeypatch):
    sounds = []
    with transaction.atomic():
        before = tags.bell().sound()
        tags.purge_on_commit("lists")
        sounds.append(tags.bell().sound() == before)
    sounds.append(tags.bell().sound() == before)

    assert sounds == [True, False]
