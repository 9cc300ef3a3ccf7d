"""Two web nodes and two workers on one PostgreSQL are one site, whoever is killed (D1, D2, D3, K6)."""

import signal
import time
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from articles.models import Article
from comments.models import ReaderComment
from nodes.models import Leader
from outbox.models import Message
from outbox.posting import post
from tests.comments.deciding import follow
from tests.comments.test_crash import database_url
from tests.comments.writing import make_comment
from tests.factories import make_article, make_user
from tests.mmul.site_on_nodes import Machine, Node, Worker, wait_until
from tests.outbox.server import MailServer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="several nodes need PostgreSQL"),
]

TAKE_OVER = 3  # seconds, in place of 25
LATER = timedelta(days=1)


class Site:
    """Two nodes that share nothing but the database, a worker on each, a mail server."""

    def __init__(self, folder, stack):
        self.mails = MailServer().start()
        stack.callback(self.mails.stop)
        shared = {
            "MMUL_MEDIA_ROOT": str(folder / "media"),
            "MMUL_SMTP_HOST": "127.0.0.1",
            "MMUL_SMTP_PORT": str(self.mails.port),
            "MMUL_SMTP_TLS": "false",
            "MMUL_TAKE_OVER_SECONDS": str(TAKE_OVER),
        }
        machines = [Machine(folder / name, database=database_url(), **shared) for name in "ab"]
        self.a, self.b = (Node(machine) for machine in machines)
        self.workers = [Worker(machine, "worker") for machine in machines]
        for process in (self.a, self.b, *self.workers):
            process.start()
            stack.callback(process.kill)
        client = Client()
        client.force_login(make_user())
        self.session = client.session.session_key

    def leader(self):
        """The worker that leads and the other one; None while nobody does."""
        row = Leader.objects.first()
        first = next((worker for worker in self.workers if worker.leads(row)), None)
        return first and (first, next(worker for worker in self.workers if worker is not first))

    def write_mails(self, occasion):
        """Mails that come due now, and find somebody who sends them."""
        post_one = [post(f"{occasion}{n}@example.org", "Ciao", "Una frase.") for n in range(5)]
        keys = [message.pk for message in post_one]
        wait_until(lambda: Message.objects.sent().filter(pk__in=keys).count() == 5)


@pytest.fixture
def site(tmp_path):
    with ExitStack() as stack:
        site = Site(tmp_path, stack)
        wait_until(site.a.is_up)
        wait_until(site.b.is_up)
        yield site


def test_d1_d2_d3_k6_two_nodes_and_two_workers_are_one_site(site):
    check_a_change_on_one_node_is_on_the_other_within_a_second(site)
    check_each_job_is_done_once(site)
    check_a_killed_leader_is_followed(site)
    check_a_leader_that_hangs_is_followed_and_wakes_up_to_nothing(site)
    check_a_database_that_drops_everybody_is_found_again(site)
    check_a_killed_node_takes_nothing_with_it(site)

    sent = Counter(received.mail["Message-ID"] for received in site.mails.received)
    assert set(sent.values()) == {1}
    assert len(sent) == Message.objects.count() == Message.objects.sent().count()


def check_a_change_on_one_node_is_on_the_other_within_a_second(site):
    story = make_article(title="Uscita sul nodo A", status=Article.Status.DRAFT)
    for node in (site.a, site.b):
        wait_until(lambda node=node: node.get().word == "hit")
        assert story.title not in node.get().body

    assert site.a.publish(story, site.session).status == 200

    assert story.title in site.a.get().body
    time.sleep(1)  # the promise; the first reader after it sees the change, not one in the end
    assert story.title in site.b.get().body


def check_each_job_is_done_once(site):
    """One leads, one waits and says so once; a comment is told once to each."""
    wait_until(site.leader)
    _, waiting = site.leader()
    wait_until(lambda: "waits" in waiting.said())
    story = make_article(title="Una discussione")
    for name in ("eva", "zoe"):
        follow(story, f"{name}@example.org")
    comment = make_comment(story, told_at=None)

    wait_until(lambda: len(site.mails.received) == 2)
    site.write_mails("job")

    assert waiting.said().count("waits") == 1
    assert ReaderComment.objects.get(pk=comment.pk).told_at


def check_a_killed_leader_is_followed(site):
    leader, other = site.leader()
    leader.kill()

    site.write_mails("killed")

    assert other.leads(Leader.objects.get())
    leader.start()


def check_a_leader_that_hangs_is_followed_and_wakes_up_to_nothing(site):
    leader, other = site.leader()
    wait_until(lambda: "waits" in other.said())
    leader.send(signal.SIGSTOP)
    try:
        site.write_mails("hanging")
        assert other.leads(Leader.objects.get())
    finally:
        leader.send(signal.SIGCONT)

    wait_until(lambda: "leads no longer" in leader.said())
    site.write_mails("woken")
    assert other.leads(Leader.objects.get())


def check_a_database_that_drops_everybody_is_found_again(site):
    """As its restart does: every session but ours ends in the middle of whatever it was doing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] >= 4
    story = make_article(title="Dopo il riavvio del database")

    assert site.b.get(story.get_absolute_url()).status == 200
    assert site.a.get(story.get_absolute_url()).status == 200
    site.write_mails("restarted")


def check_a_killed_node_takes_nothing_with_it(site):
    before = Article.objects.visible().count()
    site.a.kill()
    story = make_article(title="Uscita sul nodo B", status=Article.Status.DRAFT)

    assert site.b.publish(story, site.session).status == 200
    assert story.title in site.b.get().body
    assert Article.objects.visible(timezone.now()).count() == before + 1

    site.a.start()  # with an empty cache
    wait_until(site.a.is_up)
    assert story.title in site.a.get().body
