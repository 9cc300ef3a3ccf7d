"""The most discussed stories of the week on the front page: which, whose, at what cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from articles.models import Article
from comments import discussed
from comments.models import ReaderComment
from comments.models.comment import State
from kit import memo
from tests.aggregator.making import make_item
from tests.comments.writing import make_comment
from tests.factories import make_article, make_category, make_image

pytestmark = pytest.mark.django_db
HEADING = "I più discussi della settimana"
MARK = "segretissimo"


def discuss(story, number=1, **fields):
    for _ in range(number):
        make_comment(story, **fields)
    return story


def titles():
    return [(story.title, story.week) for story in discussed.most_discussed()]


def test_stories_stand_by_the_comments_of_the_week():
    for title, number in (("uno", 1), ("tre", 3), ("due", 2)):
        discuss(make_article(title=title), number)

    assert titles() == [("tre", 3), ("due", 2), ("uno", 1)]


def test_only_comments_that_came_out_in_the_last_seven_days_count():
    for title in ("una", "due", "tre"):
        discuss(make_article(title=title, published_at=days_ago(2000)))
    old = discuss(make_article(title="vecchia"), 9, submit_date=days_ago(8))
    for state in set(State) - {State.PUBLISHED}:
        discuss(old, state=state)

    assert {title for title, _ in titles()} == {"una", "due", "tre"}
    # Written long ago, let through today: people talk about it today.
    ReaderComment.objects.filter(article=old).update(state_since=timezone.now())
    assert titles()[0] == ("vecchia", 9)


def test_two_stories_make_no_ranking(client):
    for _ in range(2):
        discuss(make_article(), 5)
    assert HEADING not in client.get("/").text

    discuss(make_article())
    assert HEADING in client.get("/").text


def test_five_are_enough(client):
    for number in range(7):
        discuss(make_article(), number + 1)

    assert len(discussed.most_discussed()) == 5
    assert client.get("/").text.count("heard__story") == 5


def test_only_the_first_page_shows_it(client):
    for _ in range(15):
        discuss(make_article(authors=[]))

    assert HEADING in client.get("/").text
    assert HEADING not in client.get("/page/2/").text


@pytest.mark.parametrize(
    "state",
    [{"status": "draft"}, {"published_at": timezone.now() + timedelta(days=1)}],
    ids=["withdrawn", "scheduled"],
)
def test_p1_a_hidden_story_is_never_among_the_most_discussed(client, state):
    for _ in range(3):
        discuss(make_article())
    hidden = discuss(make_article(title=MARK, slug=MARK, lead_image=make_image(alt=MARK)), 9)
    assert MARK in client.get("/").text

    Article.objects.filter(pk=hidden.pk).update(**state)

    assert MARK not in client.get("/").text
    assert hidden.cache_tag not in client.get("/").headers["Cache-Tags"].split()


def test_p1_comments_nobody_sees_are_not_counted():
    for _ in range(3):
        discuss(make_article(), 2)
    for state in (State.PENDING, State.SPAM, State.TRASH, State.UNCONFIRMED):
        discuss(make_article(title=MARK), 9, state=state)

    assert [number for _, number in titles()] == [2, 2, 2]


def test_the_front_page_is_forgotten_with_the_stories_it_ranks(client):
    old = [discuss(make_article(published_at=days_ago(900 + n))) for n in range(3)]
    for _ in range(12):
        make_article(authors=[])

    tags = client.get("/").headers["Cache-Tags"].split()

    assert {story.cache_tag for story in old} <= set(tags)
    assert "comments" not in tags  # or every comment would forget the front page


def test_the_block_is_made_once_and_anew_when_it_shows_something_else(client, monkeypatch):
    stories = [discuss(make_article(title=f"storia {n}"), n + 1) for n in range(3)]
    before = client.get("/").text
    made, render = [], memo.render
    monkeypatch.setattr(memo, "render", lambda *piece: made.append(piece[0]) or render(*piece))

    client.get("/")
    assert made == []

    discuss(stories[0], 6)
    assert client.get("/").text != before
    assert made.count("comments/_discussed.html") == 1


@pytest.mark.parametrize("how_many", [3, 12])
def test_v2_it_costs_one_query(django_assert_num_queries, how_many):
    for number in range(how_many):
        discuss(make_article(authors=[]), number % 4 + 1)

    with django_assert_num_queries(1):
        for story in discussed.most_discussed():
            assert story.get_absolute_url()


@pytest.mark.parametrize("how_many", [3, 12])
def test_v2_the_whole_front_page_costs_six_queries(client, django_assert_num_queries, how_many):
    make_category(menu_order=1)
    for _ in range(how_many):
        discuss(make_article(lead_image=make_image()))
        make_item()

    with django_assert_num_queries(6):
        page = client.get("/").text
    assert HEADING in page
    assert "Rassegna: che cosa scrivono" in page


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads few rows without it")
def test_v2_an_index_finds_the_comments_of_the_week():
    discuss(make_article())

    now = timezone.now()
    plan = discussed.ranking.build(at=now, start=now - discussed.WEEK).explain()

    assert "comments_queue" in plan, plan


def days_ago(number):
    return timezone.now() - timedelta(days=number)
