"""Every mail of the comments: no header is made of what somebody typed (trust table, M1)."""

from email import message_from_bytes, policy

import pytest
from django.utils import timezone

from articles.models import Article
from comments import followers, moderators, privacy
from comments.models import ReaderComment
from outbox.models import Message
from outbox.sending import build
from tests.comments.deciding import follow, mails_to, moderator
from tests.comments.writing import make_comment, make_commenter, post
from tests.factories import make_article, make_author, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]

BREAKS = ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85", "\r\n ", "%0d%0a"]
OURS = {"subject", "from", "to", "message-id", "date", "auto-submitted", "mime-version"}
OURS |= {"content-type", "content-transfer-encoding", "list-unsubscribe", "list-unsubscribe-post"}


def confirmation(client, article):
    post(client, article, name="Ada", email="ada@example.org")


def told_to_follower(client, article):
    follow(article, "ada@example.org")
    spoiled(make_comment(article, told_at=None))
    followers.tell_due()


def told_to_author(client, article):
    user = make_user("ada")
    article.bylines.all().delete()
    article.bylines.create(author=make_author(user=user), position=0)
    spoiled(make_comment(article, told_at=None))
    followers.tell_due()


def told_to_moderator(client, article):
    moderator("ada")
    spoiled(make_comment(article, state="pending"))
    moderators.tell_due()


def data_link(client, article):
    make_commenter("ada@example.org")
    privacy.ask("copy", "ada@example.org", "192.0.2.0/24")


MAILS = [confirmation, told_to_follower, told_to_author, told_to_moderator, data_link]
POISON = "x@evil.example"


def spoiled(comment):
    """A row whose every line holds a line end, as no form lets in but an import might."""
    bad = f"Nome{spoiled.end}Bcc: {POISON}{spoiled.end}X-Evil: 1"
    ReaderComment.objects.filter(pk=comment.pk).update(
        signature=bad, user_name=bad[:50], user_url=f"https://a.example/{bad}"[:200], reasons=[bad]
    )


@pytest.mark.parametrize("end", BREAKS)
@pytest.mark.parametrize("make", MAILS)
def test_m1_line_ends_in_names_and_titles_reach_no_header(client, make, end):
    spoiled.end = end
    article = make_article()
    title = f"Titolo{end}Bcc: {POISON}{end}{end}Corpo"
    Article.objects.filter(pk=article.pk).update(title=title)
    article.refresh_from_db()

    make(client, article)

    (mail,) = mails_to("ada@example.org")
    assert Message.objects.count() == 1
    made = message_from_bytes(build(mail).message().as_bytes(), policy=policy.default)
    assert {name.lower() for name in made} <= OURS
    assert made["To"] == "ada@example.org"
    assert made["From"] == "redazione@localhost"
    for name, value in made.items():
        assert "\n" not in value, name
        assert name.lower() in ("subject", "content-type") or POISON not in value


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org\r\nBcc: x@evil.example",
        "ada@example.org,x@evil.example",
        "ada@example.org x@evil.example",
        "Ada <ada@example.org>",
        '"ada\r\nBcc: x"@example.org',
        '"ada bcc"@example.org',
        "ada@[192.0.2.1]",
        "ada\u2028@example.org",
        "a\u200bda@example.org",
    ],
)
@pytest.mark.parametrize("form", ["comment", "data"])
def test_m1_an_address_that_is_none_is_refused_in_every_form(client, address, form):
    if form == "comment":
        answer = post(client, make_article(), email=address, comment="Il mio testo")
        assert "Il mio testo" in answer.text
    else:
        answer = client.post("/commenti/dati/", {"kind": "copy", "email": address})

    assert answer.status_code == 422
    assert not ReaderComment.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize("make", MAILS)
def test_every_mail_is_italian_in_text_and_html_and_signed_by_the_site(client, make, settings):
    spoiled.end = " "
    settings.SITE_NAME = "Il Pinguino"

    make(client, make_article(title="Perché <b>no</b> & sì"))

    (mail,) = mails_to("ada@example.org")
    assert mail.subject.startswith("[Il Pinguino] ")
    assert mail.text.startswith("Ciao,")
    assert mail.text.rstrip().endswith("-- \nIl Pinguino")
    assert '<html lang="it">' in mail.html
    assert "<b>no</b>" not in mail.html
    assert "&amp;" not in mail.text
    assert "http://127.0.0.1:8000/" in mail.text
    assert mail.created_at <= timezone.now()


@pytest.mark.parametrize("make", MAILS)
def test_r1_no_mail_asks_for_a_picture_or_another_file(client, make):
    spoiled.end = " "

    make(client, make_article())

    html = mails_to("ada@example.org")[0].html
    for tag in ("<img", "<link", "<style", "<script", "src=", "background"):
        assert tag not in html
