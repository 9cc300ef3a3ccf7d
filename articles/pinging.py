"""The worker's side of the pings: take what waits, say it, note the answer.

All rows of a kind go in one request (WebSub: one for each feed). A service in trouble is left
alone as a whole: what is new waits with what failed. A worker killed between the answer and our
commit tells the same change twice, which both protocols allow.
"""

import json
import logging
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from articles.models import Ping
from articles.models.ping import MOST_WAIT
from kit import fetch

log = logging.getLogger("articles.pinging")

ROWS = 2000  # of one request; IndexNow takes 10,000 addresses
# How long after a failed try the next one comes, by how many failed before; the last one repeats.
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
PATIENCE = timedelta(days=2)  # after the change
REMEMBERED = timedelta(days=30)
OUR_FAULT = {400, 422}  # the same words would be refused again


class Saying(NamedTuple):
    to: str
    data: bytes
    content_type: str
    rows: list


class Trouble(NamedTuple):
    sentence: str
    retry_after: int = 0  # seconds
    final: bool = False


def send_due(now=None):
    """Tell each configured service what waits for it; return how many rows were told.

    Waits for the network, 20 s a request: at most three requests, within the lease of a claim.
    """
    now = now or timezone.now()
    services = {Ping.Kind.INDEXNOW: settings.INDEXNOW_KEY, Ping.Kind.WEBSUB: settings.WEBSUB_HUB}
    return sum(send_kind(kind, now) for kind, wanted in services.items() if wanted)


def forget_due(now=None):
    """Delete the rows of thirty days ago; return how many."""
    limit = (now or timezone.now()) - REMEMBERED
    return Ping.objects.filter(created_at__lt=limit).delete()[0]


# --- one kind ---


def send_kind(kind, now):
    ours = Ping.objects.of_kind(kind)
    if not ours.due(now).exists() or ours.waiting(now).exists():
        return 0
    sayings, told = sayings_of(kind, take(kind, now)), 0
    for number, saying in enumerate(sayings):
        if trouble := say(saying):
            note_trouble(saying.rows, trouble, now)
            give_back([row for later in sayings[number + 1 :] for row in later.rows], now)
            break
        held(saying.rows, now).update(sent_at=now, claimed_at=None, error="")
        told += len(saying.rows)
    return told


def take(kind, now):
    """Claim the oldest rows that wait. A claim that is not committed protects nobody."""
    with transaction.atomic(durable=True):
        due = Ping.objects.of_kind(kind).due(now).oldest_first()
        rows = list(due.select_for_update(skip_locked=True)[:ROWS])
        Ping.objects.filter(pk__in=[row.pk for row in rows]).update(claimed_at=now)
    return rows


def held(rows, now):
    """The rows, as far as this worker still holds them."""
    return Ping.objects.unsent().filter(pk__in=[row.pk for row in rows], claimed_at=now)


def give_back(rows, now):
    """Nothing was learned about these: they wait as before."""
    held(rows, now).update(claimed_at=None)


# --- what is said ---


def sayings_of(kind, rows):
    if not rows:
        return []
    if kind == Ping.Kind.INDEXNOW:
        return [indexnow(rows)]
    feeds = {}
    for row in rows:
        feeds.setdefault(row.address, []).append(row)
    return [websub(address, of_feed) for address, of_feed in feeds.items()]


def indexnow(rows):
    words = {
        "host": settings.SITE_HOST,
        "key": settings.INDEXNOW_KEY,
        "keyLocation": f"{settings.SITE_URL}/{settings.INDEXNOW_KEY}.txt",
        "urlList": list(dict.fromkeys(row.address for row in rows)),
    }
    data, kind = json.dumps(words).encode(), "application/json; charset=utf-8"
    return Saying(settings.INDEXNOW_ENDPOINT, data, kind, rows)


def websub(address, rows):
    """One request a feed: not every hub reads a field that comes twice."""
    data = urlencode({"hub.mode": "publish", "hub.url": address}).encode()
    return Saying(settings.WEBSUB_HUB, data, "application/x-www-form-urlencoded", rows)


def say(saying):
    """Return None if it was heard, else the trouble."""
    try:
        answer = fetch.post(saying.to, saying.data, content_type=saying.content_type)
    except fetch.FetchError as error:
        return Trouble(error.sentence)
    if 200 <= answer.status < 300:
        return None
    sentence = f"Il servizio ha risposto {answer.status}."
    if answer.status == 403 and saying.to == settings.INDEXNOW_ENDPOINT:
        sentence += " Non riesce a leggere la nostra chiave: deve aprirsi all’indirizzo /chiave.txt"
    return Trouble(sentence, answer.retry_after or 0, answer.status in OUR_FAULT)


# --- what came of it ---


def note_trouble(rows, trouble, now):
    """Each row waits as long as the most tried one, or is given up."""
    tries = max(row.tries for row in rows)
    if not tries:  # said once per trouble, not once per try
        log.warning("a %s ping was not heard: %s", rows[0].kind, trouble.sentence)
    mine = held(rows, now)
    lost = mine if trouble.final else mine.filter(created_at__lte=now - PATIENCE)
    if not trouble.final:
        lost = lost.filter(tries__gte=len(WAITS))  # the worker may have been away for days
    failed = {"tries": F("tries") + 1, "claimed_at": None, "error": trouble.sentence}
    if given_up := lost.update(failed_at=now, **failed):
        log.error("%s pings were given up: %s", given_up, trouble.sentence)
    asked_for = min(timedelta(seconds=trouble.retry_after), MOST_WAIT)
    wait = max(WAITS[min(tries, len(WAITS) - 1)], asked_for)
    mine.update(due_at=now + wait, **failed)
