"""How much one network may write: counted in the database by the room that writes, so it is exact,
survives a restart and holds for all processes together (trust table, section 4).
"""

from datetime import timedelta
from math import ceil
from zlib import crc32

from django.db import connection

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class TooOften(Exception):
    """Carries the Italian sentence and after how many seconds to try again."""

    def __init__(self, sentence, seconds):
        super().__init__(sentence)
        self.sentence, self.seconds = sentence, max(1, ceil(seconds))


def take_turn(network):
    """Let the writers of one network in one after the other until the transaction ends.

    PostgreSQL only: the writers of SQLite stand in one queue anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)", [7301, crc32(network.encode()) - 2**31]
            )


def limit(rows, column, now, span, most, sentence):
    """Raise TooOften if ``most`` rows or more are younger than ``span``."""
    recent = rows.filter(**{f"{column}__gt": now - span}).order_by(f"-{column}")
    times = list(recent.values_list(column, flat=True)[:most])
    if len(times) >= most:
        wait = span.total_seconds() - (now - times[-1]).total_seconds()
        minutes = ceil(wait / 60)
        when = "un minuto" if minutes == 1 else f"{minutes} minuti"
        if minutes > 120:
            when = f"{ceil(minutes / 60)} ore"
        raise TooOften(f"{sentence} Riprova tra {when}.", wait)
