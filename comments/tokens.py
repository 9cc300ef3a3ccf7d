"""The links and forms of comments: what each may be used for, and for how long (M4)."""

from kit import signed
from kit.signed import LENGTH, Expired, Forged, Read

__all__ = ["AGES", "LENGTH", "Expired", "Forged", "Read", "make", "read"]

HOUR = 3600
DAY = 24 * HOUR
AGES = {  # seconds; None: for ever
    "form": 30 * DAY,
    "confirm": 7 * DAY,
    "moderate": 7 * DAY,
    "mine": HOUR,
    "correct": 600,
    "data": DAY,
    "proof": 365 * DAY,
    "unsubscribe": None,
}


def make(purpose, value):
    """Return a token of at most 300 characters for ``value`` (numbers and short words)."""
    if purpose not in AGES:
        raise KeyError(purpose)
    return signed.make(f"comments.{purpose}", value)


def read(purpose, token):
    """Return ``Read(value, age)``. Raises Expired or Forged, and nothing else."""
    return signed.read(f"comments.{purpose}", token, AGES[purpose])
