"""When something of ours is away: nothing is said to be kept that is not, no text is lost.

Section 6 of the trust table, for comments: database away, disk full or read-only, mail server away.
"""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import InterfaceError, InternalError, OperationalError, connection
from django.test import Client
from django.utils import timezone

from articles.models import Article
from comments import followers, moderation, tokens
from comments.models import ReaderComment
from outbox.models import Message
from outbox.sending import send_due
from tests.comments.deciding import follow, told
from tests.comments.writing import filled, make_comment, make_commenter, post, proof_of
from tests.factories import make_article

TROUBLES = [
    OperationalError("connection refused"),
    OperationalError("database is locked"),
    OperationalError("database or disk is full"),
    OperationalError("attempt to write a readonly database"),
    OperationalError("could not extend file: No space left on device"),
    InterfaceError("connection already closed"),
    InternalError("cannot execute INSERT in a read-only transaction"),
]
TEXT = "Il mio commento lungo e sudato: <b>caro</b> & \"bello\".\n\nCon due 'righe'."


def refused_with_everything(response, text=TEXT):
    """True if the page says no, honestly, and gives the whole text back."""
    page = response.text
    area = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.S).group(1)
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert response["Cache-Control"] == "private, no-store"
    assert unescape(area).strip() == text
    assert '<html lang="it"' in page
    assert "non è ancora partito" in page
    for yes in ("Ricevuto", "ricevuto", "è pubblicato", "al sicuro"):
        assert yes not in page
    assert "Location" not in response.headers
    return True


def fields_of(page):
    """What the form on a page sends when its button is pressed."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    area = re.search(r'<textarea[^>]*name="comment"[^>]*>(.*?)</textarea>', page, re.S).group(1)
    return {name: unescape(value) for name, value in hidden} | {"comment": unescape(area)}


# --- the database ---


@pytest.mark.django_db
@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
def test_d3_d4_a_comment_that_cannot_be_kept_comes_back_whole(client, monkeypatch, trouble):
    article = make_article()

    def broken(*args, **kwargs):
        raise trouble

    monkeypatch.setattr(ReaderComment, "save", broken)
    response = post(client, article, comment=TEXT, name="Ada")

    assert refused_with_everything(response)
    assert not ReaderComment.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "place",
    [
        "articles.models.Article.objects.visible",
        "outbox.posting.post",
        "comments.moderation.take_turn",
    ],
)
def test_d3_wherever_the_database_goes_away_nothing_is_half_done(client, monkeypatch, place):
    article = make_article()

    def broken(*args, **kwargs):
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr(place, broken)
        response = post(client, article, comment=TEXT)

    assert refused_with_everything(response)
    assert not ReaderComment.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_d3_the_page_needs_no_database(client, monkeypatch, django_assert_num_queries):
    data = filled(make_article(), comment=TEXT)

    def broken(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("articles.models.Article.objects.visible", broken)
    with django_assert_num_queries(0):
        assert refused_with_everything(client.post("/commenti/", data))


@pytest.mark.django_db
def test_d3_pressed_again_when_the_database_is_back_the_same_form_is_taken(client, monkeypatch):
    parent, ada = make_comment(), make_commenter()
    fields = {"reply_to": str(parent.pk), "proof": proof_of(ada), "wants": "thread", "site": ""}

    def broken(*args, **kwargs):
        raise OperationalError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(moderation, "receive", broken)
        page = post(client, parent.article, comment=TEXT, name="Ada <L>", **fields).text

    assert 'action="/commenti/"' in page
    assert client.post("/commenti/", fields_of(page)).status_code == 302
    comment = ReaderComment.objects.latest("pk")
    assert (comment.signature, comment.wants, comment.parent_id) == ("Ada <L>", "thread", parent.pk)
    assert comment.state == "published"
    assert comment.comment.splitlines() == TEXT.splitlines()


@pytest.mark.django_db
def test_d3_hostile_words_stay_text_on_the_page(client, monkeypatch):
    hostile = '"></textarea><script>alert(1)</script>'
    data = filled(make_article(), comment=hostile, name=hostile) | {hostile: hostile}

    def broken(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(moderation, "receive", broken)
    page = client.post("/commenti/", data).text

    assert "<script>alert" not in page
    assert refused_with_everything(client.post("/commenti/", data), hostile)


@pytest.mark.django_db
def test_d3_a_correction_that_cannot_be_kept_comes_back_whole(client, monkeypatch):
    comment = make_comment(text="Prima", submit_date=timezone.now())
    address = f"/commenti/correggi/{tokens.make('correct', comment.pk)}/"

    def broken(*args, **kwargs):
        raise OperationalError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(moderation, "correct", broken)
        response = client.post(address, {"comment": TEXT})

    assert refused_with_everything(response)
    assert f'action="{address}"' in response.text
    assert ReaderComment.objects.get().comment == "Prima"
    assert client.post(address, fields_of(response.text)).status_code == 302


# --- a database that really refuses ---


@pytest.fixture
def read_only(transactional_db):
    """Let the database refuse every write from now on, as on a full or read-only disk."""

    def begin():
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA query_only = ON")
            else:
                cursor.execute("SET default_transaction_read_only = on")

    yield begin
    connection.close()


def test_d4_a_database_that_became_read_only_refuses_with_the_text(read_only):
    article = make_article()
    data = filled(article, comment=TEXT)
    read_only()

    response = Client().post("/commenti/", data)

    assert refused_with_everything(response)
    assert not ReaderComment.objects.exists()
    assert Client().get(article.get_absolute_url()).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_d4_no_yes_before_the_commit_is_durable(client, monkeypatch):
    data = filled(make_article(), comment=TEXT)

    def broken():
        raise OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "_commit", broken)
        response = client.post("/commenti/", data)

    assert refused_with_everything(response)
    assert not ReaderComment.objects.exists()
    assert not Message.objects.exists()


# --- the mail server ---


@pytest.fixture
def nobody_answers(settings):
    settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    settings.EMAIL_USE_TLS = False


@pytest.mark.django_db
def test_with_the_mail_server_away_a_comment_is_taken_and_says_so(client, nobody_answers):
    response = post(client, make_article())

    assert response.status_code == 302
    assert send_due() == 0
    page = client.get(response["Location"]).text
    assert "Ricevuto: manca la conferma" in page
    assert "la conferma arriva appena possibile" in page
    assert "inviata" not in page
    mail = Message.objects.get()
    assert (mail.sent_at, mail.failed_at, mail.tries) == (None, None, 1)
    assert ReaderComment.objects.get().state == "unconfirmed"


@pytest.mark.django_db
def test_with_the_mail_server_away_followers_are_told_later_and_once(nobody_answers, settings):
    comment = make_comment(told_at=None)
    follow(comment.article, "eva@example.org")

    assert (followers.tell_due(), send_due(), followers.tell_due()) == (1, 0, 0)
    assert told() == ["eva@example.org"]

    settings.MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
    assert send_due(timezone.now() + timedelta(minutes=2)) == 1
    assert Message.objects.sent().count() == 1


@pytest.mark.django_db
def test_with_the_worker_dead_comments_appear_and_wait_for_their_mails(client):
    ada = make_commenter()
    article = make_article()
    follow(article, "eva@example.org")

    post(client, article, proof=proof_of(ada), comment="Subito qui")

    assert "Subito qui" in client.get(article.get_absolute_url()).text
    assert Article.objects.get().comment_count == 1
    assert ReaderComment.objects.to_tell_followers().exists()
    assert told() == []
