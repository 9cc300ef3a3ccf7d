"""What readers open. A view refuses, fetches, renders, and says what the page is made of."""

from datetime import date
from functools import partial

from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles import lists, lookup, oldlinks, pages
from articles.feeds.routes import asked_in
from articles.models import (
    Article,
    Listed,
    Page,
    PreviewLink,
    Series,
)
from articles.paging import cut
from pagecache.tags import cacheable

LIST_SECONDS = 300  # a list may lag this long behind a comment count
PAGE_SECONDS = 3600  # a purge comes first; this is the safety net


@require_safe
def first_page(request, **where):
    """``…/page/1/`` is the list's own address, once and for all."""
    return HttpResponsePermanentRedirect(request.path.removesuffix("page/1/"))


@require_safe
def front_page(request, number=1):
    if "s" in request.GET:  # WordPress's search
        return lookup.old_address(request)
    if feed := asked_in(request.GET):
        return HttpResponsePermanentRedirect(feed)
    if old := oldlinks.followed(request):
        return old
    rows, paging = cut(lists.on_front, number, "/", first_extra=1)
    lead = rows.pop(0) if rows and number == 1 else None
    context = {"lead": lead, "articles": rows, "paging": paging}
    response = render(request, "articles/front.html", context)
    return cacheable(response, "lists", *tags_of([lead, *rows]), seconds=LIST_SECONDS)


def show_list(request, number, base, shelf, *, empty_is_a_page=False, **context):
    """One page of a list of stories; ``shelf`` as paging.cut() takes it.

    A list with nothing to show answers like one that never existed: a tag that only a draft
    has must not tell that the draft exists (trust table, P1).
    """
    rows, paging = cut(shelf, number, base)
    if not rows and not empty_is_a_page:
        raise Http404("nothing to list")
    context |= {"articles": rows, "paging": paging}
    response = render(request, "articles/list.html", context)
    return cacheable(response, "lists", *tags_of(rows), seconds=LIST_SECONDS)


def tags_of(articles):
    return [tag for article in articles if article for tag in article.cache_tags]


@require_safe
def category(request, path, number=1):
    label = lists.category_at(path)
    children = lists.below(parent=label.pk)
    shelf = partial(lists.under, kind=Listed.Kind.CATEGORY, label=label.pk)
    context = {
        "kicker": "Categoria",
        "heading": label.name,
        "description": label.description,
        "children": [{"name": c.name, "url": c.get_absolute_url()} for c in children],
        "feed_url": reverse("category_feed", args=[path]),
    }
    base = label.get_absolute_url()
    return show_list(request, number, base, shelf, empty_is_a_page=True, **context)


@require_safe
def tag(request, slug, number=1):
    label = lists.tag_at(slug)
    shelf = partial(lists.under, kind=Listed.Kind.TAG, label=label.pk)
    context = {"kicker": "Tag", "heading": label.name, "description": label.description}
    context["feed_url"] = reverse("tag_feed", args=[slug])
    return show_list(request, number, label.get_absolute_url(), shelf, **context)


@require_safe
def author(request, slug, number=1):
    person = lists.author_at(slug)
    shelf = partial(lists.under, kind=Listed.Kind.AUTHOR, label=person.pk)
    context = {"kicker": "Firma", "heading": person.name, "author": person}
    context["feed_url"] = reverse("author_feed", args=[slug])
    return show_list(request, number, person.get_absolute_url(), shelf, **context)


@require_safe
def series(request, slug, number=1):
    label = get_object_or_404(Series, slug=slug)
    shelf = partial(lists.of_series, series=label.pk)
    context = {"kicker": "Serie", "heading": label.title, "description": label.description}
    return show_list(request, number, label.get_absolute_url(), shelf, **context)


@require_safe
def archive(request, year, month=None, day=None, number=1):
    """A year, a month or a day, in Italian time. A period without stories is a 404."""
    try:
        start, end, base = pages.period(year, month, day)
    except ValueError:
        raise Http404("no such day") from None
    shelf = partial(lists.of_period, first=start, end=end)
    heading = pages.period_name(date(year, month or 1, day or 1), month, day)
    return show_list(request, number, base, shelf, kicker="Archivio", heading=heading)


@require_safe
def article_page(request, year, month, slug):
    """One story. Old, mistyped or wrongly dated addresses go to the right one."""
    article = pages.story_at(slug)
    if article is None:
        return redirect(pages.moved_to(slug, year, month), permanent=True)
    if request.path != article.get_absolute_url():
        return redirect(article, permanent=True)
    context = pages.article_context(article)
    response = render(request, "articles/article.html", context)
    # Not the tags of the related stories: a comment there changes nothing here.
    portraits = [author.picture for author in article.signatures]
    pictures = [*portraits, *(other.lead_image for other in context["related"])]
    tags = [picture.cache_tag for picture in pictures if picture]
    return cacheable(response, *article.cache_tags, *tags, "lists", seconds=PAGE_SECONDS)


@require_safe
def whole_story(request, year, month, slug, tail):
    """A part of a story, as WordPress cut it: here a story is one page."""
    story = Article.objects.visible().filter(slug=slug).first() or pages.moved_to(slug)
    return redirect(story, permanent=True)


@require_safe
def preview(request, token):
    """A draft for whoever holds its link: seven days, this story and nothing else (P4)."""
    link = PreviewLink.objects.find(token)
    if link is None:
        raise Http404("no such preview")
    article = Article.objects.for_page().get(pk=link.article_id)
    response = render(
        request, "articles/article.html", pages.article_context(article, preview=True)
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def static_page(request, slug):
    """A page of the site; a story's slug without its date leads to the story, as in WordPress."""
    page = Page.objects.visible().filter(slug=slug).first()
    if page is None:
        return redirect(pages.moved_to(slug), permanent=True)
    context = {"page": page, "body": page.body_for_readers}
    response = render(request, "articles/page.html", context)
    return cacheable(response, page.cache_tag, seconds=PAGE_SECONDS)
