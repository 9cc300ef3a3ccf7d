"""What other processes purged is heard before an answer; a database that is away holds nobody."""

import logging
import time
from threading import Event, Thread

import pytest

from pagecache import listening
from pagecache.listening import Listener
from tests.pagecache.asking import ask
from tests.pagecache.stage import App, Clock, Log, make

AWAY = "hit; detail=database-away"


@pytest.fixture
def app():
    return App()


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def cache(app, log):
    return make(app, log)


def turn(cache, seconds):
    cache.clock.now += seconds
    cache.listener.clock = cache.clock


# --- when the log is read ---


def test_the_log_is_read_at_most_four_times_a_second(cache, log):
    turn(cache, 0)
    for _ in range(100):
        ask(cache)
        turn(cache, 0.01)

    assert log.reads == 4


def test_a_purge_elsewhere_is_heard_after_a_quarter_of_a_second(cache, log, app):
    turn(cache, 0)
    ask(cache)
    log.rows, app.body = [["article:1"]], b"new" * 300
    assert ask(cache).word == "hit"
    turn(cache, 0.25)

    assert ask(cache).body == app.body


def test_a_purge_on_this_machine_is_heard_by_the_next_reader(cache, log, app):
    turn(cache, 0)
    ask(cache)
    log.rows, app.body = [["article:1"]], b"new" * 300
    log.rings += 1

    assert ask(cache).body == app.body
    assert ask(cache).word == "hit"
    assert log.reads == 2


def test_every_row_of_the_log_is_heard(cache, log):
    turn(cache, 0)
    ask(cache)
    log.rows = [["article:7"], ["x", "article:1"]]
    turn(cache, 1)

    assert ask(cache).word == "fwd=uri-miss; stored"


def test_who_was_deaf_for_an_hour_forgets_everything(cache, log):
    turn(cache, 0)
    cache.store  # noqa: B018
    ask(cache)
    ask(cache, "/altra/")
    turn(cache, listening.FORGET_SECONDS + 1)
    ask(cache)

    assert list(cache.store.entries) == ["/"]


def test_a_bell_that_rings_while_the_log_is_read_is_not_lost(cache, log):
    turn(cache, 0)
    read = log.read

    def read_and_ring():
        rows = read()
        log.rings += 1
        return rows

    cache.listener.read = read_and_ring
    ask(cache)

    assert cache.listener.is_due(cache.clock.now)


# --- the database is away ---


def test_kept_pages_go_out_while_the_database_is_away_and_say_so(cache, log, app):
    turn(cache, 0)
    page = ask(cache)
    log.trouble = OSError("away")
    turn(cache, 1)

    for seconds in (0, 400, 4000):  # past its time, too
        turn(cache, seconds)
        answer = ask(cache)
        assert (answer.word, answer.body) == (AWAY, page.body)
    assert len(app.seen) == 1


def test_what_is_not_kept_is_asked_of_the_site_while_the_database_is_away(cache, log, app):
    turn(cache, 0)
    ask(cache)
    log.trouble = OSError("away")
    turn(cache, 1)
    app.status = "503 Service Unavailable"

    assert ask(cache, "/altra/").status == 503


def test_a_page_past_its_time_goes_out_when_its_render_finds_the_database_away(cache, app):
    turn(cache, 0)
    page = ask(cache)
    turn(cache, 301)
    app.status, app.body = "503 Service Unavailable", b"no"

    answer = ask(cache)

    assert (answer.word, answer.body, answer.status) == (AWAY, page.body, 200)
    assert app.bodies[-1].closed == 1


def test_an_error_of_ours_is_not_hidden_behind_an_old_page(cache, app):
    turn(cache, 0)
    ask(cache)
    turn(cache, 301)
    app.status = "500 Internal Server Error"

    assert ask(cache).status == 500


def test_when_the_database_is_back_its_purges_come_first(cache, log, app):
    turn(cache, 0)
    ask(cache)
    log.trouble = OSError("away")
    turn(cache, 1)
    ask(cache)
    log.trouble, log.rows, app.body = None, [["lists"]], b"new" * 300
    turn(cache, 1)

    answer = ask(cache)

    assert (answer.word, answer.body) == ("fwd=uri-miss; stored", app.body)
    assert ask(cache).word == "hit"


def test_trouble_is_said_once_and_so_is_its_end(cache, log, caplog):
    turn(cache, 0)
    ask(cache)
    with caplog.at_level(logging.WARNING, "pagecache"):
        log.trouble = OSError("password of somebody")
        for _ in range(5):
            turn(cache, 2)
            ask(cache)
        log.trouble = None
        turn(cache, 2)
        ask(cache)

    assert caplog.messages == [
        "the purge log does not answer: OSError",
        "the purge log answers again",
    ]


# --- in a thread of its own ---


class Slow(Log):
    """A log that answers when it is let."""

    def __init__(self):
        super().__init__()
        self.open, self.entered = Event(), Event()
        self.open.set()

    def read(self):
        self.entered.set()
        assert self.open.wait(10)
        return super().read()


@pytest.fixture
def slow():
    return Slow()


def listener(log, cache_store, clock=time.monotonic):
    return Listener(cache_store, log.read, log.sound, clock=clock)


def test_the_thread_reads_before_the_first_answer(cache, slow):
    hears = listener(slow, cache.store)
    assert hears.is_due(time.monotonic())
    hears.catch_up(time.monotonic())

    assert (slow.reads, hears.away) == (1, False)
    assert not hears.is_due(time.monotonic())


def test_a_log_that_is_a_little_old_is_read_while_answers_go_on(cache, slow):
    clock = Clock()
    hears = listener(slow, cache.store, clock)
    hears.catch_up(clock.now)
    slow.open.clear()
    clock.now += 0.3

    assert hears.is_due(clock.now)
    hears.catch_up(clock.now)  # returns although the log does not answer
    assert (slow.reads, hears.away) == (1, False)
    slow.open.set()
    wait_until(lambda: slow.reads == 2)


def test_a_log_that_is_old_holds_the_answer(cache, slow):
    clock = Clock()
    hears = listener(slow, cache.store, clock)
    hears.catch_up(clock.now)
    slow.rows = [["article:1"]]
    clock.now += 0.75

    hears.catch_up(clock.now)

    assert slow.reads == 2
    assert cache.store.sequence == 1


def test_a_bell_that_rings_during_a_look_asks_for_another(cache, slow):
    hears = listener(slow, cache.store)
    hears.catch_up(time.monotonic())
    slow.open.clear()
    slow.entered.clear()
    slow.rings += 1
    threads = [Thread(target=hears.catch_up, args=[time.monotonic()]) for _ in range(2)]
    threads[0].start()
    assert slow.entered.wait(5)
    slow.rings += 1
    threads[1].start()
    wait_until(lambda: hears.asked == hears.answered + 2)
    slow.open.set()
    for thread in threads:
        thread.join(5)

    assert slow.reads == 3
    assert not hears.is_due(time.monotonic())


def test_d3_a_database_that_hangs_holds_a_reader_for_a_second_and_the_next_not_at_all(
    cache, slow, monkeypatch
):
    monkeypatch.setattr(listening, "PATIENCE_SECONDS", 0.05)
    hears = listener(slow, cache.store)
    slow.open.clear()
    hears.catch_up(time.monotonic())
    assert hears.away
    monkeypatch.setattr(listening, "PATIENCE_SECONDS", 60)

    hears.catch_up(time.monotonic() + 5)  # does not wait for the minute
    slow.open.set()
    wait_until(lambda: not hears.away)


def test_a_tally_is_written_by_the_thread_and_not_while_the_database_is_away(cache, slow):
    written = []
    hears = listener(slow, cache.store)
    hears.tally = written.append
    hears.catch_up(time.monotonic())
    wait_until(lambda: len(written) == 1)
    slow.trouble = OSError()
    slow.rings += 1
    hears.catch_up(time.monotonic())
    wait_until(lambda: hears.away)

    assert len(written) == 1


def wait_until(condition):
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")
