"""Health, robots, and every page that says no. The pages are Italian, static and tell nothing."""

import logging
import re
import sys
import unicodedata

from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError, connection
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import Resolver404, resolve
from django.utils.encoding import escape_uri_path, iri_to_uri
from django.views.decorators.http import require_safe

from articles import addresses
from mmul.robots import text as rules_for_robots
from pagecache.tags import cacheable

log = logging.getLogger("mmul.views")

KNOWN_METHODS = ("GET", "HEAD", "POST")
WORDS_LENGTH = 60
PASTED = "/ \t\u00a0\u3000\"'`“”„‘’«»‹›()[]{}<>.,;:!?*|\\…"
PLACE = re.compile(r"/+(?:\d{4}/\d\d/(?:\d\d/)?|(?:tag|category|author|serie|page)/)(?=.)")
DAY_SECONDS = 24 * 3600

# Title and sentence of the refusals that share one template.
REFUSALS = {
    405: ("Così non si può chiedere.", "Questo indirizzo si può solo aprire, non modificare."),
    413: ("È troppo.", "Quello che stai inviando supera il limite di questa pagina."),
    414: ("Indirizzo troppo lungo.", "Riparti da un link del sito."),
    429: ("Troppe richieste, troppo in fretta.", "Aspetta un’ora e riprova."),
    431: ("Richiesta troppo grande.", "Il tuo browser ha inviato troppe intestazioni."),
}
# If even the templates cannot be read.
LAST_RESORT = """<!doctype html>
<html lang="it"><meta charset="utf-8"><title>Errore nostro</title>
<h1>Qui si è rotto qualcosa, ed è colpa nostra.</h1><p>Richiesta {number}. Riprova più tardi.</p>
"""


@require_safe
def health(request):
    """200 when the database answers. Says nothing else: strangers may ask too."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        answer, status = "ok\n", 200
    except Exception as error:
        log.error("health: the database does not answer: %s", type(error).__name__)
        answer, status = "database\n", 503
    response = HttpResponse(answer, status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
def robots(request):
    response = HttpResponse(rules_for_robots(), content_type="text/plain; charset=utf-8")
    return cacheable(response, "all", seconds=DAY_SECONDS)


@require_safe
def indexnow_key(request, key):
    """The file by which search engines see that our pings are ours. Public by its nature."""
    if key != settings.INDEXNOW_KEY:
        raise Http404("not our key")
    response = HttpResponse(key, content_type="text/plain; charset=utf-8")
    response.headers["X-Robots-Tag"] = "noindex"
    return cacheable(response, "all", seconds=DAY_SECONDS)


def route(request):
    """The pattern an address matched: what a log may keep of it, without its secrets."""
    if match := request.resolver_match:
        return f"/{match.route}"
    return "/static/" if request.path_info.startswith("/static/") else "-"


def not_found(request, exception=None):
    """One 301 if we know what the address was meant to be; else the Italian 404 with a search."""
    if request.method in ("GET", "HEAD") and (path := meant(request.path_info)):
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(path + (f"?{iri_to_uri(query)}" if query else ""))
    try:
        words = searched_words(request.path_info)
        return render(request, "404.html", {"words": words}, status=404)
    except Exception:
        # Django turns an error of this view into a 500 without a line about it.
        log.exception("the page for a 404 is in trouble")
        raise


def meant(path):
    """Return the address ``path`` stands for today, or None. One query if it is a label's."""
    clean = tidied(path)
    return addresses.label(clean or path) or (escape_uri_path(clean) if clean else None)


def tidied(path):
    """Return ``path`` as one of ours looks: its slash, no others, nothing pasted after it; or None.

    The answer begins with exactly one slash: a browser reads "//host" as another site
    (CVE-2018-14574). Only patterns are asked, never the database: what is hidden stays hidden.
    """
    clean = slashed(path)
    if clean != path and is_ours(clean):
        return clean
    clean = slashed(without_junk(path))
    # Nobody pastes addresses of the desk; "/admin;/" is not to name it.
    staff = clean.startswith(f"/{settings.ADMIN_PATH}/")
    return clean if clean != path and not staff and is_ours(clean) else None


def slashed(path):
    return "/" + re.sub("/{2,}", "/", f"{path}/").lstrip("/")


def without_junk(path):
    """Drop what mails and chats paste after an address: quotes, brackets, full stops, blanks."""
    while path != (shorter := path.rstrip(PASTED).removesuffix("%20")):
        path = shorter
    return path


def is_ours(path):
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def searched_words(path):
    """At most 60 letters, digits and blanks of the address, for the page and its search box.

    Without what says where it stood, not what it was about: a date, "tag", "category".
    """
    text = PLACE.sub("", unicodedata.normalize("NFC", path[:500]), count=1)
    return " ".join(re.sub(r"[\W_]+", " ", text)[: WORDS_LENGTH + 1].split())[:WORDS_LENGTH].strip()


@require_safe
def icon(request):
    """Browsers ask for it by this name, whatever the page says."""
    response = HttpResponsePermanentRedirect(static("img/favicon.svg"))
    return cacheable(response, "all", seconds=DAY_SECONDS)


def gone(request):
    return render(request, "410.html", status=410)


def nowhere(request):
    """An address of a library's that we do not want to answer."""
    raise Http404("not mounted here")


def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


def forbidden(request, exception=None):
    return render(request, "403.html", status=403)


def csrf_failure(request, reason=""):
    return render(request, "403.html", status=403)


def refused(request, status, allow=None):
    if status == 400:
        return bad_request(request)
    title, sentence = REFUSALS[status]
    context = {"status": status, "title": title, "sentence": sentence}
    response = render(request, "refused.html", context, status=status)
    if status == 405:
        response.headers["Allow"] = allow or ", ".join(KNOWN_METHODS)
    return response


def too_many_requests(request):
    response = refused(request, 429)
    response.headers["Retry-After"] = "3600"
    return response


def too_many_pages(request, seconds):
    context = {"status": 429, "title": REFUSALS[429][0], "sentence": "Aspetta un minuto e riprova."}
    response = render(request, "refused.html", context, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def server_error(request):
    """500, or 503 when the database is away. Needs no database."""
    away = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError, InternalError))
    status = 503 if away else 500
    number = getattr(request, "number", "")
    try:
        page = render_to_string(f"{status}.html", {"request_number": number})
    except Exception:
        log.exception("the page for trouble is in trouble itself")
        page = LAST_RESORT.format(number=number)
    response = HttpResponse(page, status=status)
    if away:
        response.headers["Retry-After"] = "30"
    return response
