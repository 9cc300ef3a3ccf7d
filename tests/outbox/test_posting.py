"""Posting: what a row may hold, and that a second mail for one occasion is not made."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from outbox.addresses import validate_address
from outbox.models import SUBJECT_LENGTH, Message
from outbox.posting import MOST_BYTES, forget, post, post_many, withdraw

pytestmark = pytest.mark.django_db

INJECTIONS = [
    "\r\nBcc: spia@example.org",
    "\nBcc: spia@example.org",
    "\rX: y",
    "\x00",
    "\x0b",
    "\u2028",
]


def write(to="ada@example.org", subject="Ciao", text="Una frase.", **more):
    return post(to, subject, text, **more)


def test_a_mail_is_a_row_that_is_due_at_once():
    message = write(html="<p>Una frase.</p>", headers={"List-Id": "prova"}, about="comment:12")

    row = Message.objects.get()
    assert row == message
    assert (row.to, row.subject, row.text) == ("ada@example.org", "Ciao", "Una frase.")
    assert (row.html, row.headers, row.about) == (
        "<p>Una frase.</p>",
        {"List-Id": "prova"},
        "comment:12",
    )
    assert list(Message.objects.due()) == [row]


def test_a_mail_for_later_is_not_due_before():
    later = timezone.now() + timedelta(minutes=10)
    write(due_at=later)

    assert not Message.objects.due(later - timedelta(seconds=1)).exists()
    assert Message.objects.due(later).exists()


def test_a_mail_goes_with_the_transaction_that_made_it_necessary():
    class Refused(Exception):
        pass

    def refuse():
        with transaction.atomic():
            write(key="a:1:1")
            write()
            raise Refused

    with pytest.raises(Refused):
        refuse()

    assert not Message.objects.exists()
    assert write(key="a:1:1")


# --- M3: once ---


def test_m3_a_second_mail_for_the_same_occasion_is_not_made():
    assert write(key="follower:12:7").pk
    assert write(key="follower:12:7", subject="Altro") is None
    assert write(key="follower:12:8").pk

    assert Message.objects.count() == 2


def test_m3_a_known_key_leaves_the_transaction_usable():
    write(key="follower:12:7")
    with transaction.atomic():
        write(key="follower:12:7")
        write(key="follower:12:8")
        post_many([letter("follower:12:7"), letter("follower:12:9")])

    assert keys() == ["follower:12:7", "follower:12:8", "follower:12:9"]


def test_m3_a_key_is_remembered_after_sending():
    write(key="follower:12:7")
    Message.objects.update(sent_at=timezone.now())

    assert write(key="follower:12:7") is None


def test_m3_a_long_key_still_tells_recipients_apart():
    first, second = (f"follower:12:{'a' * 200}{n}@example.org" for n in (1, 2))

    assert write(key=first)
    assert write(key=second)
    assert write(key=first) is None


def test_mails_without_a_key_are_never_the_same():
    assert write() != write()


@pytest.mark.django_db(transaction=True)
def test_m3_sixteen_at_once_make_one_row():
    def work(number):
        try:
            if number % 2:
                post_many([letter("a:1:1"), letter("a:1:2")])
                return None
            return write(key="a:1:1")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(work, range(16)))

    assert keys() == ["a:1:1", "a:1:2"]
    assert sum(message is not None for message in made) <= 1


def test_m3_many_mails_cost_one_query_and_pass_over_known_keys(django_assert_num_queries):
    write(key="follower:12:3")
    letters = [letter(f"follower:12:{n}") for n in (*range(30), 5)]

    with django_assert_num_queries(1):
        post_many(letters)

    assert len(keys()) == Message.objects.count() == 30


def test_more_mails_than_one_statement_takes_are_stored_all_or_none():
    post_many([letter(f"follower:12:{n}") for n in range(500)])
    assert Message.objects.count() == 500

    with pytest.raises(ValueError, match="address"):
        post_many([letter("a:1:1"), letter("a:1:2") | {"to": "nessuno"}])
    assert Message.objects.count() == 500
    post_many([])


def letter(key):
    return {"to": "ada@example.org", "subject": "Ciao", "text": "Una frase.", "key": key}


def keys():
    return sorted(Message.objects.exclude(key=None).values_list("key", flat=True))


# --- M1: headers ---


@pytest.mark.parametrize("evil", INJECTIONS)
@pytest.mark.parametrize(
    "field",
    [
        lambda evil: {"to": f"ada@example.org{evil}"},
        lambda evil: {"to": f"ada{evil}@example.org"},
        lambda evil: {"sender": f"redazione@example.org{evil}"},
        lambda evil: {"sender": f"Redazione{evil} <redazione@example.org>"},
        lambda evil: {"headers": {"X-Prova": f"a{evil}"}},
        lambda evil: {"headers": {f"X-Prova{evil}": "a"}},
        lambda evil: {"headers": {"Reply-To": f"ada@example.org{evil}"}},
        lambda evil: {"key": f"a:1{evil}"},
        lambda evil: {"about": f"comment:1{evil}"},
    ],
)
def test_m1_a_line_end_or_control_is_refused_in_every_field(field, evil):
    with pytest.raises(ValueError, match="."):
        write(**field(evil))

    assert not Message.objects.exists()


@pytest.mark.parametrize("evil", INJECTIONS)
def test_m1_a_subject_becomes_one_line(evil):
    assert write(subject=f"Ciao{evil} ").subject == " ".join(f"Ciao {evil[1:].strip()}".split())


@pytest.mark.parametrize(
    "address",
    [
        "", "ada", "ada@", "@example.org", "ada@example", "ada@example.org, eva@example.org",
        "Ada <ada@example.org>", "<ada@example.org>", "ada@example.org>", '"ada, eva"@example.org',
        '"\x01"@example.org', "ada@[127.0.0.1]", "a b@example.org", "àda@example.org",
        "ada@exam\u200bple.org", "ada\u202e@example.org", f"{'a' * 243}@example.org",
    ],
)  # fmt: skip
def test_m1_what_is_not_one_plain_address_is_refused(address):
    with pytest.raises(ValueError, match="address"):
        write(to=address)


@pytest.mark.parametrize(
    "address",
    ["ada@example.org\n", "ada@exam\u2028ple.org", '"a b"@example.org', "ada@exam\u200bple.org"],
)
def test_m1_forms_can_ask_the_same_validator(address):
    validate_address("ada@example.org")
    with pytest.raises(ValidationError):
        validate_address(address)


@pytest.mark.parametrize(
    "address",
    ["ada@example.org", " ada@example.org ", "a+b_c.d@città.example.it", "o'neil@example.org"],
)
def test_plain_addresses_are_taken(address):
    assert write(to=address).to == address.strip()
    assert write(to=f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.it")


@pytest.mark.parametrize(
    "sender",
    [
        "redazione@example.org", "Redazione <redazione@example.org>",
        '"Rossi, Mario" <redazione@example.org>', "Niccolò Perché <redazione@example.org>",
    ],
)  # fmt: skip
def test_a_sender_may_have_a_name(sender):
    assert write(sender=sender).sender == sender


@pytest.mark.parametrize(
    "sender",
    ["redazione", "Rossi, Mario <r@example.org>", "a@example.org <b@example.org>", "x" * 500,
     "A <a@example.org> <b@example.org>", "a@example.org, b@example.org"],
)  # fmt: skip
def test_m1_a_sender_is_one_address(sender):
    with pytest.raises(ValueError, match="."):
        write(sender=sender)


@pytest.mark.parametrize(
    "name", ["To", "bcc", "CC", "From", "Subject", "Message-ID", "date", "", "a b", "a:", "è"]
)
def test_m1_headers_that_are_ours_or_no_names_are_refused(name):
    with pytest.raises(ValueError, match="header"):
        write(headers={name: "eva@example.org"})


def test_a_header_longer_than_a_line_may_be_is_refused():
    assert write(headers={"X-Prova": "a" * 998})
    with pytest.raises(ValueError, match="998"):
        write(headers={"X-Prova": "a" * 999})


# --- lengths ---


def test_a_long_subject_is_cut_with_an_ellipsis():
    assert len(write(subject="è" * SUBJECT_LENGTH).subject) == SUBJECT_LENGTH == 150
    subject = write(subject="perché " * 100).subject

    assert len(subject) <= 150
    assert subject.endswith("…")
    assert write(subject="x" * 10_000_000).subject == "x" * 149 + "…"


def test_text_and_html_share_a_hundred_kilobytes():
    assert MOST_BYTES == 100 * 1024
    assert write(text="è" * 30_000, html="x" * (MOST_BYTES - 60_000))
    for text, html in [("x" * MOST_BYTES, "x"), ("è" * 51_201, ""), ("", "🐧" * 25_601)]:
        with pytest.raises(ValueError, match="102400 bytes"):
            write(text=text, html=html)

    assert Message.objects.count() == 1


def test_what_a_database_or_a_mail_cannot_hold_is_taken_out_of_the_text():
    message = write(text="riga\r\nriga\x00\ud800\x07", html="<p>\x00</p>")

    message.refresh_from_db()
    assert (message.text, message.html) == ("riga\nriga", "<p></p>")


def test_about_has_a_length():
    with pytest.raises(ValueError, match="about"):
        write(about="x" * 81)


# --- taking back ---


def test_withdraw_takes_back_what_is_unsent_and_in_nobodys_hands(django_assert_num_queries):
    now = timezone.now()
    for number in range(5):
        write(key=f"follower:12:{number}", about="comment:12")
    other = write(about="comment:123")
    sent, claimed, dead, failed = Message.objects.filter(about="comment:12").order_by("pk")[:4]
    change(sent, sent_at=now)
    change(claimed, claimed_at=now)
    change(dead, claimed_at=now - timedelta(minutes=10))
    change(failed, failed_at=now)

    with django_assert_num_queries(1):  # no look first: a worker could claim in between
        assert withdraw("comment:12") == 2

    assert set(Message.objects.all()) == {sent, claimed, failed, other}
    assert withdraw("comment:12") == 0


def test_withdraw_can_be_told_one_occasion():
    write(key="follower:12:1", about="comment:12")
    author = write(key="author:12:1", about="comment:12")

    assert withdraw("comment:12", prefix="follower:") == 1
    assert list(Message.objects.all()) == [author]


def test_m3_withdrawn_and_posted_again_it_goes_out_once():
    write(key="follower:12:1", about="comment:12")
    withdraw("comment:12")

    assert write(key="follower:12:1", about="comment:12")
    assert Message.objects.count() == 1


def test_r3_an_erasure_finds_every_mail_to_an_address():
    write(to="Ada@example.org")
    change(write(to="ada@example.org"), sent_at=timezone.now())
    other = write(to="nada@example.org")

    assert forget("ada@Example.org") == 2
    assert list(Message.objects.all()) == [other]


def change(message, **columns):
    Message.objects.filter(pk=message.pk).update(**columns)
