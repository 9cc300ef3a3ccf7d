"""Of several workers one leads; the next one goes on when it dies, hangs or says goodbye (D2)."""

import logging
import os
import socket
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.utils import timezone

from nodes import leading
from nodes.leading import Candidate
from nodes.models import Leader

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 25.0
POSTGRESQL = "connection.vendor != 'postgresql'"


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def candidate(clock):
    """Makes workers of nodes of their own: none can see whether another's process lives."""
    made = []

    def make(node):
        one = Candidate(patience=PATIENCE, clock=clock)
        one.me = f"{node}:{100 + len(made)}:run"
        made.append(one)
        return one

    yield make
    for one in made:
        one.release()


def look(*candidates):
    return [one.held() for one in candidates]


def pass_seconds(clock, seconds, *awake):
    """Let time pass, while those who are ``awake`` look as often as a worker does."""
    for _ in range(int(seconds)):
        clock.now += 1
        look(*awake)


def end_session(one):
    """The process of ``one`` is killed: its session goes, nothing is written."""
    if one.lock:
        one.lock.close()


def test_d2_one_leads_and_the_second_waits(candidate, clock):
    first, second = candidate("a"), candidate("b")

    assert look(first, second) == [True, False]
    pass_seconds(clock, 300, first, second)
    assert look(first, second) == [True, False]


def test_d2_who_waits_says_so_once(candidate, clock, caplog):
    first, second = candidate("a"), candidate("b")
    with caplog.at_level(logging.INFO, "nodes"):
        look(first, second)
        pass_seconds(clock, 300, first, second)

    said = [record.getMessage() for record in caplog.records]
    assert said == [f"{first.me} leads now", f"another worker leads: {second.me} waits"]


def test_d2_a_leader_that_ends_is_followed_at_the_next_look(candidate, clock):
    first, second = candidate("a"), candidate("b")
    look(first, second)

    first.release()
    pass_seconds(clock, 2, second)

    assert second.leads
    assert Leader.objects.get().holder == second.me


def test_d2_a_leader_that_hangs_is_followed_within_thirty_seconds(candidate, clock, caplog):
    first, second = candidate("a"), candidate("b")
    look(first, second)
    pass_seconds(clock, 60, first, second)

    pass_seconds(clock, 15, second)
    early = second.leads
    pass_seconds(clock, 15, second)

    assert (early, second.leads) == (False, True)


def test_d2_a_leader_that_wakes_up_finds_that_it_leads_no_longer(candidate, clock, caplog):
    first, second = candidate("a"), candidate("b")
    look(first, second)
    pass_seconds(clock, 30, second)

    assert look(first, second) == [False, True]
    assert f"{first.me} leads no longer" in caplog.text
    pass_seconds(clock, 100, first, second)
    assert look(first, second) == [False, True]


def test_d2_the_lead_goes_round_and_comes_back(candidate, clock):
    first, second = candidate("a"), candidate("b")
    look(first, second)
    pass_seconds(clock, 30, second)
    pass_seconds(clock, 5, first, second)

    second.release()
    pass_seconds(clock, 3, first)

    assert first.leads


def test_d1_a_leader_that_is_killed_is_followed_within_thirty_seconds(candidate, clock):
    first, second = candidate("a"), candidate("b")
    look(first, second)

    end_session(first)
    pass_seconds(clock, 30, second)

    assert second.leads


@pytest.mark.skipif(POSTGRESQL, reason="the session ends with the process")
def test_d1_on_postgresql_a_killed_leader_is_followed_at_the_next_look(candidate, clock):
    first, second = candidate("a"), candidate("b")
    look(first, second)

    end_session(first)
    pass_seconds(clock, 2, second)

    assert second.leads


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the row decides on SQLite only")
def test_d1_on_one_machine_a_killed_leader_is_followed_at_the_next_look(candidate, clock):
    second = candidate("b")
    now = timezone.now()
    gone = f"{socket.gethostname()[:100]}:{number_of_nobody()}:run"
    Leader.objects.create(name="worker", holder=gone, since=now, renewed_at=now)

    assert second.held()


def number_of_nobody():
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    return child


def test_a_living_process_and_one_of_another_machine_count_as_alive():
    here = socket.gethostname()[:100]

    assert not leading.is_dead(f"{here}:{os.getppid()}:run")
    assert not leading.is_dead(f"{here}:1:run")
    assert not leading.is_dead(f"elsewhere:{number_of_nobody()}:run")
    assert not leading.is_dead("nonsense")
    assert leading.is_dead(f"{here}:{os.getpid()}:an earlier run")  # a container, always number 1


@pytest.mark.parametrize("hours", [-1000, 1000])
def test_d5_a_wrong_clock_neither_gives_nor_keeps_the_lead(candidate, clock, hours, monkeypatch):
    first, second = candidate("a"), candidate("b")
    look(first)
    now = timezone.now
    monkeypatch.setattr(leading.timezone, "now", lambda: now() + timedelta(hours=hours))
    pass_seconds(clock, 60, first, second)
    assert look(first, second) == [True, False]

    pass_seconds(clock, 30, second)
    assert second.leads


@contextmanager
def database_that_fails(monkeypatch, one):
    with monkeypatch.context() as patch:

        def fail(*args, **more):
            raise OperationalError("away")

        patch.setattr(Leader.objects, "filter", fail)
        if one.lock:
            patch.setattr(one.lock, "ask", fail)
        yield


def test_d3_a_leader_that_cannot_ask_leads_not_and_leads_again_soon(candidate, clock, monkeypatch):
    first = candidate("a")
    look(first)
    clock.now += 20
    with database_that_fails(monkeypatch, first), suppress(DatabaseError):
        first.held()
    assert not first.leads
    clock.now += 3

    assert first.held()


@pytest.mark.skipif(POSTGRESQL, reason="SQLite has no sessions")
def test_d3_a_restart_of_the_database_costs_a_leader_one_look(candidate, clock):
    first = candidate("a")
    look(first)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_locks WHERE objid = %s", [leading.LOCK]
        )
    clock.now += 20

    assert not first.held()
    clock.now += 3
    assert first.held()


def test_while_it_leads_nothing_is_asked_for_seconds(candidate, clock, django_assert_num_queries):
    first = candidate("a")
    look(first)

    with django_assert_num_queries(0):
        pass_seconds(clock, 8, first)


def test_a_sign_of_life_costs_one_query_of_the_main_connection(
    candidate, clock, django_assert_num_queries
):
    first = candidate("a")
    look(first)
    before = Leader.objects.get().renewed_at
    clock.now += 10

    with django_assert_num_queries(1):
        first.held()

    assert Leader.objects.get().renewed_at > before


def test_a_lead_that_cannot_be_given_back_ends_quietly(candidate, monkeypatch, caplog):
    first = candidate("a")
    look(first)
    with database_that_fails(monkeypatch, first):
        first.release()

    assert "not given back" in caplog.text
