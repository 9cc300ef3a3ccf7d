"""A double click, a reload, two tabs: one comment, one mail (C4)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client

from comments import moderation
from comments.models import Commenter, ConfirmationMail, Decision, ReaderComment, State
from comments.models.comment import GONE
from outbox.models import Message
from tests.comments.deciding import at_once
from tests.comments.reading import fields_of, page_of
from tests.comments.writing import make_comment, make_commenter, post, proof_of
from tests.factories import make_article

pytestmark = pytest.mark.django_db

TEXT = "Lo stesso testo."


def test_c4_the_same_again_gets_the_first_answer_again(client):
    article = make_article()

    first, again = (post(client, article, comment=TEXT) for _ in range(2))

    pages = [client.get(answer["Location"]) for answer in (first, again)]
    assert [answer.status_code for answer in (first, again)] == [302, 302]
    assert page_of(pages[0]).ids == page_of(pages[1]).ids
    for page in pages:
        assert "Ti scriviamo all’indirizzo che hai lasciato" in page.text
    assert ReaderComment.objects.count() == Message.objects.count() == 1
    assert ConfirmationMail.objects.count() == Decision.objects.count() == 1


def test_c4_without_a_mail_the_second_answer_speaks_of_none_like_the_first(client):
    article = make_article()
    ada = make_commenter()

    answers = [post(client, article, comment=TEXT, proof=proof_of(ada)) for _ in range(2)]

    assert [client.get(a["Location"]).text.count("Ti scriviamo") for a in answers] == [0, 0]
    assert ReaderComment.objects.get().state == State.PUBLISHED


def test_c4_it_is_looked_at_before_the_rates(client):
    """The second click of a double click comes within a second: flood would refuse it."""
    article = make_article()

    answers = [post(client, article, comment=TEXT) for _ in range(5)]

    assert {answer.status_code for answer in answers} == {302}


@pytest.mark.parametrize("state", [s for s in State if s not in GONE])
def test_c4_later_than_ten_minutes_it_is_a_conflict_and_the_text_comes_back(client, state):
    old = make_comment(text=TEXT, email="ada@example.org", state=state)

    response = post(client, old.article, comment=TEXT)

    assert response.status_code == 409
    assert page_of(response).said == {"comment": "Questo commento c’è già: lo hai scritto prima."}
    assert fields_of(response)["comment"] == TEXT
    assert ReaderComment.objects.count() == 1


@pytest.mark.parametrize(("minutes", "status"), [(9, 302), (11, 409)])
def test_c4_ten_minutes_are_the_border(client, minutes, status):
    ago = moderation.timezone.now() - timedelta(minutes=minutes)
    old = make_comment(text=TEXT, email="ada@example.org", submit_date=ago)

    assert post(client, old.article, comment=TEXT).status_code == status


@pytest.mark.parametrize("state", GONE)
def test_c4_after_trash_or_spam_it_may_come_again(client, state):
    old = make_comment(text=TEXT, email="ada@example.org", state=state)

    assert post(client, old.article, comment=TEXT).status_code == 302
    assert ReaderComment.objects.count() == 2


@pytest.mark.parametrize(
    "other",
    [
        {"comment": "Un altro testo."},
        {"email": "eva@example.org"},
        {"reply_to": "parent"},
        {"story": "another"},
    ],
)
def test_c4_what_differs_in_story_parent_address_or_text_is_another_comment(client, other):
    first = make_comment(text=TEXT, email="ada@example.org")
    if "reply_to" in other:
        other = {"reply_to": first.pk}
    if "story" in other:
        article = make_article()
        assert post(client, article, comment=TEXT).status_code == 302
    else:
        assert post(client, first.article, **{"comment": TEXT} | other).status_code == 302
    assert ReaderComment.objects.count() == 2


@pytest.mark.parametrize(
    "same",
    [
        {"name": "Un altro nome"},
        {"site": "https://example.org"},
        {"email": "ADA@Example.ORG"},
        {"comment": f"  {TEXT}\r\n"},
        {"address": "198.51.100.200"},
    ],
)
def test_c4_name_site_spelling_and_network_make_no_difference(client, same):
    article = make_article()
    post(client, article, comment=TEXT)

    assert post(client, article, **{"comment": TEXT} | same).status_code == 302
    assert ReaderComment.objects.count() == 1


def test_c4_the_database_keeps_the_rule_whatever_the_code_does():
    first = make_comment(text=TEXT, email="ada@example.org")

    with pytest.raises(IntegrityError):
        make_comment(first.article, text=TEXT, email="ada@example.org")


def same_network(number):
    return "192.0.2.1"


def other_networks(number):
    return f"10.1.{number}.1"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address_of", [same_network, other_networks])
def test_c4_sixteen_equal_posts_at_once_make_one_row_and_one_mail(address_of):
    article = make_article()

    def send(number):
        return post(Client(), article, comment=TEXT, address=address_of(number))

    answers = at_once(send, 16)

    assert [answer.status_code for answer in answers] == [302] * 16
    comment = ReaderComment.objects.get()
    assert Message.objects.get().about == f"comment:{comment.pk}:confirm"
    assert Commenter.objects.count() == ConfirmationMail.objects.count() == 1
    assert list(Decision.objects.values_list("after", flat=True)) == ["unconfirmed"]
    for answer in answers:
        assert "Ti scriviamo" in Client().get(answer["Location"]).text
    # Ten minutes later it is none of these any more.
    ReaderComment.objects.update(submit_date=comment.submit_date - timedelta(minutes=11))
    assert post(Client(), article, comment=TEXT).status_code == 409
    assert ReaderComment.objects.count() == Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_c4_sixteen_equal_comments_of_a_trusted_reader_at_once_are_published_once():
    article = make_article()
    proof = proof_of(make_commenter())

    answers = at_once(
        lambda n: post(Client(), article, comment=TEXT, proof=proof, address=f"10.1.{n}.1"), 16
    )

    article.refresh_from_db()
    assert {answer.status_code for answer in answers} == {302}
    assert ReaderComment.objects.get().state == State.PUBLISHED
    assert article.comment_count == 1
    assert Message.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_different_comments_at_once_are_all_kept_each_in_its_place():
    parent = make_comment()

    answers = at_once(
        lambda n: post(
            Client(),
            parent.article,
            comment=f"Risposta {n}",
            email=f"lettore{n}@example.com",
            reply_to=parent.pk,
            address=f"10.1.{n}.1",
        ),
        12,
    )

    rows = ReaderComment.objects.exclude(pk=parent.pk)
    parent.refresh_from_db()
    assert {answer.status_code for answer in answers} == {302}
    assert (rows.count(), Message.objects.count(), parent.nested_count) == (12, 12, 12)
    assert sorted(rows.values_list("order", flat=True)) == list(range(2, 14))
