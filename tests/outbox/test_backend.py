"""Django's own mail functions and the login pages: their mails become rows too."""

import logging
import sys
import threading

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection, send_mail
from django.db import transaction
from django.urls import reverse

from mmul.logs import ErrorMail
from outbox.models import Message
from outbox.sending import send_due
from tests.factories import make_user

pytestmark = pytest.mark.usefixtures("as_rows")


@pytest.mark.django_db
def test_send_mail_makes_a_row_and_speaks_to_nobody(smtp):
    sent = send_mail(
        "Ciao", "Una frase.", None, ["ada@example.org"], html_message="<p>Una frase.</p>"
    )

    assert sent == 1
    assert smtp.sessions == 0
    row = Message.objects.get()
    assert (row.to, row.subject, row.sender) == ("ada@example.org", "Ciao", "")
    assert (row.text, row.html) == ("Una frase.", "<p>Una frase.</p>")


@pytest.mark.django_db
def test_each_recipient_gets_a_mail_of_their_own_and_sees_no_other(smtp):
    mail = EmailMessage(
        "Ciao",
        "Una frase.",
        "Ufficio <ufficio@example.org>",
        to=["Ada <ada@example.org>", "eva@example.org"],
        cc=["ida@example.org"],
        bcc=["zoe@example.org", "ada@example.org"],
        reply_to=["Redazione <redazione@example.org>"],
        headers={"X-Prova": "1", "Message-ID": "<x@y>", "To": "tutti@example.org"},
    )
    assert mail.send() == 1

    assert send_due() == 4

    assert smtp.recipients == [f"{name}@example.org" for name in ("ada", "eva", "ida", "zoe")]
    for received in smtp.received:
        assert received.mail["To"] == received.to[0]
        assert (received.mail["Cc"], received.mail["Bcc"]) == (None, None)
        assert received.mail["From"] == "Ufficio <ufficio@example.org>"
        assert received.mail["Reply-To"] == "Redazione <redazione@example.org>"
        assert received.mail["X-Prova"] == "1"
        assert received.mail["Message-ID"] != "<x@y>"


@pytest.mark.django_db
def test_html_alone_stays_html(smtp):
    mail = EmailMessage("Ciao", "<p>Una frase.</p>", to=["ada@example.org"])
    mail.content_subtype = "html"
    mail.send()
    send_due()

    assert smtp.received[0].mail.get_content_type() == "text/html"


@pytest.mark.django_db
def test_attachments_and_other_alternatives_are_refused():
    mail = EmailMessage("Ciao", "Una frase.", to=["ada@example.org"])
    mail.attach("a.txt", "a", "text/plain")
    with pytest.raises(ValueError, match="attachments"):
        mail.send()
    mail = EmailMultiAlternatives("Ciao", "Una frase.", to=["ada@example.org"])
    mail.attach_alternative("{}", "application/json")
    with pytest.raises(ValueError, match="alternative"):
        mail.send()

    assert not Message.objects.exists()


@pytest.mark.django_db
def test_several_mails_are_stored_all_or_none():
    good = EmailMessage("Ciao", "Una frase.", to=["ada@example.org"])
    bad = EmailMessage("Ciao", "Una frase.", to=["nessuno"])

    with pytest.raises(ValueError, match="address"):
        get_connection().send_messages([good, bad])
    assert get_connection(fail_silently=True).send_messages([good, bad]) == 0
    assert not Message.objects.exists()
    assert get_connection().send_messages([]) == 0
    assert get_connection().send_messages([good, good]) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"to": ["ada@example.org\r\nBcc: spia@example.org"]},
        {"to": ["Ada\r\nBcc: spia@example.org <ada@example.org>"]},
        {"bcc": ["ada@example.org\nX: y"]},
        {"from_email": "Ufficio\r\nBcc: spia@example.org <u@example.org>"},
        {"reply_to": ["ada@example.org\r\nBcc: spia@example.org"]},
        {"headers": {"X-Prova": "a\r\nBcc: spia@example.org"}},
        {"headers": {"X-Prova\r\nBcc": "spia@example.org"}},
    ],
)
def test_m1_a_line_end_is_refused_in_every_field(fields):
    with pytest.raises(ValueError, match="."):
        EmailMessage(**{"subject": "Ciao", "body": "x", "to": ["ada@example.org"]} | fields).send()

    assert not Message.objects.exists()


@pytest.mark.django_db
def test_a_mail_of_a_transaction_that_fails_is_not_sent():
    with transaction.atomic():
        send_mail("Ciao", "Una frase.", None, ["ada@example.org"])
        transaction.set_rollback(True)

    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a1_a_new_password_comes_by_the_outbox_and_leaves_no_link_there(smtp, client, settings):
    make_user("ada")
    page = reverse("account_reset_password")
    assert client.post(page, {"email": "nessuno@example.org"}).status_code == 302
    assert client.post(page, {"email": "ada@example.org"}).status_code == 302
    for thread in threading.enumerate():
        if thread.name == "account-mail":
            thread.join(10)

    assert [row.to for row in Message.objects.all()] == ["ada@example.org"]
    assert send_due() == 1
    link = f"{settings.SITE_URL}/admin/account/password/reset/key/"
    assert link in smtp.received[0].mail.get_content()
    row = Message.objects.get()
    assert "key" not in f"{row.text}{row.html}{row.headers}{row.error}"


def test_error_mail_does_not_need_the_database(smtp, settings):
    settings.ADMINS = [("Redazione", "redazione@example.org")]
    try:
        raise OSError("database away")
    except OSError:
        info = sys.exc_info()

    ErrorMail().emit(logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", None, info))

    assert smtp.recipients == ["redazione@example.org"]  # and no row: this test has no database
