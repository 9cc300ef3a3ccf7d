"""Asking the feeds that are due: the network in parallel, parsing in child processes, one writer.

A feed is claimed by one conditional UPDATE with a lease; what it brought and its own new columns
are written in one transaction. Killed at any point, no item is lost or doubled: the feed is
asked again when its lease is over. Every way out is written on the feed, in Italian.
"""

import hashlib
import logging
import random
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from aggregator import intake, schedule
from aggregator.children import Pool
from aggregator.clusters import Recent
from aggregator.discovery import feeds_in
from aggregator.models import Feed, HostPause
from aggregator.parsing import Unreadable
from kit import urls
from kit.fetch import FetchError, fetch
from pagecache.tags import purge_on_commit

log = logging.getLogger("aggregator")

CONNECTIONS = 16
BUSY = (429, 503)
NOTHING_KNOWN = {"etag": "", "last_modified": "", "body_hash": ""}
MOVES = 3  # equal permanent redirects, and the address is changed
STATUSES = {
    401: "La fonte chiede una password (401).",
    403: "La fonte non ci fa entrare (403).",
    404: "A questo indirizzo non c’è più niente (404).",
}
GONE = "La fonte dice che il feed è chiuso per sempre (410)."
OURS = "Un errore nostro, non della fonte: è nei registri."
SLOW_DOWN = "La fonte chiede di rallentare ({status}): riproviamo dopo le {time}."


class APage(Exception):
    """The address is a page that names feeds: an editor chooses one of them."""

    def __init__(self, found):
        many = "un feed" if len(found) == 1 else f"{len(found)} feed"
        self.found = found
        self.sentence = f"È una pagina web. Dentro ho trovato {many}: scegli quale usare."
        super().__init__(self.sentence)


@dataclass(frozen=True)
class Outcome:
    """What one poll of one feed came to. ``error`` is Italian, empty if all went well."""

    feed: Feed
    new: int = 0
    changed: int = 0
    status: int = 0
    error: str = ""

    def __str__(self):
        said = self.error or f"{self.new} new, {self.changed} changed"
        return f"{self.feed} ({self.status or '—'}): {said}"


def poll_due(now=None, limit=200, progress=lambda outcome: None):
    """Ask at most ``limit`` feeds that are due; return their outcomes.

    One request at a time for each host. The next feed is claimed when a connection is free, so a
    slow host keeps nobody waiting.
    """
    now = now or timezone.now()
    queue = waiting_feeds(now, limit)
    return run(queue, now, progress) if queue else []


def ask_due():
    """The worker's step: poll what is due; return how many feeds were asked."""
    return len(poll_due())


def poll_one(feed, now=None):
    """Ask one feed now, due or not; a list with its outcome, empty if somebody has it in hand."""
    now = now or timezone.now()
    Feed.objects.filter(pk=feed.pk).update(next_check_at=now, state=Feed.State.ACTIVE)
    return run([Feed.objects.get(pk=feed.pk)], now, lambda outcome: None)


def waiting_feeds(now, limit):
    paused = set(HostPause.objects.filter(until__gt=now).values_list("host", flat=True))
    due = Feed.objects.due(now).order_by("next_check_at", "pk").defer("note", "contact", "licence")
    # A paused host may have more feeds than a run: they must not stand before the others.
    free = (feed for feed in due.iterator(chunk_size=500) if feed.host not in paused)
    return list(islice(free, limit))


def run(queue, now, progress):
    recent, outcomes, busy, flying, clock = None, [], set(), {}, clock_from(now)
    with Pool() as parsers, ThreadPoolExecutor(CONNECTIONS, "feeds") as network:
        while queue or flying:
            for feed in next_feeds(queue, busy, CONNECTIONS - len(flying)):
                queue.remove(feed)
                if claim(feed, clock()):
                    busy.add(feed.host)
                    flying[network.submit(ask, feed, parsers)] = feed
            if not flying:
                continue
            done, _ = wait(flying, return_when=FIRST_COMPLETED)
            for future in done:
                feed = flying.pop(future)
                busy.discard(feed.host)
                recent = recent or Recent(now)
                outcomes.append(keep(feed, future, recent, clock()))
                if outcomes[-1].error == OURS:
                    recent = None  # it may know items that were rolled back
                progress(outcomes[-1])
                if outcomes[-1].status in BUSY:
                    queue[:] = [other for other in queue if other.host != feed.host]
    return outcomes


def clock_from(now):
    """A clock that starts at ``now``: a long run must not claim with the hour of its beginning."""
    start = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - start)


def next_feeds(queue, busy, free):
    """At most ``free`` feeds of hosts that nobody speaks to, each host once."""
    chosen, hosts = [], set(busy)
    for feed in queue:
        if len(chosen) >= free:
            break
        if feed.host not in hosts:
            hosts.add(feed.host)
            chosen.append(feed)
    return chosen


def claim(feed, now):
    """Take the feed for ten minutes. False if another worker was faster."""
    return Feed.objects.due(now).filter(pk=feed.pk).update(claimed_at=now) == 1


def ask(feed, parsers):
    """In a thread, without the database: ``(answer, hash of its bytes, Parsed or None)``."""
    answer = fetch(feed.address, etag=feed.etag, last_modified=feed.last_modified)
    if answer.status != 200:
        return answer, "", None
    hashed = hashlib.sha256(answer.body).hexdigest()
    if hashed == feed.body_hash:
        return answer, hashed, None
    try:
        return answer, hashed, parsers.parse(answer.body, answer.url, answer.content_type)
    except Unreadable as error:
        found = feeds_in(answer.body, answer.url, answer.content_type)
        raise (APage(found) if found else error) from None


def keep(feed, future, recent, now):
    """Write what came of one feed; the Outcome. Whatever goes wrong stands on the feed."""
    try:
        answer, hashed, parsed = future.result()
    except APage as page:
        found = [{"url": one.url, "title": one.title} for one in page.found]
        return fail(feed, page.sentence, now, found=found)
    except (FetchError, Unreadable) as error:
        return fail(feed, error.sentence, now)
    except Exception:
        log.exception("a feed could not be asked")
        return fail(feed, OURS, now)
    if answer.not_modified or answer.status == 304 or (answer.status == 200 and parsed is None):
        succeed(feed, answer, now)
        return Outcome(feed, status=answer.status)
    if answer.status == 200:
        return file_or_fail(feed, answer, hashed, parsed, recent, now)
    if answer.status == 410:
        write(feed, state=Feed.State.GONE, error=GONE, checked_at=now, claimed_at=None)
        purge_on_commit("rassegna")
        return Outcome(feed, status=410, error=GONE)
    if answer.status in BUSY:
        return slow_down(feed, answer, now)
    said = STATUSES.get(answer.status, f"La fonte risponde con un errore ({answer.status}).")
    return fail(feed, said, now, answer.status)


def file_or_fail(feed, answer, hashed, parsed, recent, now):
    try:
        return file(feed, answer, hashed, parsed, recent, now)
    except (DataError, IntegrityError):
        log.exception("what a feed brought could not be filed")
        return fail(feed, OURS, now, answer.status)


def file(feed, answer, hashed, parsed, recent, now):
    with transaction.atomic():
        # Two polls of one feed are kept apart by its row, whatever happened to the claim.
        stored = Feed.objects.select_for_update().only("title", "site", "language").get(pk=feed.pk)
        # An editor may have filled these in while we asked: his words stay.
        feed.title, feed.site, feed.language = stored.title, stored.site, stored.language
        fill_in(feed, parsed)
        filed = intake.file(feed, parsed.entries, recent, now)
        columns = {
            "body_hash": hashed,
            "ttl_minutes": min(parsed.ttl_minutes, 1_000_000),
            "title": feed.title,
            "site": feed.site,
            "language": feed.language,
        }
        if filed.new:
            columns["changed_at"] = now
        succeed(feed, answer, now, **columns)
        if filed.waiting:
            # Without validators and hash: what waits must be sent again to come in.
            since = feed.failing_since or now
            write(feed, error=intake.TOO_MANY, failing_since=since, **NOTHING_KNOWN)
    return Outcome(feed, filed.new, filed.changed, answer.status)


def fill_in(feed, parsed):
    """What an editor left empty is taken from the feed."""
    feed.title = feed.title or parsed.title[:200]
    feed.site = feed.site or parsed.site[:2048]
    feed.language = feed.language or parsed.language[:12]
    feed.ttl_minutes = parsed.ttl_minutes


def write(feed, **columns):
    """One narrow UPDATE: what an editor changed meanwhile stays."""
    Feed.objects.filter(pk=feed.pk).update(**columns)


def succeed(feed, answer, now, **columns):
    published = feed.items.filter(sort_date__gt=now - schedule.WEEK)
    pause = schedule.interval(
        published=list(published.values_list("sort_date", flat=True)[:700]),
        now=now,
        ttl_minutes=feed.ttl_minutes,
        cache_seconds=answer.cache_seconds,
    )
    columns |= {
        "checked_at": now,
        "succeeded_at": now,
        "claimed_at": None,
        "failures": 0,
        "failing_since": None,
        "error": "",
        "found": [],
        "next_check_at": now + spread(pause),
    }
    # A 304 may bring newer validators (product.md, A2); without any, the old ones stand.
    # After a 200 they never do, even if its bytes are the same.
    old = feed if answer.status == 304 else answer
    columns |= {"etag": answer.etag or old.etag}
    columns |= {"last_modified": answer.last_modified or old.last_modified}
    write(feed, **columns | moved(feed, answer))


def moved(feed, answer):
    """Columns for a permanent redirect: after three equal answers the address is changed."""
    target = answer.permanent[:2048]
    if not target or (urls.key(target) == feed.key and target == feed.address):
        return {"moved_to": "", "moved_times": 0} if feed.moved_to else {}
    times = feed.moved_times + 1 if target == feed.moved_to else 1
    key = urls.key(target)
    taken = Feed.objects.filter(key=key).exclude(pk=feed.pk).exists()
    if times < MOVES or taken:
        return {"moved_to": target, "moved_times": min(times, MOVES)}
    return {"address": target, "key": key, "moved_to": "", "moved_times": 0}


def fail(feed, sentence, now, status=0, **columns):
    failures = feed.failures + 1
    write(
        feed,
        checked_at=now,
        claimed_at=None,
        failures=failures,
        failing_since=feed.failing_since or now,
        error=sentence[:500],
        next_check_at=now + spread(schedule.after_failure(failures)),
        **columns,
    )
    return Outcome(feed, status=status, error=sentence)


def slow_down(feed, answer, now):
    """429 and 503: the whole host is left alone for as long as it asks (F4)."""
    pause, made = HostPause.objects.get_or_create(host=feed.host, defaults={"until": now})
    # A pause of long ago does not make this one longer.
    times = 1 if made or pause.until < now - timedelta(days=1) else pause.times + 1
    until = now + schedule.host_pause(answer.retry_after, times)
    HostPause.objects.filter(pk=pause.pk).update(until=until, times=min(times, 1000))
    when = timezone.localtime(until).strftime("%H:%M")
    outcome = fail(feed, SLOW_DOWN.format(status=answer.status, time=when), now, answer.status)
    write(feed, next_check_at=until + spread(timedelta(minutes=5)))
    return outcome


def spread(pause):
    return schedule.spread(pause, random.random())  # noqa: S311 - jitter, not a secret
