"""The worker: each step by its clock, a failing one waits while the others go on."""

import logging
from threading import Event

import pytest

from mmul.worker import STEPS, Step, Worker, run_once

pytestmark = pytest.mark.django_db  # the worker closes old connections before each step


class Clock:
    now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def work_for(seconds, *steps):
    clock = Clock()
    worker = Worker(steps, clock=clock, sleep=clock.sleep)

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
