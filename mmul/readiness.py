"""``/readyz``: is everything that works behind the pages at work? Words, and nothing to hide."""

import logging
import time
from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import badge
from nodes.models import Leader
from outbox.models import Message

log = logging.getLogger("mmul.readiness")

WORKER_LATE = timedelta(minutes=5)  # a long step writes no sign of life
OUTBOX_LATE = timedelta(minutes=15)  # two tries after the first have failed by then
KEEP_SECONDS = 5.0  # strangers may ask as often as they like


class Part(NamedTuple):
    """``age`` in seconds, None if there is nothing to be old. ``needed`` to answer readers."""

    name: str
    late: bool
    age: int | None = None
    needed: bool = False


@require_safe
def ready(request):
    """One line a part, "ok" or "late"; 503 if this node cannot serve readers.

    A worker that is late is no reason to send readers elsewhere: stories come out by the clock
    (docs/adr/0003). Who is logged in reads the ages too.
    """
    parts = judged.parts()
    inside = badge.in_cookies(request.META.get("HTTP_COOKIE", ""))
    answer = "".join(line(part, inside) for part in parts)
    unfit = any(part.late and part.needed for part in parts)
    response = HttpResponse(answer, status=503 if unfit else 200)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    response.headers["Cache-Control"] = "no-store"
    return response


def line(part, inside):
    age = "" if part.age is None or not inside else f" {part.age}"
    return f"{part.name} {'late' if part.late else 'ok'}{age}\n"


class Judgement:
    """What was found out last; looked at anew after a few seconds."""

    def __init__(self, clock=time.monotonic):
        self.clock = clock
        self.found: list[Part] = []
        self.until = 0.0
        self.migrated = False  # once true, true as long as this process runs

    def parts(self):
        if self.clock() >= self.until:
            self.found = self.look(timezone.now())
            self.until = self.clock() + KEEP_SECONDS
        return self.found

    def look(self, now):
        try:
            self.migrated = self.migrated or is_migrated()
            if not self.migrated:  # the tables asked below may not be there yet
                return [Part("database", False), Part("migrations", True, needed=True)]
            ages = worker_age(now), outbox_age(now)
        except Exception as error:
            log.error("readiness: the database does not answer: %s", type(error).__name__)
            return [Part("database", True, needed=True)]
        return [
            Part("database", False),
            Part("migrations", False),
            Part("worker", ages[0] is None or ages[0] > WORKER_LATE.total_seconds(), ages[0]),
            Part("outbox", (ages[1] or 0) > OUTBOX_LATE.total_seconds(), ages[1]),
        ]


judged = Judgement()


def is_migrated():
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def worker_age(now):
    """Seconds since the leading worker gave a sign of life; None if there never was one."""
    last = Leader.objects.values_list("renewed_at", flat=True).first()
    return None if last is None else max(0, int((now - last).total_seconds()))


def outbox_age(now):
    """Seconds since the oldest mail was written that should have gone out; None if all did."""
    last = Message.objects.overdue(now).order_by("created_at").values_list("created_at", flat=True)
    oldest = last.first()
    return None if oldest is None else max(0, int((now - oldest).total_seconds()))
