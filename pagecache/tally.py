"""What this process has answered, as a row for the dashboard: written about once a minute."""

import logging
import os
import socket
from datetime import UTC, datetime

from django.db import connection

from pagecache.models import Tally

log = logging.getLogger("pagecache")
EVERY_SECONDS = 60.0


class Writer:
    """Call it as often as you like, with the monotonic clock. Never raises: nobody misses a row."""

    def __init__(self, counts, store):
        self.counts, self.store = counts, store
        self.since = datetime.now(UTC)
        self.next = 0.0

    def __call__(self, now):
        if now < self.next:
            return
        self.next = now + EVERY_SECONDS
        try:
            # Asked anew each time: a server may fork after the import.
            process = f"{socket.gethostname()[:80]}:{os.getpid()}"
            Tally.objects.update_or_create(process=process, defaults=self.numbers())
        except Exception as error:
            log.warning("the tally was not written: %s", type(error).__name__)
            connection.close()

    def numbers(self):
        counts, store = self.counts, self.store
        return {
            "since": self.since,
            "at": datetime.now(UTC),
            "hits": counts.hits,
            "misses": counts.misses,
            "stale": counts.stale,
            "passed": counts.passed,
            "bytes_sent": counts.bytes_sent,
            "bytes_kept": store.bytes,
            "pages_kept": len(store.entries),
        }
