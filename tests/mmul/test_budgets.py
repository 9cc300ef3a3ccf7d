"""What every public address may ask of the database (trust table, V2): one table, two sizes."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import get_resolver, reverse
from django.utils import timezone

from aggregator.models import Submission
from aggregator.submissions import SALT
from articles import publishing
from articles.models import PreviewLink
from articles.sitemaps import PER_PART
from comments import tokens
from comments.models import DataRequest, Subscription
from kit import signed
from tests.aggregator.making import make_feed, make_item
from tests.comments.writing import make_comment, make_commenter, post
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_image,
    make_page,
    make_series,
    make_tag,
    make_user,
)

pytestmark = pytest.mark.django_db

FEW, MANY = 1, 24
# By the name of the address; by the view's where the address has none. At most so many queries,
# at both sizes; the menu is one of them on every page. PostgreSQL asks a little more of a search:
# its limit of time is set by a statement. Texts of candidates are read twenty at a time.
BUDGETS = {
    "health": 1,
    "ready": 8,
    "robots": 0,
    "indexnow_key": 1,
    "media": 1,
    "front": 6,
    "front_n": 3,
    "category": 5,
    "category_n": 5,
    "tag": 4,
    "tag_n": 4,
    "author": 4,
    "author_n": 4,
    "series": 4,
    "series_n": 4,
    "year": 3,
    "year_n": 3,
    "month": 3,
    "month_n": 3,
    "day": 3,
    "day_n": 3,
    "article": 8,
    "page": 2,
    "preview": 7,
    "oembed": 2,
    "search": 12,
    "search_suggest": 7,
    "search_feed": 10,
    "search_feed_as": 10,
    "old_search_feed": 0,
    "old_search_feed_as": 0,
    "feed": 4,
    "feed_as": 4,
    "category_feed": 5,
    "category_feed_as": 5,
    "tag_feed": 5,
    "tag_feed_as": 5,
    "author_feed": 5,
    "author_feed_as": 5,
    "comments_feed": 1,
    "comments_feed_as": 1,
    "story_comments_feed": 2,
    "story_comments_feed_as": 2,
    "sitemap": 7,
    "sitemap_news": 2,
    "sitemap_part": 2,
    "review": 7,
    "review_source": 7,
    "review_day": 6,
    "review_feed_day": 6,
    "review_feed": 2,
    "review_opml": 1,
    "review_sources": 2,
    "review_ask": 1,
    "review_confirm": 2,
    "comment_post": 45,
    "comment_preview": 10,
    "comment_sent": 2,
    "comment_mine": 10,
    "comment_correct": 2,
    "comment_confirm": 2,
    "comment_decide": 5,
    "comment_unsubscribe": 2,
    "comment_report": 2,
    "comment_ask_for_data": 1,
    "comment_data": 2,
    # Addresses that lead elsewhere.
    "articles.views.first_page": 0,
    "articles.feeds.routes.to_main": 0,
    "articles.feeds.routes.moved": 0,
    "articles.lookup.old_address": 0,
    "articles.lookup.old_feed": 0,
    "articles.sitemaps.moved": 0,
    "articles.views.whole_story": 1,
    "mmul.views.icon": 0,
    "mmul.views.gone": 1,
    "comments.feeds.of_story": 1,
}
STAFF = {"mmul.views.nowhere"}  # below the newsroom's address


def public_names(patterns=None, prefix=""):
    """Names of all addresses outside the newsroom, read from mmul/urls.py."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if route.lstrip("^").startswith(settings.ADMIN_PATH):
            continue
        if hasattr(pattern, "url_patterns"):
            yield from public_names(pattern.url_patterns, route)
        else:
            view = pattern.callback
            yield pattern.name or f"{view.__module__}.{view.__qualname__}"


def test_v2_no_public_address_is_without_a_budget():
    assert set(public_names()) - STAFF == BUDGETS.keys()


class Site:
    """A site with ``size`` of everything, and an address for every name."""

    def __init__(self, size):
        self.category = make_category("Software", menu_order=1)
        self.tag, self.author = make_tag("Red Hat"), make_author("Ada", picture=make_image())
        self.series, self.page = make_series("Git"), make_page("Chi siamo", menu_order=1)
        others = [make_category(parent=self.category, menu_order=2) for _ in range(size)]
        more = [[make_author() for _ in range(2)], [make_tag() for _ in range(2)]]
        for number in range(size):
            self.story = make_article(
                title=f"Pinguino numero {number}",
                main_category=self.category,
                authors=[self.author, *more[0]],
                tags=[self.tag, *more[1]],
                series=self.series,
                lead_image=make_image(),
                published_at=timezone.now() - timedelta(hours=1, seconds=number),
            )
            self.story.categories.set(others[:3])
        for _ in range(size):
            self.comment = make_comment(self.story, user_url="https://example.org/")
            self.feed = make_feed()
            self.item = make_item(self.feed)
        publishing.announce_due()
        self.date = timezone.localtime(self.story.published_at)
        self.day = timezone.localtime(self.item.sort_date)

    def dated(self, name, *more, parts=3, day=None):
        day = day or self.date
        return reverse(name, args=[*[day.year, day.month, day.day][:parts], *more])

    def address(self, name):
        if name in self.special:
            return self.special[name](self)
        stem = name.removesuffix("_as").removesuffix("_n")
        arguments = {
            "category": [self.category.path],
            "tag": [self.tag.slug],
            "author": [self.author.slug],
            "series": [self.series.slug],
            "page": [self.page.slug],
            "comment_report": [self.comment.pk],
            "review_source": [self.feed.pk],
        }.get(stem.removesuffix("_feed"), [])
        if stem in ("year", "month", "day"):
            arguments = [self.date.year, self.date.month, self.date.day]
            arguments = arguments[: ("year", "month", "day").index(stem) + 1]
        if name.endswith("_as"):
            arguments = [*arguments, "atom"]
        return reverse(name, args=[*arguments, *([2] if name.endswith("_n") else [])])

    def token(self, name, purpose, value):
        return reverse(name, args=[tokens.make(purpose, value)])

    def subscription(self):
        fields = {"article": self.story, "commenter": make_commenter()}
        return Subscription.objects.create(**fields, created_at=timezone.now()).pk

    def request_for_data(self):
        fields = {"kind": DataRequest.Kind.COPY, "network": "192.0.2.0/24", "at": timezone.now()}
        return DataRequest.objects.create(**fields, commenter=make_commenter()).pk

    def submission(self):
        fields = {"kind": "add", "address": "https://example.org/", "email": "a@example.org"}
        row = Submission.objects.create(**fields, network="192.0.2.0/24", at=timezone.now())
        return reverse("review_confirm", args=[signed.make(SALT, row.pk)])

    def preview(self):
        draft = make_article(status="draft", authors=[self.author], series=self.series)
        return reverse("preview", args=[PreviewLink.objects.issue(draft, make_user())])

    special = {
        "indexnow_key": lambda s: "/abcdef0123456789.txt",
        "media": lambda s: f"/media/{s.story.lead_image.name}",
        "article": lambda s: s.story.get_absolute_url(),
        "preview": preview,
        "oembed": lambda s: f"/oembed/?url={settings.SITE_URL}{s.story.get_absolute_url()}",
        "search": lambda s: "/cerca/?q=pinguino",
        "search_suggest": lambda s: "/cerca/suggerimenti/?q=pin",
        "search_feed": lambda s: "/cerca/feed/?q=pinguino",
        "search_feed_as": lambda s: "/cerca/feed/atom/?q=pinguino",
        "old_search_feed": lambda s: "/search/pinguino/feed/",
        "old_search_feed_as": lambda s: "/search/pinguino/feed/atom/",
        "story_comments_feed": lambda s: f"{s.story.get_absolute_url()}feed/",
        "story_comments_feed_as": lambda s: f"{s.story.get_absolute_url()}feed/atom/",
        "sitemap_part": lambda s: f"/sitemap-articoli-{(s.story.pk - 1) // PER_PART + 1}.xml",
        "review_day": lambda s: s.dated("review_day", day=s.day),
        "review_feed_day": lambda s: (
            f"/rassegna/fonte/{s.feed.pk}/{s.day.year}/{s.day:%m}/{s.day:%d}/"
        ),
        "review_confirm": submission,
        "comment_sent": lambda s: s.token("comment_sent", "mine", [s.comment.pk, 0]),
        "comment_mine": lambda s: s.token("comment_mine", "mine", [s.comment.pk, 0]),
        "comment_correct": lambda s: s.token("comment_correct", "correct", s.comment.pk),
        "comment_confirm": lambda s: s.token("comment_confirm", "confirm", s.comment.pk),
        "comment_decide": lambda s: s.token(
            "comment_decide", "moderate", [s.comment.pk, "spam", "published", make_user().pk]
        ),
        "comment_unsubscribe": lambda s: s.token(
            "comment_unsubscribe", "unsubscribe", s.subscription()
        ),
        "comment_data": lambda s: s.token("comment_data", "data", s.request_for_data()),
        "articles.views.first_page": lambda s: "/page/1/",
        "articles.feeds.routes.to_main": lambda s: "/feed/rdf/",
        "articles.feeds.routes.moved": lambda s: "/wp-rss2.php",
        "articles.lookup.old_address": lambda s: "/search/pinguino/",
        "articles.lookup.old_feed": lambda s: "/search/pinguino/feed/rss/",
        "articles.views.whole_story": lambda s: f"{s.story.get_absolute_url()}amp/",
        "mmul.views.icon": lambda s: "/favicon.ico",
        "mmul.views.gone": lambda s: "/xmlrpc.php",
        "articles.sitemaps.moved": lambda s: "/wp-sitemap.xml",
        "comments.feeds.of_story": lambda s: f"{s.story.get_absolute_url()}feed/rss/",
    }


@pytest.fixture(params=[FEW, MANY], ids=["few", "many"])
def size(request):
    return request.param


@pytest.fixture
def built(size):
    return Site(size)


def answers(name, size):
    """The statuses that are right: a second page is there only if the first is full."""
    if name.endswith("_n") and size == FEW:
        return {404}
    if name in ("media", "indexnow_key"):
        return {404}  # no file, no key: the answer that costs most
    if name == "mmul.views.gone":
        return {410}
    if name == "ready":
        return {200, 503}  # no worker has run
    if name.startswith(("articles.", "old_", "mmul.")) or name == "comments.feeds.of_story":
        return {301}
    return {200}


READ = sorted(BUDGETS.keys() - {"comment_post", "comment_preview"})


def test_v2_every_public_address_stays_within_its_budget(
    client, built, size, django_assert_max_num_queries
):
    for name in READ:
        address = built.address(name)
        with django_assert_max_num_queries(BUDGETS[name], info=name):
            status = client.get(address).status_code
        assert status in answers(name, size), (name, address)


@pytest.mark.parametrize("name", ["comment_post", "comment_preview"])
def test_v2_what_readers_send_stays_within_its_budget(
    client, built, name, django_assert_max_num_queries
):
    fields = {"preview": "1"} if name == "comment_preview" else {}
    with django_assert_max_num_queries(BUDGETS[name]):
        assert post(client, built.story, **fields).status_code in (200, 302, 303)
