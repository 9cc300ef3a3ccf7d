"""The links in the moderators' mail: a page on a GET, one act on a POST, from one state only."""

import re

import pytest
from django.test import Client

from accounts.models import User
from comments import moderators, tokens, undoing
from comments.models import Commenter, Decision, ReaderComment
from tests.comments.deciding import (
    QUEUE,
    decisions_of,
    desk_of,
    links_in,
    mails_to,
    moderator,
    press,
    said,
    state_of,
    take_back,
)
from tests.comments.writing import make_comment

pytestmark = pytest.mark.django_db

ACTS = {"published": "Pubblica", "trash": "Cestina", "spam": "È spam"}
DONE = {"published": "è pubblicato", "trash": "è nel cestino", "spam": "è tra lo spam"}


@pytest.fixture
def boss():
    return moderator("capo")


@pytest.fixture
def waiting():
    return make_comment(state="pending", text="Il testo da leggere", reasons=["Un motivo."])


@pytest.fixture
def links(boss, waiting):
    """The links of the mail about the comment that waits, by act."""
    moderators.tell_due()
    (mail,) = mails_to(boss.email)
    paths = [path for path in links_in(mail) if path.startswith("/commenti/decidi/")]
    return dict(zip(ACTS, paths, strict=True))


@pytest.mark.parametrize("act", ACTS)
def test_m4_a_get_shows_the_comment_and_acts_on_nothing(client, waiting, links, act):
    for method in (client.get, client.head, client.get):
        assert method(links[act]).status_code == 200

    page = client.get(links[act]).text
    assert "Il testo da leggere" in page
    assert "Un motivo." in page
    assert f">{ACTS[act]}</button>" in page
    assert state_of(waiting) == "pending"
    assert not Decision.objects.exists()


@pytest.mark.parametrize("act", ACTS)
def test_m4_a_post_acts_without_any_login(waiting, links, act, boss):
    page = Client().post(links[act])

    assert state_of(waiting) == act
    assert DONE[act] in page.text
    assert not page.cookies
    assert decisions_of(waiting) == [("pending", act, "mail")]
    assert Decision.objects.get().by == boss


def test_m4_a_second_press_is_told_and_does_nothing(client, waiting, links):
    client.post(links["published"])

    page = client.post(links["published"])

    assert "Ci ha già pensato qualcun altro" in page.text
    assert len(decisions_of(waiting)) == 1


def test_c8_after_one_decision_the_other_links_of_the_mail_are_told(client, waiting, links):
    client.post(links["trash"])

    for act in ACTS:
        for answer in (client.get(links[act]), client.post(links[act])):
            assert "Ci ha già pensato qualcun altro" in answer.text
            assert "<strong>cestino</strong>" in answer.text
            assert "<button" not in answer.text.partition("<main")[2].partition("</main>")[0]
    assert state_of(waiting) == "trash"


@pytest.mark.parametrize("now", ["unconfirmed", "published", "spam", "trash"])
def test_m4_a_link_works_only_from_the_state_it_names(client, waiting, links, now):
    ReaderComment.objects.filter(pk=waiting.pk).update(state=now)

    for link in links.values():
        assert "Ci ha già pensato qualcun altro" in client.post(link).text
    assert state_of(waiting) == now


def test_c8_who_is_beaten_between_page_and_press_is_told(client, waiting, links, monkeypatch):
    from comments import moderation

    real = moderation.move

    def late(comment, *args, **more):
        ReaderComment.objects.filter(pk=comment.pk).update(state="spam")
        return real(comment, *args, **more)

    monkeypatch.setattr(moderation, "move", late)

    page = client.post(links["published"])

    assert "Ci ha già pensato qualcun altro" in page.text
    assert "<strong>spam</strong>" in page.text
    assert not Decision.objects.exists()


def test_an_approval_by_mail_gives_trust(client, waiting, links):
    client.post(links["published"])

    assert Commenter.objects.get(pk=waiting.commenter_id).trusted_at


def test_a_decision_by_mail_can_be_undone_from_the_queue(client, boss, waiting, links):
    client.post(links["trash"])

    assert [d.comment for d in undoing.undoable(boss)] == [waiting]
    page = take_back(desk_of(boss))

    assert said(page) == "Decisione annullata."
    assert state_of(waiting) == "pending"


def test_m4_the_pages_leak_their_address_nowhere(client, waiting, links):
    for answer in (client.get(links["trash"]), client.post(links["trash"])):
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}]
)
def test_c2_a_press_from_another_site_does_nothing(client, waiting, links, headers):
    client.post(links["published"], headers=headers)

    assert state_of(waiting) == "pending"


def test_m4_links_that_are_none_are_dead(client, waiting, boss, monkeypatch):
    good = [waiting.pk, "published", "pending", boss.pk]
    wrong = {
        "altered": tokens.make("moderate", good)[:-2] + "xx",
        "purpose": tokens.make("confirm", good),
        "other": tokens.make("moderate", [waiting.pk + 99, *good[1:]]),
        "short": tokens.make("moderate", good[:3]),
        "number": tokens.make("moderate", waiting.pk),
        "text": tokens.make("moderate", ["1", *good[1:]]),
    }
    for what, token in wrong.items():
        for method in (client.get, client.post):
            assert method(f"/commenti/decidi/{token}/").status_code == 410, what
    monkeypatch.setitem(tokens.AGES, "moderate", -1)
    assert client.post(f"/commenti/decidi/{tokens.make('moderate', good)}/").status_code == 410
    assert state_of(waiting) == "pending"


def test_m4_the_links_last_seven_days():
    assert tokens.AGES["moderate"] == 7 * 24 * 3600


def test_m4_the_link_of_a_comment_deleted_for_ever_is_dead(client, boss, waiting, links):
    desk = desk_of(boss)
    press(desk, "trash", waiting)
    press(desk, "delete", waiting)

    assert client.post(links["published"]).status_code == 410


@pytest.mark.parametrize("how", ["inactive", "no permission", "gone"])
def test_m4_the_links_of_who_is_no_moderator_any_more_are_dead(client, boss, waiting, links, how):
    if how == "inactive":
        User.objects.filter(pk=boss.pk).update(is_active=False)
    elif how == "no permission":
        boss.user_permissions.clear()
    else:
        boss.delete()

    assert client.get(links["trash"]).status_code == 410
    assert client.post(links["trash"]).status_code == 410
    assert state_of(waiting) == "pending"


def test_hostile_words_stay_text_on_the_page(client, boss):
    hostile = "<script>alert(1)</script>"
    comment = make_comment(state="pending", name="Eva", text=hostile)
    ReaderComment.objects.update(signature=hostile, reasons=[hostile], notes=[hostile])
    token = tokens.make("moderate", [comment.pk, "trash", "pending", boss.pk])

    page = client.get(f"/commenti/decidi/{token}/").text

    main = re.search(r"<main.*</main>", page, re.S).group()
    assert "<script>alert" not in main
    assert main.count("&lt;script&gt;") == 4


def test_the_mail_leads_to_the_queue_too(boss, waiting, links):
    (mail,) = mails_to(boss.email)

    assert links_in(mail)[-1] == QUEUE
