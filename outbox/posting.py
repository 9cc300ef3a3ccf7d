"""Putting mail into the outbox: the row is the promise, the worker keeps it.

Call it in the transaction that makes the mail necessary: both are kept, or neither. Nothing
here speaks to a server. What would forge a header is refused before it is a row (M1).
"""

import hashlib
import re

from django.utils import timezone

from kit.text import LINE_CONTROLS, tidy_line, tidy_prose
from outbox.addresses import bare_address, clean_address, refuse_controls
from outbox.models import SUBJECT_LENGTH, Message

MOST_BYTES = 100 * 1024  # of text and HTML together, in UTF-8
HEADER_LENGTH = 998  # characters of a value (RFC 5322, section 2.1.1)
HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,76}")
# Made by sending.py and by Django from the row's own columns.
OURS = {"from", "to", "cc", "bcc", "subject", "date", "message-id", "auto-submitted"}
OURS |= {"sender", "return-path", "mime-version", "content-type", "content-transfer-encoding"}


def post(
    to, subject, text, *, html="", headers=None, sender="", key=None, about="", due_at=None
):  # fmt: skip
    """Store one mail to one person; return its Message, or None if ``key`` is there already.

    ``key`` is "occasion:comment:recipient" (M3). It is remembered as long as the row, that is 30
    days after sending: do not offer an older occasion. ``about`` names what may withdraw the mail.

    Errors: ValueError if an address, a header, ``key`` or ``about`` is not what it should be, or
    if text and HTML pass MOST_BYTES. A long subject is cut, with an ellipsis.
    """
    message = draft(to, subject, text, html, headers, sender, key, about, due_at)
    if message.key is None:
        message.save(force_insert=True)
        return message
    fields = [field.attname for field in Message._meta.concrete_fields if field.attname != "id"]
    columns = {name: getattr(message, name) for name in fields}
    # In a savepoint: a key that is there must not spoil the caller's transaction.
    kept, made = Message.objects.get_or_create(key=columns.pop("key"), defaults=columns)
    return kept if made else None


def post_many(mails):
    """Store many mails, each a dictionary of ``post``'s arguments, in one query.

    Those whose key is there already are passed over. Errors: as ``post``; then none is stored.
    """
    messages = [draft(**mail) for mail in mails]
    # In one order: two processes with the same keys would wait for each other.
    messages.sort(key=lambda message: message.key or "")
    Message.objects.bulk_create(messages, ignore_conflicts=True)


def withdraw(about, prefix=""):
    """Delete what is unsent and in nobody's hands about ``about``; return how many.

    With ``prefix`` only those whose key begins so, such as "follower:".
    """
    messages = Message.objects.unsent().unclaimed().filter(about=about)
    if prefix:
        messages = messages.filter(key__startswith=prefix)
    return messages.delete()[0]


def forget(address):
    """Delete every mail to ``address``, sent or not: an erasure (R3). Return how many."""
    return Message.objects.filter(to__iexact=address.strip()).delete()[0]


# --- what a row may hold ---


def draft(
    to, subject, text, html="", headers=None, sender="", key=None, about="", due_at=None
):  # fmt: skip
    """Return the unsaved Message. Errors: see ``post``."""
    text, html = str(text), str(html)
    if max(len(text) + len(html), len(f"{text}{html}".encode(errors="replace"))) > MOST_BYTES:
        raise ValueError(f"a mail holds at most {MOST_BYTES} bytes")
    now = timezone.now()
    return Message(
        to=clean_address(to),
        subject=one_line(str(subject)),
        text=tidy_prose(text),
        html=tidy_prose(html),
        headers=clean_headers(headers or {}),
        sender=clean_sender(str(sender)),
        key=None if key is None else short_key(str(key)),
        about=fitting("about", str(about)),
        created_at=now,
        due_at=due_at or now,
    )


def one_line(subject):
    """Return the subject on one line, at most SUBJECT_LENGTH characters."""
    subject = LINE_CONTROLS.sub(" ", subject[: SUBJECT_LENGTH * 10])
    subject = " ".join(tidy_line(subject).split())
    if len(subject) <= SUBJECT_LENGTH:
        return subject
    return subject[: SUBJECT_LENGTH - 1].rstrip() + "…"


def clean_headers(headers):
    """Return the headers a caller may add, as text. Errors: ValueError."""
    clean = {}
    for name, value in headers.items():
        if not HEADER_NAME.fullmatch(name) or name.lower() in OURS:
            raise ValueError(f"a mail's own header cannot be {name[:80]!r}")
        value = refuse_controls(str(value), f"header {name}")
        if len(value) > HEADER_LENGTH:
            raise ValueError(f"header {name} is longer than {HEADER_LENGTH} characters")
        clean[name] = value
    return clean


def clean_sender(sender):
    sender = refuse_controls(sender, "the sender").strip()
    if sender:
        bare_address(sender)
    return fitting("sender", sender)


def short_key(key):
    """Return ``key``, or its end replaced by a hash where it is too long for its column."""
    key, most = refuse_controls(key, "the key"), length_of("key")
    if len(key) <= most:
        return key
    return f"{key[:55]}#{hashlib.sha256(key.encode()).hexdigest()}"


def fitting(name, value):
    if len(refuse_controls(value, name)) > length_of(name):
        raise ValueError(f"{name} is longer than {length_of(name)} characters")
    return value


def length_of(name):
    return Message._meta.get_field(name).max_length
