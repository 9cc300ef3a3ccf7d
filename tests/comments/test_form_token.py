"""The signature of a form, its hidden fields and its trap (C3, C6)."""

import pytest
from django.utils import timezone

from comments import tokens
from comments.models import ReaderComment, State
from outbox.models import Message
from tests.comments.reading import fields_of, page_of, press_again
from tests.comments.writing import aged, filled, make_comment, old_form, post
from tests.factories import make_article, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]

DAY = 24 * 3600
LATE = "Il modulo era aperto da troppo tempo. Il testo è qui sotto: premi ancora una volta."
TRAPPED = (
    "Il tuo browser ha riempito un campo nascosto, come fanno i programmi. L’abbiamo svuotato: "
    "premi ancora una volta."
)


def assert_given_back(client, response, sentence):
    """422, nothing kept, the text in a fresh form that works with one more press."""
    assert response.status_code == 422
    assert page_of(response).alarms == [sentence]
    assert not ReaderComment.objects.exists()
    assert not Message.objects.exists()
    text = fields_of(response)["comment"]
    assert press_again(client, response).status_code == 302
    assert ReaderComment.objects.get().comment == text


@pytest.mark.parametrize("age", [60, DAY, 7 * DAY, 30 * DAY - 60])
def test_c3_a_copy_of_the_page_that_is_weeks_old_works(client, age):
    article = make_article()

    assert post(client, article, form=old_form(article, age)).status_code == 302


def test_c3_a_stale_form_is_given_back(client):
    article = make_article()

    response = post(client, article, form=old_form(article, 30 * DAY + 60))

    assert_given_back(client, response, LATE)


def test_c3_the_form_of_the_page_itself_works_from_a_copy(client):
    article = make_article()
    copy = fields_of(client.get(article.get_absolute_url()))

    response = client.post(
        "/commenti/", copy | {"comment": "Ciao", "name": "Ada", "email": "ada@example.org"}
    )

    assert response.status_code == 302
    # Sent in the same second: a person could not have filled it in.
    assert "pochi istanti" in " ".join(ReaderComment.objects.get().reasons)


def mine(article):
    return tokens.make("form", article.pk)


FORGED = {
    "missing": lambda article: "",
    "something else": lambda article: "abc",
    "changed at the end": lambda article: mine(article)[:-1] + "x",
    "changed at the beginning": lambda article: "x" + mine(article)[1:],
    "of another story": lambda article: mine(make_article()),
    "of another purpose": lambda article: tokens.make("proof", article.pk),
    "with its time moved on": lambda article: moved(aged("form", article.pk, 40 * DAY)),
    "of the list of another": lambda article: tokens.make("form", [make_article().pk]),
    "of a longer list": lambda article: tokens.make("form", [article.pk, article.pk]),
    "of no number": lambda article: tokens.make("form", {"story": article.pk}),
    "endless": lambda article: "x:" * 5000,
    "with NUL": lambda article: "\0",
    "in other letters": lambda article: "è:è:è",
    "of colons": lambda article: "::::",
}


def moved(token):
    value, _, signature = token.split(":")
    return f"{value}:{tokens.make('form', 1).split(':')[1]}:{signature}"


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_c3_a_form_that_is_not_ours_is_given_back(client, forge):
    article = make_article()

    assert_given_back(client, post(client, article, form=forge(article)), LATE)


def test_c3_a_form_without_the_field_at_all_is_given_back(client):
    article = make_article()
    sent = filled(article)
    del sent["form"]

    assert_given_back(client, client.post("/commenti/", sent), LATE)


def test_c3_the_form_that_came_back_belongs_to_its_story_too(client):
    first, second = make_article(), make_article()
    back = fields_of(post(client, first, email="no"))

    response = client.post("/commenti/", back | {"story": second.pk, "email": "ada@example.org"})

    assert response.status_code == 422
    assert page_of(response).alarms == [LATE]


def test_c3_what_only_we_decide_is_never_read(client):
    article, other, boss = make_article(), make_comment(), make_user()
    forged = {
        "is_public": "1",
        "is_removed": "1",
        "user": str(boss.pk),
        "user_id": str(boss.pk),
        "id": str(other.pk),
        "pk": str(other.pk),
        "state": "published",
        "submit_date": "2001-01-01 00:00",
        "ip_address": "203.0.113.9",
        "network": "203.0.113.0/24",
        "commenter": str(other.commenter_id),
        "object_pk": str(other.article_id),
        "content_type": "accounts.user",
        "site_id": "7",
        "thread_id": str(other.pk),
        "parent_id": str(other.pk),
        "level": "3",
        "order": "9",
        "followup": "1",
        "html": "<script>x</script>",
        "reasons": "[]",
        "fingerprint": "x",
        "confirmed": "1",
        "trusted": "1",
    }

    assert post(client, article, **forged).status_code == 302

    comment = ReaderComment.objects.latest("pk")
    assert comment.pk > other.pk
    assert (comment.state, comment.is_public, comment.is_removed) == ("unconfirmed", False, False)
    assert (comment.user, comment.site_id) == (None, 1)
    assert abs((timezone.now() - comment.submit_date).total_seconds()) < 60
    assert (comment.ip_address, comment.network) == ("192.0.2.1", "192.0.2.0/24")
    assert comment.commenter.email == "ada@example.org"
    assert (comment.article_id, comment.object_pk) == (article.pk, str(article.pk))
    assert comment.content_type.model == "article"
    assert (comment.thread_id, comment.parent_id, comment.level) == (comment.pk, comment.pk, 0)
    assert comment.html.startswith("<p>")
    assert comment.reasons
    assert len(comment.fingerprint) == 64
    other.refresh_from_db()
    assert other.comment.startswith("Testo")


def test_a_form_sent_within_three_seconds_is_held_and_says_why(client):
    article = make_article()

    post(client, article, form=old_form(article, 1))

    assert "pochi istanti dopo" in " ".join(ReaderComment.objects.get().reasons)


# --- the trap ---


@pytest.mark.parametrize("inside", ["x", "https://example.org", " "])
def test_c6_a_filled_trap_stores_nothing_and_is_emptied(client, inside):
    response = post(client, make_article(), homepage=inside)

    assert fields_of(response)["homepage"] == ""
    assert_given_back(client, response, TRAPPED)


def test_c6_people_do_not_meet_the_trap(client):
    page = client.get(make_article().get_absolute_url()).text

    trap = page[page.index('class="form__trap"') :].partition("</p>")[0]
    assert 'aria-hidden="true"' in trap
    assert 'tabindex="-1"' in trap
    assert 'autocomplete="off"' in trap
    assert "Lascia vuoto questo campo" in trap
    assert 'name="homepage"' in trap


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("/commenti/dati/", {"kind": "copy", "email": "ada@example.org"}),
        ("/commenti/segnala/{}/", {"reason": "spam", "text": "Una spiegazione."}),
    ],
)
def test_c6_the_other_forms_have_the_trap_too(client, address, data):
    address = address.format(make_comment().pk)

    response = client.post(address, data | {"homepage": "x"})

    assert response.status_code == 422
    assert page_of(response).alarms == [TRAPPED]
    assert fields_of(response)["homepage"] == ""
    assert data.items() <= fields_of(response).items()
    assert client.post(address, fields_of(response)).status_code == 200
    assert ReaderComment.objects.get().state == State.PUBLISHED
