"""The worker's side of the outbox: take what is due, hand it to the mail server, note the answer.

A row is claimed by one conditional UPDATE just before it is sent. A worker killed in between loses
its claim after ten minutes, and the mail goes out again under the same Message-ID.
"""

import logging
import time
from contextlib import suppress
from datetime import timedelta
from email.utils import format_datetime
from smtplib import SMTPDataError, SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.utils import timezone

from kit.text import LINE_CONTROLS
from outbox.models import Message
from outbox.posting import clean_headers

log = logging.getLogger("outbox")

MINUTE = timedelta(minutes=1)
RATE = 60  # tries a minute, of all workers together: stay welcome at the relay
# How long after a failed try the next one comes, by how many failed before; the last one repeats.
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
PATIENCE = timedelta(days=2)  # after writing
REMEMBERED = timedelta(days=30)  # after sending or giving up
ENOUGH = timedelta(seconds=15)  # of one batch: the worker's other steps wait meanwhile
PACE_LOCK = 0x6F7574626F78  # "outbox": the advisory lock under which claims are counted
NO_SERVER = "Il server di posta non risponde"
ERROR_LENGTH = 500  # characters


def send_due(now=None, limit=RATE):
    """Send what is due, at most ``limit`` mails, oldest first; return how many went out.

    One connection for all. A server that cannot be reached puts off everything that is due and
    loses nothing; then it is asked again at most once a minute.
    """
    clock = ticking(now or timezone.now())
    if not Message.objects.due(clock()).exists():
        return 0
    if server_was_away(clock()) or minute_is_full(clock()):
        return 0
    transport = get_connection(settings.MAIL_TRANSPORT)
    try:
        return send_batch(transport, clock, limit) if opened(transport, clock) else 0
    finally:
        with suppress(OSError):
            transport.close()


def forget_due(now=None):
    """Delete what was sent or given up thirty days ago; return how many."""
    limit = (now or timezone.now()) - REMEMBERED
    old = Message.objects.filter(Q(sent_at__lt=limit) | Q(failed_at__lt=limit))
    return old.delete()[0]


def retry(messages, now=None):
    """Have the worker try these at once, given up or waiting; return how many."""
    now = now or timezone.now()
    still = messages.filter(sent_at=None).unclaimed(now)
    return still.update(due_at=now, failed_at=None, claimed_at=None, tries=0, error="")


def ticking(now):
    """Return a clock that reads ``now`` and goes on from there: a batch takes time."""
    start = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - start)


# --- one batch ---


def opened(transport, clock):
    """Connect. False if that fails: refused, too slow, wrong password, no TLS."""
    try:
        transport.open()
    except OSError as error:  # smtplib's own errors among them
        note_no_server(error, clock())
        return False
    return True


def send_batch(transport, clock, limit):
    start, sent, used = clock(), 0, False
    for _ in range(limit):
        message = take(clock())
        if message is None:
            break
        try:
            transport.send_messages([build(message)])
        except (SMTPRecipientsRefused, SMTPDataError) as refusal:
            if not note_refusal(message, refusal, clock()):
                break
        except Exception as error:
            # Whatever it was, the rest waits for a new connection. Only the first mail of one is
            # blamed: servers hang up after so many mails, and one mail that they choke on must
            # not hold up the others.
            if used:
                give_back(message)
            else:
                note_trouble(message, error, clock())
            break
        else:
            note_sent(message, clock())
            sent += 1
        used = True
        if clock() - start > ENOUGH:
            break
    return sent


def take(now):
    """Claim the mail that has been due longest; None if there is none or the minute is full."""
    with transaction.atomic(durable=True):  # a claim that is not committed protects nobody
        count_one_by_one()
        if minute_is_full(now):
            return None
        message = Message.objects.due(now).longest_due_first().first()
        if message is None or not claim(message, now):
            return None
    return message


def claim(message, now):
    """Take the mail for ten minutes. False if another worker was faster, or it was withdrawn."""
    mine = Message.objects.due(now).filter(pk=message.pk)
    message.claimed_at = now
    return mine.update(claimed_at=now, tried_at=now) == 1


def minute_is_full(now):
    """True if the last minute saw as many tries as it may. Refused mails count too."""
    # A try from the future is a clock that was set back.
    last = Message.objects.filter(tried_at__gt=now - MINUTE, tried_at__lte=now + MINUTE)
    return last.count() >= RATE


def count_one_by_one():
    """Have the claims of all workers queue: else two count 59 and both send."""
    if connection.vendor == "postgresql":  # SQLite's writers queue by themselves
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PACE_LOCK])


def build(message):
    """Return Django's mail for a row. A second try is the same mail: same id, same date."""
    host = urlsplit(settings.SITE_URL).hostname
    number = f"{message.pk}.{message.created_at:%Y%m%d%H%M%S}"  # a restored database counts anew
    made = EmailMultiAlternatives(
        message.subject,
        message.text or message.html,
        message.sender or settings.DEFAULT_FROM_EMAIL,
        [message.to],
        headers=clean_headers(message.headers)  # a row may have come by another road
        | {
            "Message-ID": f"<outbox.{number}@{host}>",
            "Date": format_datetime(timezone.localtime(message.created_at)),
            "Auto-Submitted": "auto-generated",
        },
    )
    if message.html and message.text:
        made.attach_alternative(message.html, "text/html")
    elif message.html:
        made.content_subtype = "html"
    return made


# --- what came of it ---


def note_sent(message, now):
    """Nobody needs the words any more, and links to new passwords must not lie in a table."""
    Message.objects.filter(pk=message.pk).update(
        sent_at=now, failed_at=None, claimed_at=None, text="", html="", headers={}, error=""
    )


def note_refusal(message, refusal, now):
    """The server said no, for good (5xx) or for now. True if the connection is still good."""
    to_recipient = isinstance(refusal, SMTPRecipientsRefused)
    if to_recipient:
        ((code, words),) = refusal.recipients.values()
    else:
        code, words = refusal.smtp_code, refusal.smtp_error
    error = f"Il server ha risposto {code} {told(words)}"[:ERROR_LENGTH]
    if 500 <= code < 600:
        log.warning("mail %s was refused for good: %s", message.pk, code)
        refused = {"tries": F("tries") + 1, "failed_at": now, "claimed_at": None, "error": error}
        held(message).update(**refused)
    else:
        put_off(held(message), error, now)
    # A refused DATA may leave the server in the middle of a mail; 421 is its goodbye.
    return to_recipient and code != 421


def note_trouble(message, error, now):
    kind = type(error).__name__
    if isinstance(error, OSError):
        words = f"La consegna si è interrotta ({kind}): {told(error)}"
        if not message.tries:  # said once
            log.warning("mail %s: the delivery broke off (%s)", message.pk, kind)
    else:
        words = f"Il messaggio non si riesce a preparare ({kind})"
        if not message.tries:
            log.error("mail %s cannot be made", message.pk, exc_info=error)
    put_off(held(message), words[:ERROR_LENGTH], now)


def give_back(message):
    """Nothing was learned about this mail: it is due as before."""
    held(message).update(claimed_at=None)


def note_no_server(error, now):
    # Said once per trouble, not once per try.
    if not Message.objects.troubled().filter(error__startswith=NO_SERVER).exists():
        log.warning("the mail server cannot be reached: %s", type(error).__name__)
    words = f"{NO_SERVER} ({type(error).__name__}): {told(error)}"[:ERROR_LENGTH]
    put_off(Message.objects.due(now), words, now)


def server_was_away(now):
    """True if a try in the last minute met no server, of whatever worker."""
    tried = Message.objects.troubled().filter(tried_at__gt=now - MINUTE, tried_at__lte=now)
    return tried.filter(error__startswith=NO_SERVER).exists()


def held(message):
    """The row, if this worker still holds it: after ten minutes another may."""
    return Message.objects.unsent().filter(pk=message.pk, claimed_at=message.claimed_at)


def put_off(messages, error, now):
    """Note a failed try on rows: each waits by how many it has behind it, or is given up."""
    waits = [When(tries=tries, then=Value(now + wait)) for tries, wait in enumerate(WAITS)]
    # The short waits come first whatever its age: the worker may have been away for days.
    old = When(tries__gte=len(WAITS), created_at__lte=now - PATIENCE, then=Value(now))
    messages.update(
        tries=F("tries") + 1,
        tried_at=now,
        claimed_at=None,
        due_at=Case(*waits, default=Value(now + WAITS[-1]), output_field=DateTimeField()),
        failed_at=Case(old, default=None, output_field=DateTimeField()),
        error=error,
    )
    if lost := Message.objects.failed().filter(failed_at=now).count():
        log.error("%s mails were given up after two days", lost)


def told(words):
    """What a server or an error says, on one line."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    return " ".join(LINE_CONTROLS.sub(" ", text[: 2 * ERROR_LENGTH]).split())
