"""Numbers in the query of the front page: the short link of a story, and WordPress's old ones."""

from django.http import Http404, HttpResponsePermanentRedirect

from articles.models import Article, Page
from pagecache.tags import cacheable

LONGEST = 18  # digits; a longer number is none of ours, and the database could not hold it
LINK_SECONDS = 3600
# WordPress's name of the number -> where such a row is looked for.
NUMBERED = {"p": Article, "page_id": Page}


def followed(request):
    """Return the redirect to what a number in the query stands for; None if there is no number.

    Http404 for a number of nothing, and the same one for what is hidden (trust table, P1). One
    query at most, none for what is no number.
    """
    for name, model in NUMBERED.items():
        if name in request.GET:
            return redirect_to(model, request.GET[name])
    return None


def redirect_to(model, number):
    known = number.isascii() and number.isdigit() and len(number) <= LONGEST
    row = model.objects.visible().filter(pk=int(number)).first() if known else None
    if row is None:
        raise Http404("no such number")
    response = HttpResponsePermanentRedirect(row.get_absolute_url())
    return cacheable(response, row.cache_tag, "lists", seconds=LINK_SECONDS)
