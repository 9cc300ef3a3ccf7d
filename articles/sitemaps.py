"""Site maps: an index, parts of at most 2,000 addresses, and the news of the last two days.

A part holds a range of keys, so that the fiftieth costs what the first costs and a new story moves
nothing from one part to another. Deleted and hidden rows leave a part shorter than it could be.

Sources: sitemaps.org protocol 0.9; Google's extensions for images 1.1 and for news 0.9. Why
django.contrib.sitemaps is not used: docs/adr/0015.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, QuerySet
from django.db.models.functions import Greatest
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Author
from articles.models import Article, Category, Page, Series, Tag
from kit.text import CONTROLS
from pagecache.tags import cacheable

PER_PART = 2000  # WordPress's default; the protocol allows 50,000
PICTURES = 25  # of one story; the extension allows 1,000, and a part must stay small
NEWS_AGE = timedelta(days=2)  # older stories have no place in a news map
NEWS = 1000  # stories, the most a news map may hold
MAP_SECONDS = 3600  # a purge comes first; this is the safety net
NEWS_SECONDS = 600  # stories leave the news map by the clock, and no purge tells

XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"
XMLNS_IMAGE = "http://www.google.com/schemas/sitemap-image/1.1"
XMLNS_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


class Entry(NamedTuple):
    path: str
    changed: datetime | None = None  # None: nobody wrote down when
    pictures: Iterable[str] = ()


class Section(NamedTuple):
    """One kind of pages. ``rows``: what readers may see; ``entries``: one for each row."""

    rows: Callable[[], QuerySet]
    entries: Callable[[QuerySet], Iterator[Entry]]
    changed: tuple[str, ...] = ()  # columns, the newest of which is the last change
    front: bool = False  # part 1 begins with the front page


# --- What stands in a map ----------------------------------------------------


def story_entries(rows):
    for article in rows.for_map():
        images = [*filter(None, [article.lead_image]), *article.shown]
        pictures = list(dict.fromkeys(image.url for image in images))[:PICTURES]
        changed = max(article.published_at, article.modified_at)
        yield Entry(article.get_absolute_url(), changed, pictures)


def row_entries(rows):
    """Labels and pages: their tables do not say when what they show changed."""
    for row in rows:
        yield Entry(row.get_absolute_url())


def of_a_story(model, column):
    """Return rows of ``model`` that a visible story points to by its ``column`` (P1).

    A tag that only a draft has must not tell that the draft exists.
    """
    return model.objects.filter(on_a_story(column))


def on_a_story(column):
    return Exists(Article.objects.visible().filter(**{column: OuterRef("pk")}))


def categories_of_stories():
    """A category with a visible story in it or below it, as its page lists them. Two queries."""
    own = Category.objects.filter(on_a_story("main_category") | on_a_story("categories"))
    paths = own.order_by().values_list("path", flat=True)
    return Category.objects.filter(path__in={above for path in paths for above in upwards(path)})


def upwards(path):
    """ "a/b/c": itself, "a/b", "a"."""
    while path:
        yield path
        path = path.rpartition("/")[0]


# What a story's page shows changes by a save (modified_at) or by the clock (published_at).
SECTIONS = {
    "articoli": Section(
        Article.objects.visible, story_entries, changed=("published_at", "modified_at")
    ),
    "categorie": Section(categories_of_stories, row_entries),
    "tag": Section(lambda: of_a_story(Tag, "tags"), row_entries),
    "firme": Section(lambda: of_a_story(Author, "bylines__author"), row_entries),
    "serie": Section(lambda: of_a_story(Series, "series"), row_entries),
    "pagine": Section(Page.objects.visible, row_entries, front=True),
}


def parts(section):
    """Return ``{number of a part that holds something: its last change or None}``. One query."""
    ranges = section.rows().order_by().annotate(part=(F("pk") - 1) / PER_PART + 1)
    if section.changed:
        found = ranges.values("part").annotate(last=Max(Greatest(*section.changed)))
        return dict(found.order_by("part").values_list("part", "last"))
    found = dict.fromkeys(ranges.values_list("part", flat=True).distinct().order_by("part"))
    return {1: None} | found if section.front else found


def part_entries(section, number):
    """Return the entries of one part; none if there is no such part."""
    first = (number - 1) * PER_PART
    rows = section.rows().filter(pk__gt=first, pk__lte=first + PER_PART).order_by("pk")
    front = [Entry("/")] if section.front and number == 1 else []
    return [*front, *section.entries(rows)]


# --- XML ---------------------------------------------------------------------


def text(value):
    """Return ``value`` as XML 1.0 can hold it: forbidden characters gone, the rest escaped (S3)."""
    return escape(CONTROLS.sub("", value))


def absolute(address):
    return settings.SITE_URL + address if address.startswith("/") else address


def moment(when):
    return timezone.localtime(when).isoformat(timespec="seconds")


def lines(address, changed):
    yield f"<loc>{text(absolute(address))}</loc>"
    if changed:
        yield f"<lastmod>{moment(changed)}</lastmod>"


def index_lines(found):
    """``found``: pairs of an address and a date or None."""
    for address, changed in found:
        yield f"<sitemap>{''.join(lines(address, changed))}</sitemap>"


def url_lines(entries):
    for entry in entries:
        pictures = (
            f"<image:image><image:loc>{text(absolute(url))}</image:loc></image:image>"
            for url in entry.pictures
        )
        yield f"<url>{''.join([*lines(entry.path, entry.changed), *pictures])}</url>"


def news_lines(articles):
    name = text(settings.SITE_NAME)
    publication = (
        f"<news:publication><news:name>{name}</news:name>"
        "<news:language>it</news:language></news:publication>"
    )
    for article in articles:
        yield (
            f"<url><loc>{text(absolute(article.get_absolute_url()))}</loc><news:news>{publication}"
            f"<news:publication_date>{moment(article.published_at)}</news:publication_date>"
            f"<news:title>{text(article.title)}</news:title></news:news></url>"
        )


def answer(root, body, *, seconds, **namespaces):
    more = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in namespaces.items())
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{XMLNS}"{more}>'
    page = "\n".join([head, *body, f"</{root}>\n"])
    response = HttpResponse(page, content_type="application/xml; charset=utf-8")
    # The map is for reading, not for showing among the results.
    response.headers["X-Robots-Tag"] = "noindex"
    return cacheable(response, "lists", seconds=seconds)


# --- Views -------------------------------------------------------------------


@require_safe
def index(request):
    found = [
        (reverse("sitemap_part", args=[name, number]), changed)
        for name, section in SECTIONS.items()
        for number, changed in parts(section).items()
    ]
    return answer("sitemapindex", index_lines(found), seconds=MAP_SECONDS)


@require_safe
def part(request, name, number):
    entries = part_entries(SECTIONS[name], number) if name in SECTIONS else []
    if not entries:
        raise Http404("nothing in this part")
    return answer("urlset", url_lines(entries), seconds=MAP_SECONDS, image=XMLNS_IMAGE)


@require_safe
def news(request):
    """The last two days. After two quiet days it is empty, which the search engine allows."""
    newest = Article.objects.visible().published_after(timezone.now() - NEWS_AGE).newest_first()
    return answer(
        "urlset", news_lines(newest.for_map()[:NEWS]), seconds=NEWS_SECONDS, news=XMLNS_NEWS
    )


@require_safe
def moved(request, to="sitemap"):
    """The addresses of WordPress's own maps and of its plugins' ones."""
    response = HttpResponsePermanentRedirect(reverse(to))
    return cacheable(response, "all", seconds=MAP_SECONDS)
