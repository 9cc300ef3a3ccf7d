"""What the feeds brought: items, and the clusters in which the same news stands once.

The state belongs to the cluster: taking or dropping one line acts on every item in it.
"""

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q

from aggregator.models.feed import Feed
from articles.models import Article
from kit import html
from kit.fields import LineField


class ClusterQuerySet(models.QuerySet):
    """Adjectives choose rows; ``for_*`` chooses columns and joins."""

    def in_state(self, state):
        return self.filter(state=state)

    def from_feed(self, feed):
        return self.filter(pk__in=Item.objects.filter(feed=feed).values("cluster"))

    def in_category(self, category):
        tree = Q(feed__category=category) | Q(feed__category__startswith=f"{category}/")
        return self.filter(pk__in=Item.objects.filter(tree).values("cluster"))

    def saying(self, words):
        found = Q(title__icontains=words) | Q(extract__icontains=words)
        return self.filter(pk__in=Item.objects.filter(found).values("cluster"))

    def newest_first(self):
        return self.order_by("-sort_date", "-pk")

    def in_review(self):
        """What readers see: not dropped, with an item of a listed feed."""
        shown = Item.objects.filter(
            feed__in=Feed.objects.in_review(), cluster=models.OuterRef("pk")
        )
        return self.exclude(state=Cluster.State.DROPPED).filter(models.Exists(shown))

    def for_inbox(self):
        """A line of the inbox: its items with their feeds, who took it, the story. Two queries."""
        items = Item.objects.select_related("feed").defer("feed__note", "feed__contact")
        # In the order they came in: the date of a line is that of the first.
        items = Prefetch("items", items.order_by("pk"))
        return self.select_related("taken_by", "article").prefetch_related(items)


class Cluster(models.Model):
    class State(models.TextChoices):
        NEW = "new", "nuova"
        TAKEN = "taken", "presa"
        DROPPED = "dropped", "scartata"
        USED = "used", "usata"

    state = models.CharField("stato", choices=State, default=State.NEW, max_length=7)
    starred = models.BooleanField("stella", default=False)
    # Of its first item; it never moves, whatever comes later.
    sort_date = models.DateTimeField("data")
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    reason = LineField("perché", max_length=200, blank=True)
    article = models.ForeignKey(Article, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # For undoing: who decided last, and what the line was before.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    before = models.CharField(choices=State, max_length=7, blank=True)

    objects = ClusterQuerySet.as_manager()

    class Meta:
        verbose_name = "notizia"
        verbose_name_plural = "notizie"
        indexes = [
            # The inbox, newest first in each state.
            models.Index(fields=["state", "-sort_date", "-id"], name="aggregator_inbox"),
            # The press review, newest first.
            models.Index(fields=["-sort_date", "-id"], name="aggregator_newest"),
            # What one editor decided in the last minutes, to undo it.
            models.Index(fields=["decided_by", "-decided_at"], name="aggregator_decided_by"),
        ]

    def __str__(self):
        first = next(iter(self.items.all()), None)
        return first.title if first else f"notizia {self.pk}"


class Item(models.Model):
    feed = models.ForeignKey(Feed, models.CASCADE, related_name="items", verbose_name="fonte")
    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="items")
    identity = models.CharField(max_length=64)  # within the feed: intake.identity_of()
    url = models.CharField("indirizzo", max_length=2048)
    key = models.CharField(max_length=64)  # the address in one spelling, site-wide
    title = LineField("titolo", max_length=300)
    author = LineField("autore", max_length=200, blank=True)
    html = html.HtmlField("testo", profile="feed", blank=True)
    extract = models.CharField("estratto", max_length=300, blank=True)
    language = models.CharField("lingua", max_length=12, blank=True)
    categories = models.JSONField(default=list)
    words = models.CharField(max_length=400, blank=True)  # of the title, to find the same news
    published_at = models.DateTimeField("data della fonte", null=True)
    first_seen_at = models.DateTimeField("vista il")
    sort_date = models.DateTimeField("data")  # min(first seen, published), for ever
    content_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "articolo di una fonte"
        verbose_name_plural = "articoli delle fonti"
        ordering = ["sort_date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["feed", "identity"], name="aggregator_item_once_in_a_feed"
            ),
        ]
        indexes = [
            models.Index(fields=["key"], name="aggregator_same_address"),
            # Similar titles of the last days; how often a feed publishes.
            models.Index(fields=["feed", "-sort_date"], name="aggregator_rhythm"),
            models.Index(fields=["-first_seen_at"], name="aggregator_recent"),
        ]

    def __str__(self):
        return self.title

    @property
    def safe_html(self):
        return html.trusted(self.html)


class ItemLink(models.Model):
    """An outside address an item links to: two items with one of them are the same news."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="links")
    key = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "key"], name="aggregator_link_once"),
        ]
        indexes = [models.Index(fields=["key"], name="aggregator_same_link")]

    def __str__(self):
        return self.key
