"""Owners ask to be listed or removed: the form, the mail that confirms, the editor who decides."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from aggregator import retention, submissions
from aggregator.models import Feed, Submission
from kit import signed
from outbox.models import Message
from tests.aggregator.desk import active, desk_of, editor, said
from tests.aggregator.making import make_feed, make_item
from tests.comments.deciding import links_in, mails_to, purges

pytestmark = pytest.mark.django_db
ASK = "/rassegna/fonti/richiesta/"
DESK = "/admin/aggregator/submission/"
ADDRESS = "https://blog.example/feed/"
TYPED = {"kind": "add", "address": ADDRESS, "email": "ada@example.org", "note": "Scrivo di kernel"}


def send(client, *, network="192.0.2.1", headers=None, **changes):
    data = {"homepage": ""} | TYPED | changes
    return client.post(ASK, data, REMOTE_ADDR=network, headers=headers or {})


def state():
    return Submission.objects.get().state


def link():
    (mail,) = mails_to("ada@example.org")
    (path,) = links_in(mail)
    return path


# --- the form ---


def test_the_form_is_linked_and_kept_for_all(client):
    make_item()
    page = client.get(ASK)

    assert ASK in client.get("/rassegna/").text
    assert page.headers["Cache-Tags"] == "all"
    assert not page.cookies
    assert "noindex" in page.text
    for words in ("Aggiungere il mio sito", "Togliere il mio sito", "Il tuo indirizzo e-mail"):
        assert words in page.text, words


@pytest.mark.parametrize("kind", ["add", "remove"])
def test_a_request_is_kept_and_a_mail_asks_to_confirm_it(client, kind):
    page = send(client, kind=kind)

    assert page.status_code == 200
    assert "Ti abbiamo scritto" in page.text
    row = Submission.objects.get()
    assert (row.kind, row.address, row.email, row.note, row.state) == (
        kind,
        ADDRESS,
        "ada@example.org",
        "Scrivo di kernel",
        "unconfirmed",
    )
    assert "no-store" in page.headers["Cache-Control"]
    assert not Feed.objects.exists()


def test_m2_the_mail_says_none_of_the_words_that_were_typed(client):
    send(client, note="Compra pillole", address="https://pillole.example/feed")

    (mail,) = mails_to("ada@example.org")

    for place in (mail.subject, mail.text, mail.html):
        assert "pillole" not in place.lower()
    assert len(links_in(mail)) == 1
    assert "7 giorni" in mail.text


def test_an_address_without_scheme_is_read_as_https(client):
    send(client, address="blog.example/feed")

    assert Submission.objects.get().address == "https://blog.example/feed"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("kind", "", "Scegli che cosa vuoi."),
        ("kind", "altro", "Scegli che cosa vuoi."),
        ("address", "", "Scrivi l’indirizzo."),
        ("address", "due parole", "Scrivi un indirizzo come"),
        ("address", "javascript:alert(1)", "Scrivi un indirizzo come"),
        ("address", "ftp://blog.example/", "Scrivi un indirizzo come"),
        ("address", "https://ada:password@blog.example/", "Scrivi un indirizzo come"),
        ("address", "https://blog.example/" + "x" * 2048, "2048"),
        ("email", "", "Serve per confermare"),
        ("email", "storto", "indirizzo"),
        ("email", "ada@example.org\nBcc: eva@example.org", ""),
        ("note", "x" * 1001, "1000"),
    ],
)
def test_a_mistake_is_told_in_words_and_what_was_typed_stays(client, field, value, words):
    page = send(client, **{field: value})

    assert page.status_code == 422
    assert words in page.text
    assert f'id="error-{field}"' in page.text
    for name, typed in TYPED.items():
        assert name in (field, "kind") or typed in page.text
    assert not Submission.objects.exists()
    assert not Message.objects.exists()


def test_what_was_typed_comes_back_harmless(client):
    before = active(client.get(ASK).text)

    page = send(client, email='"><script>alert(1)</script>', note="</textarea><img src=x>")

    assert active(page.text) == before


def test_the_trap_is_told_and_keeps_what_was_typed(client):
    page = send(client, homepage="https://spam.example/")

    assert page.status_code == 422
    assert "campo nascosto" in page.text
    assert TYPED["note"] in page.text
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://altrove.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_c2_a_form_from_another_site_is_refused_and_kept(client, headers):
    page = send(client, headers=headers)

    assert page.status_code == 403
    assert "da un altro sito" in page.text
    assert TYPED["note"] in page.text
    assert not Submission.objects.exists()


def test_a_network_asks_three_times_a_day(client):
    for number in range(3):
        assert send(client, email=f"a{number}@example.org").status_code == 200

    page = send(client, network="192.0.2.200", email="b@example.org")

    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 0
    assert "Riprova tra" in page.text
    assert TYPED["note"] in page.text
    assert send(client, network="198.51.100.1", email="b@example.org").status_code == 200
    Submission.objects.update(at=timezone.now() - timedelta(days=1))
    assert send(client, email="c@example.org").status_code == 200


def test_m2_a_mailbox_that_never_confirms_is_written_to_twice(client):
    for number in range(2):
        send(client, network=f"192.0.{number}.1")

    page = send(client, network="198.51.100.1", email="ADA@example.org")

    assert page.status_code == 429
    assert Message.objects.count() == 2


def test_v4_asking_fetches_nothing(client, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a request asked the web")

    monkeypatch.setattr("socket.create_connection", refuse)
    monkeypatch.setattr("kit.fetch.resolve", refuse)

    send(client, address="http://169.254.169.254/latest/")
    client.post(link())
    submissions.accept(Submission.objects.get())

    feed = Feed.objects.get()
    assert (feed.checked_at, feed.error) == (None, "")


# --- the link of the mail ---


def test_a_get_shows_and_a_post_confirms(client):
    send(client)

    page = client.get(link())
    assert ADDRESS in page.text
    assert state() == "unconfirmed"

    assert "decide una persona" in client.post(link()).text
    assert state() == "waiting"


def test_a_link_pressed_twice_confirms_once(client):
    send(client)
    client.post(link())
    submissions.refuse(Submission.objects.get())

    page = client.post(link())

    assert page.status_code == 200
    assert state() == "refused"


def test_an_expired_link_says_so(client, monkeypatch):
    send(client)
    path = link()
    monkeypatch.setattr(submissions, "AGE", -1)

    page = client.post(path)

    assert page.status_code == 410
    assert "Questo link non vale più" in page.text
    assert state() == "unconfirmed"


@pytest.mark.parametrize(
    "token",
    ["x", "x:y:z", signed.make("altro", 1), "a" * 1000],
    ids=["a word", "three parts", "of something else", "long"],
)
def test_a_forged_link_says_so(client, token):
    send(client)

    assert client.post(f"{ASK}{token}/").status_code == 410
    assert state() == "unconfirmed"


def test_c2_a_confirmation_from_another_site_does_nothing(client):
    send(client)

    client.post(link(), headers={"Sec-Fetch-Site": "cross-site"})

    assert state() == "unconfirmed"


def test_a_page_of_a_link_is_kept_by_nobody(client):
    send(client)

    for page in (client.get(link()), client.post(link())):
        assert "Cache-Tags" not in page.headers
        assert "no-store" in page.headers["Cache-Control"]
        assert page.headers["Referrer-Policy"] in ("no-referrer", "same-origin")


# --- decided by an editor ---


def waiting(kind="add", address=ADDRESS, state="waiting"):
    return Submission.objects.create(
        kind=kind,
        address=address,
        email="ada@example.org",
        state=state,
        network="192.0.2.0/24",
        at=timezone.now(),
    )


def decide(client, act, *rows):
    data = {"action": act, "_selected_action": [row.pk for row in rows], "index": 0}
    return client.post(DESK, data, follow=True)


def test_an_accepted_request_adds_the_feed():
    page = decide(desk_of(editor()), "accept", waiting())

    assert said(page) == "Richieste accettate: 1."
    feed = Feed.objects.get()
    assert (feed.address, feed.contact, feed.state) == (ADDRESS, "ada@example.org", "active")
    assert feed.next_check_at <= timezone.now()
    assert state() == "accepted"


def test_an_accepted_request_for_a_feed_that_is_there_adds_no_second():
    make_feed("https://www.blog.example/feed")

    decide(desk_of(editor()), "accept", waiting())

    assert Feed.objects.count() == 1
    assert state() == "accepted"


def test_an_accepted_request_takes_the_feed_away_and_readers_see_it_at_once(
    client, django_capture_on_commit_callbacks
):
    item = make_item(make_feed("https://www.blog.example/feed", title="Blog"), title="Segreta")
    other = make_feed("https://altro.example/feed/")

    with purges() as tags, django_capture_on_commit_callbacks(execute=True):
        decide(desk_of(editor()), "accept", waiting("remove"))

    item.feed.refresh_from_db()
    other.refresh_from_db()
    assert (item.feed.state, item.feed.listed) == ("paused", False)
    assert (other.state, other.listed) == ("active", True)
    assert "Segreta" not in client.get("/rassegna/").text
    assert ("rassegna",) in tags


@pytest.mark.parametrize("address", ["https://blog.example/", "https://www.blog.example/chi-siamo"])
def test_a_site_can_be_taken_away_by_its_own_address(address):
    feed = make_feed("https://feeds.example/blog", site="https://blog.example/")

    submissions.accept(waiting("remove", address))

    feed.refresh_from_db()
    assert feed.state == "paused"


def test_a_refused_request_changes_nothing():
    feed = make_feed(ADDRESS)

    page = decide(desk_of(editor()), "refuse", waiting("remove"))

    feed.refresh_from_db()
    assert said(page) == "Richieste rifiutate: 1."
    assert (feed.state, state()) == ("active", "refused")


@pytest.mark.parametrize("before", ["unconfirmed", "accepted", "refused"])
def test_only_what_waits_is_decided(before):
    page = decide(desk_of(editor()), "accept", waiting(state=before))

    assert said(page) == "Richieste accettate: 0."
    assert (state(), Feed.objects.count()) == (before, 0)


def test_who_may_only_look_decides_nothing():
    client = desk_of(editor("lettrice", "view_submission"))

    decide(client, "accept", waiting())

    assert (state(), Feed.objects.count()) == ("waiting", 0)


def test_the_desk_speaks_italian_and_has_no_form_for_new_ones():
    client = desk_of(editor())
    row = waiting()

    page = client.get(DESK).text

    for words in ("aggiungere", "da decidere", "ada@example.org", "Accetta", "Rifiuta"):
        assert words in page, words
    assert client.get(f"{DESK}add/").status_code == 403
    assert client.get(f"{DESK}{row.pk}/change/").status_code == 200


def test_readers_do_not_reach_the_desk():
    assert Client().get(DESK).status_code == 302


def test_who_leaves_a_platform_takes_no_neighbour_along():
    mine = make_feed("https://platform.example/ada/feed", site="https://platform.example/ada/")
    other = make_feed("https://platform.example/eva/feed", site="https://platform.example/eva/")

    submissions.accept(waiting(kind="remove", address="https://platform.example/ada"))

    mine.refresh_from_db(), other.refresh_from_db()
    assert (mine.state, mine.listed) == ("paused", False)
    assert (other.state, other.listed) == ("active", True)


def test_who_comes_back_is_listed_again():
    feed = make_feed("https://blog.example/feed", state="paused", listed=False)

    submissions.accept(waiting(kind="add", address="https://blog.example/feed/"))

    feed.refresh_from_db()
    assert (feed.state, feed.listed) == ("active", True)


def test_an_unconfirmed_request_is_forgotten_and_a_network_with_it():
    waiting()
    waiting(state="unconfirmed")
    Submission.objects.update(at=timezone.now() - timedelta(days=31))

    retention.forget_due()

    assert [(row.state, row.network) for row in Submission.objects.all()] == [("waiting", "")]
