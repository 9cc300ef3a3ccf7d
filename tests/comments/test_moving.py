"""The one door of a comment's state: conditional, counted, logged; nothing moves by accident."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from comments import desk, moderation, retention, undoing
from comments.models import Commenter, Decision, ReaderComment, State
from comments.moderation import move
from tests.comments.deciding import (
    at_once,
    decisions_of,
    desk_of,
    moderator,
    press,
    purges,
    said,
    state_of,
)
from tests.comments.writing import make_comment
from tests.factories import make_article

pytestmark = pytest.mark.django_db

Via = Decision.Via
MOVES = [
    ("pending", "published"),
    ("unconfirmed", "published"),
    ("pending", "trash"),
    ("pending", "spam"),
    ("published", "pending"),
    ("published", "spam"),
    ("published", "trash"),
    ("spam", "published"),
    ("trash", "pending"),
]


def count_of(article):
    article.refresh_from_db()
    return article.comment_count


# --- C8: one UPDATE, conditional on the state it was decided for ---


@pytest.mark.parametrize(("before", "after"), MOVES)
def test_c8_a_move_changes_state_column_and_count_together(before, after):
    comment = make_comment(state=before)
    now = timezone.now()

    decision = move(comment, after, expected=before, via=Via.QUEUE, now=now)

    row = ReaderComment.objects.get(pk=comment.pk)
    assert (row.state, row.state_since) == (after, now)
    assert row.is_public == (after == "published")
    assert count_of(comment.article) == (after == "published")
    assert (decision.before, decision.after, decision.at) == (before, after, now)


@pytest.mark.parametrize("found", ["unconfirmed", "published", "spam", "trash"])
def test_c8_a_move_from_another_state_changes_nothing_and_logs_nothing(found):
    comment = make_comment(state=found)
    since = comment.state_since

    assert move(comment, "trash", expected="pending", via=Via.QUEUE) is None

    row = ReaderComment.objects.get(pk=comment.pk)
    assert (row.state, row.state_since) == (found, since)
    assert not Decision.objects.exists()
    assert count_of(comment.article) == (found == "published")


def test_c8_a_comment_deleted_for_ever_moves_no_more():
    comment = make_comment(state="trash")
    undoing.delete_for_ever(comment, moderator())

    assert move(comment, "published", expected="trash", via=Via.QUEUE) is None
    assert state_of(comment) == "trash"


def test_c8_a_move_back_onto_a_text_that_came_again_is_refused():
    thrown = make_comment(state="trash", text="Lo stesso", email="ada@example.org")
    again = make_comment(thrown.article, text="Lo stesso", email="ada@example.org")

    assert move(thrown, "published", expected="trash", via=Via.QUEUE) is None

    assert (state_of(thrown), state_of(again)) == ("trash", "published")
    assert count_of(thrown.article) == 1


def test_c8_the_log_says_who_when_where_and_why():
    comment = make_comment(state="pending", reasons=["Contiene un link."])
    boss, now = moderator(), timezone.now()

    move(comment, "spam", expected="pending", via=Via.QUEUE, by=boss, why=["Pubblicità."], now=now)

    log = Decision.objects.get()
    assert (log.by, log.at, log.via, log.why) == (boss, now, "queue", ["Pubblicità."])
    assert log.reasons_before == ["Contiene un link."]
    assert ReaderComment.objects.get().reasons == ["Pubblicità."]


def test_c8_a_decision_without_reasons_leaves_those_that_were_there():
    comment = make_comment(state="pending", reasons=["Contiene un link."])

    move(comment, "published", expected="pending", via=Via.QUEUE)

    assert ReaderComment.objects.get().reasons == ["Contiene un link."]


@pytest.mark.parametrize(("before", "after"), MOVES)
def test_c8_pages_are_forgotten_only_when_readers_see_a_difference(
    before, after, django_capture_on_commit_callbacks
):
    comment = make_comment(state=before)

    with purges() as tags, django_capture_on_commit_callbacks(execute=True):
        move(comment, after, expected=before, via=Via.QUEUE)

    seen = "published" in (before, after)
    assert tags == ([(f"article:{comment.article_id}", "comments")] if seen else [])


def test_c8_only_a_persons_yes_gives_trust():
    waiting = [make_comment(state="pending", email=f"n{n}@example.org") for n in range(5)]
    for comment, to, via in zip(
        waiting,
        ["published", "published", "published", "trash", "spam"],
        [Via.QUEUE, Via.MAIL, Via.READER, Via.QUEUE, Via.MAIL],
        strict=True,
    ):
        move(comment, to, expected="pending", via=via)

    trusted = Commenter.objects.exclude(trusted_at=None).values_list("email", flat=True)
    assert sorted(trusted) == ["n0@example.org", "n1@example.org"]


@pytest.mark.django_db(transaction=True)
def test_c8_of_two_moderators_at_once_one_decides_and_the_other_is_told(monkeypatch):
    comment = make_comment(state="pending")
    desks = [desk_of(moderator()), desk_of(moderator())]
    meet, real = Barrier(2), moderation.move

    def together(*args, **kwargs):
        meet.wait(20)  # both have seen it waiting, and both have decided
        return real(*args, **kwargs)

    monkeypatch.setattr(moderation, "move", together)
    acts = ["published", "trash"]

    words = at_once(lambda n: said(press(desks[n], acts[n], comment, shown="pending")))

    assert len(decisions_of(comment)) == 1
    winner = acts.index(state_of(comment))
    assert "Hai dieci minuti per annullare" in words[winner]
    assert words[1 - winner].startswith("Non ho cambiato il commento di Lettore")
    assert "annullare" not in words[1 - winner]
    assert count_of(comment.article) == (acts[winner] == "published")


@pytest.mark.django_db(transaction=True)
def test_c8_many_who_press_the_same_button_make_one_decision():
    comment = make_comment(state="pending", email="ada@example.org")
    rows = [ReaderComment.objects.get(pk=comment.pk) for _ in range(8)]

    done = at_once(lambda n: move(rows[n], "published", expected="pending", via=Via.QUEUE), 8)

    assert sum(decision is not None for decision in done) == 1
    assert len(decisions_of(comment)) == 1
    assert count_of(comment.article) == 1


@pytest.mark.django_db(transaction=True)
def test_c8_the_count_is_right_when_many_comments_of_one_story_are_approved_at_once(monkeypatch):
    article = make_article()
    rows = [make_comment(article, state="pending") for _ in range(4)]
    meet, real = Barrier(4), moderation.recount

    def late(articles):
        with suppress(BrokenBarrierError):
            meet.wait(0.5)  # on SQLite the writers queue: nobody else comes
        return real(articles)

    monkeypatch.setattr(moderation, "recount", late)

    at_once(lambda n: move(rows[n], "published", expected="pending", via=Via.QUEUE), 4)

    assert count_of(article) == 4


# --- C9: nothing but move() publishes or hides ---


@pytest.fixture
def family():
    """A published parent with one answer that waits, one that is published, and one below it."""
    parent = make_comment()
    waiting = make_comment(parent=parent, state="pending")
    shown = make_comment(parent=parent)
    below = make_comment(parent=shown, state="spam")
    return parent, waiting, shown, below


def standing(*rows):
    """``(state, is_public, nested_count)`` of each."""
    columns = ("state", "is_public", "nested_count")
    return [ReaderComment.objects.values_list(*columns).get(pk=row.pk) for row in rows]


def test_c9_saving_a_parent_publishes_and_hides_nothing_below(family):
    before = standing(*family)
    parent = ReaderComment.objects.get(pk=family[0].pk)
    parent.comment = "Un testo nuovo"

    parent.save()

    assert standing(*family) == before


@pytest.mark.parametrize("removed", [True, False])
def test_c9_saving_a_hidden_parent_hides_no_answer(family, removed):
    move(family[0], "trash", expected="published", via=Via.QUEUE)
    before = standing(*family)
    parent = ReaderComment.objects.get(pk=family[0].pk)
    parent.is_removed = removed

    parent.save()

    assert standing(*family) == before
    assert before[2][:2] == ("published", True)


def test_c9_editing_a_parent_publishes_and_hides_nothing_below(family):
    before = standing(*family)

    desk.edit(family[0], moderator(), "Altro testo", "<p>Altro testo</p>")

    assert standing(*family) == before
    assert ReaderComment.objects.get(pk=family[0].pk).comment == "Altro testo"


@pytest.mark.parametrize("away", ["trash", "spam", "pending"])
def test_c9_throwing_away_and_restoring_a_parent_moves_nothing_below(family, away):
    before = standing(*family[1:])
    move(family[0], away, expected="published", via=Via.QUEUE)
    assert standing(*family[1:]) == before

    move(family[0], "published", expected=away, via=Via.QUEUE)

    assert standing(*family[1:]) == before


def test_c9_deleting_a_parent_leaves_its_answers_as_they_are(family):
    before = standing(*family[1:])
    move(family[0], "trash", expected="published", via=Via.QUEUE)
    undoing.delete_for_ever(family[0], moderator())

    retention.forget_due(timezone.now() + 2 * moderation.UNDO)

    assert standing(*family[1:]) == before
    assert ReaderComment.objects.get(pk=family[0].pk).comment == ""


def test_c9_the_page_shows_the_same_answers_after_all_of_it(family, client):
    parent, waiting, seen, below = family
    address = parent.article.get_absolute_url()
    ReaderComment.objects.get(pk=parent.pk).save()
    move(parent, "spam", expected="published", via=Via.QUEUE)

    page = client.get(address).text

    assert seen.comment in page
    assert waiting.comment not in page
    assert below.comment not in page
    assert parent.comment not in page
    assert "Qui c’era un commento" in page


def test_c9_the_site_does_not_start_with_the_receiver_still_connected():
    with pytest.raises(ImproperlyConfigured, match="comments must stand after xtd"):
        apps.get_app_config("comments").ready()  # it was taken away at the start: not there


def test_c9_xtds_receiver_is_gone_and_would_have_published(family):
    from django.db.models.signals import pre_save
    from django_comments_xtd.models import publish_or_unpublish_on_pre_save

    assert not pre_save.disconnect(publish_or_unpublish_on_pre_save, sender=ReaderComment)
    pre_save.connect(publish_or_unpublish_on_pre_save, sender=ReaderComment)
    try:
        ReaderComment.objects.get(pk=family[0].pk).save()
    finally:
        pre_save.disconnect(publish_or_unpublish_on_pre_save, sender=ReaderComment)

    assert ReaderComment.objects.get(pk=family[1].pk).is_public  # so the tests above can fail


def test_the_state_of_a_new_row_decides_what_xtd_sees():
    public = {state: make_comment(state=state).is_public for state in State}

    assert public == {state: state == "published" for state in State}
