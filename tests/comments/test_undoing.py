"""Ten minutes to take a decision back: state, reasons, counters, trust and unsent mails."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comments import desk, followers, retention, undoing
from comments.models import Commenter, Decision, ReaderComment, State
from comments.moderation import UNDO, move
from comments.undoing import undo, undoable
from outbox.models import Message
from tests.comments.deciding import (
    QUEUE,
    decisions_of,
    desk_of,
    follow,
    moderator,
    press,
    purges,
    said,
    state_of,
    take_back,
    tick,
    told,
)
from tests.comments.writing import make_comment, make_commenter

pytestmark = pytest.mark.django_db

Via = Decision.Via
SECOND = timedelta(seconds=1)


@pytest.fixture
def boss():
    return moderator("capo")


def decide(comment, to, boss, now=None):
    return move(comment, to, expected=comment.state, via=Via.QUEUE, by=boss, now=now)


def trusted(email):
    return Commenter.objects.get(email=email).trusted_at is not None


# --- each act, and what it gives back ---


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pending", "published"),
        ("pending", "spam"),
        ("pending", "trash"),
        ("unconfirmed", "published"),
        ("unconfirmed", "trash"),
        ("published", "pending"),
        ("published", "spam"),
        ("published", "trash"),
        ("spam", "pending"),
        ("spam", "trash"),
        ("trash", "spam"),
        ("trash", "published"),
    ],
)
def test_c8_undo_gives_back_state_reasons_and_count(boss, before, after):
    comment = make_comment(state=before, reasons=["Contiene un link."])
    decision = decide(comment, after, boss)

    assert undo(decision, boss)

    row = ReaderComment.objects.get(pk=comment.pk)
    assert (row.state, row.is_public) == (before, before == "published")
    assert row.reasons == ["Contiene un link."]
    row.article.refresh_from_db()
    assert row.article.comment_count == (before == "published")
    assert not list(undoable(boss))


def test_c8_undo_gives_back_the_reasons_a_decision_wrote_over(boss):
    comment = make_comment(state="pending", reasons=["Contiene un link."])
    why = ["Offende."]
    decision = move(comment, "trash", expected="pending", via=Via.QUEUE, by=boss, why=why)

    undo(decision, boss)

    assert ReaderComment.objects.get().reasons == ["Contiene un link."]


def test_c8_undo_forgets_pages_again(boss, django_capture_on_commit_callbacks):
    comment = make_comment(state="pending")
    decision = decide(comment, "published", boss)

    with purges() as tags, django_capture_on_commit_callbacks(execute=True):
        undo(decision, boss)

    assert tags == [(f"article:{comment.article_id}", "comments")]


def test_c8_undo_takes_back_the_trust_it_gave_and_no_other(boss):
    make_commenter("old@example.org")
    first = make_comment(state="pending", email="new@example.org")
    second = make_comment(state="pending", email="old@example.org")

    for comment in (first, second):
        undo(decide(comment, "published", boss), boss)

    assert (trusted("new@example.org"), trusted("old@example.org")) == (False, True)


def test_c8_undoing_one_approval_leaves_the_trust_that_another_earned(boss):
    first = make_comment(state="pending", email="ada@example.org")
    second = make_comment(first.article, state="pending", email="ada@example.org")
    early = decide(first, "published", boss)
    late = decide(second, "published", boss)

    undo(early, boss)
    assert trusted("ada@example.org")

    undo(late, boss)
    assert not trusted("ada@example.org")


def test_c8_undoing_a_removal_gives_no_trust(boss):
    comment = make_comment(state="published", email="ada@example.org")

    undo(decide(comment, "trash", boss), boss)

    assert state_of(comment) == "published"
    assert not trusted("ada@example.org")


def test_c8_undoing_a_removal_keeps_the_trust_there_was(boss):
    make_commenter("ada@example.org")
    comment = make_comment(state="published", email="ada@example.org")

    undo(decide(comment, "trash", boss), boss)

    assert trusted("ada@example.org")


# --- mails ---


def test_c8_undoing_an_approval_withdraws_the_mails_that_are_unsent(boss):
    comment = make_comment(state="pending", told_at=None)
    follow(comment.article, "eva@example.org")
    decision = decide(comment, "published", boss)
    followers.tell_due()
    assert told() == ["eva@example.org"]

    undo(decision, boss)

    assert told() == []
    assert followers.tell_due() == 0


def test_c8_undoing_a_removal_makes_the_withdrawn_mails_again(boss):
    comment = make_comment(state="published", told_at=None)
    follow(comment.article, "eva@example.org")
    followers.tell_due()
    decision = decide(comment, "trash", boss)
    assert told() == []

    undo(decision, boss)

    assert followers.tell_due() == 1
    assert told() == ["eva@example.org"]


def test_c8_who_was_told_is_not_told_again_after_a_removal_and_its_undo(boss):
    comment = make_comment(state="published", told_at=None)
    follow(comment.article, "eva@example.org")
    follow(comment.article, "zoe@example.org")
    followers.tell_due()
    Message.objects.filter(to="eva@example.org").update(sent_at=timezone.now(), text="", html="")

    undo(decide(comment, "spam", boss), boss)
    followers.tell_due()

    assert told() == ["eva@example.org", "zoe@example.org"]
    assert Message.objects.unsent().get().to == "zoe@example.org"


# --- until when, and over what ---


def test_c8_undo_ends_after_ten_minutes(boss):
    now = timezone.now()
    first, second = make_comment(state="pending"), make_comment(state="pending")
    early, late = decide(first, "trash", boss, now), decide(second, "trash", boss, now)

    assert undo(early, boss, now + UNDO - SECOND)
    assert not undo(late, boss, now + UNDO)

    assert (state_of(first), state_of(second)) == ("pending", "trash")
    assert list(undoable(boss, now + UNDO)) == []


def test_c8_undo_works_once(boss):
    decision = decide(make_comment(state="pending"), "trash", boss)

    assert [undo(decision, boss), undo(decision, boss)] == [True, False]


def test_c8_undo_never_writes_over_a_later_decision(boss):
    comment = make_comment(state="pending")
    first = decide(comment, "published", boss)
    decide(comment, "spam", moderator())

    assert not undo(first, boss)

    assert state_of(comment) == "spam"
    first.refresh_from_db()
    assert first.undone_at is None


def test_c8_nobody_undoes_what_somebody_else_decided(boss):
    comment = make_comment(state="pending")
    decision = decide(comment, "trash", boss)

    assert not undo(decision, moderator())
    assert state_of(comment) == "trash"


def test_c8_an_undo_cannot_be_undone_but_stands_in_the_log(boss):
    comment = make_comment(state="pending")
    undo(decide(comment, "published", boss), boss)

    assert not list(undoable(boss))
    assert decisions_of(comment) == [
        ("pending", "published", "queue"),
        ("published", "pending", "queue"),
    ]


# --- for ever ---


def test_deleting_for_ever_takes_the_comment_out_of_sight_at_once(boss):
    comment = make_comment(state="trash")

    assert undoing.delete_for_ever(comment, boss)

    assert not ReaderComment.objects.kept().exists()
    assert ReaderComment.objects.exists()


def test_deleting_for_ever_is_for_ever_only_after_ten_minutes(boss):
    now = timezone.now()
    comment = make_comment(state="trash")
    undoing.delete_for_ever(comment, boss, now)

    retention.forget_due(now + UNDO - SECOND)
    assert ReaderComment.objects.exists()

    retention.forget_due(now + UNDO + SECOND)
    assert not ReaderComment.objects.exists()
    assert not Decision.objects.exists()


def test_deleting_for_ever_can_be_taken_back(boss):
    now = timezone.now()
    comment = make_comment(state="spam")
    decision = undoing.delete_for_ever(comment, boss, now)

    assert undo(decision, boss, now + UNDO - SECOND)
    retention.forget_due(now + 2 * UNDO)

    assert ReaderComment.objects.kept().get().state == "spam"


@pytest.mark.parametrize("state", ["pending", "unconfirmed", "published"])
def test_only_what_was_thrown_away_is_deleted_for_ever(boss, state):
    comment = make_comment(state=state)

    assert undoing.delete_for_ever(comment, boss) is None
    assert ReaderComment.objects.kept().exists()


def test_deleting_for_ever_twice_is_one_decision(boss):
    comment = make_comment(state="trash")

    assert undoing.delete_for_ever(comment, boss)
    assert undoing.delete_for_ever(comment, boss) is None
    assert Decision.objects.count() == 1


def test_what_is_put_back_while_the_clock_forgets_stays(boss, monkeypatch):
    old = timezone.now() - timedelta(days=40)
    first = make_comment(state="trash", state_since=old)
    second = make_comment(state="trash", state_since=old)
    real = retention.remove

    def meanwhile(comment):
        other = second if comment.pk == first.pk else first
        if ReaderComment.objects.filter(pk=other.pk).exists():
            decide(ReaderComment.objects.get(pk=other.pk), "published", boss)
        real(comment)

    monkeypatch.setattr(retention, "remove", meanwhile)
    retention.forget_due()

    assert ReaderComment.objects.get().state == State.PUBLISHED


# --- from the queue ---


def test_the_queue_offers_to_undo_what_was_just_done(boss):
    client, comment = desk_of(boss), make_comment(state="pending")

    page = press(client, "trash", comment)
    assert "1 commento nel cestino" in page.text
    assert "Annulla" in page.text

    page = take_back(client)
    assert said(page) == "Decisione annullata."
    assert state_of(comment) == "pending"
    assert "undo__row" not in page.text


def test_what_was_done_with_one_press_is_undone_with_one_press(boss):
    client = desk_of(boss)
    rows = [make_comment(state="pending") for _ in range(3)]
    page = tick(client, "spam", rows)
    assert page.text.count("undo__row") == 1

    assert said(take_back(client)) == "3 decisioni annullate."

    assert [state_of(row) for row in rows] == ["pending"] * 3


def test_what_cannot_be_undone_any_more_is_told(boss):
    client, comment = desk_of(boss), make_comment(state="pending")
    press(client, "published", comment)
    decide(comment, "spam", moderator())

    page = take_back(client, Decision.objects.get(by=boss))

    assert "non si può più annullare" in said(page)
    assert state_of(comment) == "spam"


def test_undo_needs_a_post_and_the_permission(boss):
    comment = make_comment(state="pending")
    decision = decide(comment, "trash", boss)
    desk_of(boss).get(QUEUE, {"undo": decision.pk}, follow=True)
    assert state_of(comment) == "trash"
    boss.user_permissions.clear()

    assert desk_of(boss).post(QUEUE, {"undo": decision.pk}).status_code == 403
    assert state_of(comment) == "trash"


@pytest.mark.parametrize("number", ["", "0", "x", "9" * 30, "²"])
def test_an_undo_of_nothing_is_told_and_is_no_error(boss, number):
    page = desk_of(boss).post(QUEUE, {"undo": number}, follow=True)

    assert "non si può più annullare" in said(page)


def test_undoing_an_answer_throws_it_away_and_the_comment_waits_again(boss):
    client, comment = desk_of(boss), make_comment(state="pending")
    press(client, "answer", comment, **{f"answer-{comment.pk}": "Grazie!"})
    answer = ReaderComment.objects.get(parent_id=comment.pk, level=1)
    assert (state_of(comment), state_of(answer)) == ("published", "published")

    page = take_back(client)

    assert (state_of(comment), state_of(answer)) == ("pending", "trash")
    assert page.status_code == 200
    assert client.get(QUEUE + "?stato=tutti").status_code == 200


def test_an_edit_is_not_offered_for_undo(boss):
    comment = make_comment()

    desk.edit(comment, boss, "Nuovo", "<p>Nuovo</p>")

    assert not list(undoable(boss))
