"""The mail that confirms an address, and its link: a GET shows, a POST acts, once."""

import pytest
from django.utils import timezone

from comments import facts, moderation, tokens
from comments.models import Block, Commenter, ReaderComment, State, Subscription, Word
from outbox.models import Message
from tests.comments.deciding import (
    QUEUE,
    decisions_of,
    desk_of,
    links_in,
    mails_to,
    moderator,
    press,
    purges,
    state_of,
)
from tests.comments.writing import make_comment, make_commenter, post
from tests.factories import make_article

pytestmark = pytest.mark.django_db

WORDS = ["marcatore-testo", "Marcatore-Nome", "marcatore-sito.example"]


@pytest.fixture
def sent(client):
    """A first comment, its mail and the link in it."""
    article = make_article(title="Il titolo della storia")
    post(client, article, comment=WORDS[0], name=WORDS[1], site=f"https://{WORDS[2]}/")
    (mail,) = mails_to("ada@example.org")
    return ReaderComment.objects.get(), mail, links_in(mail)[0]


def trusted():
    """Let ada be somebody whom a person approved before."""
    Commenter.objects.update(trusted_at=timezone.now())


# --- the mail ---


def test_m2_the_mail_says_only_our_words_and_the_title_of_the_story(sent):
    _, mail, link = sent

    for place in (mail.subject, mail.text, mail.html, str(mail.headers), mail.about):
        for word in WORDS:
            assert word.lower() not in place.lower(), place
    assert "Il titolo della storia" in mail.text
    assert links_in(mail) == [link]
    assert "ada@example.org" not in mail.text
    assert "7 giorni" in mail.text
    assert mail.html.count("<a ") == 1


def test_m2_the_mail_is_the_same_whatever_was_typed(client, settings):
    article = make_article(title="Titolo")
    for number, text in enumerate(["uno", "due " * 500]):
        email, address = f"n{number}@example.org", f"198.51.{number}.7"
        post(client, article, comment=text, name=text[:9], email=email, address=address)

    bodies = [mail.text.replace(links_in(mail)[0], "LINK") for mail in mails_to()]

    assert len(bodies) == 2
    assert bodies[0] == bodies[1]


def test_the_link_begins_with_the_address_of_the_settings(client, settings):
    settings.SITE_URL = "https://www.example.org"
    post(client, make_article(), headers={"origin": "https://www.example.org"})

    (mail,) = mails_to()

    assert "https://www.example.org/commenti/conferma/" in mail.text
    assert "testserver" not in mail.text + mail.html


def test_the_comment_is_kept_before_its_mail_leaves(sent):
    comment, mail, _ = sent

    assert comment.state == State.UNCONFIRMED
    assert mail.sent_at is None


def test_m1_a_title_with_line_ends_makes_no_header(client):
    article = make_article()
    type(article).objects.update(title="Titolo\r\nBcc: eva@example.org")

    post(client, article)

    (mail,) = mails_to()
    assert "\n" not in mail.subject
    assert mail.headers == {}


# --- the link ---


def test_m4_a_get_shows_and_changes_nothing(client, sent):
    comment, _, link = sent

    for method in (client.get, client.head, client.get):
        assert method(link).status_code == 200

    assert state_of(comment) == "unconfirmed"
    assert Commenter.objects.get().confirmed_at is None
    page = client.get(link).text
    assert "Confermi che questo indirizzo è tuo?" in page
    assert '<form class="form" method="post">' in page


def test_m4_the_page_holds_nothing_of_the_writer_and_sends_no_referrer(client, sent):
    response = client.get(sent[2])

    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies
    for word in WORDS:
        assert word not in response.text


def test_a_first_comment_confirmed_waits_for_a_person(client, sent):
    comment, _, link = sent

    page = client.post(link)

    comment.refresh_from_db()
    assert comment.state == "pending"
    assert "ora lo legge una persona" in page.text
    assert "primo commento" in page.text
    assert "confermare" not in " ".join(comment.reasons)
    assert comment.commenter.confirmed_at
    assert decisions_of(comment) == [
        ("", "unconfirmed", "rules"),
        ("unconfirmed", "pending", "reader"),
    ]


def test_a_comment_of_somebody_approved_before_is_published(
    client, sent, django_capture_on_commit_callbacks
):
    comment, _, link = sent
    trusted()

    with purges() as tags, django_capture_on_commit_callbacks(execute=True):
        page = client.post(link)

    comment.refresh_from_db()
    assert (comment.state, comment.is_public) == ("published", True)
    assert "il commento è pubblicato" in page.text
    assert tags == [(f"article:{comment.article_id}", "comments")]
    assert WORDS[0] in client.get(comment.article.get_absolute_url()).text
    comment.article.refresh_from_db()
    assert comment.article.comment_count == 1


def test_confirming_gives_the_browser_its_proof(client, sent):
    page = client.post(sent[2]).text

    proof = page.partition('data-proof="')[2].partition('"')[0]
    assert facts.holds_proof(proof, Commenter.objects.get())


def test_m4_pressing_twice_changes_nothing_more(client, sent):
    comment, _, link = sent
    client.post(link)
    first = Commenter.objects.get().confirmed_at

    page = client.post(link)

    assert page.status_code == 200
    assert state_of(comment) == "pending"
    assert Commenter.objects.get().confirmed_at == first
    assert len(decisions_of(comment)) == 2
    assert Message.objects.count() == 1


@pytest.mark.parametrize("now", ["trash", "spam", "pending", "published"])
def test_m4_a_late_press_never_moves_what_a_moderator_decided(client, sent, now):
    comment, _, link = sent
    trusted()
    desk_comment = ReaderComment.objects.get()
    moderation.move(desk_comment, now, expected="unconfirmed", via="queue", by=moderator())

    page = client.post(link)

    assert page.status_code == 200
    assert state_of(comment) == now
    assert Commenter.objects.get().confirmed_at


def test_the_rules_of_today_judge_what_is_confirmed(client, sent):
    comment, _, link = sent
    trusted()
    Word.objects.create(text="marcatore-testo")

    client.post(link)

    comment.refresh_from_db()
    assert comment.state == "pending"
    assert "Contiene una parola" in comment.reasons[0]
    assert comment.notes == ["Parola della lista «marcatore-testo» nel campo testo."]


def test_who_was_blocked_meanwhile_is_not_published(client, sent):
    comment, _, link = sent
    trusted()
    Block.objects.create(kind="email", value="ada@example.org")

    page = client.post(link)

    comment.refresh_from_db()
    assert comment.state == "trash"
    assert comment.notes == ["Bloccato: indirizzo e-mail."]
    assert "Bloccato" not in page.text


def test_a_comment_that_came_too_fast_still_waits_after_its_confirmation(client):
    make_commenter()
    post(client, make_article(), form=tokens_of_now())
    comment = ReaderComment.objects.get()
    assert any("pochi istanti" in reason for reason in comment.reasons)

    client.post(links_in(mails_to()[0])[0])

    comment.refresh_from_db()
    assert comment.state == "pending"
    assert any("pochi istanti" in reason for reason in comment.reasons)


def tokens_of_now():
    from articles.models import Article

    return tokens.make("form", Article.objects.latest("pk").pk)


# --- links that are none ---


def dead(response):
    return response.status_code == 410 and "Questo link non vale più" in response.text


def test_m4_an_expired_link_says_so_and_does_nothing(client, sent, monkeypatch):
    comment, _, link = sent
    monkeypatch.setitem(tokens.AGES, "confirm", -1)

    assert dead(client.get(link))
    assert dead(client.post(link))
    assert state_of(comment) == "unconfirmed"


def test_m4_a_confirmation_lasts_seven_days():
    assert tokens.AGES["confirm"] == 7 * 24 * 3600


def test_m4_altered_and_foreign_links_are_dead(client, sent):
    comment, _, link = sent
    token = link.split("/")[-2]
    wrong = [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        "x" + token,
        tokens.make("unsubscribe", comment.pk),
        tokens.make("moderate", [comment.pk, "published", "unconfirmed"]),
        tokens.make("confirm", "1"),
        tokens.make("confirm", [comment.pk]),
        tokens.make("confirm", comment.pk + 1000),
        "a" * 301,
        "-",
    ]

    for odd in wrong:
        assert dead(client.post(f"/commenti/conferma/{odd}/")), odd
    assert state_of(comment) == "unconfirmed"


def test_m4_the_link_of_an_erased_reader_is_dead(client, sent):
    comment, _, link = sent
    Commenter.objects.all().delete()

    assert dead(client.get(link))
    assert dead(client.post(link))
    assert state_of(comment) == "unconfirmed"


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}]
)
def test_c2_the_button_pressed_by_another_site_does_nothing(client, sent, headers):
    comment, _, link = sent

    assert client.post(link, headers=headers).status_code == 403
    assert state_of(comment) == "unconfirmed"


def test_m4_a_confirmation_opens_only_its_own_comment(client, sent):
    comment, _, link = sent
    other = make_comment(comment.article, state="unconfirmed", email="ada@example.org")

    client.post(link)

    assert (state_of(comment), state_of(other)) == ("pending", "unconfirmed")


# --- a lost mail loses nothing ---


def test_an_unconfirmed_comment_is_in_the_queue_from_the_first_second(sent):
    comment = sent[0]
    client = desk_of(moderator())

    page = client.get(QUEUE, {"stato": "unconfirmed"}).text
    assert WORDS[0] in page
    assert "indirizzo non confermato" in page

    press(client, "published", comment)
    assert state_of(comment) == "published"


def test_approval_of_an_unconfirmed_comment_confirms_no_address(client, sent):
    press(desk_of(moderator()), "published", sent[0])

    person = Commenter.objects.get()
    assert person.confirmed_at is None
    assert not facts.holds_proof(tokens.make("proof", person.pk), person)


def test_what_was_asked_to_be_told_counts_once_the_address_is_confirmed(client):
    post(client, make_article(), wants="thread")
    link = links_in(mails_to()[0])[0]

    client.post(link)

    assert Subscription.objects.get().scope == "thread"
