"""What this process answers, as rows for the dashboard: written about once a minute.

A row covers some ten minutes, so that sums of the last hour can be made; then the next begins.
"""

import logging
import os
import socket
from datetime import UTC, datetime, timedelta

from django.db import connection

from pagecache.models import Tally

log = logging.getLogger("pagecache")
EVERY_SECONDS = 60.0
ROW = timedelta(minutes=10)
COUNTED = ("hits", "misses", "stale", "passed", "bytes_sent")


class Writer:
    """Call it as often as you like, with the monotonic clock. Never raises: nobody misses a row."""

    def __init__(self, counts, store, today=lambda: datetime.now(UTC)):
        self.counts, self.store, self.today = counts, store, today
        self.next = 0.0
        self.begin(today(), dict.fromkeys(COUNTED, 0))

    def __call__(self, now):
        if now < self.next:
            return
        self.next = now + EVERY_SECONDS
        at, counted = self.today(), self.counted()
        try:
            # Asked anew each time: a server may fork after the import.
            process = f"{socket.gethostname()[:80]}:{os.getpid()}"
            numbers = self.numbers(at, counted)
            Tally.objects.update_or_create(process=process, since=self.since, defaults=numbers)
        except Exception as error:
            log.warning("the tally was not written: %s", type(error).__name__)
            connection.close()
            return
        if at - self.since >= ROW:
            self.begin(at, counted)

    def begin(self, at, counted):
        """Start a row: what was counted before stands in the one before."""
        self.since, self.before = at, counted

    def counted(self):
        return {name: getattr(self.counts, name) for name in COUNTED}

    def numbers(self, at, counted):
        store = self.store
        return {name: counted[name] - self.before[name] for name in COUNTED} | {
            "at": at,
            "bytes_kept": store.bytes,
            "bytes_most": store.bytes_most,
            "pages_kept": len(store.entries),
        }
