"""Logs that say what happened and to which request, never to whom (trust table, G1 and G2)."""

import contextlib
import hashlib
import json
import logging
import os
import re
import time
import traceback
from contextvars import ContextVar
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection, mail_admins
from django.db import OperationalError

LINE_BYTES = 8 * 1024
HOUR = 3600  # seconds
MESSAGE_LENGTH = 4000  # characters that are looked at; the rest is dropped before it costs time
HIDDEN = "[...]"
FIELDS = ("method", "route", "status", "ms")

#: Number of the request this thread is answering; every line written meanwhile carries it.
request_number = ContextVar("request_number", default=None)

# Each pattern begins where a run of its letters begins: it would else be tried at every letter of
# a long word, and cost the square of its length.
REDACTIONS = [
    (
        re.compile(r"(?<![^\s@/:<>'\"=,;])[^\s@/:<>'\"=,;]+@[^\s@/<>'\",;]+\.[^\s@/<>'\",;]+"),
        HIDDEN,
    ),
    (re.compile(r"(?<=://)[^\s/@]+@"), f"{HIDDEN}@"),
    (re.compile(r"\?[^\s'\"<>)]+"), f"?{HIDDEN}"),
    (
        re.compile(
            r"(?i)(?<![\w-])([\w-]*(?:passw|secret|token|cookie|session|csrf|auth|key|code)[\w-]*)"
            r"(['\"]?\s*[=:]\s*)(?:(?:Bearer|Basic)\s+)?\S+"
        ),
        rf"\1\2{HIDDEN}",
    ),
    # Whatever looks drawn by lot: tokens, keys, hashes. Words have no digits, numbers no letters.
    (re.compile(r"(?<![\w:-])(?=[\w:-]*\d)(?=[\w:-]*[A-Za-z])[\w:-]{20,}"), HIDDEN),
    (re.compile(r"\b(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}\b"), r"\1.0"),
    (re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{0,4}:){3,7}[0-9a-fA-F]{0,4}(?![\w:])"), HIDDEN),
]

# These errors speak of code, files and servers; the words of others may quote what was typed.
OPEN_ERRORS = (
    AttributeError,
    ImportError,
    ImproperlyConfigured,
    NameError,
    OperationalError,
    OSError,
)


def redact(text):
    """Return ``text`` without addresses of people, tokens, secrets and query parameters."""
    for pattern, replacement in REDACTIONS:
        text = pattern.sub(replacement, text)
    return text


def message_of(record):
    """The record's sentence. The address of its request becomes the route it matched."""
    text = record.getMessage()[:MESSAGE_LENGTH]
    if request := getattr(record, "request", None):
        match = getattr(request, "resolver_match", None)
        route = f"/{match.route}" if match else HIDDEN
        for address in sorted({request.get_full_path(), request.path}, key=len, reverse=True):
            if len(address) > 1:
                text = text.replace(address, route)
    return redact(text)


def trace_of(error):
    """Kinds of error, files, lines and code of ``error`` and what caused it: never a value."""
    parts = []
    while error is not None and len(parts) < 3:
        words = redact(str(error)[:MESSAGE_LENGTH])[:300]
        says = f": {words}" if isinstance(error, OPEN_ERRORS) else ""
        frames = "".join(traceback.format_tb(error.__traceback__, limit=-15))
        parts.append(f"{frames}{type(error).__name__}{says}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\ncaused by\n\n".join(parts)


def error_of(record):
    return record.exc_info[1] if record.exc_info else None


def place_of(record):
    """``(kind, place)``: the kind of error and the line of our code, or of the log call."""
    error = error_of(record)
    frames = traceback.extract_tb(error.__traceback__) if error else []
    if not frames:
        return record.levelname, f"{Path(record.pathname).name}:{record.lineno}"
    ours = [f for f in frames if f.filename.startswith(f"{settings.BASE_DIR}/")]
    ours = [f for f in ours if "site-packages" not in f.filename] or frames
    file = Path(ours[-1].filename)
    return type(error).__name__, f"{file.parent.name}/{file.name}:{ours[-1].lineno}"


def number_of(record):
    return getattr(getattr(record, "request", None), "number", None) or request_number.get()


class JsonLines(logging.Formatter):
    """One JSON object a line, at most 8 kB, in ASCII: control characters are escaped."""

    def format(self, record):
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record)[:2000],
        }
        if number := number_of(record):
            line["number"] = number
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if error := error_of(record):
            line["trace"] = trace_of(error)
        while len(text := json.dumps(line, default=str)) >= LINE_BYTES:
            longest = max(line, key=lambda name: len(str(line[name])))
            line[longest] = str(line[longest])[-(len(str(line[longest])) // 2) :]
        return text


class OncePerHour(logging.Filter):
    """Let one record of each kind of error pass in an hour, whatever process of this machine.

    A kind is the class of the error and its place. ``folder`` holds one empty file per kind,
    its date is the last time; where it cannot be written, each process counts alone.
    """

    def __init__(self, folder, clock=time.time):
        super().__init__()
        self.folder, self.clock, self.seen = Path(folder), clock, {}

    def filter(self, record):
        kind = hashlib.sha256(" ".join(place_of(record)).encode()).hexdigest()[:20]
        now = self.clock()
        last = max(self.seen.get(kind, 0), self.last_elsewhere(kind))
        if now - last < HOUR:
            return False
        self.seen = {k: when for k, when in self.seen.items() if now - when < HOUR} | {kind: now}
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / kind).touch()
            os.utime(self.folder / kind, (now, now))
        return True

    def last_elsewhere(self, kind):
        try:
            return (self.folder / kind).stat().st_mtime
        except OSError:
            return 0


def past_the_outbox():
    """A connection straight to the mail server: the database may be what is broken."""
    as_rows = settings.EMAIL_BACKEND == "outbox.backend.OutboxBackend"
    return get_connection(settings.MAIL_TRANSPORT if as_rows else None)


class ErrorMail(logging.Handler):
    """Mail an error to ADMINS: kind, place, request number, code lines. Never raises.

    No POST data, cookies, headers, settings or local variables, unlike Django's own mail.
    """

    def emit(self, record):
        try:
            kind, place = place_of(record)
            error = error_of(record)
            body = [
                f"Errore: {kind} in {place}",
                f"Richiesta: {number_of(record) or 'nessuna'}",
                f"Logger: {record.name}",
                message_of(record)[:1000],
                trace_of(error) if error else "",
                "Di questo errore non arriva altra posta per un’ora.",
            ]
            text = "\n\n".join(filter(None, body))
            mail_admins(f"{kind} in {place}"[:100], text, connection=past_the_outbox())
        except Exception as trouble:
            # A warning, not an error: an error would come back here.
            log = logging.getLogger("mmul.logs")
            log.warning("an error mail was not sent: %s", type(trouble).__name__)
