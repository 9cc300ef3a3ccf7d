"""Which worker leads, of all that run on all nodes: one at a time, the others wait.

On PostgreSQL the leader holds an advisory lock in a session of its own, which ends with the
process. On SQLite the row ``Leader`` decides. On both the leader writes its row every few seconds,
and from one that is silent for ``patience`` seconds the lead is taken. Who waits measures that with
its own clock, so a wrong clock elsewhere changes nothing (trust table, D5).

Two may lead for a moment, when a leader that hung wakes up. It does no harm: every step of the
worker claims its rows (docs/adr/0018).
"""

import logging
import os
import secrets
import socket
import time

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connection, connections
from django.utils import timezone

from nodes.models import Leader

log = logging.getLogger("nodes")

RENEW_SECONDS = 10.0  # at most, between two signs of life
LOOK_SECONDS = 2.0  # at most, between two looks of who waits
LOCK = 0x6C656164  # "lead": the number of the advisory lock, of this database alone
BREAK_MS = 2000  # for a broken session to end


class Candidate:
    """Wants to lead. ``patience``: seconds of silence after which the leader counts as dead."""

    name = "worker"  # one row and one lock: there is one kind of work

    def __init__(self, *, patience, clock=time.monotonic):
        self.patience, self.clock = patience, clock
        self.me = f"{socket.gethostname()[:100]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.lock = AdvisoryLock() if connection.vendor == "postgresql" else None
        self.renew_every = min(RENEW_SECONDS, patience / 3)
        self.look_every = min(LOOK_SECONDS, patience / 5)
        self.leads = self.waits = False
        self.next_look = 0.0
        self.seen, self.seen_since = None, 0.0

    def held(self):
        """True if we lead. Asks the database every few seconds; raises what it raises."""
        if self.clock() < self.next_look:
            return self.leads
        led, self.leads = self.leads, False
        self.leads = self.renew() if led else self.take()
        self.say(led)
        self.next_look = self.clock() + (self.renew_every if self.leads else self.look_every)
        return self.leads

    def release(self):
        """Let the next one lead at once. Never raises: the process is ending."""
        try:
            if self.leads:
                Leader.objects.filter(name=self.name, holder=self.me).update(holder="")
        except DatabaseError as error:
            log.warning("the lead was not given back: %s", type(error).__name__)
        finally:
            self.leads = False
            if self.lock:
                self.lock.give_back()

    def renew(self):
        if self.lock and not self.lock.is_held():
            return False
        now = timezone.now()
        mine = Leader.objects.filter(name=self.name, holder=self.me)
        return mine.update(renewed_at=now) == 1

    def take(self):
        now = timezone.now()
        fresh = {"holder": self.me, "since": now, "renewed_at": now}
        row = Leader.objects.filter(name=self.name).first()
        if self.lock:
            if not (self.lock.take() or (self.is_silent(row) and self.lock.wrest())):
                return False
            Leader.objects.update_or_create(name=self.name, defaults=fresh)
            return True
        if row is None:
            return Leader.objects.get_or_create(name=self.name, defaults=fresh)[1]
        if not (row.holder in ("", self.me) or is_dead(row.holder) or self.is_silent(row)):
            return False
        as_seen = Leader.objects.filter(
            name=self.name, holder=row.holder, renewed_at=row.renewed_at
        )
        return as_seen.update(**fresh) == 1

    def is_silent(self, row):
        """True if the row has not changed for ``patience`` seconds before our eyes."""
        sign = row and (row.holder, row.renewed_at)
        if sign != self.seen or not self.seen_since:
            self.seen, self.seen_since = sign, self.clock()
        return self.clock() - self.seen_since >= self.patience

    def say(self, led):
        """One line for each change, none for each look."""
        if self.leads and not led:
            log.log(logging.WARNING if self.waits else logging.INFO, "%s leads now", self.me)
            self.waits, self.seen_since = False, 0.0
        elif led and not self.leads:
            log.warning("%s leads no longer", self.me)
        elif not self.leads and not self.waits:
            log.warning("another worker leads: %s waits", self.me)
            self.waits = True


def is_dead(holder):
    """True if ``holder`` was a process of this machine and is no more. Others cannot be judged."""
    node, _, number = holder.rpartition(":")[0].rpartition(":")
    if node != socket.gethostname()[:100] or not number.isdigit():
        return False
    if int(number) == os.getpid():  # a container started again: the number is an earlier run's
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass
    return False


class AdvisoryLock:
    """A PostgreSQL session that exists to hold one lock. A pooler must not stand before it."""

    HELD = (
        "FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
        " AND classid = 0 AND objid = %s"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )

    def __init__(self):
        self.session = None

    def take(self):
        return self.ask("SELECT pg_try_advisory_lock(%s)", LOCK)

    def is_held(self):
        """False also if the session is gone: the lock went with it."""
        try:
            return self.ask(f"SELECT count(*) {self.HELD} AND pid = pg_backend_pid()", LOCK) == 1
        except (DatabaseError, InterfaceError):
            return False

    def wrest(self):
        """End the session of a leader that hangs, and take the lock; False if that fails."""
        log.warning("the leading worker is silent: its lock is taken from it")
        others = f"{self.HELD} AND pid <> pg_backend_pid()"
        self.ask(f"SELECT count(pg_terminate_backend(pid, %s)) {others}", BREAK_MS, LOCK)
        return self.take()

    def ask(self, question, *values):
        if self.session is None:
            self.session = connections.create_connection(DEFAULT_DB_ALIAS)
        try:
            with self.session.cursor() as cursor:
                cursor.execute(question, values)
                return cursor.fetchone()[0]
        except Exception:
            self.close()
            raise

    def give_back(self):
        """At once: on the server a session that was closed ends a moment later."""
        try:
            if self.session is not None:
                self.ask("SELECT pg_advisory_unlock_all()")
        except (DatabaseError, InterfaceError):
            pass  # the lock went with the session
        self.close()

    def close(self):
        if self.session is not None:
            self.session.close()
            self.session = None
