"""A letter is a list of parts, written once and printed twice: as text and as HTML."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

QUOTED = 1000  # characters of a stranger's text in a mail


def address(view, *args):
    """A public address: from the settings, never from the request (trust, rule 4)."""
    return settings.SITE_URL + reverse(view, args=args)


def letter(to, subject, parts, **more):
    """Return the arguments of ``posting.post`` for a letter of these parts."""
    context = {"parts": parts, "subject": subject, "site": settings.SITE_NAME}
    return {
        "to": to,
        "subject": f"[{settings.SITE_NAME}] {subject}",
        "text": render_to_string("outbox/letter.txt", context),
        "html": render_to_string("outbox/letter.html", context),
    } | more


def say(text):
    return {"text": text}


def link(label, url):
    return {"label": label, "url": url}


def quote(text, most=QUOTED):
    cut = text if len(text) <= most else text[:most].rstrip() + "…"
    return {"lines": cut.splitlines()}
