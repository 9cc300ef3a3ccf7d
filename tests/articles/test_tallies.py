"""Counted by the database: how many stories each list has in each month, whoever changes them."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from articles import listing, tallies
from articles.models import Article, Listed, Tag, Tally
from mmul.worker import STEPS
from tests.articles.test_listing import CHANGES, merge_tags, story
from tests.factories import make_article, make_tag
from tests.outbox.test_workers import at_once

pytestmark = pytest.mark.django_db

MAY = datetime(2024, 5, 17, 12, tzinfo=UTC)


def counted():
    """``{(kind, label, month): stories}`` as the rows say, without what adds up to nothing."""
    rows = Tally.objects.values_list("kind", "label", "month").annotate(Sum("stories"))
    return {tuple(place): number for *place, number in rows if number}


def true():
    """The same, by reading every row of the lists and every story."""
    rows = Listed.objects.values_list("kind", "label", "published_at")
    found = Counter((kind, label, f"{when:%Y-%m}") for kind, label, when in rows)
    for pinned, when in Article.objects.filter(status="ready").values_list(
        "pinned", "published_at"
    ):
        found[0, 0, "pinned" if pinned else f"{when:%Y-%m}"] += 1
    return dict(found)


def pin(one, labels):
    Article.objects.filter(pk=one.pk).update(pinned=True)


def unpin_and_date_back(one, labels):
    Article.objects.filter(pk=one.pk).update(pinned=False, published_at=MAY)


def schedule(one, labels):
    Article.objects.update(published_at=timezone.now() + timedelta(days=70))


MORE = [*CHANGES, pin, unpin_and_date_back, schedule]


@pytest.mark.parametrize("change", MORE, ids=lambda change: change.__name__)
@pytest.mark.parametrize("status", ["ready", "draft"])
def test_counts_are_right_after_every_kind_of_change(labels, status, change):
    one = story(status=status, published_at=MAY, pinned=True)
    make_article(main_category=labels[0], tags=Tag.objects.all())
    assert counted() == true() != {}

    change(one, labels)

    assert counted() == true()


@pytest.mark.parametrize("seed", range(3))
def test_counts_are_right_after_many_changes_and_sums_in_any_order(labels, seed):
    lots = random.Random(seed)
    one = story()
    for _ in range(40):
        change = lots.choice(MORE[:7] + MORE[8:11] + MORE[-3:])
        if change is not merge_tags or Tag.objects.filter(name="Arch").exists():
            change(one, labels)
        if lots.random() < 0.2:
            tallies.sum_up_due()
        assert counted() == true(), change.__name__


def test_a_row_of_a_list_changed_by_hand_is_counted_where_it_is_now(labels):
    story()
    Listed.objects.filter(kind=Listed.Kind.AUTHOR).update(published_at=MAY)

    assert counted() == true()


@pytest.mark.parametrize("when", [datetime(2024, 5, 31, 23, 59, 59, 999999), datetime(2024, 6, 1)])
def test_a_month_ends_at_midnight_in_greenwich(labels, when):
    story(published_at=when.replace(tzinfo=UTC))

    assert {month for _, _, month in counted()} == {f"{when:%Y-%m}"}
    assert counted() == true()


def test_counting_anew_gives_the_same_in_fewer_rows(labels):
    for number in range(5):
        story(published_at=MAY, pinned=number == 0)
    before = counted()

    listing.rebuild(connection)
    listing.run(connection, tallies.anew(connection.vendor))  # after rows that triggers added

    assert counted() == before == true()
    assert Tally.objects.count() == len(before)


def test_a_database_of_before_the_counts_is_counted_when_it_is_migrated(labels):
    story()
    listing.drop(connection, listing.installed(connection))
    Tally.objects.all().delete()

    listing.after_migrations(using=connection.alias)

    assert counted() == true() != {}
    assert Tally.objects.count() == len(true())


def test_a_change_that_is_taken_back_is_not_counted(labels):
    one = story()
    before = counted()
    with transaction.atomic():
        one.delete()
        assert counted() != before
        transaction.set_rollback(True)

    assert counted() == before


# --- few rows ---


def test_the_worker_sums_up_every_ten_minutes():
    assert {step.work: step.every for step in STEPS}[tallies.sum_up_due] == 600


def test_summing_up_leaves_one_row_of_a_month_and_none_of_an_empty_one(labels):
    gone, stays = story(published_at=MAY), story(published_at=MAY + timedelta(days=40))
    gone.delete()
    stays.tags.set([])
    before = counted()
    assert len(before) < Tally.objects.count()

    assert tallies.sum_up_due() > 0

    assert counted() == before == true()
    assert Tally.objects.count() == len(before)
    assert tallies.sum_up_due() == 0


def test_summing_up_goes_on_where_it_stopped(labels, monkeypatch):
    monkeypatch.setattr(tallies, "GROUPS", 1)
    monkeypatch.setattr(tallies, "ROWS", 2)
    for _ in range(3):
        story(published_at=MAY)
    while tallies.sum_up_due():
        assert counted() == true()

    assert Tally.objects.count() == len(true())


@pytest.mark.django_db(transaction=True)
def test_a_site_emptied_in_any_order_counts_nothing(labels):
    story()
    Tally.objects.all().delete()
    Article.objects.all().delete()
    assert Tally.objects.exists()

    call_command("flush", interactive=False, verbosity=0)

    assert not Tally.objects.exists()


# --- several at once ---


@pytest.mark.django_db(transaction=True)
def test_d2_what_is_published_while_sums_are_made_is_counted(labels):
    tag = make_tag("Contato")

    def work(number):
        if number < 2:
            return sum(tallies.sum_up_due() for _ in range(15))
        for _ in range(8):
            make_article(tags=[tag], authors=[], published_at=MAY)
        return 0

    at_once(work, 4)

    assert counted() == true()
    assert counted()[2, tag.pk, "2024-05"] == 16


@pytest.mark.django_db(transaction=True)
def test_d2_two_who_publish_into_the_same_lists_do_not_wait_for_each_other(labels):
    """Nor does the one who sums up wait, or keep anybody waiting. SQLite has one writer at a time."""
    if connection.vendor != "postgresql":
        pytest.skip("rows are locked on PostgreSQL only")
    tag, second_is_done = make_tag("Contato"), Event()
    make_article(tags=[tag], authors=[], published_at=MAY)

    def first():
        with transaction.atomic():
            make_article(tags=[tag], authors=[], published_at=MAY)
            return second_is_done.wait(10)

    def second():
        with transaction.atomic():
            listing.run(connection, ["SET LOCAL lock_timeout = '2s'"])
            make_article(tags=[tag], authors=[], published_at=MAY)
            tallies.sum_up_due()
            make_article(tags=[tag], authors=[], published_at=MAY)
        second_is_done.set()

    def close_after(work):
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(close_after, work) for work in (first, second)]
        wait(both)
    assert both[0].result() is True
    assert both[1].exception() is None
    assert counted() == true()
    assert counted()[2, tag.pk, "2024-05"] == 4
