"""What the clock forgets, and what it never does (trust table, R2; product.md 5.1)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comments import retention
from comments.models import (
    Commenter,
    ConfirmationMail,
    DataRequest,
    Decision,
    ReaderComment,
    Report,
    Subscription,
)
from comments.retention import BATCH, forget_due
from mmul.worker import STEPS
from tests.comments.deciding import follow, report_on
from tests.comments.writing import make_comment, make_commenter
from tests.factories import make_article

pytestmark = pytest.mark.django_db

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def aged(days, **more):
    when = timezone.now() - days * DAY
    return make_comment(submit_date=when, state_since=when, **more)


def left():
    return set(ReaderComment.objects.values_list("pk", flat=True))


def test_the_worker_forgets_every_few_minutes():
    steps = {step.work: step.every for step in STEPS}

    assert steps[forget_due] == 600


@pytest.mark.parametrize(("state", "days"), [("trash", 30), ("spam", 15)])
def test_what_was_thrown_away_is_kept_for_its_days_and_no_longer(state, days):
    comment = aged(0, state=state)
    end = comment.state_since + days * DAY

    forget_due(end)
    assert left() == {comment.pk}

    forget_due(end + MINUTE)
    assert left() == set()
    assert not Decision.objects.exists()


def test_the_days_are_counted_from_the_throwing_away_not_from_the_writing():
    comment = aged(400, state="trash")
    ReaderComment.objects.filter(pk=comment.pk).update(state_since=timezone.now() - 29 * DAY)

    forget_due()

    assert left() == {comment.pk}


@pytest.mark.parametrize("state", ["pending", "unconfirmed", "published"])
def test_what_was_not_thrown_away_is_never_deleted_by_the_clock(state):
    comment = aged(3650, state=state)

    forget_due()

    assert left() == {comment.pk}
    assert ReaderComment.objects.get().comment == comment.comment


@pytest.mark.parametrize("state", ["published", "pending", "unconfirmed", "spam"])
def test_r2_an_address_of_the_network_is_whole_for_thirty_days_then_cut(state):
    comment = aged(0, state=state, address="203.0.113.77")
    end = comment.submit_date + 30 * DAY
    ReaderComment.objects.update(state_since=end)

    forget_due(end)
    assert ReaderComment.objects.get().ip_address == "203.0.113.77"

    forget_due(end + MINUTE)
    row = ReaderComment.objects.get()
    assert (row.ip_address, row.network) == (None, "203.0.113.0/24")


def test_r2_an_ipv6_address_is_cut_to_48_bits():
    aged(31, address="2001:db8:1:2::3")

    forget_due()

    assert ReaderComment.objects.get().network == "2001:db8:1::/48"
    assert ReaderComment.objects.get().ip_address is None


def test_r2_networks_of_reports_mails_and_requests_go_after_thirty_days():
    person, now = make_commenter(), timezone.now()
    comment = make_comment(email="ada@example.org")
    for days in (29, 31):
        at, network = now - days * DAY, f"203.0.{days}.0/24"
        ConfirmationMail.objects.create(commenter=person, network=network, at=at)
        DataRequest.objects.create(commenter=person, kind="copy", network=network, at=at)
        Report.objects.filter(pk=report_on(comment).pk).update(at=at, network=network)

    forget_due(now)

    young = ["203.0.29.0/24"]
    assert [row.network for row in ConfirmationMail.objects.all()] == young
    assert [row.network for row in DataRequest.objects.all()] == young
    assert sorted(row.network for row in Report.objects.all()) == ["", *young]


def test_a_comment_with_answers_leaves_an_empty_row_that_keeps_the_thread(client):
    parent = aged(31, state="trash", text="Da dimenticare", name="Ada", address="203.0.113.77")
    answer = make_comment(parent=parent, text="Una risposta")
    below = make_comment(parent=answer, text="Più giù")
    report_on(parent, text="Ada è cattiva")

    assert forget_due() > 0

    row = ReaderComment.objects.get(pk=parent.pk)
    assert (row.comment, row.html, row.signature) == ("", "", "Anonimo")
    assert (row.user_email, row.network, row.ip_address) == ("", "", None)
    assert Report.objects.get().text == ""
    page = client.get(parent.article.get_absolute_url()).text
    assert "Qui c’era un commento" in page
    assert page.index("Una risposta") < page.index("Più giù")
    below.refresh_from_db()
    assert (below.level, below.parent_id, below.thread_id) == (2, answer.pk, parent.pk)


def test_an_empty_row_is_not_forgotten_again_every_ten_minutes():
    make_comment(parent=aged(31, state="trash"))
    forget_due()

    assert forget_due() == 0


def test_deleting_an_answer_is_counted_above_it():
    root = make_comment()
    middle = make_comment(parent=root)
    aged(31, state="trash", parent=middle)
    make_comment(parent=middle)

    forget_due()

    counts = dict(ReaderComment.objects.values_list("pk", "nested_count"))
    assert (counts[root.pk], counts[middle.pk]) == (2, 1)


def test_many_are_forgotten_in_portions(monkeypatch):
    assert BATCH == 200
    monkeypatch.setattr(retention, "BATCH", 2)
    article = make_article()
    for _ in range(5):
        aged(31, state="trash", article=article)

    sizes = []
    for _ in range(3):
        forget_due()
        sizes.append(len(left()))

    assert sizes == [3, 1, 0]


def test_a_person_without_comments_is_forgotten_after_thirty_days():
    lonely, young, writer = (make_commenter(f"{n}@example.org") for n in ("a", "b", "c"))
    make_comment(email="c@example.org")
    follow(make_article(), "a@example.org")
    Commenter.objects.exclude(pk=young.pk).update(created_at=timezone.now() - 31 * DAY)

    forget_due()

    assert set(Commenter.objects.all()) == {young, writer}
    assert not Subscription.objects.filter(commenter=lonely.pk).exists()


def test_a_second_run_finds_nothing():
    aged(31, state="trash")
    aged(31, address="203.0.113.77")
    assert forget_due() == 2  # a row and an address

    assert forget_due() == 0


def test_forgetting_costs_the_story_nothing_of_its_count():
    shown = make_comment()
    aged(31, state="trash", article=shown.article)

    forget_due()

    shown.article.refresh_from_db()
    assert shown.article.comment_count == 1
