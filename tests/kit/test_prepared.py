"""Questions whose SQL is written once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import BigIntegerField, CharField, DateTimeField, Prefetch
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Byline, Category
from kit.prepared import OFFSET, Several, prepared
from tests.factories import make_article, make_author

pytestmark = pytest.mark.django_db

KEY, NOW = BigIntegerField(), DateTimeField()


def built_once(build):
    """``build``, and a list that grows each time it is called."""
    calls = []

    def counted(**places):
        calls.append(places)
        return build(**places)

    return counted, calls


def test_the_question_is_built_once_and_asked_with_other_values_each_time():
    build, calls = built_once(lambda now: Article.objects.visible(now).values_list("title"))
    question = prepared(now=NOW)(build)
    now = timezone.now()
    make_article(title="Ieri", published_at=now - timedelta(days=1))
    make_article(title="Domani", published_at=now + timedelta(days=1))
    assert question(now=now) == [("Ieri",)]
    assert sorted(question(now=now + timedelta(days=2))) == [("Domani",), ("Ieri",)]
    assert question(now=now - timedelta(days=2)) == []
    assert len(calls) == 1


def test_it_gives_what_the_queryset_gives_whatever_that_is():
    story = make_article(title="Uno", authors=[make_author("Ada Neri")])
    of = {
        "tuples": lambda key: Article.objects.filter(pk=key).values_list("pk", "title"),
        "flat": lambda key: Article.objects.filter(pk=key).values_list("title", flat=True),
        "named": lambda key: Article.objects.filter(pk=key).values_list("title", named=True),
        "dicts": lambda key: Article.objects.filter(pk=key).values("title", "published_at"),
        "rows": lambda key: Article.objects.filter(pk=key).select_related("main_category"),
        "fewer columns": lambda key: Article.objects.filter(pk=key).only("title"),
    }
    for name, build in of.items():
        assert prepared(key=KEY)(build)(key=story.pk) == list(build(story.pk)), name
    (row,) = prepared(key=KEY)(of["rows"])(key=story.pk)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert row.main_category.name == story.main_category.name
        assert row.published_at == story.published_at
    assert not asked.captured_queries
    assert row.get_deferred_fields() == set()


def test_prefetched_rows_come_with_it():
    story = make_article(authors=[make_author("Ada Neri")])
    names = Prefetch("bylines", Byline.objects.select_related("author"))
    question = prepared(key=KEY)(lambda key: Article.objects.filter(pk=key).prefetch_related(names))
    (row,) = question(key=story.pk)
    assert [byline.author.name for byline in row.bylines.all()] == ["Ada Neri"]


def test_a_list_of_values_is_filled_up_and_too_many_are_refused():
    stories = [make_article(title=f"Storia {n}") for n in range(4)]
    question = prepared(keys=Several(KEY, 3))(
        lambda keys: Article.objects.filter(pk__in=keys).order_by("pk").values_list("pk", flat=True)
    )
    assert question(keys=[stories[2].pk]) == [stories[2].pk]
    assert question(keys=[s.pk for s in stories[:3]]) == [s.pk for s in stories[:3]]
    signed = prepared(keys=Several(KEY, 3))(
        lambda keys: Byline.objects.filter(article__in=keys).values_list("article", flat=True)
    )
    assert signed(keys=[stories[1].pk]) == [stories[1].pk]
    for keys in ([], [s.pk for s in stories]):
        with pytest.raises(ValueError, match="1 to 3 values"):
            question(keys=keys)


def test_the_offset_is_a_value_also_inside_a_subquery_and_among_other_values():
    now = timezone.now()
    for n in range(5):
        make_article(title=f"Storia {n}", published_at=now - timedelta(hours=5 - n))

    def page(now, start, but):
        keys = Article.objects.visible(now).newest_first().values("pk")[start : start + 2]
        rows = Article.objects.filter(pk__in=keys).exclude(title=but).newest_first()
        return rows.values_list("title", flat=True)

    question = prepared(now=NOW, start=OFFSET, but=CharField())(page)
    assert question(now=now, start=0, but="") == ["Storia 4", "Storia 3"]
    assert question(now=now, start=1, but="Storia 2") == ["Storia 3"]
    assert question(now=now, start=4, but="") == ["Storia 0"]
    assert question(now=now, start=40, but="") == []


def test_a_union_takes_values_on_both_sides():
    story = make_article(title="Uno")
    category = Category.objects.create(name="Altra")

    def both(story, label):
        one = Article.objects.filter(pk=story).order_by().values_list("title")
        return one.union(Category.objects.filter(pk=label).order_by().values_list("name"))

    question = prepared(story=KEY, label=KEY)(both)
    assert sorted(question(story=story.pk, label=category.pk)) == [("Altra",), ("Uno",)]
    assert question(story=story.pk, label=0) == [("Uno",)]


@pytest.mark.django_db(transaction=True)
def test_a_question_made_in_one_thread_is_answered_on_the_connection_of_another():
    make_article(title="Uno", published_at=timezone.now() - timedelta(days=1))
    question = prepared(now=NOW)(
        lambda now: Article.objects.visible(now).values_list("title", "published_at")
    )
    first, found = question(now=timezone.now()), []

    def other():
        with CaptureQueriesContext(connection) as asked:
            found.extend(question(now=timezone.now()))
        found.append(len(asked))
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert found == [*first, 1]


def test_hostile_values_stay_values():
    make_article(title="Uno")
    question = prepared(title=CharField())(
        lambda title: Article.objects.filter(title=title).values_list("title")
    )
    for title in ("' OR 1=1 --", "%s", "100%", "OFFSET 1000000000007", "Uno\x1a"):
        assert question(title=title) == []
