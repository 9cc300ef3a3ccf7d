"""How much one network, address or mailbox may write (trust table, section 4)."""

from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from comments import desk, rates
from comments.models import ConfirmationMail, DataRequest, ReaderComment, Report, State
from kit.limits import Recent
from kit.network import network_of
from outbox.models import Message
from tests.comments.deciding import at_once
from tests.comments.reading import fields_of, page_of, press_again
from tests.comments.writing import make_comment, make_commenter, post, proof_of
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db

FAST = "Scrivi troppo in fretta: aspetta qualche secondo e riprova."
MANY = "Da qui arrivano troppi commenti. Riprova tra un minuto."
HERE = "Qui hai già scritto parecchio. Riprova tra"


@pytest.fixture(autouse=True)
def _fresh_previews(monkeypatch):
    monkeypatch.setattr(rates, "previews", Recent(20, 60))


def pass_by(**span):
    """Let time go by: what was written is that much older."""
    span = timedelta(**span)
    ReaderComment.objects.update(submit_date=F("submit_date") - span)
    for model in (ConfirmationMail, Report, DataRequest):
        model.objects.update(at=F("at") - span)


def reader(number):
    return {"email": f"lettore{number}@example.com", "name": f"Lettore {number}"}


def assert_too_often(response, sentence, *, at_most, at_least=1):
    """429, after how many seconds to try again, a page in Italian with all that was typed."""
    assert response.status_code == 429
    assert at_least <= int(response.headers["Retry-After"]) <= at_most
    assert len(page_of(response).alarms) == 1
    assert page_of(response).alarms[0].startswith(sentence)
    assert response.headers["Cache-Control"] == "private, no-store"


# --- flood: 15 seconds ---


@pytest.mark.parametrize(
    "same",
    [
        {"address": "192.0.2.1", "email": "eva@example.org"},
        {"address": "198.51.100.1", "email": "ada@example.org"},
        {"address": "198.51.100.1", "email": "ADA@example.org"},
    ],
)
def test_one_address_or_mailbox_writes_once_in_fifteen_seconds(client, same):
    article = make_article()
    post(client, article)

    response = post(client, article, comment="Il secondo.", **same)

    assert_too_often(response, FAST, at_least=10, at_most=15)
    assert fields_of(response)["comment"] == "Il secondo."
    assert ReaderComment.objects.count() == 1
    pass_by(seconds=15)
    assert press_again(client, response, address=same["address"]).status_code == 302


@pytest.mark.parametrize(("seconds", "status"), [(14, 429), (16, 302)])
def test_fifteen_seconds_are_the_border(client, seconds, status):
    article = make_article()
    post(client, article)
    pass_by(seconds=seconds)

    assert post(client, article).status_code == status


@pytest.mark.parametrize("state", State)
def test_what_was_refused_counts_as_written(client, state):
    make_comment(email="ada@example.org", state=state, submit_date=timezone.now())

    assert post(client, make_article()).status_code == 429


def test_two_readers_of_two_networks_do_not_meet(client):
    article = make_article()

    first = post(client, article)
    second = post(client, article, address="198.51.100.1", **reader(2))

    assert (first.status_code, second.status_code) == (302, 302)


# --- a network: two a minute ---


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        (["192.0.2.1", "192.0.2.99", "192.0.2.254"], "192.0.3.1"),
        (["192.0.2.1", "::ffff:192.0.2.2", "192.0.2.3"], "::ffff:192.0.3.1"),
        (["2001:db8:1::1", "2001:db8:1:2::1", "2001:DB8:1:ffff::9"], "2001:db8:2::1"),
    ],
)
def test_a_network_writes_twice_a_minute(client, inside, outside):
    article = make_article()
    first = [post(client, article, address=inside[n], **reader(n)) for n in (0, 1)]

    third = post(client, article, address=inside[2], **reader(3))

    assert [answer.status_code for answer in first] == [302, 302]
    assert_too_often(third, MANY, at_least=50, at_most=60)
    assert post(client, article, address=outside, **reader(4)).status_code == 302
    pass_by(seconds=61)
    assert press_again(client, third, address=inside[2]).status_code == 302


def test_networks_are_as_wide_as_the_trust_table_says():
    assert ip_network(network_of("192.0.2.77")).prefixlen == 24
    assert ip_network(network_of("2001:db8:1:2::3")).prefixlen == 48
    assert (rates.FLOOD_SECONDS, rates.PER_MINUTE, rates.ROOTS_PER_HOUR) == (15, 2, 3)
    assert (rates.MAILS_PER_DAY, rates.MAILS_PER_HOUR, rates.IGNORED_MAILS) == (3, 10, 2)
    assert timedelta(days=30) == rates.SILENCE
    assert (rates.REPORTS_PER_HOUR, rates.REQUESTS_PER_DAY) == (5, 3)


@pytest.mark.django_db(transaction=True)
def test_the_limit_of_a_network_holds_when_all_come_at_once():
    article = make_article()

    answers = at_once(
        lambda n: post(Client(), article, address=f"192.0.2.{n + 1}", **reader(n)).status_code, 8
    )

    assert sorted(answers) == [302] * 2 + [429] * 6
    assert ReaderComment.objects.count() == 2


# --- a story: three of a network that answer nobody, in an hour ---


def three_of(client, article):
    for number in range(3):
        assert post(client, article, **reader(number)).status_code == 302
        pass_by(minutes=5)


def test_three_comments_of_a_network_under_one_story_are_enough_for_an_hour(client):
    article = make_article()
    three_of(client, article)

    response = post(client, article, **reader(9))

    assert_too_often(response, HERE, at_least=44 * 60, at_most=45 * 60)
    assert page_of(response).alarms == [f"{HERE} 45 minuti."]
    pass_by(minutes=45, seconds=1)
    assert press_again(client, response).status_code == 302


@pytest.mark.parametrize(
    "other",
    [{"reply_to": "first"}, {"story": "another"}, {"address": "198.51.100.1"}],
)
def test_answers_other_stories_and_other_networks_go_on(client, other):
    article = make_article()
    parent = make_comment(article)
    three_of(client, article)
    if "reply_to" in other:
        other = {"reply_to": parent.pk}
    if "story" in other:
        article, other = make_article(), {}

    assert post(client, article, **reader(9), **other).status_code == 302


def test_many_answers_do_not_use_up_the_comments_of_a_story(client):
    parent = make_comment()
    for number in range(3):
        assert post(client, parent.article, reply_to=parent.pk, **reader(number)).status_code == 302
        pass_by(minutes=2)

    assert post(client, parent.article, **reader(9)).status_code == 302


# --- confirmation mails ---


def send(client, number=0, **fields):
    """A comment of its own network under a story of its own; True if a mail asks to confirm."""
    before = Message.objects.count()
    fields = {"address": f"10.0.{number}.1"} | fields
    response = post(client, make_article(), **fields)
    assert response.status_code == 302
    mailed = Message.objects.count() > before
    page = client.get(response["Location"]).text
    assert ("Ti scriviamo" in page, "abbiamo già scritto" in page) == (mailed, not mailed)
    pass_by(seconds=31)
    return mailed


def test_m2_after_two_mails_that_nobody_answered_there_is_none_for_thirty_days(client):
    assert [send(client, n) for n in range(4)] == [True, True, False, False]
    pass_by(days=29)
    assert not send(client, 5)
    pass_by(days=1, minutes=5)
    assert send(client, 6)


def test_m2_no_comment_is_lost_because_no_mail_went_out(client):
    for number in range(4):
        send(client, number)

    assert ReaderComment.objects.in_state(State.UNCONFIRMED).count() == 4


def test_m2_a_confirmed_mailbox_gets_three_mails_a_day(client):
    make_commenter()

    assert [send(client, n) for n in range(5)] == [True, True, True, False, False]
    pass_by(hours=24)
    assert send(client, 6)


def test_m2_a_network_causes_ten_mails_an_hour(client):
    sent = [send(client, address=f"10.0.0.{n}", **reader(n)) for n in range(1, 12)]

    assert sent == [True] * 10 + [False]
    assert send(client, address="10.0.1.77", **reader(78))
    pass_by(hours=1)
    assert send(client, address="10.0.0.78", **reader(79))


def test_who_holds_the_proof_needs_no_mail_and_meets_no_limit_of_mails(client):
    proof = proof_of(make_commenter())
    for number in range(6):
        post(client, make_article(), proof=proof, address=f"10.0.{number}.1")
        pass_by(seconds=20)

    assert not Message.objects.exists()
    assert ReaderComment.objects.published().count() == 6


# --- reports, requests, previews ---


def test_a_network_reports_five_times_an_hour(client):
    comment = make_comment()
    address = f"/commenti/segnala/{comment.pk}/"
    typed = {"reason": "insult", "text": "Una spiegazione lunga."}

    answers = [client.post(address, typed, REMOTE_ADDR=f"192.0.2.{n}") for n in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    sentence = "Da qui sono arrivate già molte segnalazioni. Riprova tra 60 minuti."
    assert_too_often(answers[5], sentence, at_least=3500, at_most=3600)
    assert typed.items() <= fields_of(answers[5]).items()
    assert client.post(address, typed, REMOTE_ADDR="198.51.100.1").status_code == 200
    pass_by(minutes=60, seconds=1)
    assert client.post(address, typed, REMOTE_ADDR="192.0.2.1").status_code == 200


@pytest.mark.parametrize("email", ["ada@example.org", "nessuno@example.org"])
def test_a_network_asks_for_data_three_times_a_day(client, email):
    make_commenter()
    typed = {"kind": "copy", "email": email}

    answers = [client.post("/commenti/dati/", typed, REMOTE_ADDR=f"10.0.0.{n}") for n in range(4)]

    assert [answer.status_code for answer in answers] == [200] * 3 + [429]
    sentence = "Da qui sono arrivate già molte richieste. Riprova tra 24 ore."
    assert_too_often(answers[3], sentence, at_least=86_300, at_most=86_400)
    assert typed.items() <= fields_of(answers[3]).items()
    assert client.post("/commenti/dati/", typed, REMOTE_ADDR="198.51.100.1").status_code == 200
    pass_by(hours=24, seconds=1)
    assert client.post("/commenti/dati/", typed, REMOTE_ADDR="10.0.0.1").status_code == 200


def test_a_network_previews_twenty_times_a_minute_by_both_roads(client):
    article = make_article()
    for number in range(10):
        script = client.post("/commenti/anteprima/", {"comment": "x"}, REMOTE_ADDR="192.0.2.1")
        plain = post(client, article, preview="1", address=f"192.0.2.{number}")
        assert (script.status_code, plain.status_code) == (200, 200)

    script = client.post("/commenti/anteprima/", {"comment": "x"}, REMOTE_ADDR="192.0.2.5")
    plain = post(client, article, preview="1", comment="Il mio testo.", address="192.0.2.9")

    assert (script.status_code, script.headers["Retry-After"]) == (429, "60")
    assert script.text == "<p>Troppe anteprime: aspetta un minuto.</p>"
    assert_too_often(plain, "Troppe anteprime in un minuto.", at_most=60)
    assert fields_of(plain)["comment"] == "Il mio testo."
    other = client.post("/commenti/anteprima/", {"comment": "x"}, REMOTE_ADDR="198.51.100.1")
    assert other.status_code == 200
    # Too many previews do not keep a comment from being sent.
    assert press_again(client, plain).status_code == 302


def test_after_a_minute_there_are_previews_again():
    clock = iter([0.0] * 20 + [59.9, 60.0])
    previews = Recent(20, 60, clock=lambda: next(clock))

    assert [previews.allow("192.0.2.0/24") for _ in range(22)] == [True] * 20 + [False, True]


# --- who meets no limit ---


def test_staff_that_answers_from_the_queue_meets_no_limit():
    boss = make_user("capo")
    parent = make_comment()

    answers = [desk.answer(parent, boss, f"Risposta {n}", f"<p>Risposta {n}</p>") for n in range(5)]

    assert all(answers)
    assert ReaderComment.objects.published().count() == 6


def test_answers_of_the_staff_do_not_use_up_what_readers_may_write(client):
    parent = make_comment()
    for number in range(5):
        desk.answer(parent, make_user(), f"Risposta {number}", f"<p>Risposta {number}</p>")

    assert post(client, parent.article, reply_to=parent.pk).status_code == 302


def test_reading_never_meets_a_limit_of_writing(client):
    comment = make_comment()
    article = comment.article
    while post(client, article).status_code != 429:
        pass
    for _ in range(30):
        rates.previews.allow("192.0.2.0/24")

    pages = [
        article.get_absolute_url(),
        f"{article.get_absolute_url()}?replytocom={comment.pk}",
        f"{article.get_absolute_url()}feed/",
        "/comments/feed/",
        f"/commenti/segnala/{comment.pk}/",
        "/commenti/dati/",
    ]
    for page in pages * 5:
        assert client.get(page, REMOTE_ADDR="192.0.2.1").status_code == 200, page


# --- whose address counts (H2) ---


def test_h2_a_forwarded_address_of_a_stranger_changes_nothing(client):
    article = make_article()
    post(client, article, headers={"x-forwarded-for": "203.0.113.1"}, **reader(1))

    again = post(client, article, headers={"x-forwarded-for": "203.0.113.2"}, **reader(2))

    assert again.status_code == 429
    assert ReaderComment.objects.get().ip_address == "192.0.2.1"


def test_h2_behind_a_proxy_of_ours_the_reader_is_who_it_says(client, settings):
    settings.TRUSTED_PROXIES = [ip_network("192.0.2.1/32")]
    article = make_article()

    answers = [
        post(client, article, headers={"x-forwarded-for": f"9.9.9.9, {reader_}"}, **reader(n))
        for n, reader_ in enumerate(["203.0.113.1", "198.51.100.2", "203.0.113.1"])
    ]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    rows = ReaderComment.objects.order_by("pk").values_list("ip_address", "network")
    assert list(rows) == [
        ("203.0.113.1", "203.0.113.0/24"),
        ("198.51.100.2", "198.51.100.0/24"),
    ]


@pytest.mark.parametrize("rubbish", ["", "x", "203.0.113.1:80", ",,,", "unknown", "' or 1=1"])
def test_h2_rubbish_from_a_proxy_of_ours_breaks_nothing(client, settings, rubbish):
    settings.TRUSTED_PROXIES = [ip_network("192.0.2.1/32")]

    response = post(client, make_article(), headers={"x-forwarded-for": rubbish})

    assert response.status_code == 302
    assert ReaderComment.objects.get().ip_address == "192.0.2.1"
