"""The worker: finds work in the database, does it, sleeps. No broker, no queue of its own.

A step is a ``*_due`` function of a room: it finds rows, claims them with one conditional
UPDATE, does the work, returns how many. Killed at any point, the next run goes on. Of several
workers one leads (nodes/leading.py); two at once still do nothing twice.
"""

import logging
import time
from collections.abc import Callable
from threading import Thread
from typing import NamedTuple

from django.db import InterfaceError, OperationalError, close_old_connections, connections

from accounts.sessions import forget_expired_due
from aggregator import desk, polling
from aggregator import retention as old_news
from articles import cards, pinging, tallies
from articles.publishing import announce_due
from articles.related import relate_due
from articles.rendering import refresh_due
from articles.searching import index_due
from comments import followers, moderators, retention, searching
from images.renditions import make_due
from nodes.models import Leader
from outbox.sending import forget_due, send_due
from pagecache import log as purge_log

log = logging.getLogger("mmul.worker")


class Step(NamedTuple):
    name: str
    work: Callable[[], int]
    every: int  # seconds between two runs
    aside: bool = False  # waits for the network: in a thread of its own, the others go on


STEPS = (
    Step("announce", announce_due, 1),
    Step("index", index_due, 1),
    Step("indexed comments", searching.refresh_due, 1),
    Step("renditions", make_due, 2),
    Step("render", refresh_due, 5),
    Step("cards", cards.make_due, 10),
    Step("related", relate_due, 20),
    Step("mail", send_due, 5),
    Step("followers", followers.tell_due, 5),
    Step("moderators", moderators.tell_due, 20),
    Step("feeds", polling.ask_due, 15, aside=True),
    Step("pings", pinging.send_due, 10, aside=True),
    Step("used news", desk.mark_used_due, 60),
    Step("tallies", tallies.sum_up_due, 600),
    Step("old news", old_news.forget_due, 3600),
    Step("old comments", retention.forget_due, 600),
    Step("sessions", forget_expired_due, 3600),
    Step("old mail", forget_due, 3600),
    Step("old pings", pinging.forget_due, 3600),
    Step("old purges", purge_log.forget_due, 600),
)

PAUSE = 1  # seconds between two looks at the clock
LAST_SECONDS = 5  # for a step beside the others to end by itself
BACK_OFF = 60  # seconds at most between two tries of what fails
AWAY = (OperationalError, InterfaceError)


def run_once(only=None):
    """Run every step (or the one called ``only``) once; return ``{name: how many}``."""
    return {step.name: step.work() for step in STEPS if only in (None, step.name)}


class Alone:
    """No other worker is asked: for tests of the clock, and for who knows it is alone."""

    def held(self):
        return True

    def release(self):
        pass


class Worker:
    """Runs the steps by the clock until ``stop()``, while ``lead`` says it leads.

    A failing step waits and the others go on; with the database away all of them wait.
    """

    def __init__(self, steps=STEPS, clock=time.monotonic, sleep=time.sleep, lead=None):
        self.steps, self.clock, self.sleep = steps, clock, sleep
        self.lead = lead or Alone()
        self.due = {step.name: 0.0 for step in steps}
        self.failures = {step.name: 0 for step in steps}
        self.aside: dict[str, Thread] = {}
        self.away = 0  # tries in a row that met no database
        self.resume_at = 0.0
        self.stopping = False

    def stop(self):
        self.stopping = True

    def run(self):
        while not self.stopping:
            for step in self.steps:
                # Asked before each step: a worker that was asleep may have lost the lead.
                if self.stopping or not self.may_work():
                    break
                if self.clock() >= self.due[step.name]:
                    self.start(step)
            self.sleep(PAUSE)
        for thread in self.aside.values():
            thread.join(LAST_SECONDS)
        self.lead.release()

    def may_work(self):
        """True if the database answers, as far as we know, and this worker leads."""
        if self.clock() < self.resume_at:
            return False
        try:
            close_old_connections()
            if self.away:
                ask_the_database()
                log.warning("the database answers again")
                self.away = 0
            return self.lead.held()
        except AWAY as error:
            self.put_off(error)
            return False

    def put_off(self, error):
        """Leave the database alone for a while, longer each time; said once (trust table, D3)."""
        if not self.away:
            log.error("the database does not answer (%s): trying again", type(error).__name__)
        self.away += 1
        self.resume_at = self.clock() + min(2 ** min(self.away, 10), BACK_OFF)

    def start(self, step):
        """Run a step here, or beside the others if it may wait for the network."""
        if not step.aside:
            self.run_step(step)
        elif step.name not in self.aside or not self.aside[step.name].is_alive():
            # A daemon: what it claimed has a lease, so an end half-way loses nothing.
            thread = Thread(target=self.run_aside, args=[step], name=step.name, daemon=True)
            self.aside[step.name] = thread
            thread.start()

    def run_aside(self, step):
        try:
            self.run_step(step)
        finally:
            connections.close_all()

    def run_step(self, step):
        close_old_connections()
        try:
            done = step.work()
        except Exception as error:
            if isinstance(error, AWAY) and is_away():
                self.put_off(error)
            else:
                self.note_failure(step)
            return
        if self.failures[step.name]:
            log.warning("step %s works again", step.name)
        self.failures[step.name] = 0
        # Work was found: there may be more of it.
        self.due[step.name] = self.clock() + (0 if done else step.every)

    def note_failure(self, step):
        self.failures[step.name] += 1
        # Said once per trouble, not once per try.
        if self.failures[step.name] == 1:
            log.exception("step %s failed, trying again", step.name)
        wait = min(step.every * 2 ** min(self.failures[step.name], 10), BACK_OFF)
        self.due[step.name] = self.clock() + wait


def ask_the_database():
    """A question that reads a table: SQLite answers ``SELECT 1`` without its file."""
    Leader.objects.exists()


def is_away():
    """True if the trouble of a step is not its own (a lock, a deadlock) but the database's."""
    try:
        close_old_connections()
        ask_the_database()
    except AWAY:
        return True
    return False
