"""Many readers at once: one render for all, and never a page from before a purge (K4, K6)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tests.pagecache.asking import ask
from tests.pagecache.stage import App, make

MANY = 64


@pytest.fixture
def app():
    return App()


@pytest.fixture
def cache(app):
    return make(app)


@pytest.fixture
def readers():
    with ThreadPoolExecutor(MANY + 1) as pool:
        yield pool


def all_wait(flights, key, how_many):
    """Wait until ``how_many`` readers stand before the render of ``key``."""
    event = flights.under_way[key]
    for _ in range(1000):
        if len(event._cond._waiters) >= how_many:
            return
        Event().wait(0.01)
    raise AssertionError("the readers do not wait")


def test_k4_64_readers_of_a_page_that_is_not_there_cause_one_render(cache, app, readers):
    gate = app.hold()
    answers = [readers.submit(ask, cache) for _ in range(MANY)]
    assert app.inside.wait(10)
    all_wait(cache.flights, "/", MANY - 1)
    gate.set()

    bodies = {answer.result().body for answer in answers}

    assert bodies == {app.body}
    assert len(app.seen) == 1
    assert cache.flights.under_way == {}


def test_k4_64_readers_of_an_expired_page_cause_one_render_and_nobody_waits(cache, app, readers):
    old = ask(cache).body
    cache.clock.now += 301
    app.body = b"new" * 300
    gate = app.hold()
    first = readers.submit(ask, cache)
    assert app.inside.wait(10)

    others = [ask(cache) for _ in range(MANY - 1)]
    gate.set()

    assert {(answer.body, answer.word) for answer in others} == {(old, "hit; detail=stale")}
    assert first.result().body == app.body
    assert len(app.seen) == 2
    assert cache.counts.stale == MANY - 1
    assert ask(cache).body == app.body


def test_k4_an_old_page_is_not_shown_after_a_quiet_hour(cache, app, readers):
    ask(cache)
    cache.clock.now += 300 + 31
    app.body = b"new" * 300
    gate = app.hold()
    first = readers.submit(ask, cache)
    assert app.inside.wait(10)
    second = readers.submit(ask, cache)
    all_wait(cache.flights, "/", 1)
    gate.set()

    assert first.result().body == second.result().body == app.body
    assert len(app.seen) == 2


def test_readers_of_a_page_that_nobody_keeps_do_not_wait_for_each_other(cache, app, readers):
    app.tags = ""
    ask(cache)
    gate = app.hold()
    answers = [readers.submit(ask, cache) for _ in range(8)]
    for _ in range(1000):
        if len(app.seen) == 9:
            break
        Event().wait(0.01)
    assert len(app.seen) == 9, "they stand in a queue"
    gate.set()

    assert {answer.result().word for answer in answers} == {"fwd=uri-miss"}


def test_a_page_may_become_one_that_is_kept(cache, app):
    app.tags = ""
    ask(cache)
    app.tags = "lists"
    cache.clock.now += 9.9
    assert ask(cache).word == "fwd=uri-miss"
    cache.clock.now += 0.1

    assert ask(cache).word == "fwd=uri-miss; stored"


def test_a_failed_render_lets_the_next_reader_try(cache, app):
    app.status = "500 No"
    assert ask(cache).status == 500
    app.status = "200 OK"

    assert ask(cache).word == "fwd=uri-miss; stored"


def test_a_render_that_raises_holds_nobody(cache, app):
    def broken(environ, start_response):
        raise ZeroDivisionError

    cache.application = broken
    with pytest.raises(ZeroDivisionError):
        ask(cache)
    cache.application = app

    assert ask(cache).word == "fwd=uri-miss; stored"


def test_k6_a_page_that_was_being_made_while_its_tag_was_purged_is_not_kept(cache, app, readers):
    gate = app.hold()
    held = readers.submit(ask, cache)
    assert app.inside.wait(10)
    cache.store.purge(["article:1"])
    gate.set()
    assert held.result().word == "fwd=uri-miss"
    app.gate, app.body = None, b"new" * 300

    assert ask(cache).body == app.body
    assert ask(cache).word == "hit"


def test_k6_a_reader_who_waited_through_a_purge_gets_the_new_page(cache, app, readers):
    gate = app.hold()
    held = readers.submit(ask, cache)
    assert app.inside.wait(10)
    cache.store.purge(["lists"])
    waiting = readers.submit(ask, cache)
    all_wait(cache.flights, "/", 1)
    app.gate, old = None, app.body
    app.body = b"new" * 300
    gate.set()

    # The first asked before the change; what it gets was rendered when it asked.
    assert held.result().status == 200
    assert waiting.result().body == app.body != old


def test_k6_a_purge_of_another_story_lets_the_page_be_kept(cache, app, readers):
    gate = app.hold()
    held = readers.submit(ask, cache)
    assert app.inside.wait(10)
    cache.store.purge(["article:2", "comments"])
    gate.set()

    assert held.result().word == "fwd=uri-miss; stored"


def test_k6_a_comment_keeps_all_pages_that_do_not_show_its_story(cache, app):
    app.tags = "article:1"
    ask(cache, "/uno/")
    app.tags = "article:2"
    ask(cache, "/due/")
    cache.forget(tags=("article:1", "comments"), sender=None, signal=None)

    assert ask(cache, "/due/").word == "hit"
    assert ask(cache, "/uno/").word == "fwd=uri-miss; stored"
