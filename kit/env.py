"""Typed readers for environment variables. A wrong value stops the start-up."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from kit import urls


def text(name, default=None):
    """Return ``name`` as text. Without a default, an unset variable is an error."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set; see .env.example")
    return value


def flag(name, default):
    value = text(name, "true" if default else "false").lower()
    if value not in ("true", "false"):
        raise ImproperlyConfigured(f"{name}={value!r}: write true or false")
    return value == "true"


def number(name, default, *, low, high):
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
        raise ImproperlyConfigured(f"{name}={value!r}: write a number from {low} to {high}")
    return int(value)


def words(name, default=""):
    """Return a comma-separated variable as a list; blanks around items do not count."""
    return [word for item in text(name, default).split(",") if (word := item.strip())]


def choice(name, default, allowed):
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name}={value!r}: write one of {', '.join(allowed)}")
    return value


def secret(name, default=None):
    """Return ``name``, or the content of the file that ``name_FILE`` points to."""
    if file := os.environ.get(f"{name}_FILE"):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"{name}_FILE: {error}") from None
    return text(name, default)


NAME = r"\[[0-9a-f:]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?"
HOST = re.compile(rf"(?:{NAME})(?::\d{{1,5}})?", re.IGNORECASE)


def origin(name, default=None):
    """Return ``scheme://host[:port]`` in lower case, without what may follow; "" if empty."""
    value = text(name, default).rstrip("/")
    scheme, _, rest = value.partition("://")
    wrong = ImproperlyConfigured(f"{name}={value!r}: write it as https://www.example.org")
    if not value and default == "":
        return ""
    if scheme.lower() not in ("http", "https") or not HOST.fullmatch(rest):
        raise wrong
    try:
        if urlsplit(value).port == 0:
            raise wrong
    except ValueError:  # a port past 65535, brackets that hold no address
        raise wrong from None
    return value.lower()


def address(name, default=""):
    """Return an http or https address of another site, spelt so that it can go in a header."""
    value = text(name, default)
    if value and (urls.clean(value) != value or "#" in value):
        raise ImproperlyConfigured(f"{name}={value!r}: write it as https://hub.example.org/path")
    return value


def shaped(name, pattern, meaning):
    """Return a text that is empty or matches ``pattern`` whole; ``meaning`` says it in words."""
    value = text(name, "")
    if value and not re.fullmatch(pattern, value, re.ASCII):
        raise ImproperlyConfigured(f"{name}: write {meaning}")
    return value


def hosts(name, default=""):
    """Return a comma-separated variable as host names, each with a port if it has one."""
    found = [word.lower() for word in words(name, default)]
    for host in found:
        if not HOST.fullmatch(host):
            raise ImproperlyConfigured(f"{name}={host!r}: write a host name, as www.example.org")
    return found
