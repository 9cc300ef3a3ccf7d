"""What is forgotten by the clock, and what never is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from aggregator import intake, retention
from aggregator.clusters import Recent
from aggregator.models import Cluster, HostPause, Item, ItemLink
from aggregator.parsing import Entry
from tests.aggregator.making import make_feed, make_item

pytestmark = pytest.mark.django_db
State = Cluster.State


@pytest.mark.parametrize(
    ("state", "days", "starred", "stays"),
    [
        (State.DROPPED, 89, False, True),
        (State.DROPPED, 91, False, False),
        (State.DROPPED, 91, True, True),
        (State.NEW, 179, False, True),
        (State.NEW, 181, False, False),
        (State.NEW, 3000, True, True),
        (State.TAKEN, 3000, False, True),
        (State.USED, 3000, False, True),
    ],
)
def test_dropped_lines_stay_90_days_untouched_180_used_and_starred_for_ever(
    state, days, starred, stays
):
    now = timezone.now()
    item = make_item(state=state, sort_date=now - timedelta(days=days))
    Cluster.objects.update(starred=starred)
    ItemLink.objects.create(item=item, key="a" * 64)

    assert retention.forget_due(now) == (not stays)
    assert Item.objects.count() == ItemLink.objects.count() == stays


def test_a_line_is_forgotten_with_all_its_items_and_the_feeds_stay():
    now = timezone.now()
    old = make_item(sort_date=now - timedelta(days=200))
    make_item(cluster=old.cluster, sort_date=now - timedelta(days=100))
    young = make_item()

    assert retention.forget_due(now) == 1
    assert list(Item.objects.all()) == [young]
    assert old.feed.__class__.objects.count() == 3


def test_what_was_dropped_and_forgotten_does_not_come_back_from_a_feed_that_still_lists_it():
    now, feed = timezone.now(), make_feed()
    entry = Entry(guid="1", url="https://fonte.example/1", title="Una", published=now)
    intake.file(feed, [entry], Recent(now), now)
    Cluster.objects.update(state=State.DROPPED)
    later = now + timedelta(days=91)

    assert retention.forget_due(later) == 1
    assert intake.file(feed, [entry], Recent(later), later).new == 0


def test_many_lines_are_forgotten_a_batch_at_a_time(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 3)
    now, feed = timezone.now(), make_feed()
    for _ in range(7):
        make_item(feed, sort_date=now - timedelta(days=200))

    assert [retention.forget_due(now) for _ in range(4)] == [3, 3, 1, 0]


def test_pauses_of_hosts_are_forgotten_a_day_after_they_end():
    now = timezone.now()
    for name, hours in [("ieri.example", -25), ("oggi.example", -23), ("domani.example", 20)]:
        HostPause.objects.create(host=name, until=now + timedelta(hours=hours))

    retention.forget_due(now)

    assert sorted(HostPause.objects.values_list("host", flat=True)) == [
        "domani.example",
        "oggi.example",
    ]
