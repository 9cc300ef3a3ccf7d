"""``make bench``, third part: 1,000 feeds of 20 items, polled three times, beside a plain loop.

First poll; second poll unchanged (304); second poll without validators (the same bytes). The
server answers on forty addresses of 127.0.0.0/8, because a host is asked one thing at a time,
and after 80 ms, as a site far away does.
The loop is what a first script would be: one feed after another, feedparser, the ORM.
"""

import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from bench.archives import ROOT, WORK, manage, say

FEEDS = int(os.environ.get("BENCH_FEEDS", "1000"))
LOOPED = min(FEEDS, 200)  # the loop asks no more: it would take four minutes
ITEMS, HOSTS, PORT = 20, 40, 8130
ANSWER_SECONDS = 0.08  # how long a site takes to answer
MODES = ("first poll", "unchanged, 304", "unchanged, same bytes")


def document(number):
    items = "".join(
        f"<item><title>Feed {number}: piece of news {n} about subject {number * 31 + n * 7}</title>"
        f"<link>http://127.0.0.{number % HOSTS + 1}:{PORT}/{number}/{n}</link>"
        f"<guid>{number}-{n}</guid><pubDate>Tue, 24 Nov 2026 {n:02}:00:00 +0000</pubDate>"
        f"<description>&lt;p&gt;{'Some words of a summary. ' * 20}&lt;/p&gt;</description></item>"
        for n in range(ITEMS)
    )
    head = f"<rss version='2.0'><channel><title>Feed {number}</title>"
    return f"<?xml version='1.0'?>{head}{items}</channel></rss>".encode()


class Handler(BaseHTTPRequestHandler):
    validators = True

    def do_GET(self):
        time.sleep(ANSWER_SECONDS)
        body = document(int(self.path.strip("/").split(".")[0]))
        etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        if self.validators and self.headers.get("If-None-Match") == etag:
            self.send_response(304)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        if self.validators:
            self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


def serve():
    servers = [ThreadingHTTPServer((f"127.0.0.{n + 1}", PORT), Handler) for n in range(HOSTS)]
    for server in servers:
        Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read(1)  # "the same bytes": from now on without validators
    Handler.validators = False
    sys.stdin.read()


def environment(name):
    return os.environ | {
        "DATABASE_URL": f"sqlite:///{WORK / f'{name}.sqlite3'}",
        "MMUL_FETCH_ALLOW": f"127.0.0.0/8:{PORT}",
    }


def prepare(name):
    for stale in WORK.glob(f"{name}.sqlite3*"):
        stale.unlink()
    env = environment(name)
    manage(env, "migrate", "--verbosity", "0")
    script = f"""
from django.utils import timezone
from aggregator.models import Feed
from kit import urls
rows = [Feed(address=a, key=urls.key(a), next_check_at=timezone.now()) for a in
        (f"http://127.0.0.{{n % {HOSTS} + 1}}:{PORT}/{{n}}.xml" for n in range({FEEDS}))]
Feed.objects.bulk_create(rows)
"""
    manage(env, "shell", "--no-imports", "-c", script)
    return env


def measured(env, mode):
    """Run one mode in a process of its own; seconds, CPU of it and its children, memory."""
    command = [sys.executable, "-m", "bench.feeds", mode]
    run = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    return json.loads(run.stdout.splitlines()[-1])


def child(mode):
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mmul.settings")
    django.setup()
    from django.utils import timezone

    from aggregator import polling
    from aggregator.models import Feed

    feeds = FEEDS
    if mode == "--loop":
        feeds, begin = LOOPED, time.perf_counter()
        loop()
    else:
        Feed.objects.update(next_check_at=timezone.now())
        begin = time.perf_counter()
        outcomes = polling.poll_due(limit=FEEDS)
        failed = [outcome for outcome in outcomes if outcome.error]
        if len(outcomes) != FEEDS or failed:
            sys.exit(f"{len(outcomes)} asked, {len(failed)} failed: {failed[:1]}")
    seconds = time.perf_counter() - begin
    mine, below = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    cpu = mine.ru_utime + mine.ru_stime + below.ru_utime + below.ru_stime
    share = (below.ru_utime + below.ru_stime) / cpu  # of the children: parsing and cleaning
    figures = {"rate": feeds / seconds, "cpu_ms": cpu * 1000 / feeds, "parsing": share}
    print(json.dumps(figures | {"mb": mine.ru_maxrss / 1024}))  # noqa: T201


def loop():
    """A plain script: one feed after another, everything parsed, every item looked up."""
    import urllib.request

    from django.utils import timezone

    from aggregator.models import Cluster, Feed, Item
    from aggregator.parsing import parse
    from kit import urls

    for feed in Feed.objects.order_by("pk")[:LOOPED]:
        with urllib.request.urlopen(feed.address, timeout=20) as answer:  # noqa: S310
            body = answer.read()
        for entry in parse(body, feed.address).entries:
            now = timezone.now()
            if not Item.objects.filter(feed=feed, url=entry.url).exists():
                cluster = Cluster.objects.create(sort_date=now)
                Item.objects.create(
                    feed=feed, cluster=cluster, identity=entry.guid, url=entry.url,
                    key=urls.key(entry.url), title=entry.title, html=entry.html,
                    first_seen_at=now, sort_date=now, content_hash="",
                )  # fmt: skip


def row(name, figures, unit=None):
    beside = f"{figures['rate'] / unit['rate']:8.1f}" if unit else f"{'':8}"
    say(
        f"{name:34} {figures['rate']:8.0f} {figures['cpu_ms']:8.2f} {figures['mb']:6.0f} "
        f"{figures['parsing']:7.0%} {beside}"
    )


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    ours, plain = prepare("feeds"), prepare("feeds-loop")
    command = [sys.executable, "-m", "bench.feeds", "--serve"]
    server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)
    time.sleep(1)
    try:
        say(f"\n{f'{FEEDS} feeds of {ITEMS} items':35} feeds/s CPU ms/f     MB parsing loop = 1")
        first, again = measured(plain, "--loop"), measured(plain, "--loop")
        row("plain loop, first", first)
        row("plain loop, again", again)
        for mode in MODES:
            if mode == MODES[2]:
                server.stdin.write(b"x")
                server.stdin.flush()
                time.sleep(0.2)
                measured(ours, mode)  # once more with the server as it is now
            row(mode, measured(ours, mode), first if mode == MODES[0] else again)
    finally:
        server.stdin.close()
        server.terminate()
        server.wait()


if __name__ == "__main__":
    if "--serve" in sys.argv:
        serve()
    elif len(sys.argv) > 1:
        child(sys.argv[1])
    else:
        main()
