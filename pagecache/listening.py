"""Hears what other processes purged: before an answer if need be, four times a second at most.

A thread reads, so that a database that hangs never holds the readers: they wait a second once,
and after that kept pages go out with a word about it (trust table, section 6).
"""

import logging
import time
from threading import Condition, Thread

log = logging.getLogger("pagecache")

SOFT_SECONDS = 0.25  # the log may be that old without anybody reading it
HARD_SECONDS = 0.75  # older, and an answer waits for a look into it
PATIENCE_SECONDS = 1.0  # for the database to answer; then it is away
AGAIN_SECONDS = 1.0  # between two looks for a database that is away
FORGET_SECONDS = 3300.0  # rows of the log live an hour: who was deaf so long forgets everything


class Listener:
    """``read()`` gives lists of tags; ``sound()`` changes when a process of this machine purged.

    ``is_due()`` is asked for every answer and costs a comparison of two numbers and of eight
    bytes. ``inline`` reads in the caller's thread: for tests, and for who has no thread to give.
    """

    def __init__(self, store, read, sound, *, tally=None, inline=False, clock=time.monotonic):
        self.store, self.read, self.sound, self.clock = store, read, sound, clock
        self.tally, self.inline = tally, inline
        self.heard = None  # the sound before the last look
        self.looked_at = None  # when the last look that succeeded began
        self.soft_until = 0.0
        self.away = False
        self.asked = self.answered = 0
        self.looking = False
        self.condition = Condition()
        self.thread: Thread | None = None

    def is_due(self, now):
        return now >= self.soft_until or self.sound() != self.heard

    def catch_up(self, now):
        """Return when the log is known well enough for an answer, or the database is away."""
        if self.inline:
            return self.look()
        with self.condition:
            self.start()
            # A look that is under way may have begun before the bell: only the next one counts.
            wanted = self.answered + (2 if self.looking else 1)
            if self.away or (self.is_recent(now) and self.sound() == self.heard):
                self.asked = max(self.asked, self.answered + 1)
                self.condition.notify_all()
                return None
            self.asked = max(self.asked, wanted)
            self.condition.notify_all()
            if not self.condition.wait_for(lambda: self.answered >= wanted, PATIENCE_SECONDS):
                self.mark_away("no answer in a second")
        return None

    def is_recent(self, now):
        return self.looked_at is not None and now - self.looked_at < HARD_SECONDS

    def start(self):
        """The thread begins with the first request: a server may fork after the import."""
        if self.thread is None or not self.thread.is_alive():
            self.thread = Thread(target=self.run, name="purges", daemon=True)
            self.thread.start()

    def run(self):
        while True:
            with self.condition:
                self.condition.wait_for(lambda: self.asked > self.answered)
                self.looking = True
            self.look()
            with self.condition:
                self.looking = False
                self.answered += 1
                self.condition.notify_all()
            if self.tally is not None and not self.away:
                self.tally(self.clock())

    def look(self):
        """Read the log once and forget what it says. Never raises."""
        sound, now = self.sound(), self.clock()
        try:
            changes = self.read()
        except Exception as error:
            self.mark_away(type(error).__name__)
            return
        if self.looked_at is not None and now - self.looked_at > FORGET_SECONDS:
            self.store.clear()
        for tags in changes:
            self.store.purge(tags)
        if self.away:
            log.warning("the purge log answers again")
        self.heard, self.looked_at, self.away = sound, now, False
        self.soft_until = now + SOFT_SECONDS

    def mark_away(self, why):
        if not self.away:
            log.error("the purge log does not answer: %s", why)
        self.away = True
        self.heard, self.soft_until = self.sound(), self.clock() + AGAIN_SECONDS
