"""Five hundred comments from sixteen threads while two workers are killed by turns (D1, D2).

Every yes is a row, no row is doubled, each follower is told once of each comment.
"""

import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from django.db import connection, connections
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from articles.models import Article
from comments.models import Commenter, Decision, ReaderComment
from outbox.models import Message
from tests.comments.deciding import follow
from tests.comments.writing import make_comment, post, proof_of
from tests.factories import make_article, make_author, make_user
from tests.outbox.server import MailServer

ROOT = Path(__file__).resolve().parent.parent.parent
COMMENTS, THREADS, STORIES, KILLS = 500, 16, 4, 4
PATIENCE = 150  # seconds until everybody is told; a busy machine needs half of them


def database_url():
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    place = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return f"postgres://{database['USER']}:{database['PASSWORD']}@{place}"


@contextmanager
def mail_server():
    server = MailServer().start()
    yield server
    server.stop()


class Worker:
    """A real worker process on the database of the test."""

    def __init__(self, server, media):
        self.environment = os.environ | {
            "DATABASE_URL": database_url(),
            "MMUL_MODE": "development",
            "MMUL_MEDIA_ROOT": str(media),
            "MMUL_SMTP_HOST": "127.0.0.1",
            "MMUL_SMTP_PORT": str(server.port),
            "MMUL_SMTP_TLS": "false",
        }
        self.process = None

    def start(self):
        command = [sys.executable, "manage.py", "worker"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL
        )

    def kill(self):
        self.process.kill()  # SIGKILL: no handler runs, no transaction is ended
        self.process.wait()


def told():
    return ReaderComment.objects.exclude(told_at=None).count()


def wait_until(ready, seconds):
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "the workers do not get on"
        time.sleep(0.02)


def gets_on(before):
    """True in the middle of some batch of a worker, which takes twenty at a time."""
    return told() >= min(before + 50, COMMENTS + STORIES)


def write(number, stories, roots, writers):
    """Send one comment as its own reader from its own network; return the last answer."""
    client, story = Client(), number % STORIES
    fields = {
        "comment": f"Commento numero {number}",
        "name": f"Lettore {number}",
        "email": writers[number].email,
        "proof": proof_of(writers[number]),
        "reply_to": str(roots[story].pk) if number % 2 else "",
        "address": f"10.{number // 200}.{number % 200}.7",
    }
    presses = 2 if number % 25 == 0 else 1  # some press twice
    try:
        answers = [post(client, stories[story], **fields).status_code for _ in range(presses)]
        while answers[-1] == 503 and len(answers) < 5:  # an honest no: pressed again
            answers.append(post(client, stories[story], **fields).status_code)
        return answers[-1]
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_d1_five_hundred_comments_survive_two_workers_that_are_killed_by_turns(tmp_path):
    now = timezone.now()
    stories = [make_article(authors=[make_author(user=make_user())]) for _ in range(STORIES)]
    roots = [make_comment(story) for story in stories]
    for story in stories:
        for name in ("eva", "zoe"):
            follow(story, f"{name}@example.org")
    Commenter.objects.bulk_create(
        Commenter(email=f"n{number}@example.org", confirmed_at=now, trusted_at=now)
        for number in range(COMMENTS)
    )
    people = Commenter.objects.filter(email__regex=r"^n\d+@").order_by("pk")
    writers = {int(person.email[1:].split("@")[0]): person for person in people}

    with mail_server() as server, ThreadPoolExecutor(THREADS) as pool:
        workers = [Worker(server, tmp_path) for _ in range(2)]
        for worker in workers:
            worker.start()
        connections.close_all()
        said = [pool.submit(write, n, stories, roots, writers) for n in range(COMMENTS)]
        deaths = []
        try:
            for number in range(KILLS):
                wait_until(partial(gets_on, told()), PATIENCE)
                workers[number % 2].kill()
                deaths.append(told())
                workers[number % 2].start()
            assert {future.result() for future in said} == {302}
            wait_until(lambda: told() == COMMENTS + STORIES, PATIENCE)
        finally:
            for worker in workers:
                worker.kill()

    check_comments(stories, roots)
    check_mails(stories)
    assert any(0 < number - STORIES < COMMENTS for number in deaths)  # it died in the middle
    sent = Counter(received.mail["Message-ID"] for received in server.received)
    # Once more than once only for a mail in the worker's hands when it was killed (section 8).
    assert sum(times - 1 for times in sent.values()) <= KILLS + len(workers)


def check_comments(stories, roots):
    rows = ReaderComment.objects.exclude(pk__in=[root.pk for root in roots])
    texts = Counter(rows.values_list("comment", flat=True))
    assert texts == Counter(f"Commento numero {number}" for number in range(COMMENTS))
    assert rows.filter(state="published", is_public=True).count() == COMMENTS
    assert Decision.objects.count() == COMMENTS
    shown = Article.objects.aggregate(n=Sum("comment_count"))["n"]
    assert shown == COMMENTS + STORIES
    for root in roots:
        root.refresh_from_db()
        thread = ReaderComment.objects.filter(thread_id=root.pk)
        orders = list(thread.values_list("order", flat=True))
        assert len(orders) == len(set(orders)) == root.nested_count + 1


def check_mails(stories):
    """Two followers and one author a comment, each exactly once: no more, no less."""
    tellings = Counter(
        (int(about.removeprefix("comment:")), to)
        for about, to in Message.objects.values_list("about", "to")
    )
    assert set(tellings.values()) == {1}
    expected = set()
    for story in stories:
        names = ["eva@example.org", "zoe@example.org", story.signatures[0].user.email]
        comments = ReaderComment.objects.filter(
            article=story, comment__startswith="Commento numero"
        )
        expected |= {(pk, name) for pk in comments.values_list("pk", flat=True) for name in names}
    assert set(tellings) == expected
