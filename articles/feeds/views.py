"""Feeds of stories: of the site, a category, a tag, an author."""

from django.conf import settings
from django.http import Http404
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import lists, lookup
from articles.feeds.stories import of_stories
from articles.feeds.told import newest, told, under
from articles.models import Listed
from pagecache.tags import cacheable

FEED_SECONDS = 300  # a feed may lag this long behind what has no tag, such as a label's name


@require_safe
def site(request, format):
    if "s" in request.GET:  # WordPress's feed of a search
        return lookup.old_feed(request, format=format)
    stories = told(newest(now=timezone.now()))
    response = of_stories(format, settings.SITE_NAME, "/", stories)
    return kept(response, stories)


@require_safe
def category(request, format, path):
    return of_list(format, lists.category_at(path), Listed.Kind.CATEGORY, empty_is_a_feed=True)


@require_safe
def tag(request, format, slug):
    return of_list(format, lists.tag_at(slug), Listed.Kind.TAG)


@require_safe
def author(request, format, slug):
    return of_list(format, lists.author_at(slug), Listed.Kind.AUTHOR)


def of_list(format, label, kind, *, empty_is_a_feed=False):
    """The feed of a list, which exists where its page does (trust table, P1)."""
    stories = told(under(now=timezone.now(), kind=kind, label=label.pk))
    if not stories and not empty_is_a_feed:
        raise Http404("nothing to list")
    title = f"{label} · {settings.SITE_NAME}"
    about = getattr(label, "description", "") or f"{label}: gli articoli, dal più recente"
    response = of_stories(format, title, label.get_absolute_url(), stories, description=about)
    return kept(response, stories)


def kept(response, stories):
    tags = [tag for story in stories for tag in story.cache_tags]
    return cacheable(response, "lists", *tags, seconds=FEED_SECONDS)
