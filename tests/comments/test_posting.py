"""A reader sends a comment: what is kept, what comes back, what is said."""

import pytest

from comments.models import Decision, ReaderComment, State
from outbox.models import Message
from tests.comments.writing import make_comment, make_commenter, post, proof_of
from tests.factories import make_article

pytestmark = pytest.mark.django_db


def test_a_first_comment_waits_for_its_confirmation_and_a_mail_asks_for_it(client):
    article = make_article(title="Un titolo")

    response = post(client, article, comment="Ciao a *tutti*")

    comment = ReaderComment.objects.get()
    assert response.status_code == 302
    assert (comment.state, comment.is_public) == (State.UNCONFIRMED, False)
    assert comment.html == "<p>Ciao a <em>tutti</em></p>"
    assert (comment.comment, comment.user_email) == ("Ciao a *tutti*", "ada@example.org")
    mail = Message.objects.get()
    assert mail.to == "ada@example.org"
    assert "Un titolo" in mail.text
    page = client.get(response["Location"]).text
    assert "manca la conferma" in page
    assert "ada@example.org" not in page


def test_who_holds_the_proof_and_was_approved_is_published_at_once(client):
    article = make_article()
    ada = make_commenter()

    response = post(client, article, proof=proof_of(ada))

    comment = ReaderComment.objects.get()
    assert comment.state == State.PUBLISHED
    assert comment.is_public
    article.refresh_from_db()
    assert article.comment_count == 1
    assert "è pubblicato" in client.get(response["Location"]).text
    assert comment.comment in client.get(article.get_absolute_url()).text
    assert [(d.before, d.after, d.via) for d in Decision.objects.all()] == [
        ("", "published", "rules")
    ]


def test_a_confirmed_reader_waits_for_the_first_approval(client):
    ada = make_commenter(trusted=False)
    response = post(client, make_article(), proof=proof_of(ada))

    comment = ReaderComment.objects.get()
    assert comment.state == State.PENDING
    assert "primo commento" in comment.reasons[0]
    assert comment.reasons[0] in client.get(response["Location"]).text


def test_an_answer_hangs_under_its_parent(client):
    parent = make_comment()
    ada = make_commenter()

    post(client, parent.article, reply_to=str(parent.pk), proof=proof_of(ada))

    answer = ReaderComment.objects.latest("pk")
    assert (answer.parent_id, answer.level, answer.thread_id) == (parent.pk, 1, parent.pk)
