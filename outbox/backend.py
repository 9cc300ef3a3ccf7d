"""Django's own mail functions end here: ``send_mail`` and allauth's mails become rows too."""

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from outbox import posting
from outbox.addresses import bare_address

HTML = "text/html"


class OutboxBackend(BaseEmailBackend):
    """Stores each mail as one row a recipient, in the caller's transaction; sends nothing."""

    def send_messages(self, email_messages):
        """Store all or none; return how many mails were stored. Errors: as ``posting.post``."""
        try:
            mails = [mail for message in email_messages for mail in rows_of(message)]
            with transaction.atomic():
                for mail in mails:
                    posting.post(**mail)
        except ValueError:
            if self.fail_silently:
                return 0
            raise
        return len(email_messages)


def rows_of(message):
    """Yield the arguments of ``post`` for each recipient, copies and blind copies among them."""
    text, html = bodies_of(message)
    headers = {
        name: value
        for name, value in message.extra_headers.items()
        if name.lower() not in posting.OURS
    }
    if message.reply_to:
        headers["Reply-To"] = ", ".join(map(str, message.reply_to))
    common = {
        "subject": message.subject,
        "text": text,
        "html": html,
        "headers": headers,
        "sender": sender_of(message),
    }
    for address in dict.fromkeys(bare_address(address) for address in message.recipients()):
        yield {"to": address} | common


def bodies_of(message):
    """Return text and HTML. Errors: ValueError if there is anything else."""
    if message.attachments:
        raise ValueError("the outbox takes no attachments")
    alternatives = getattr(message, "alternatives", None) or []
    if len(alternatives) > 1 or any(kind != HTML for _, kind in alternatives):
        raise ValueError("the outbox takes text and one HTML alternative")
    if message.content_subtype == "html":
        return "", message.body
    return message.body, alternatives[0][0] if alternatives else ""


def sender_of(message):
    """Blank if it is the site's own: a row then follows the settings of the day it is sent."""
    return "" if message.from_email == settings.DEFAULT_FROM_EMAIL else message.from_email
