"""Reading public pages from a replica, where MMUL_REPLICA_URL names one (docs/adr/0018).

Only what every reader gets alike is read there. Forms, links with a secret, the newsroom, commands
and the worker ask the primary, and so does a request from its first write on.
"""

import logging
import time
from contextvars import ContextVar

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import (
    DEFAULT_DB_ALIAS,
    InterfaceError,
    OperationalError,
    connections,
)

from accounts import badge
from mmul.middleware import is_staff_path, is_token_page, view_name

log = logging.getLogger("mmul.replicas")

ALIAS = "replica"
AGAIN_SECONDS = 10.0  # between two looks for a replica that is away
TRUTH = {"health", "ready"}  # views that say how the primary is

reading: ContextVar[bool] = ContextVar("reading", default=False)


class Router:
    def db_for_read(self, model, **hints):
        if reading.get() and connections[DEFAULT_DB_ALIAS].in_atomic_block:
            reading.set(False)  # who opens a transaction is about to write
        return ALIAS if reading.get() else DEFAULT_DB_ALIAS

    def db_for_write(self, model, **hints):
        reading.set(False)
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one, other, **hints):
        return True  # the same rows, seen from two sides

    def allow_migrate(self, db, app_label, **hints):
        return db == DEFAULT_DB_ALIAS


class PublicReads:
    """Send the queries of a public page to the replica, if there is one and it answers."""

    def __init__(self, get_response):
        if ALIAS not in settings.DATABASES:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request):
        mark = reading.set(False)
        try:
            return self.get_response(request)
        finally:
            reading.reset(mark)

    def process_view(self, request, view, args, kwargs):
        reading.set(is_shared(request) and alias() == ALIAS)


def is_shared(request):
    if request.method not in ("GET", "HEAD") or view_name(request) in TRUTH:
        return False
    if is_staff_path(request) or is_token_page(request):
        return False
    # An editor who saves and looks must see it at once.
    return not badge.in_cookies(request.META.get("HTTP_COOKIE", ""))


class Watch:
    """Whether the replica answers; while it is away nobody waits for it."""

    def __init__(self, clock=time.monotonic):
        self.clock = clock
        self.away_until = 0.0
        self.away = False

    def answers(self):
        if self.clock() < self.away_until:
            return False
        replica = connections[ALIAS]
        try:
            replica.close_if_health_check_failed()
            replica.ensure_connection()
        except (OperationalError, InterfaceError) as error:
            if not self.away:
                log.error("the replica does not answer: %s", type(error).__name__)
            self.away, self.away_until = True, self.clock() + AGAIN_SECONDS
            return False
        if self.away:
            log.warning("the replica answers again")
        self.away = False
        return True


watch = Watch()


def alias():
    """Where public pages are read now; the page cache reads its purge log there too."""
    if ALIAS not in settings.DATABASES:
        return DEFAULT_DB_ALIAS
    return ALIAS if watch.answers() else DEFAULT_DB_ALIAS
