"""When the mail server is away, slow, or says no: nothing lost, nothing sent twice by us."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from outbox.models import Message
from outbox.posting import post
from outbox.sending import PATIENCE, send_due
from tests.outbox.server import DROP, HANG

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def write(to="ada@example.org", **more):
    return post(to, "Ciao", "Una frase.", **more)


def the_row():
    return Message.objects.get()


def wait_of(row, now):
    """Whole minutes until the next try; a try itself takes a moment."""
    return (row.due_at - now) // MINUTE


# --- away ---


def test_mail_server_away_puts_off_the_whole_batch_and_loses_nothing(smtp):
    smtp.stop()
    now = timezone.now() + MINUTE
    first, second = write(), write(to="eva@example.org")

    assert send_due(now) == 0

    for row in Message.objects.all():
        assert (row.tries, wait_of(row, now), row.claimed_at) == (1, 1, None)
        assert row.error.startswith("Il server di posta non risponde (ConnectionRefusedError)")
    smtp.start()
    assert send_due(now + timedelta(seconds=59)) == 0
    assert send_due(now + 2 * MINUTE) == 2
    assert smtp.recipients == [first.to, second.to]
    assert not Message.objects.unsent().exists()


def test_mail_server_away_is_asked_at_most_once_a_minute_whatever_comes_in(smtp):
    smtp.wishes["HELLO"] = "421 too busy"
    now = timezone.now() + MINUTE
    write()
    for seconds in range(0, 50, 5):
        send_due(now + timedelta(seconds=seconds))
        write()
    assert smtp.sessions == 1

    send_due(now + timedelta(seconds=75))
    assert smtp.sessions == 2
    smtp.wishes.clear()
    assert send_due(now + timedelta(minutes=10)) == 11


def test_mail_server_away_is_tried_after_1_5_15_60_minutes_then_hourly_for_two_days(smtp, caplog):
    smtp.stop()
    now = timezone.now() + MINUTE
    write()
    waits = []
    while the_row().failed_at is None:
        send_due(now)
        row = the_row()
        waits.append(wait_of(row, now))
        now = row.due_at

    assert waits[:6] == [1, 5, 15, 60, 60, 60]
    assert set(waits[3:]) == {60}
    assert PATIENCE <= row.failed_at - row.created_at < PATIENCE + timedelta(hours=1, minutes=5)
    assert row.text == "Una frase."  # staff may try it again
    assert not Message.objects.due(now + timedelta(days=9)).exists()
    told = [record.getMessage() for record in caplog.records]
    assert told == [
        "the mail server cannot be reached: ConnectionRefusedError",
        "1 mails were given up after two days",
    ]


def test_a_worker_that_was_away_for_days_still_tries_more_than_once(smtp):
    smtp.wishes["RCPT"] = "450 later"
    write()
    now = timezone.now() + timedelta(days=5)

    for _ in range(4):
        send_due(now)
        assert the_row().failed_at is None
        now = the_row().due_at
    smtp.wishes.clear()
    assert send_due(now) == 1


@pytest.mark.parametrize(
    ("point", "answer"),
    [("HELLO", "554 no service"), ("HELLO", DROP), ("HELLO", HANG), ("AUTH", "535 wrong password")],
)
def test_mail_server_away_also_means_it_does_not_let_us_in(smtp, settings, point, answer):
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = "redazione"
    settings.EMAIL_TIMEOUT = 2
    smtp.wishes["EHLO"] = "250-test\r\n250 AUTH LOGIN"
    smtp.wishes[point] = answer
    write()
    write()

    assert send_due() == 0

    rows = Message.objects.all()
    assert [(row.tries, row.error[:30]) for row in rows] == 2 * [
        (1, "Il server di posta non rispond")
    ]


# --- a no to one mail ---


def test_5xx_to_one_recipient_fails_at_once_and_the_others_go_out(smtp, caplog):
    smtp.wishes["RCPT"] = lambda to: (
        "550 5.1.1 <ada@example.org>: no such user" if "ada" in to else None
    )
    bad, good = write(), write(to="eva@example.org")

    assert send_due() == 1

    bad.refresh_from_db()
    assert bad.failed_at
    assert bad.error == "Il server ha risposto 550 5.1.1 <ada@example.org>: no such user"
    assert (bad.tries, bad.claimed_at) == (1, None)
    assert smtp.recipients == [good.to]
    assert smtp.sessions == 1
    assert [r.getMessage() for r in caplog.records] == [f"mail {bad.pk} was refused for good: 550"]
    assert send_due(timezone.now() + timedelta(days=1)) == 0


def test_4xx_to_one_recipient_waits_and_the_others_go_out(smtp):
    smtp.wishes["RCPT"] = lambda to: "450 4.2.0 greylisted" if "ada" in to else None
    now = timezone.now() + MINUTE
    bad, good = write(), write(to="eva@example.org")

    assert send_due(now) == 1

    bad.refresh_from_db()
    assert (bad.failed_at, bad.tries, wait_of(bad, now)) == (None, 1, 1)
    assert bad.error == "Il server ha risposto 450 4.2.0 greylisted"
    smtp.wishes.clear()
    assert send_due(now + 2 * MINUTE) == 1
    assert smtp.recipients == [good.to, bad.to]
    bad.refresh_from_db()
    assert bad.error == ""


@pytest.mark.parametrize(("answer", "final"), [("552 too big", True), ("452 disk full", False)])
@pytest.mark.parametrize("point", ["DATA", "END"])
def test_a_no_to_the_text_is_about_this_mail_alone(smtp, point, answer, final):
    bad, good = write(), write(to="eva@example.org")
    smtp.wishes[point] = iter_answers(answer)
    now = timezone.now()

    assert [send_due(now), send_due(now)] == [0, 1]

    bad.refresh_from_db()
    assert bool(bad.failed_at) == final
    assert answer in bad.error
    assert smtp.recipients == [good.to]


def iter_answers(*answers):
    """Each in its turn, then the usual one."""
    left = iter(answers)
    return lambda _: next(left, None)


def test_a_no_to_the_sender_is_never_final(smtp):
    smtp.wishes["MAIL"] = "553 not your address"
    write()

    send_due()

    row = the_row()
    assert (row.failed_at, row.tries) == (None, 1)
    assert "SMTPSenderRefused" in row.error


def test_421_ends_the_batch(smtp):
    smtp.wishes["RCPT"] = iter_answers("421 going down")
    write()
    write()
    now = timezone.now()

    assert [send_due(now), send_due(now)] == [0, 1]
    assert list(Message.objects.order_by("pk").values_list("tries", flat=True)) == [1, 0]


# --- a connection that dies or stalls ---


@pytest.mark.parametrize(
    ("point", "answer"), [("LINE", DROP), ("END", DROP), ("END", HANG), ("RCPT", HANG)]
)
def test_a_connection_that_dies_or_stalls_in_the_middle_delays_one_mail_and_loses_none(
    smtp, settings, point, answer
):
    settings.EMAIL_TIMEOUT = 2
    smtp.wishes[point] = iter_answers(answer)
    now = timezone.now() + MINUTE
    first, second = write(), write(to="eva@example.org")

    assert send_due(now) == 0

    first.refresh_from_db()
    assert (first.tries, wait_of(first, now), first.claimed_at, first.text) == (
        1,
        1,
        None,
        "Una frase.",
    )
    assert first.error.startswith("La consegna si è interrotta (SMTPServerDisconnected)")
    assert send_due(now) == 1
    assert send_due(now + 2 * MINUTE) == 1
    assert smtp.recipients == [second.to, first.to]


def test_a_server_that_hangs_up_after_some_mails_puts_no_blame_on_the_next(smtp):
    smtp.wishes["MAIL"] = iter_answers(None, None, "421 enough for one connection")
    for number in range(4):
        write(to=f"n{number}@example.org")

    assert [send_due(), send_due()] == [2, 2]
    assert smtp.sessions == 2
    assert {row.tries for row in Message.objects.all()} == {0}


def test_a_mail_that_makes_the_server_hang_up_holds_nobody_up(smtp):
    smtp.wishes["RCPT"] = lambda to: DROP if "veleno" in to else None
    for name in ("ada", "veleno", "eva", "ida"):
        write(to=f"{name}@example.org")
    now = timezone.now()

    assert [send_due(now), send_due(now), send_due(now)] == [1, 0, 2]
    assert Message.objects.get(to="veleno@example.org").tries == 1


def test_a_mail_taken_without_an_answer_goes_out_again_as_the_same_mail(smtp):
    smtp.wishes["KEPT"] = iter_answers(DROP)
    write()
    now = timezone.now()

    assert [send_due(now), send_due(now + 2 * MINUTE)] == [0, 1]

    first, second = (received.data for received in smtp.received)
    assert first == second
    assert b"Message-ID: <outbox." in first


def test_g1_no_log_line_holds_an_address_a_subject_or_a_text(smtp, caplog):
    caplog.set_level(logging.DEBUG)
    answers = {
        "RCPT": ["550 Zq7@example.org", "450 Zq7@example.org"],
        "MAIL": ["553 Zq7"],
        "HELLO": ["554 Zq7"],
    }
    for point, told in answers.items():
        for answer in told:
            smtp.wishes = {point: answer}
            post("Zq7@example.org", "Zq7", "Zq7", key=None)
            send_due(timezone.now() + timedelta(hours=Message.objects.count()))
    Message.objects.update(created_at=timezone.now() - timedelta(days=3), tries=9, failed_at=None)
    send_due(timezone.now() + timedelta(days=1))

    assert len(caplog.records) >= 4
    assert "Zq7" not in caplog.text
