"""Signed values for links and forms: one salt a purpose, JSON inside, an age. Never pickle (M4).

``SECRET_KEY_FALLBACKS`` keeps links alive when the key changes; a leaked key runs no code.
"""

import zlib
from typing import NamedTuple

from django.core import signing
from django.utils import timezone

LENGTH = 300


class Expired(Exception):
    """The token was ours and is too old."""


class Forged(Exception):
    """The token is not ours, or was made for something else."""


class Read(NamedTuple):
    value: object
    age: int  # seconds


def make(salt, value):
    """Return a token of at most 300 characters for ``value`` (numbers and short words)."""
    return signing.TimestampSigner(salt=salt).sign_object(value)


def read(salt, token, seconds=None):
    """Return ``Read(value, age)``; ``seconds`` is the greatest age, None for ever.

    Raises Expired or Forged, and nothing else.
    """
    if not isinstance(token, str) or len(token) > LENGTH:
        raise Forged(salt)
    try:
        value = signing.TimestampSigner(salt=salt).unsign_object(token)
        made = signing.b62_decode(token.split(":")[-2])  # value:time:signature
    except (signing.BadSignature, ValueError, IndexError, zlib.error):
        raise Forged(salt) from None
    age = int(timezone.now().timestamp()) - made
    if seconds is not None and age > seconds:
        raise Expired(salt)
    return Read(value, age)
