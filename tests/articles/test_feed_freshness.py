"""When a feed is news: one ETag and one date per feed, by what it shows, and what it costs."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.utils import timezone
from django.utils.http import http_date

from articles import publishing
from articles.models import Article
from comments.models import ReaderComment
from images.models import Image
from tests.articles.subscribing import FORMATS
from tests.comments.writing import make_comment
from tests.factories import make_article, make_author, make_category, make_image, make_tag

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LONG_AGO = datetime(2024, 8, 1, 7, 5, tzinfo=UTC)
LISTS = ["/", "/category/kernel/", "/tag/red-hat/", "/author/ada/"]


def make_old(**fields):
    """A story that came out long ago, with no trace of today on it."""
    story = make_article(**{"published_at": LONG_AGO} | fields)
    return touch(story, LONG_AGO)


def touch(story, at):
    moments = {"modified_at": at, "announced_at": at, "rendered_at": at}
    Article.objects.filter(pk=story.pk).update(**moments)
    return story


@pytest.fixture
def story():
    return make_old(
        main_category=make_category("Kernel"),
        tags=[make_tag("Red Hat")],
        authors=[make_author("Ada")],
    )


def head(client, address, **headers):
    response = client.get(address, headers=headers)
    return response.status_code, response.headers.get("ETag"), response.headers.get("Last-Modified")


def feeds(*places):
    kinds = ["", *(f"{name}/" for name in FORMATS)]
    return [f"{place}feed/{kind}" for place in places for kind in kinds]


# --- 304 ---


def test_a_reader_who_has_the_feed_gets_a_304_by_its_etag_or_by_its_date(client, story):
    make_comment(story)
    for address in feeds(*LISTS, "/comments/", story.get_absolute_url()):
        status, etag, date = head(client, address)
        assert status == 200
        assert etag[0] == '"'
        for asked in (
            {"if-none-match": etag},
            {"if-modified-since": date},
            {"if-none-match": etag, "if-modified-since": date},
            {"if-none-match": f'"other", W/{etag}', "if-modified-since": "x"},
        ):
            answer = client.get(address, headers=asked)
            assert (answer.status_code, answer.content) == (304, b""), (address, asked)
            assert (answer.headers["ETag"], answer.headers["Last-Modified"]) == (etag, date)
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_reader_with_something_older_gets_the_feed(client, story):
    date = head(client, "/feed/")[2]
    earlier = http_date(LONG_AGO.timestamp() - 1)
    for asked in (
        {"if-modified-since": earlier},
        {"if-none-match": '"other"'},
        {"if-none-match": '"other"', "if-modified-since": date},  # the ETag decides, RFC 9110
        {"if-modified-since": "yesterday"},
    ):
        assert head(client, "/feed/", **asked)[0] == 200, asked
    assert head(client, "/feed/", **{"if-none-match": "*"})[0] == 304


def test_a_feed_changes_by_what_it_shows_and_no_other_does(client, story):
    other = make_old(
        main_category=make_category("Giochi"),
        tags=[make_tag("Gnome")],
        authors=[make_author("Eva")],
    )
    before = {address: head(client, address) for address in feeds(*LISTS)}
    make_article(main_category=other.main_category, tags=other.tags.all(), authors=other.signatures)

    for address, seen in before.items():
        if address.startswith("/feed/"):
            assert head(client, address)[1:] != seen[1:], address
        else:
            assert head(client, address) == seen, address


def test_an_unchanged_feed_is_the_same_tomorrow(client, story, monkeypatch):
    make_category("Vuota")
    addresses = feeds(*LISTS, "/category/vuota/", "/comments/", story.get_absolute_url())
    before = [client.get(address).content for address in addresses]
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)

    assert [client.get(address).content for address in addresses] == before


def test_an_empty_feed_has_a_date_inside_and_none_outside(client):
    make_category("Vuota")

    assert head(client, "/category/vuota/feed/")[2] is None
    assert "Thu, 01 Jan 1970 00:00:00 +0000" in client.get("/category/vuota/feed/").text


def test_saving_a_story_as_it_is_leaves_the_feed_as_it_is(client, story):
    before = head(client, "/feed/")[1]
    story.save()

    assert head(client, "/feed/")[1] == before


# --- what moves the date ---


def date_of(client, address="/feed/"):
    return parsedate_to_datetime(head(client, address)[2])


def test_the_date_is_that_of_the_last_change_of_anything_shown(client, story):
    assert date_of(client) == LONG_AGO
    day = timedelta(days=1)
    for number, column in enumerate(
        ("modified_at", "announced_at", "rendered_at", "revised_at"), 1
    ):
        Article.objects.filter(pk=story.pk).update(**{column: LONG_AGO + number * day})
        assert date_of(client) == LONG_AGO + number * day, column


def test_a_changed_picture_moves_the_date(client, story):
    image = make_image()
    Article.objects.filter(pk=story.pk).update(lead_image=image)
    at = LONG_AGO + timedelta(days=3)
    Image.objects.filter(pk=image.pk).update(modified_at=at)

    assert date_of(client) == at


def test_the_date_of_a_feed_is_its_own(client, story):
    touch(make_old(main_category=make_category("Giochi")), LONG_AGO + timedelta(days=9))

    assert date_of(client) == LONG_AGO + timedelta(days=9)
    for place in LISTS[1:]:
        assert date_of(client, f"{place}feed/") == LONG_AGO, place


def test_a_body_rendered_on_the_spot_does_not_move_the_date(client, story):
    Article.objects.filter(pk=story.pk).update(rendered_with="older")

    assert date_of(client) == LONG_AGO


def test_a_withdrawn_story_is_no_304_whatever_the_reader_brings(client, story):
    newest = make_article(title="ritirato")
    _, etag, date = head(client, "/feed/")
    publishing.withdraw(Article.objects.filter(pk=newest.pk))

    for asked in ({"if-none-match": etag}, {"if-modified-since": date}):
        response = client.get("/feed/", headers=asked)
        assert response.status_code == 200
        assert "ritirato" not in response.text


def test_a_comment_approved_late_moves_the_date_of_its_feeds(client, story):
    comment = make_comment(story)
    at = timezone.now() + timedelta(days=2)
    ReaderComment.objects.filter(pk=comment.pk).update(state_since=at)

    for address in ("/comments/feed/", f"{story.get_absolute_url()}feed/atom/"):
        assert abs(date_of(client, address) - at) < timedelta(seconds=1)


# --- what it is made of, what it costs ---


def test_a_feed_says_what_it_is_made_of(client, story):
    image = make_image()
    Article.objects.filter(pk=story.pk).update(lead_image=image)
    wanted = f"lists article:{story.pk} image:{image.pk}"
    for address in feeds(*LISTS):
        headers = client.get(address).headers
        assert headers["Cache-Tags"] == wanted, address
        assert headers["Cache-Control"] == "public, max-age=0, must-revalidate"
        assert headers["Vary"] == "Accept-Encoding"


@pytest.mark.both
@pytest.mark.parametrize("how_many", [1, 14])
def test_a_feed_costs_the_same_with_one_story_and_with_many(
    client, django_assert_num_queries, story, how_many
):
    for _ in range(how_many - 1):
        make_article(
            main_category=story.main_category,
            tags=[*story.tags.all(), make_tag()],
            authors=[*story.signatures, make_author()],
            lead_image=make_image(),
        )
    for _ in range(how_many):
        make_comment(story)
    costs = {"/": 3, "/category/kernel/": 4, "/tag/red-hat/": 4, "/author/ada/": 4}
    costs |= {"/comments/": 1, story.get_absolute_url(): 2}
    for place, cost in costs.items():
        for address in feeds(place):
            with django_assert_num_queries(cost):
                client.get(address)
