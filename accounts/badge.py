"""A cookie by which the page cache lets staff pass, without asking the database (trust table, K4).

It opens nothing: who holds one gets the pages that every reader gets, made anew. Signed, so that
an invented one cannot send every request down the slow road.
"""

from django.conf import settings

from kit import signed

SALT = "accounts.badge"
LENGTH = 4096  # of a Cookie header


def make():
    return signed.make(SALT, 1)


def is_good(value):
    try:
        signed.read(SALT, value, settings.SESSION_COOKIE_AGE)
    except (signed.Expired, signed.Forged):
        return False
    return True


def in_cookies(header):
    """True if the Cookie header of a request holds a good badge."""
    name = settings.STAFF_COOKIE_NAME
    if f"{name}=" not in header or len(header) > LENGTH:
        return False
    pairs = (pair.partition("=") for pair in header.split(";"))
    return any(key.strip() == name and is_good(value.strip().strip('"')) for key, _, value in pairs)
