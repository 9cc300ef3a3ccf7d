"""``/readyz``: words for strangers, ages for who is logged in, 503 only where readers suffer."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from accounts import badge
from articles.publishing import announce_due
from mmul import readiness, worker
from nodes.models import Leader
from outbox.models import Message
from outbox.posting import post
from tests.comments.deciding import follow
from tests.comments.writing import make_comment
from tests.factories import make_article
from tests.outbox.server import MailServer

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def judged(monkeypatch):
    """Nothing is known from the test before."""
    fresh = readiness.Judgement()
    monkeypatch.setattr(readiness, "judged", fresh)
    return fresh


def worker_was_there(ago):
    at = timezone.now() - ago
    Leader.objects.create(name="worker", holder="a:1:x", since=at, renewed_at=at)


def test_all_is_well(client):
    worker_was_there(ago=MINUTE)
    post("ada@example.org", "Ciao", "Una frase.")
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.text == "database ok\nmigrations ok\nworker ok\noutbox ok\n"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("ago", [None, 6 * MINUTE, DAY])
def test_d1_a_worker_that_is_away_is_said_and_readers_are_not_sent_elsewhere(client, ago):
    if ago:
        worker_was_there(ago)
    response = client.get("/readyz")

    assert "worker late\n" in response.text
    assert response.status_code == 200


def test_mail_that_does_not_leave_is_said_however_often_it_is_put_off(client):
    worker_was_there(ago=MINUTE)
    now = timezone.now()
    post("ada@example.org", "Ciao", "Una frase.")
    Message.objects.update(created_at=now - 20 * MINUTE, due_at=now + 50 * MINUTE, tries=4)

    assert "outbox late\n" in client.get("/readyz").text


def test_mail_that_is_meant_for_later_is_not_late(client):
    post("ada@example.org", "Ciao", "Una frase.", due_at=timezone.now() + DAY)
    Message.objects.update(created_at=timezone.now() - DAY)

    assert "outbox ok\n" in client.get("/readyz").text


def test_strangers_learn_no_number_and_staff_does(client):
    worker_was_there(ago=DAY)
    assert not any(letter.isdigit() for letter in client.get("/readyz").text)
    client.cookies[settings.STAFF_COOKIE_NAME] = "1:invented"
    assert not any(letter.isdigit() for letter in client.get("/readyz").text)

    client.cookies[settings.STAFF_COOKIE_NAME] = badge.make()
    assert "worker late 864" in client.get("/readyz").text


def test_migrations_that_are_missing_are_said_and_this_node_takes_no_readers(client, monkeypatch):
    monkeypatch.setattr(readiness, "is_migrated", lambda: False)
    response = client.get("/readyz")

    assert response.text == "database ok\nmigrations late\n"
    assert response.status_code == 503


def test_d3_a_database_that_is_away_is_said_and_nothing_of_the_error(client, monkeypatch):
    def fail():
        raise OperationalError("host db.internal, user mmul")

    monkeypatch.setattr(readiness, "is_migrated", fail)
    response = client.get("/readyz")

    assert response.text == "database late\n"
    assert response.status_code == 503


def test_all_migrations_of_the_test_database_are_applied():
    assert readiness.is_migrated()


def test_who_asks_a_thousand_times_costs_one_look(client, judged, django_assert_num_queries):
    client.get("/readyz")

    with django_assert_num_queries(0):
        client.get("/readyz")


def test_a_look_costs_two_queries_once_the_migrations_are_known(judged, django_assert_num_queries):
    judged.migrated = True

    with django_assert_num_queries(2):
        judged.parts()


# --- A worker that was dead for a day (trust table, section 6) ---


@pytest.fixture
def smtp(settings):
    server = MailServer().start()
    settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = False
    yield server
    server.stop()


def test_d1_after_a_day_without_a_worker_each_thing_is_done_once_and_the_oldest_first(client, smtp):
    now = timezone.now()
    worker_was_there(ago=DAY)
    story = make_article(title="Uscita ieri sera", published_at=now - timedelta(hours=20))
    follow(story, "eva@example.org")
    make_comment(story, told_at=None)
    for hours in (2, 22, 12):
        at = now - timedelta(hours=hours)
        message = post(f"h{hours}@example.org", "Ciao", "Una frase.")
        Message.objects.filter(pk=message.pk).update(created_at=at, due_at=at)

    page = client.get("/").text
    said = client.get("/readyz").text
    done = worker.run_once()
    told = worker.run_once()
    again = worker.run_once()

    assert "Uscita ieri sera" in page  # by the clock, whoever works
    assert "worker late\n" in said
    assert (done["announce"], announce_due()) == (1, 0)
    assert smtp.recipients[:3] == ["h22@example.org", "h12@example.org", "h2@example.org"]
    assert smtp.recipients.count("eva@example.org") == 1
    assert told["followers"] == 0
    assert set(again.values()) == {0}
