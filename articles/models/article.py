"""Articles, and the one definition of "a reader may see this"."""

import math
from datetime import UTC, datetime
from functools import lru_cache

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connections, models
from django.db.models import F, OuterRef, Prefetch, Q, Subquery, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import Author
from articles.models.beside import Byline
from articles.models.body import Body
from articles.models.columns import CARD, FEED, NAMES, SHELF
from images.models import Image
from kit.fields import LineField, ProseField
from kit.text import SLUG_LENGTH, free_slug, slugify

WORDS_A_MINUTE = 200  # reading Italian on a screen, silently
FIRST_DATE = datetime(1970, 1, 2, tzinfo=UTC)
LAST_DATE = datetime(2100, 1, 1, tzinfo=UTC)

# What a card and its crops are made of.
SHOWN_OUTSIDE = {"title", "main_category", "lead_image", "social_title", "social_image"}

sensible_date = [
    MinValueValidator(FIRST_DATE, "La data è troppo indietro: scrivi dal 1970 in poi."),
    MaxValueValidator(LAST_DATE, "La data è troppo avanti: scrivi prima del 2100."),
]


class ArticleQuerySet(models.QuerySet):
    """Adjectives choose rows; ``for_*`` chooses columns and joins."""

    def visible(self, at=None):
        """Rows a reader may see at the instant ``at`` (default: now)."""
        return self.filter(status=Article.Status.READY, published_at__lte=at or timezone.now())

    def waiting(self, at):
        """Rows that readers will see, by the clock, after the instant ``at``."""
        return self.filter(status=Article.Status.READY, published_at__gt=at)

    def unannounced(self):
        return self.filter(announced_at=None)

    def unrelated(self):
        return self.filter(related_at=None)

    def next_publication(self, after):
        """The instant at which the next scheduled story becomes visible, or None."""
        soonest = self.waiting(after).order_by("published_at")
        return soonest.values_list("published_at", flat=True).first()

    def newest_first(self):
        return self.order_by("-published_at", "-pk")

    def unpinned(self):
        # Not ``pinned=False``: SQLite finds no index for NOT.
        return self.filter(pinned=Value(False))

    def front_page_order(self):
        return self.order_by("-pinned", "-published_at", "-pk")

    def in_category(self, category):
        """Stories filed under ``category`` or below it, main category or not."""
        tree = Q(path=category.path) | Q(path__startswith=f"{category.path}/")
        below = type(category).objects.filter(tree).values("pk")
        others = Article.categories.through.objects.filter(category__in=below)
        return self.filter(Q(main_category__in=below) | Q(pk__in=others.values("article")))

    def with_tag(self, tag):
        return self.filter(pk__in=Article.tags.through.objects.filter(tag=tag).values("article"))

    def by_author(self, author):
        return self.filter(pk__in=Byline.objects.filter(author=author).values("article"))

    def in_series(self, series):
        return self.filter(series=series).order_by("series_part", "published_at", "pk")

    def related_to(self, article):
        """The shelf under ``article``, best first: see related.py."""
        return self.filter(shown_by__article=article).order_by("shown_by__rank")

    def begins(self, slug):
        """Stories whose address begins with ``slug``, lower-case ASCII. From an index."""
        rows = self.filter(slug__startswith=slug)
        # SQLite's LIKE cannot use the index: a range can, and "~" sorts after every slug.
        in_range = {"slug__gte": slug, "slug__lt": f"{slug}~"}
        return rows.filter(**in_range) if connections[self.db].vendor == "sqlite" else rows

    def published_between(self, start, end):
        return self.filter(published_at__gte=start, published_at__lt=end)

    def published_after(self, moment):
        return self.filter(published_at__gt=moment)

    def stories(self, start, stop):
        """Rows ``start`` to ``stop`` of an ordered list; load them with a ``for_*``.

        The keys come from the index that gives the order: no row that is passed over is read.
        """
        keys = self.values("pk")[start:stop]
        return Article.objects.filter(pk__in=keys).order_by(*self.query.order_by)

    def _signed(self):
        bylines = Byline.objects.order_by("position", "pk").select_related("author")
        names = bylines.only("article", *NAMES)
        return self.prefetch_related(Prefetch("bylines", queryset=names))

    def for_desk(self):
        """A line of the newsroom's list: no body. Two queries in all."""
        filed = self.select_related("main_category", "lead_image")
        return filed.defer("body", "body_html", "lead_image__error", "lead_image__crops")._signed()

    def for_card(self):
        """Tuples of what a card in a list shows, for shown.cards(): a third of the time of rows."""
        return self.values_list(*CARD)

    def for_outside(self):
        """What another site shows of one story: no text, its pictures and its card. Two queries."""
        return (
            self.select_related("lead_image", "social_image", "card")
            .defer("body", "body_html", "lead_image__error", "social_image__error")
            ._signed()
        )

    def for_shelf(self):
        """The same for a place under another story, for shown.shelf(). One query."""
        return self.values_list(*SHELF)

    def for_feed(self):
        """Tuples of what a feed tells of a story, for feeds/told.py. One query."""
        return self.values_list(*FEED)

    def for_index(self):
        """What the search index takes: the body as it was written. Four queries in all."""
        filed = self.select_related("series").prefetch_related("tags", "categories")
        return filed.defer("body_html")._signed()

    def for_map(self):
        """Addresses, dates, pictures (``shown``): what site maps print. Two queries in all."""
        columns = ("title", "slug", "status", "published_at", "modified_at", "lead_image__name")
        images = Image.objects.order_by("pk").only("name")
        shown = Prefetch("pictures", queryset=images, to_attr="shown")  # half the time of a manager
        return self.select_related("lead_image").only(*columns).prefetch_related(shown)

    def for_page(self, at=None):
        """A story with its pictures, and the keys of those next to it: see pages.py. One query."""
        # "<= and (< or smaller id)" instead of "< or (= and smaller id)": only the first lets the
        # index begin at this story instead of at the newest one.
        date = OuterRef("published_at")
        # The older ones are those visible at that date: of two upper bounds SQLite takes the first,
        # and would walk there from the newest story.
        older = Q(published_at__lt=date) | Q(pk__lt=OuterRef("pk"))
        newer = Q(published_at__gte=date) & (Q(published_at__gt=date) | Q(pk__gt=OuterRef("pk")))
        was_visible, visible = Article.objects.visible(date), Article.objects.visible(at)
        return (
            self.select_related("main_category", "lead_image", "series", "social_image", "card")
            .defer("body", "lead_image__error", "social_image__error")  # readers get body_html
            .annotate(
                older_id=Subquery(was_visible.filter(older).newest_first().values("pk")[:1]),
                newer_id=Subquery(
                    visible.filter(newer).order_by("published_at", "pk").values("pk")[:1]
                ),
            )
        )


@lru_cache(4096)  # a page prints the address of each of its stories three times
def permalink(year, month, slug):
    return reverse("article", args=[year, month, slug])


class Article(Body):
    class Status(models.TextChoices):
        DRAFT = "draft", "bozza"
        READY = "ready", "pronto"

    ADDRESS = ("title", "slug", "published_at", "status")  # columns enough for a link

    # Written by people, in the admin.
    title = LineField("titolo", max_length=250)
    slug = models.SlugField(
        "indirizzo",
        max_length=SLUG_LENGTH,
        unique=True,
        blank=True,
        help_text="La parte finale dell’indirizzo. Lascia vuoto: lo ricaviamo dal titolo.",
        error_messages={"unique": "Esiste già un articolo con questo indirizzo: cambialo."},
    )
    standfirst = ProseField(
        "sommario",
        max_length=600,
        blank=True,
        help_text="Una o due frasi sotto il titolo, negli elenchi e nel feed.",
    )
    authors = models.ManyToManyField(Author, through="Byline", related_name="articles")
    main_category = models.ForeignKey(
        "articles.Category", models.PROTECT, verbose_name="categoria", related_name="main_articles"
    )
    categories = models.ManyToManyField(
        "articles.Category", blank=True, verbose_name="altre categorie", related_name="articles"
    )
    tags = models.ManyToManyField(
        "articles.Tag", blank=True, verbose_name="tag", related_name="articles"
    )
    lead_image = models.ForeignKey(
        "images.Image",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="figura di apertura",
        related_name="+",
    )
    lead_caption = LineField("didascalia", max_length=500, blank=True)
    status = models.CharField("stato", choices=Status, default=Status.DRAFT, max_length=5)
    published_at = models.DateTimeField(
        "data di uscita",
        null=True,
        blank=True,
        validators=sensible_date,
        help_text="Ora italiana. Nel futuro: l’articolo esce da solo a quell’ora.",
    )
    revised_at = models.DateTimeField(
        "aggiornato il",
        null=True,
        blank=True,
        validators=sensible_date,
        help_text="Solo per aggiornamenti di sostanza: esce accanto alla data.",
    )
    pinned = models.BooleanField(
        "in evidenza", default=False, help_text="Sta in cima alla prima pagina finché non lo togli."
    )
    comments_open = models.BooleanField("commenti aperti", default=True)
    series = models.ForeignKey(
        "articles.Series", models.SET_NULL, null=True, blank=True, verbose_name="serie"
    )
    series_part = models.PositiveSmallIntegerField("parte", null=True, blank=True)

    # What search engines and social sites show, where it is not the above: see outside.py.
    search_title = LineField("titolo per i motori di ricerca", max_length=70, blank=True)
    search_description = ProseField(
        "descrizione per i motori di ricerca", max_length=160, blank=True
    )
    social_title = LineField("titolo per i social", max_length=100, blank=True)
    social_description = ProseField("descrizione per i social", max_length=200, blank=True)
    social_image = models.ForeignKey(
        "images.Image",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="figura per i social",
        related_name="+",
    )

    # Written by the house, one narrow UPDATE at a time: see publishing.py.
    # Since when the card and the crops of the pictures are right; empty: to be made (cards.py).
    outside_at = models.DateTimeField(null=True, editable=False)
    announced_at = models.DateTimeField(null=True, editable=False)
    indexed_at = models.DateTimeField(null=True, editable=False)  # by searching.py; None: to do
    comment_count = models.PositiveIntegerField(default=0, editable=False)
    related_at = models.DateTimeField(null=True, editable=False)  # empty: find them (related.py)
    version = models.PositiveIntegerField(default=1, editable=False)  # rises with each save
    # What an imported story is called in feeds, kept as it was: another name would be news again.
    guid = models.CharField(max_length=1000, blank=True, default="", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = "articolo"
        verbose_name_plural = "articoli"
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="articles_ready_has_date",
                condition=~Q(status="ready") | Q(published_at__isnull=False),
            ),
        ]
        indexes = [
            # Archives, the newest, the neighbours of a story. SQLite asks an index for its own
            # condition: without ``status`` in it, it would open every row it passes over.
            models.Index(
                F("published_at").desc(),
                F("id").desc(),
                "status",
                name="articles_newest_ready",
                condition=Q(status="ready"),
            ),
            # The front page: pinned first.
            models.Index(
                F("pinned").desc(),
                F("published_at").desc(),
                F("id").desc(),
                "status",
                name="articles_front_ready",
                condition=Q(status="ready"),
            ),
            # The worker's question, once a minute.
            models.Index(
                fields=["published_at"],
                name="articles_to_announce",
                condition=Q(status="ready", announced_at=None),
            ),
            # The worker's question, every second: see searching.py.
            models.Index(
                fields=["published_at"],
                name="articles_to_index",
                condition=Q(status="ready", indexed_at=None),
            ),
            # The index of the site maps reads this and no table: see sitemaps.py.
            models.Index(
                fields=["published_at", "modified_at", "id", "status"],
                name="articles_in_maps",
                condition=Q(status="ready"),
            ),
            # The worker's question: cards and crops to be made, newest stories first.
            models.Index(
                F("published_at").desc(),
                name="articles_to_show_outside",
                condition=Q(status="ready", outside_at=None),
            ),
            # The worker's question: stories that wait for their related ones.
            models.Index(
                fields=["published_at"],
                name="articles_to_relate",
                condition=Q(status="ready", related_at=None),
            ),
            # Bodies made by older rules: see rendering.py.
            models.Index(fields=["rendered_with"], name="articles_rendered_with"),
        ]

    def __str__(self):
        return self.title

    def clean(self):
        if self.status == self.Status.READY and self.published_at is None:
            self.published_at = timezone.now()
        if not self.slug:
            self.slug = self.free_slug()

    def free_slug(self):
        """Return the title's slug, with -2, -3 … if another story has it, as WordPress does."""
        return free_slug(Article, slugify(self.title), but=self.pk, fallback="articolo")

    def save(self, *args, **kwargs):
        self.slug = self.slug or self.free_slug()
        columns = kwargs.get("update_fields")
        if columns is None or SHOWN_OUTSIDE & set(columns):
            self.outside_at = None
            if columns is not None:
                kwargs["update_fields"] = {*columns, "outside_at"}
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        """The permalink, /YYYY/MM/slug/ in Italian time. A draft has none: ValueError."""
        if self.published_at is None:
            raise ValueError("a story without a date has no permalink")
        day = timezone.localtime(self.published_at)
        return permalink(day.year, day.month, self.slug)

    def is_visible(self, at=None):
        """The same rule as ``visible()``, for a row already loaded."""
        return bool(
            self.status == self.Status.READY
            and self.published_at
            and self.published_at <= (at or timezone.now())
        )

    @property
    def cache_tag(self):
        return f"article:{self.pk}"

    @property
    def cache_tags(self):
        """What a page that shows this story's card must declare."""
        return [self.cache_tag, *([self.lead_image.cache_tag] if self.lead_image else [])]

    @property
    def reading_minutes(self):
        return max(1, math.ceil(self.words / WORDS_A_MINUTE))

    @cached_property
    def signatures(self):
        """Authors in the order of the byline; no query if loaded by a ``for_*`` word of a list."""
        return [byline.author for byline in self.bylines.all()]
