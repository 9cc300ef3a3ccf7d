"""What every public page prints: the site's name and menu, and Italian plurals."""

from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.db.models import F, Value
from django.urls import reverse

from articles.models import Category, Page
from articles.quotations import LANGUAGES
from kit.memo import rendered
from kit.prepared import prepared

register = template.Library()

TAGLINE = "Notizie su Linux e software libero"


@register.simple_tag
def site():
    return {"name": settings.SITE_NAME, "url": settings.SITE_URL, "tagline": TAGLINE}


COLUMNS = ("kind", "name", "place", "order")


@prepared()
def in_menu():
    categories = Category.objects.filter(menu_order__isnull=False).values_list(
        Value("category"), F("name"), F("path"), F("menu_order")
    )
    pages = (
        Page.objects.visible()
        .filter(menu_order__isnull=False)
        .values_list(Value("page"), F("title"), F("slug"), F("menu_order"))
    )
    return categories.order_by().union(pages.order_by())


@register.simple_tag
def site_menu():
    """Return the categories of the menu and the pages of the footer. One query."""
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in in_menu()]
    rows.sort(key=lambda row: (row["order"], row["name"]))
    menu = {"categories": [], "pages": []}
    for row in rows:
        url = reverse(row["kind"], args=[row["place"]])
        if row["kind"] == "category":
            menu["categories"].append({"name": row["name"], "url": url})
        else:
            menu["pages"].append({"title": row["name"], "url": url})
    return menu


@register.simple_tag(takes_context=True)
def masthead(context, menu):
    """Name, search and categories, with the mark of where the reader is. No query."""
    path = context["request"].path
    place = {"/": "front", "/cerca/": "search"}.get(path, "")
    entries = tuple((c["name"], c["url"], current(c["url"], path)) for c in menu["categories"])
    return rendered("_masthead.html", **head(), place=place, categories=entries)


def current(address, path):
    """What ``aria-current`` says of an entry of the menu: this page, or one below it."""
    if address == path:
        return "page"
    return "true" if address in path else ""


@register.simple_tag
def footer(menu):
    categories = tuple((c["name"], c["url"]) for c in menu["categories"])
    pages = tuple((page["title"], page["url"]) for page in menu["pages"])
    return rendered("_footer.html", **head(), categories=categories, pages=pages)


def head():
    return {"name": settings.SITE_NAME, "tagline": TAGLINE}


@register.filter
def comments_words(count):
    return {0: "Nessun commento", 1: "1 commento"}.get(count, f"{count} commenti")


@register.filter
def results_words(count):
    return {0: "Nessun risultato", 1: "1 risultato"}.get(count, f"{count} risultati")


@register.filter
def minutes_words(count):
    return "1 minuto di lettura" if count == 1 else f"{count} minuti di lettura"


@register.filter
def language_name(code):
    """The Italian name of a language code; the code itself if we have no name for it."""
    return LANGUAGES.get(code.split("-")[0].lower(), code)


@register.filter
def host(url):
    return (urlsplit(url).hostname or "").removeprefix("www.")


@register.filter
def absolute(path):
    """The public address of a path of ours: from the settings, never from the request."""
    return settings.SITE_URL + path
