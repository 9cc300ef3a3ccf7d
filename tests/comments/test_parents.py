"""What an answer may hang under, and where it hangs when the thread is deep (C5)."""

import pytest
from django_comments_xtd.models import XtdComment

from comments.models import ReaderComment, State
from comments.models.comment import LEVELS
from outbox.models import Message
from tests.comments.reading import fields_of, page_of, press_again
from tests.comments.writing import make_comment, make_commenter, post, proof_of
from tests.factories import make_article

pytestmark = pytest.mark.django_db

GONE = "Il commento a cui rispondi non c’è più. Puoi scrivere in fondo."


def rows():
    """Every row of every table of a comment: xtd inserts in three."""
    return (
        ReaderComment.objects.count(),
        XtdComment.norel_objects.count(),
        XtdComment.objects.count(),
        Message.objects.count(),
    )


def assert_refused(client, article, parent):
    before = rows()

    response = post(client, article, reply_to=parent, comment="Una risposta.")

    assert response.status_code == 422
    assert page_of(response).alarms == [GONE]
    assert rows() == before
    assert fields_of(response)["comment"] == "Una risposta."
    # The next press writes at the end of the discussion.
    assert fields_of(response)["reply_to"] == ""
    assert press_again(client, response).status_code == 302
    assert ReaderComment.objects.latest("pk").is_root


def test_c5_a_comment_of_another_story_is_no_parent(client):
    assert_refused(client, make_article(), make_comment().pk)


@pytest.mark.parametrize("state", [state for state in State if state != State.PUBLISHED])
def test_c5_a_comment_that_readers_do_not_see_is_no_parent(client, state):
    parent = make_comment(state=state)

    assert_refused(client, parent.article, parent.pk)


def test_c5_a_comment_cannot_answer_itself(client):
    last = make_comment()

    assert_refused(client, last.article, last.pk + 1)


@pytest.mark.parametrize(
    "number", ["9" * 18, "9" * 19, "9" * 30, "-1", "1.0", "0x1", "x", "1 2", "1;drop", "1\0", "²"]
)
def test_c5_what_is_no_number_of_a_comment_is_no_parent(client, number):
    assert_refused(client, make_article(), number)


@pytest.mark.parametrize("number", ["", "0", " ", "00"])
def test_nothing_is_no_parent_and_no_fault(client, number):
    assert post(client, make_article(), reply_to=number).status_code == 302
    assert ReaderComment.objects.get().is_root


def test_c5_a_parent_that_was_erased_is_no_parent(client):
    parent = make_comment()
    article, number = parent.article, parent.pk
    parent.delete()

    assert_refused(client, article, number)


def deepest(article=None):
    """A thread with one comment on each level; its comments, from the first down."""
    thread = [make_comment(article, name="Lettore 0")]
    for level in range(1, LEVELS + 1):
        thread.append(make_comment(parent=thread[-1], name=f"Lettore {level}"))
    return thread


def test_a_thread_has_five_levels():
    assert [comment.level for comment in deepest()] == [0, 1, 2, 3, 4]


def answer(client, parent, **fields):
    ada = make_commenter()
    response = post(
        client,
        parent.article,
        reply_to=parent.pk,
        proof=proof_of(ada),
        address="10.9.8.7",
        **fields,
    )
    assert response.status_code == 302
    return ReaderComment.objects.latest("pk")


def test_c5_an_answer_below_the_fifth_level_attaches_there_and_names_whom_it_answers(client):
    *_, fourth, fifth = deepest()

    deep = answer(client, fifth)

    assert (deep.parent_id, deep.level, deep.thread_id) == (fourth.pk, 4, fifth.thread_id)
    assert deep.answers == fifth
    page = client.get(deep.article.get_absolute_url()).text
    named = f'in risposta a <a href="#comment-{fifth.pk}"><bdi>Lettore 4</bdi></a>'
    assert page.count("in risposta a") == page.count(named) == 1
    assert page.index(named) > page.index(f'id="comment-{deep.pk}"')


def test_c5_an_answer_to_a_deep_answer_attaches_beside_it_too(client):
    *_, fourth, fifth = deepest()
    first = make_comment(parent=fourth, answers=fifth, name="Sesto")

    second = answer(client, first)

    assert (second.parent_id, second.level, second.answers) == (fourth.pk, 4, first)


@pytest.mark.parametrize("level", range(LEVELS))
def test_above_the_fifth_level_the_shape_says_whom_an_answer_answers(client, level):
    parent = deepest()[level]

    reply = answer(client, parent)

    assert (reply.parent_id, reply.level, reply.answers) == (parent.pk, level + 1, None)


def test_c5_a_deep_answer_finds_its_place_though_the_comment_above_it_is_hidden(client):
    *_, fourth, fifth = deepest()
    ReaderComment.objects.filter(pk=fourth.pk).update(state=State.TRASH)

    deep = answer(client, fifth)

    assert (deep.parent_id, deep.answers, deep.state) == (fourth.pk, fifth, State.PUBLISHED)
    page = client.get(deep.article.get_absolute_url()).text
    assert "Lettore 3" not in page
    assert deep.comment in page


def test_a_refusal_of_the_rates_leaves_no_row_behind_either(client):
    parent = make_comment()
    post(client, parent.article, reply_to=parent.pk)
    before = rows()

    assert post(client, parent.article, reply_to=parent.pk).status_code == 429
    assert rows() == before
    parent.refresh_from_db()
    assert parent.nested_count == 1
