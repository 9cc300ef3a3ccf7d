"""What stands in the head of a public page for those who look at it from elsewhere. No query."""

from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.urls import reverse

from articles import outside, structured
from articles.outside import absolute
from kit.memo import rendered
from pagecache.tags import also_shows

register = template.Library()


@register.simple_tag
def search_title(article):
    return outside.search_title(article)


@register.simple_tag
def search_description(article):
    return outside.search_description(article)


@register.simple_tag
def page_description(page):
    return outside.page_description(page)


@register.simple_tag(takes_context=True)
def outside_story(context, article, labels, sources):
    """Head of a story's page; ``article`` is loaded with ``for_page()``."""
    if article.social_image is not None:
        also_shows(context["request"], article.social_image.cache_tag)
    address = absolute(article.get_absolute_url())
    signed = article.signatures
    return frame(
        address,
        "article",
        outside.social_title(article),
        outside.social_description(article),
        outside.social_picture(article),
        published=structured.moment(article.published_at),
        modified=structured.moment(structured.changed(article)),
        section=article.main_category.name,
        authors=tuple([absolute(author.get_absolute_url()) for author in signed]),
        tags=tuple([label["name"] for label in labels if label["kind"] == "tag"]),
        creators=tuple([author.mastodon for author in signed if author.mastodon]),
        shortlink=absolute(f"/?p={article.pk}"),
        **embeds(address),
        graph=structured.block(*structured.story(article, labels, sources)),
    )


def embeds(address):
    """The addresses of the oEmbed answer for a story, one a format."""
    base = absolute(reverse("oembed"))
    return {
        f"as_{kind}": f"{base}?{urlencode({'url': address, 'format': kind})}"
        for kind in ("json", "xml")
    }


@register.simple_tag(takes_context=True)
def outside_list(context, heading, about="", author=None):
    """Head of a list of stories, whichever page of it."""
    path = context["request"].path
    base = context["paging"].base
    about = outside.cut(about or f"{heading}: gli articoli, dal più recente.", outside.SOCIAL_TEXT)
    nodes = [structured.breadcrumbs([(heading, base)])]
    shown, kind = outside.house_card(), "website"
    if author:
        kind = "profile"
        nodes.insert(0, structured.profile(author))
        shown = outside.whole(author.picture) if author.picture else shown
    creators = (author.mastodon,) if author and author.mastodon else ()
    graph = structured.block(*nodes)
    return frame(absolute(path), kind, heading, about, shown, creators=creators, graph=graph)


@register.simple_tag(takes_context=True)
def outside_front(context, tagline):
    """Head of the front page and of the pages after it."""
    path, number = context["request"].path, context["paging"].number
    about = f"{tagline}. Un giornale indipendente, in italiano."
    graph = structured.block(structured.site()) if number == 1 else ""
    return frame(absolute(path), "website", tagline, about, outside.house_card(), graph=graph)


@register.simple_tag
def outside_page(page):
    """Head of a page that is no list and no story."""
    address, about = page.get_absolute_url(), outside.page_description(page)
    graph = structured.block(structured.breadcrumbs([(page.title, address)]))
    return frame(absolute(address), "website", page.title, about, outside.house_card(), graph=graph)


def frame(address, kind, title, about, shown, **more):
    """What every page says of itself, and ``more`` of what the template takes."""
    return rendered(
        "articles/_outside.html",
        address=address,
        kind=kind,
        title=title,
        about=about,
        shown=shown,
        # A portrait or a small picture stands beside the text, not above it.
        large=shown.width >= 600 and shown.width > shown.height,
        site_name=settings.SITE_NAME,
        **more,
    )
