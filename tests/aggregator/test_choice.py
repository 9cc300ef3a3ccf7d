"""Which lines the front page and the feed show: the first rows decide, if they can."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aggregator import review
from kit import memo
from tests.aggregator.making import make_feed, make_item
from tests.factories import make_article

SIZES = [review.LATEST, review.FEED_ITEMS]


def chosen_from_all(rows, number):
    """The choice by its own words: everything is read, then the newest of each source first."""
    lines, counts = [], {}
    for pk, starred, source in rows[: review.LOOKED_AT]:
        if pk not in [line[0] for line in lines]:
            counts[source] = counts.get(source, 0) + 1
            lines.append((pk, starred or counts[source] <= review.FLOOD[number]))
    return [pk for pk, few in lines if few][:number] + [pk for pk, few in lines if not few][
        : max(0, number - sum(few for _, few in lines))
    ]


def rows_of(seed):
    """Up to 900 rows; a source may flood, a line may stand in several feeds, few are starred."""
    chance = random.Random(seed)
    sources = chance.randint(1, 40)
    flood = chance.choice([0, 0.5, 0.95, 0.99])
    rows = []
    for pk in range(chance.choice([0, 3, 40, 300, 600]), 0, -1):
        starred = chance.random() < 0.01
        for _ in range(chance.choice([1, 1, 1, 3])):
            source = 0 if chance.random() < flood else chance.randrange(sources)
            rows.append((pk, starred, source))
    return rows


@pytest.mark.parametrize("number", SIZES)
@pytest.mark.parametrize("seed", range(60))
def test_the_choice_is_the_same_as_from_all_rows(seed, number):
    rows = rows_of(seed)

    assert review.fair(lambda most: rows[:most], number) == chosen_from_all(rows, number)


def test_more_is_read_only_if_the_first_rows_were_not_enough():
    asked = []

    def first(rows):
        asked.clear()
        return lambda most: asked.append(most) or rows[:most]

    many = [(pk, False, pk % 9) for pk in range(500, 0, -1)]
    few = [(pk, False, 0) for pk in range(20, 0, -1)]
    flood = [(pk, False, 0 if pk > 100 else pk) for pk in range(500, 0, -1)]

    review.fair(first(many), review.LATEST)
    assert asked == [60]
    review.fair(first(few), review.LATEST)
    assert asked == [60]
    assert review.fair(first(flood), review.LATEST) == [500, 499, 100, 99, 98]
    assert asked == [60, review.LOOKED_AT]


@pytest.mark.django_db
def test_a_flood_of_one_source_leaves_the_front_page_to_the_others(client):
    make_article()
    now, flood = timezone.now(), make_feed(title="Piena")
    for number in range(70):
        make_item(flood, title=f"piena {number}", sort_date=now - timedelta(seconds=number))
    for number in range(5):
        make_item(title=f"altra {number}", sort_date=now - timedelta(hours=number + 1))

    shown = [line.item.title for line in review.latest()]

    assert shown == ["piena 0", "piena 1", "altra 0", "altra 1", "altra 2"]
    page = client.get("/").text
    assert all(title in page for title in shown)
    assert "piena 2" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(("lines", "queries"), [(0, 1), (1, 2), (59, 2), (70, 3)])
def test_v2_the_block_costs_two_queries_and_three_in_a_flood(lines, queries):
    flood = make_feed()
    for _ in range(lines):
        make_item(flood)

    with CaptureQueriesContext(connection) as asked:
        found = review.latest()

    assert len(found) == min(lines, review.LATEST)
    assert len(asked) == queries


CHANGES = {
    "title": lambda item: type(item).objects.update(title="Un altro titolo"),
    "address": lambda item: type(item).objects.update(url="https://altrove.example/"),
    "language": lambda item: type(item).objects.update(language="de"),
    "name of the source": lambda item: type(item.feed).objects.update(title="Altra fonte"),
    "star": lambda item: type(item.cluster).objects.update(starred=True),
    "date": lambda item: type(item.cluster).objects.update(
        sort_date=timezone.now() - timedelta(days=3)
    ),
    "dropped": lambda item: type(item.cluster).objects.update(state="dropped"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_remembered_block_shows_every_change_at_once(client, change):
    make_article()
    item = make_item(title="Una notizia")
    before = client.get("/").text

    change(item)

    after = client.get("/").text
    assert after != before
    memo.forget()
    assert client.get("/").text == after


@pytest.mark.django_db
def test_a_source_without_a_title_is_named_by_its_host(client):
    make_article()
    make_item(make_feed("https://www.senzatitolo.example/feed/", title=""))

    (line,) = review.latest()

    assert str(line.item.feed) == "senzatitolo.example"
    assert 'review__outlet">senzatitolo.example</span>' in client.get("/").text
