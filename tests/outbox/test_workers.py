"""Workers that are killed, and two at once: no mail lost, none sent by both."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection, connections
from django.utils import timezone

from mmul.worker import STEPS
from outbox import sending
from outbox.models import LEASE, Message
from outbox.posting import post, post_many, withdraw
from outbox.sending import claim, forget_due, send_due, take
from tests.outbox.server import HANG

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent.parent
SECOND = timedelta(seconds=1)


def write(to="ada@example.org", **more):
    return post(to, "Ciao", "Una frase.", **more)


def at_once(work, how_many=2):
    """Run ``work`` in threads that begin together; return what each gave."""
    barrier = Barrier(how_many)

    def start(number):
        try:
            barrier.wait(10)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(how_many) as pool:
        return list(pool.map(start, range(how_many)))


def test_the_worker_sends_and_forgets():
    steps = {step.work: step.every for step in STEPS}

    assert (steps[send_due], steps[forget_due]) == (5, 3600)


# --- D1: killed ---


def test_d1_killed_between_claim_and_send_the_mail_goes_out_after_ten_minutes(smtp):
    write()
    now = timezone.now()
    assert take(now)  # and no more is heard of this worker

    assert send_due(now + timedelta(minutes=10) - SECOND) == 0
    assert send_due(now + timedelta(minutes=10)) == 1
    assert len(smtp.received) == 1


@pytest.mark.django_db(transaction=True)
def test_d1_a_real_worker_killed_while_it_sends_loses_nothing(smtp):
    first, second = write(), write(to="eva@example.org")
    smtp.wishes["KEPT"] = HANG  # the server has the mail, the worker does not know yet
    worker = start_worker(smtp)
    try:
        assert smtp.held.wait(60)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    smtp.wishes.clear()
    smtp.released.set()
    now = timezone.now()

    assert Message.objects.get(pk=first.pk).claimed_at
    assert send_due(now) == 1  # what it did not hold goes out at once
    assert send_due(now + LEASE) == 1

    assert not Message.objects.unsent().exists()
    assert smtp.recipients == [first.to, second.to, first.to]
    twice = [r.mail["Message-ID"] for r in smtp.received if r.to == [first.to]]
    assert twice[0] == twice[1]


@pytest.mark.django_db(transaction=True)
def test_d1_a_real_worker_sends_with_the_settings_of_its_environment(smtp):
    write()
    worker = start_worker(smtp, "--once")

    assert worker.wait(60) == 0
    assert smtp.recipients == ["ada@example.org"]
    assert Message.objects.get().text == ""


def start_worker(smtp, *more):
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        place = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
        url = f"postgres://{database['USER']}:{database['PASSWORD']}@{place}"
    connections.close_all()
    return subprocess.Popen(
        [sys.executable, "manage.py", "worker", "--only", "mail", *more],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        env=os.environ
        | {
            "DATABASE_URL": url,
            "MMUL_MODE": "development",
            "MMUL_SMTP_HOST": "127.0.0.1",
            "MMUL_SMTP_PORT": str(smtp.port),
            "MMUL_SMTP_TLS": "false",
        },
    )


def test_d1_a_dead_worker_that_wakes_up_changes_nothing(smtp):
    write()
    now = timezone.now()
    sleeper = take(now)
    assert send_due(now + LEASE) == 1

    sending.note_trouble(sleeper, OSError("late"), now + LEASE)

    row = Message.objects.get()
    assert row.sent_at
    assert (row.tries, row.error) == (0, "")


def test_d1_a_dead_worker_that_wakes_up_leaves_the_claim_of_the_next_alone():
    write()
    now = timezone.now()
    sleeper = take(now)
    assert take(now + LEASE)

    sending.note_trouble(sleeper, OSError("late"), now + LEASE)

    row = Message.objects.get()
    assert (row.claimed_at, row.tries, row.error) == (now + LEASE, 0, "")


def test_d5_a_claim_from_the_future_is_dead(smtp):
    message = write()
    Message.objects.update(claimed_at=timezone.now() + timedelta(days=1))

    assert send_due() == 1
    assert smtp.recipients == [message.to]


# --- D2: two at once ---


def test_d2_only_one_of_two_who_saw_the_same_row_gets_it():
    write()
    now = timezone.now()
    first, second = Message.objects.due(now).get(), Message.objects.due(now).get()

    assert claim(first, now)
    assert not claim(second, now)


@pytest.mark.django_db(transaction=True)
def test_d2_two_workers_send_each_mail_once(smtp):
    post_many([letter(number) for number in range(40)])

    counts = at_once(lambda _: send_due())

    assert sum(counts) == 40
    assert len(smtp.recipients) == len(set(smtp.recipients)) == 40
    assert Message.objects.sent().count() == 40


@pytest.mark.django_db(transaction=True)
def test_d2_two_workers_together_keep_to_sixty_a_minute(smtp):
    post_many([letter(number) for number in range(90)])

    counts = at_once(lambda _: send_due(limit=1000))

    assert sum(counts) == len(smtp.received) == 60


@pytest.mark.django_db(transaction=True)
def test_d2_the_last_place_in_the_minute_is_given_once():
    post_many([letter(number) for number in range(200)])
    now = timezone.now()
    rows = list(Message.objects.order_by("pk")[:59])
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(tried_at=now, sent_at=now)

    taken = at_once(lambda _: take(now), 8)

    assert sum(message is not None for message in taken) == 1


@pytest.mark.django_db(transaction=True)
def test_c8_a_mail_withdrawn_while_workers_send_is_sent_or_withdrawn_never_both(smtp):
    post_many([letter(number) | {"about": "comment:12"} for number in range(30)])

    counts = at_once(lambda number: withdraw("comment:12") if number else send_due())

    assert sum(counts) == 30
    assert len(smtp.received) == Message.objects.count() == counts[0]


def letter(number):
    return {"to": f"n{number}@example.org", "subject": "Ciao", "text": "Una frase."}
