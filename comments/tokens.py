"""Signed links: one salt a purpose, JSON inside, an age. Never pickle (trust table, M4).

``SECRET_KEY_FALLBACKS`` keeps links alive when the key changes; a leaked key runs no code.
"""

import zlib
from typing import NamedTuple

from django.core import signing
from django.utils import timezone

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
LENGTH = 300


class Expired(Exception):
    """The link was ours and is too old."""


class Forged(Exception):
    """The link is not ours, or was made for something else."""


class Read(NamedTuple):
    value: object
    age: int  # seconds


def make(purpose, value):
    """Return a token of at most 300 characters for ``value`` (numbers and short words)."""
    if purpose not in AGES:
        raise KeyError(purpose)
    return signing.TimestampSigner(salt=f"comments.{purpose}").sign_object(value)


def read(purpose, token):
    """Return ``Read(value, age)``. Raises Expired or Forged, and nothing else."""
    signer = signing.TimestampSigner(salt=f"comments.{purpose}")
    if not isinstance(token, str) or len(token) > LENGTH:
        raise Forged(purpose)
    try:
        value = signer.unsign_object(token)
        made = signing.b62_decode(token.split(":")[-2])  # value:time:signature
    except (signing.BadSignature, ValueError, IndexError, zlib.error):
        raise Forged(purpose) from None
    age = int(timezone.now().timestamp()) - made
    most = AGES[purpose]
    if most is not None and age > most:
        raise Expired(purpose)
    return Read(value, age)
