"""Feeds of stories: of the site, a category, a tag, an author."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import Author
from articles import lookup
from articles.feeds.entries import ITEMS
from articles.feeds.stories import of_stories
from articles.models import Article, Category, Listed, Tag, with_stories
from pagecache.tags import cacheable

FEED_SECONDS = 300  # a feed may lag this long behind what has no tag, such as a label's name


@require_safe
def site(request, format):
    if "s" in request.GET:  # WordPress's feed of a search
        return lookup.old_feed(request, format=format)
    articles = Article.objects.visible().newest_first().for_feed()[:ITEMS]
    response = of_stories(format, settings.SITE_NAME, "/", articles)
    return kept(response, articles)


@require_safe
def category(request, format, path):
    label = get_object_or_404(Category, path=path)
    shelf = Listed.objects.visible().of_category(label)
    return of_list(format, label, shelf, empty_is_a_feed=True)


@require_safe
def tag(request, format, slug):
    label = get_object_or_404(with_stories(Tag.objects, Listed.Kind.TAG), slug=slug)
    return of_list(format, label, Listed.objects.visible().of_tag(label))


@require_safe
def author(request, format, slug):
    person = get_object_or_404(with_stories(Author.objects, Listed.Kind.AUTHOR), slug=slug)
    return of_list(format, person, Listed.objects.visible().of_author(person))


def of_list(format, label, shelf, *, empty_is_a_feed=False):
    """The feed of a list, which exists where its page does (trust table, P1)."""
    rows = shelf.stories(0, ITEMS).for_feed()
    if not rows and not empty_is_a_feed:
        raise Http404("nothing to list")
    title = f"{label} · {settings.SITE_NAME}"
    about = getattr(label, "description", "") or f"{label}: gli articoli, dal più recente"
    response = of_stories(format, title, label.get_absolute_url(), rows, description=about)
    return kept(response, rows)


def kept(response, articles):
    tags = [tag for article in articles for tag in article.cache_tags]
    return cacheable(response, "lists", *tags, seconds=FEED_SECONDS)
