"""Our stories on other sites: the oEmbed answer, a link with its picture.

Of type "link": our pages cannot be framed (trust table, section 2), and a "rich" answer would be
our HTML in their page. Source: oembed.com, sections 2.3 (parameters, errors) and 2.3.4.5 (types).
"""

from io import StringIO
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from articles import outside
from articles.models import Article
from articles.outside import absolute
from kit.text import CONTROLS
from kit.urls import LONGEST
from pagecache.tags import cacheable

OEMBED_SECONDS = 3600
MOST = 6  # digits of a width or height


@require_safe
def answer(request):
    """404 for what is no visible story of ours, 501 for a format we do not write."""
    article = found(request.GET.get("url", ""))
    kind = request.GET.get("format", "json")
    if kind not in WRITERS:
        return HttpResponse(
            "Formati: json, xml.\n", status=501, content_type="text/plain; charset=utf-8"
        )
    limits = [pixels(request.GET.get(name, "")) for name in ("maxwidth", "maxheight")]
    response = WRITERS[kind](described(article, *limits))
    response.headers["Access-Control-Allow-Origin"] = "*"  # public, without a cookie to protect
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    tags = [*article.cache_tags, "lists"]
    if article.social_image is not None:
        tags.append(article.social_image.cache_tag)
    return cacheable(response, *tags, seconds=OEMBED_SECONDS)


def found(url):
    """Return the visible story at an address of ours, permalink or short link. Http404."""
    stories = Article.objects.visible().for_outside()
    where = place(url)
    if "number" in where:
        article = stories.filter(pk=where["number"]).first()
    else:
        article = stories.filter(slug=where["slug"]).first()
        if article is not None and article.get_absolute_url() != where["path"]:
            article = None
    if article is None:
        raise Http404("no such story")
    return article


def place(url):
    """Return ``{"number"}`` or ``{"slug", "path"}`` of an address of ours; Http404 for another."""
    try:
        parts = urlsplit(url if len(url) <= LONGEST else "")
        query = parse_qs(parts.query, max_num_fields=20)
    except ValueError:
        raise Http404("no address") from None
    ours = {settings.SITE_HOST, *settings.OTHER_HOSTS}
    if parts.scheme not in ("http", "https") or parts.netloc.lower() not in ours:
        raise Http404("not ours")
    number = query.get("p", [""])[0] if parts.path == "/" else ""
    if number.isascii() and number.isdigit() and len(number) <= 18:
        return {"number": int(number)}
    path = unquote(parts.path)
    try:
        match = resolve(path)
    except Resolver404:
        raise Http404("no such address") from None
    if match.url_name != "article":
        raise Http404("no story")
    return {"slug": match.kwargs["slug"], "path": path}


def pixels(text):
    """Return a limit in pixels; none if it is not a number."""
    known = text.isascii() and text.isdigit() and len(text) <= MOST
    return int(text) if known else None


def described(article, widest, highest):
    """Return the fields of the answer. The picture is the first that fits, or is left out."""
    facts = {
        "version": "1.0",
        "type": "link",
        "title": outside.social_title(article),
        "author_name": ", ".join(author.name for author in article.signatures),
        "author_url": address_of(article.signatures[:1]),
        "provider_name": settings.SITE_NAME,
        "provider_url": absolute("/"),
        "cache_age": OEMBED_SECONDS,
    }
    for shown in outside.thumbnails(article):
        if (widest or shown.width) >= shown.width and (highest or shown.height) >= shown.height:
            facts |= {
                "thumbnail_url": shown.url,
                "thumbnail_width": shown.width,
                "thumbnail_height": shown.height,
            }
            break
    return {name: value for name, value in facts.items() if value}


def address_of(authors):
    return absolute(authors[0].get_absolute_url()) if authors else ""


def as_json(facts):
    return JsonResponse(facts, json_dumps_params={"ensure_ascii": False})


def as_xml(facts):
    text = StringIO()
    writer = SimplerXMLGenerator(text, "utf-8")
    writer.startDocument()
    writer.startElement("oembed", {})
    for name, value in facts.items():
        writer.addQuickElement(name, CONTROLS.sub("", str(value)))
    writer.endElement("oembed")
    writer.endDocument()
    return HttpResponse(text.getvalue(), content_type="text/xml; charset=utf-8")


WRITERS = {"json": as_json, "xml": as_xml}
