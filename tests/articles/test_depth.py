"""Deep pages of lists: found by the counts of the months, and the same as by passing over all."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import depth, lists, tallies
from articles.models import Article, Listed, Tally
from tests.factories import make_article, make_author, make_category, make_tag

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 8, 15, 9, 30, tzinfo=UTC)
STORIES = 260


@pytest.fixture(autouse=True)
def _every_page_is_deep(monkeypatch):
    monkeypatch.setattr(depth, "DEEP", 1)


@pytest.fixture
def archive():
    """Three years of stories, months without any, several of one instant, some to come."""
    lots = random.Random(11)
    top = make_category("Software")
    category = make_category("Desktop", parent=top)
    tag, other, author = make_tag("Debian"), make_tag("Fedora"), make_author("Carla")
    stories = []
    for number in range(STORIES):
        day = lots.choice([-40, -3, -0.001, 0, 0.001, 5, 5, 14.3958, 14.396, *range(150, 900, 7)])
        stories.append(
            Article(
                title=f"s{number}",
                slug=f"s{number}",
                status=lots.choice(["ready"] * 9 + ["draft"]),
                pinned=lots.random() < 0.04,
                published_at=NOW - timedelta(days=day),
                main_category=lots.choice([top, category]),
            )
        )
    Article.objects.bulk_create(stories)
    through, line = Article.tags.through, Article.bylines.rel.related_model
    for each in (tag, other):
        through.objects.bulk_create(
            through(article=one, tag=each) for one in stories if lots.random() < 0.8
        )
    line.objects.bulk_create(line(article=one, author=author) for one in stories)
    return {"category": top, "tag": tag, "author": author}


KIND = {kind.name.lower(): kind.value for kind in Listed.Kind}


def shelves(labels):
    """``(ask, order)``: a list by its pages, and whole."""
    yield lists.on_front, Article.objects.visible(NOW).front_page_order()
    for name, label in labels.items():
        rows = Listed.objects.filter(kind=KIND[name], label=label.pk).values("article")
        yield (
            lambda now, start, kind=KIND[name], key=label.pk: lists.under(
                now=now, start=start, kind=kind, label=key
            ),
            Article.objects.visible(NOW).filter(pk__in=rows).newest_first(),
        )


def slugs(cards):
    place = Article.objects.for_card()._fields.index("slug")
    return [card[place] for card in cards]


def compare(labels, step=1):
    for ask, order in shelves(labels):
        whole = list(order.values_list("slug", flat=True))
        for start in range(0, len(whole) + step, step):
            page = slugs(ask(now=NOW, start=start))
            assert page == whole[start : start + lists.WINDOW], start


def test_v2_every_page_is_the_one_that_passing_over_all_rows_would_give(archive):
    compare(archive)


def test_v2_pages_stay_right_after_changes_and_after_sums(archive):
    lots = random.Random(3)
    for one in lots.sample(list(Article.objects.all()), 30):
        one.pinned = lots.random() < 0.2
        one.status = lots.choice(["ready", "draft"])
        one.published_at += timedelta(days=lots.choice([-60, -1, 30, 200]))
        one.save()
    lots.choice(list(Article.objects.all())).delete()
    compare(archive, 3)
    assert tallies.sum_up_due() > 0
    compare(archive, 3)


def test_p1_a_scheduled_story_takes_its_place_at_its_minute(archive):
    """Without a change in the database: the clock alone moves every deep page by one row."""
    soon = NOW + timedelta(minutes=1)
    ask = next(shelves(archive))[0]
    before = slugs(ask(now=NOW, start=120))
    tag = archive["tag"]
    make_article(slug="arriva", published_at=soon, tags=[tag], authors=[archive["author"]])
    assert slugs(ask(now=NOW, start=120)) == before

    assert slugs(ask(now=soon, start=121)) == before
    for start in range(0, 300, 5):
        assert "arriva" not in slugs(lists.under(now=NOW, start=start, kind=2, label=tag.pk))


def test_p1_a_wrong_count_may_shift_a_page_and_shows_nothing_hidden(archive):
    visible = set(Article.objects.visible(NOW).values_list("slug", flat=True))
    Tally.objects.filter(month__gt="2023").update(stories=2)
    for ask, _ in shelves(archive):
        for start in range(0, STORIES, 7):
            assert visible.issuperset(slugs(ask(now=NOW, start=start)))


@pytest.mark.parametrize("harm", ["none", "negative"])
def test_counts_that_make_no_sense_are_not_used(archive, harm):
    Tally.objects.all().delete()
    if harm == "negative":
        lines = Listed.objects.values_list("kind", "label").distinct()
        for kind, label in [*lines, (0, 0)]:
            Tally.objects.create(kind=kind, label=label, month="2023-01", stories=-1)
    compare(archive, 9)


def test_a_list_that_was_emptied_has_no_deep_page(archive):
    Article.objects.update(status="draft")

    assert [ask(now=NOW, start=50) for ask, _ in shelves(archive)] == [[]] * 4


def test_v2_a_page_near_the_top_asks_one_question_and_a_deep_one_two(archive, monkeypatch):
    def asked(start):
        with CaptureQueriesContext(connection) as captured:
            lists.on_front(now=NOW, start=start)
            lists.under(now=NOW, start=start, kind=2, label=archive["tag"].pk)
        return len(captured)

    monkeypatch.setattr(depth, "DEEP", 100)
    assert (asked(0), asked(99), asked(100), asked(10_000)) == (2, 2, 4, 4)


@pytest.mark.parametrize("year", [1, 1970, 2023])
def test_a_month_ends_a_microsecond_before_the_next(year):
    end = depth.last_instant(f"{year:04}-12")

    assert end == datetime(year, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
