"""Pages say what they show, writers say what changed: the two halves of the page cache's tags."""

import pytest
from django.db import transaction
from django.http import HttpResponse

from pagecache.tags import cacheable, purge_on_commit, purged


@pytest.fixture
def heard():
    """What the signal carried, one entry per time it was sent."""
    calls = []

    def listen(**sent):
        calls.append(sent)

    purged.connect(listen)
    yield calls
    purged.disconnect(listen)


def tags_of(calls):
    return [call["tags"] for call in calls]


def forget_and_fail(*tags):
    with transaction.atomic():
        purge_on_commit(*tags)
        raise RuntimeError("the save failed")


# --- pages ---


@pytest.mark.parametrize(
    ("tags", "header"),
    [
        (["lists"], "lists"),
        (["lists", "article:12", "image:3"], "lists article:12 image:3"),
        (["article:9", "article:10", "article:1"], "article:9 article:10 article:1"),
        (["lists", "article:12", "lists", "image:3", "article:12"], "lists article:12 image:3"),
    ],
)
def test_tags_are_declared_once_and_in_their_order(tags, header):
    assert cacheable(HttpResponse(), *tags, seconds=60).headers["Cache-Tags"] == header


def test_a_page_gets_these_headers_and_no_other():
    response = HttpResponse("ciao")
    before = dict(response.headers)

    same = cacheable(response, "lists", "all", seconds=300)

    assert same is response
    assert dict(same.headers) == before | {
        "Cache-Tags": "lists all",
        "Cache-Control": "public, max-age=0, must-revalidate",
    }
    assert same.content == b"ciao"


def test_the_seconds_are_for_whoever_keeps_the_page_and_no_reader_sees_them():
    response = cacheable(HttpResponse(), "lists", seconds=3600)

    assert response.keep_seconds == 3600
    assert "3600" not in str(response.headers)


def test_a_page_that_is_declared_twice_says_what_was_said_last():
    response = cacheable(HttpResponse(), "lists", seconds=300)
    cacheable(response, "article:1", seconds=60)

    assert (response.headers["Cache-Tags"], response.keep_seconds) == ("article:1", 60)


# --- writers ---


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_pages_are_forgotten_at_once(heard):
    purge_on_commit("lists")

    assert tags_of(heard) == [("lists",)]


@pytest.mark.django_db(transaction=True)
def test_pages_are_forgotten_after_the_commit_and_not_before(heard):
    with transaction.atomic():
        purge_on_commit("article:12")
        with transaction.atomic():
            purge_on_commit("lists")
        assert heard == []

    assert tags_of(heard) == [("article:12",), ("lists",)]


@pytest.mark.django_db(transaction=True)
def test_a_change_that_was_rolled_back_forgets_nothing(heard):
    with pytest.raises(RuntimeError):
        forget_and_fail("article:12")

    assert heard == []


@pytest.mark.django_db(transaction=True)
def test_a_part_that_was_rolled_back_forgets_nothing_and_the_rest_does(heard):
    with transaction.atomic():
        purge_on_commit("article:1")
        with pytest.raises(RuntimeError):
            forget_and_fail("article:2")
        purge_on_commit("article:3")

    assert tags_of(heard) == [("article:1",), ("article:3",)]


@pytest.mark.django_db
def test_the_signal_carries_one_tuple_a_call_in_the_order_given(
    heard, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        purge_on_commit("lists", *(f"article:{number}" for number in (3, 1, 2)))

    assert len(callbacks) == 1
    assert heard == [
        {"signal": purged, "sender": None, "tags": ("lists", "article:3", "article:1", "article:2")}
    ]
    assert type(heard[0]["tags"]) is tuple
