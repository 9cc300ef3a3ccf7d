"""The worker: each step by its clock, a failing one waits while the others go on."""

import logging
from itertools import pairwise
from threading import Event

import pytest
from django.db import OperationalError

from mmul import worker as working
from mmul.worker import STEPS, Step, Worker, run_once

pytestmark = pytest.mark.django_db  # the worker closes old connections before each step


class Clock:
    now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def work_for(seconds, *steps, clock=None, lead=None):
    clock = clock or Clock()
    worker = Worker(steps, clock=clock, sleep=clock.sleep, lead=lead)

    def sleep(pause):
        clock.sleep(pause)
        if clock.now >= seconds:
            worker.stop()

    worker.sleep = sleep
    worker.run()


def test_step_runs_at_its_own_pace():
    ran = {"quick": 0, "slow": 0}

    def count(name):
        ran[name] += 1
        return 0

    quick = Step("quick", lambda: count("quick"), 5)
    slow = Step("slow", lambda: count("slow"), 30)
    work_for(60, quick, slow)

    assert ran == {"quick": 12, "slow": 2}


def test_step_that_found_work_looks_again_at_once():
    left = [3]

    def work():
        left[0] -= left[0] > 0
        return left[0]

    work_for(3, Step("more", work, 60))

    assert left == [0]


def test_failing_step_is_said_once_and_does_not_stop_the_others(caplog):
    ran = []

    def fail():
        raise OSError("database away")

    with caplog.at_level(logging.WARNING, "mmul.worker"):
        work_for(300, Step("bad", fail, 5), Step("good", lambda: ran.append(1) or 0, 10))

    assert len(ran) == 30
    assert len([r for r in caplog.records if "bad" in r.getMessage()]) == 1


def test_every_step_runs_on_an_empty_site():
    assert run_once() == {step.name: 0 for step in STEPS}


def test_a_step_that_waits_for_the_network_keeps_nobody_waiting():
    gate, ran = Event(), []

    def slow():
        gate.wait(5)
        ran.append("slow")
        return 0

    def quick():
        ran.append("quick")
        if len(ran) == 3:
            gate.set()
        return 0

    work_for(30, Step("network", slow, 1, aside=True), Step("quick", quick, 10))

    assert ran[:3] == ["quick", "quick", "quick"]
    assert ran.count("slow") == 1


# --- D2: only who leads works ---


class Lead:
    """Leads from second ``begin`` to second ``end``."""

    def __init__(self, clock, begin, end):
        self.clock, self.begin, self.end = clock, begin, end
        self.released = False

    def held(self):
        return self.begin <= self.clock() < self.end

    def release(self):
        self.released = True


def test_d2_a_worker_works_while_it_leads_and_gives_the_lead_back_when_it_ends():
    clock, when = Clock(), []
    lead = Lead(clock, 20, 40)
    work_for(60, Step("work", lambda: when.append(clock()) or 0, 5), clock=clock, lead=lead)

    assert when == [20, 25, 30, 35]
    assert lead.released


def test_d2_a_worker_that_loses_the_lead_in_a_step_begins_no_other():
    clock, ran = Clock(), []
    lead = Lead(clock, 0, 10)

    def hang():
        clock.sleep(30)
        return 0

    slow, next_one = Step("slow", hang, 5), Step("next", lambda: ran.append(1) or 0, 5)
    work_for(60, slow, next_one, clock=clock, lead=lead)

    assert ran == []


# --- D3: the database away ---


class Database:
    """Away from second ``begin`` to second ``end``; knows when it was asked."""

    def __init__(self, monkeypatch, clock, begin, end):
        self.clock, self.begin, self.end = clock, begin, end
        self.asked = []
        monkeypatch.setattr(working, "ask_the_database", self.ask)

    def ask(self):
        self.asked.append(self.clock())
        if self.begin <= self.clock() < self.end:
            raise OperationalError("could not connect")

    def work(self):
        self.ask()
        return 0


def test_d3_with_the_database_away_the_worker_waits_longer_each_time_and_says_so_once(
    monkeypatch, caplog
):
    clock = Clock()
    database = Database(monkeypatch, clock, 100, 1000)
    steps = [Step(f"step {number}", database.work, 10) for number in range(10)]
    with caplog.at_level(logging.INFO, "mmul.worker"):
        work_for(1200, *steps, clock=clock)

    tries = sorted({when for when in database.asked if 100 <= when < 1000})
    pauses = [after - before for before, after in pairwise(tries)]
    assert pauses[:6] == [2, 4, 8, 16, 32, 60]
    assert set(pauses[6:]) == {60}
    assert [record.getMessage() for record in caplog.records] == [
        "the database does not answer (OperationalError): trying again",
        "the database answers again",
    ]


def test_d3_when_the_database_is_back_every_step_goes_on_within_a_minute(monkeypatch):
    clock, ran = Clock(), []
    database = Database(monkeypatch, clock, 100, 1000)

    def hourly():
        database.ask()
        ran.append(clock())
        return 0

    work_for(1100, Step("often", database.work, 5), Step("hourly", hourly, 90), clock=clock)

    assert next(when for when in ran if when > 100) <= 1060


@pytest.mark.django_db(transaction=True)
def test_d3_a_trouble_of_one_step_holds_up_no_other(monkeypatch, caplog):
    ran = []

    def deadlock():
        raise OperationalError("deadlock detected")

    with caplog.at_level(logging.WARNING, "mmul.worker"):
        work_for(100, Step("bad", deadlock, 5), Step("good", lambda: ran.append(1) or 0, 10))

    assert len(ran) == 10
    assert "does not answer" not in caplog.text


def test_d3_a_lead_that_cannot_be_asked_is_the_database_away(monkeypatch, caplog):
    clock, ran = Clock(), []
    database = Database(monkeypatch, clock, 0, 50)
    lead = Lead(clock, 0, 1000)
    lead.held = lambda: database.ask() or True
    work_for(100, Step("work", lambda: ran.append(clock()) or 0, 10), clock=clock, lead=lead)

    assert 50 <= ran[0] <= 110
    assert caplog.text.count("does not answer") == 1
