"""Sending: what leaves the house, how it looks, and at what pace."""

import logging
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.utils import timezone

from outbox import sending
from outbox.models import Message
from outbox.posting import post, post_many
from outbox.sending import forget_due, retry, send_due

pytestmark = pytest.mark.django_db


def write(to="ada@example.org", subject="Ciao", text="Una frase.", **more):
    return post(to, subject, text, **more)


def the_row():
    return Message.objects.get()


def test_a_mail_arrives_with_both_parts_and_its_headers(smtp, settings):
    settings.SITE_URL = "https://www.example.org:8443"
    message = write(
        html="<p>Una frase.</p>",
        headers={"List-Unsubscribe": "<https://www.example.org/x/>", "Reply-To": "eva@example.org"},
    )

    assert send_due() == 1

    (received,) = smtp.received
    mail = received.mail
    assert (received.sender, received.to) == (settings.DEFAULT_FROM_EMAIL, ["ada@example.org"])
    assert (mail["To"], mail["From"]) == ("ada@example.org", settings.DEFAULT_FROM_EMAIL)
    assert (mail["Subject"], mail["Reply-To"]) == ("Ciao", "eva@example.org")
    assert mail["List-Unsubscribe"] == "<https://www.example.org/x/>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].startswith(f"<outbox.{message.pk}.")
    assert mail["Message-ID"].endswith("@www.example.org>")
    assert abs(parsedate_to_datetime(mail["Date"]) - message.created_at) < timedelta(seconds=1)
    assert mail.get_content_type() == "multipart/alternative"
    parts = {part.get_content_type(): part.get_content().strip() for part in mail.iter_parts()}
    assert parts == {"text/plain": "Una frase.", "text/html": "<p>Una frase.</p>"}


def test_a_mail_of_text_alone_or_html_alone_has_one_part(smtp):
    write()
    write(text="", html="<p>Una frase.</p>")

    send_due()

    kinds = [received.mail.get_content_type() for received in smtp.received]
    assert kinds == ["text/plain", "text/html"]


def test_accents_arrive_in_subject_name_and_text(smtp):
    subject = "Perché «più» è così: l’edizione di venerdì"
    write(
        to="ada@città.example.it",
        subject=subject,
        text=f"{subject}\n.\n..riga\n" + "è" * 5000,
        sender="Niccolò Perché <redazione@example.org>",
    )

    send_due()

    (received,) = smtp.received
    assert received.to == ["ada@xn--citt-3na.example.it"]
    assert received.mail["Subject"].strip() == subject  # Python folds before the first word
    assert received.mail["From"].addresses[0].display_name == "Niccolò Perché"
    assert received.sender == "redazione@example.org"
    lines = received.mail.get_content().splitlines()
    assert lines == [subject, ".", "..riga", "è" * 5000]
    head = received.data.split(b"\r\n\r\n")[0]
    assert head.isascii()


def test_g1_after_sending_the_words_are_gone(smtp):
    write(text="segreto", html="<p>segreto</p>", headers={"List-Unsubscribe": "<segreto>"})

    send_due()

    row = the_row()
    assert (row.text, row.html, row.headers, row.error) == ("", "", {}, "")
    assert row.sent_at
    assert row.claimed_at is None
    assert row.subject == "Ciao"


def test_oldest_due_goes_first_and_the_future_stays(smtp):
    now = timezone.now()
    for minutes in (-1, -3, -2, 5):
        write(to=f"m{minutes}@example.org", due_at=now + timedelta(minutes=minutes))

    assert send_due() == 3

    assert smtp.recipients == ["m-3@example.org", "m-2@example.org", "m-1@example.org"]
    assert send_due(now + timedelta(minutes=5)) == 1


def test_one_connection_carries_the_batch_and_a_limit_ends_it(smtp):
    post_many([letter(n) for n in range(5)])

    assert send_due(limit=3) == 3
    assert smtp.sessions == 1
    assert send_due() == 2
    assert smtp.sessions == 2


def test_nothing_due_costs_one_query_and_no_connection(smtp, django_assert_num_queries):
    write(due_at=timezone.now() + timedelta(hours=1))
    with django_assert_num_queries(1):
        assert send_due() == 0

    assert smtp.sessions == 0


def test_a_long_batch_lets_the_other_steps_of_the_worker_in(smtp, monkeypatch):
    monkeypatch.setattr(sending, "ENOUGH", timedelta())
    post_many([letter(n) for n in range(3)])

    assert [send_due(), send_due(), send_due(), send_due()] == [1, 1, 1, 0]


def test_never_more_than_sixty_a_minute(smtp):
    post_many([letter(n) for n in range(70)])
    now = timezone.now()

    assert send_due(now, limit=1000) == 60
    assert send_due(now + timedelta(seconds=1)) == 0
    assert send_due(now + timedelta(seconds=45)) == 0
    assert smtp.sessions == 1
    assert send_due(now + timedelta(seconds=90)) == 10
    assert len(smtp.received) == len(set(smtp.recipients)) == 70


def test_refused_mails_count_for_the_pace_too(smtp):
    smtp.wishes["RCPT"] = "550 5.1.1 no such user"
    post_many([letter(n) for n in range(70)])
    now = timezone.now()

    send_due(now, limit=1000)
    send_due(now + timedelta(seconds=1), limit=1000)

    assert Message.objects.failed().count() == 60
    assert Message.objects.unsent().count() == 10


def test_d5_tries_from_the_future_do_not_stop_the_mail(smtp):
    post_many([letter(n) for n in range(61)])
    Message.objects.exclude(to="n60@example.org").update(
        sent_at=timezone.now() + timedelta(days=1), tried_at=timezone.now() + timedelta(days=1)
    )

    assert send_due() == 1


def letter(number):
    return {"to": f"n{number}@example.org", "subject": "Ciao", "text": "Una frase."}


def test_m1_headers_that_got_into_the_table_by_another_road_are_not_sent(smtp, caplog):
    for column, value in [
        ("to", "ada@example.org\r\nBcc: spia@example.org"),
        ("subject", "Ciao\r\nBcc: spia@example.org"),
        ("sender", "redazione@example.org\r\nBcc: spia@example.org"),
        ("headers", {"X-Prova": "a\r\nBcc: spia@example.org"}),
        ("headers", {"X-Prova\r\nBcc": "spia@example.org"}),
    ]:
        Message.objects.create(
            **{"to": "a@example.org", "subject": "x", "text": "y"} | {column: value}
        )

    for _ in range(6):
        send_due()

    assert not [r for r in smtp.received if b"spia@example.org" in r.data and b"\nBcc" in r.data]
    assert "spia@example.org" not in smtp.recipients


def test_a_mail_that_cannot_be_made_is_told_once_and_holds_nobody_up(smtp, caplog):
    bad = Message.objects.create(to="a@example.org", subject="x", text="y", sender="a, b")
    good = write()
    now = timezone.now()

    assert [send_due(now), send_due(now)] == [0, 1]
    send_due(now + timedelta(minutes=2))

    bad.refresh_from_db()
    assert (bad.tries, bad.failed_at, bad.text) == (2, None, "y")
    assert bad.error == "Il messaggio non si riesce a preparare (ValueError)"
    assert [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR] == [
        f"mail {bad.pk} cannot be made"
    ]
    assert smtp.recipients == [good.to]


def test_a_mail_without_a_server_is_printed(settings, capsys):
    settings.MAIL_TRANSPORT = "django.core.mail.backends.console.EmailBackend"
    write()

    assert send_due() == 1

    assert "Una frase." in capsys.readouterr().out


def test_old_mail_is_forgotten_after_thirty_days():
    now = timezone.now()
    rows = [write(to=f"n{n}@example.org") for n in range(5)]
    for row, columns in zip(
        rows,
        [
            {"sent_at": now - timedelta(days=31)},
            {"failed_at": now - timedelta(days=31)},
            {"sent_at": now - timedelta(days=29)},
            {"failed_at": now - timedelta(days=29)},
            {"created_at": now - timedelta(days=99)},
        ],
        strict=True,
    ):
        Message.objects.filter(pk=row.pk).update(**columns)

    assert forget_due(now) == 2
    assert set(Message.objects.all()) == set(rows[2:])
    assert forget_due(now) == 0


def test_retry_gives_new_tries_to_what_was_given_up_and_to_what_waits(smtp):
    now = timezone.now()
    given_up, waiting, sent, held = [write(to=f"n{n}@example.org") for n in range(4)]
    later = now + timedelta(hours=1)
    for row, columns in [
        (given_up, {"failed_at": now, "tries": 50, "error": "x"}),
        (waiting, {"due_at": later, "tries": 4, "error": "x"}),
        (sent, {"sent_at": now}),
        (held, {"claimed_at": now}),
    ]:
        Message.objects.filter(pk=row.pk).update(**columns)

    assert retry(Message.objects.all()) == 2

    assert send_due() == 2
    assert set(smtp.recipients) == {given_up.to, waiting.to}
