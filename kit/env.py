"""Typed readers for environment variables. A wrong value stops the start-up."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


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
