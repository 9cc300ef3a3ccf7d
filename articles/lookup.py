"""The search page, its feed and its suggestions. What is found is asked once more: visible?"""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import operators
from articles.feeds.entries import ITEMS, MAIN
from articles.feeds.stories import of_stories
from articles.feeds.told import numbered, told
from articles.models import Article, Category
from articles.results import Result, results
from kit.limits import Recent
from kit.network import address_of, network_of
from kit.prepared import prepared
from kit.text import CONTROLS, tidy_line
from pagecache.tags import cacheable
from search import finding, queries, spelling

SECONDS = 300
FILTERS = ("categoria", "autore", "tag", "dal", "al")
# A minute per network, counted in this process (trust table, section 4).
searches = Recent(30, 60)
suggestions = Recent(30, 60)
TOO_LONG = f"È troppo lungo: al massimo {queries.LONGEST} caratteri. Accorcia e riprova."
TOO_OFTEN = "Troppe ricerche in un minuto. Aspetta un po’ e riprova: le parole sono qui."
TOO_SLOW = "Questa ricerca è troppo pesante. Prova con meno parole, o con parole più precise."


@dataclass
class Answer:
    """What the template shows; ``problem`` stands in the place of results."""

    text: str = ""
    chosen: dict = field(default_factory=dict)
    status: int = 200
    problem: str = ""
    told: list = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    count: int = 0
    more: bool = False
    some: bool = False
    correction: str = ""
    number: int = 1
    last: int = 1

    @property
    def most(self):
        """How many were looked at, if there are more."""
        return self.count if self.chosen.get("ordine") else finding.POOL

    @property
    def first(self):
        return (self.number - 1) * finding.PER_PAGE + 1

    @property
    def is_filtered(self):
        return any(self.chosen.values())

    @property
    def asks(self):
        return bool(self.text or any(self.chosen.get(name) for name in FILTERS))

    def address(self, to="search", format=MAIN, **changes):
        """This search with other values, for links to its pages, its order, its feed."""
        values = {"q": self.text} | self.chosen | changes
        kept = {name: value for name, value in values.items() if value}
        here = reverse(to) if format == MAIN else reverse(f"{to}_as", args=[format])
        return f"{here}?{urlencode(kept)}" if kept else here

    @property
    def next_url(self):
        return self.address(pagina=self.number + 1) if self.number < self.last else ""

    @property
    def previous_url(self):
        before = {"pagina": self.number - 1} if self.number > 2 else {}
        return self.address(**before) if self.number > 1 else ""

    @property
    def feed_url(self):
        return self.address(to="search_feed", ordine="")

    @property
    def correction_url(self):
        return self.address(q=self.correction)

    @property
    def other_order_url(self):
        return self.address(ordine="" if self.chosen.get("ordine") else "data")


def may_ask(request, recent):
    address = address_of(request, settings.TRUSTED_PROXIES)
    return recent.allow(network_of(address) or address)


def typed(request, name):
    return tidy_line(CONTROLS.sub("", request.GET.get(name, "").replace("\n", " ")))


def asked(request):
    """What is asked for in the query string of a search page or of its feed."""
    return Answer(typed(request, "q"), {name: typed(request, name)[:100] for name in FILTERS})


@require_safe
def search_page(request):
    answer = asked(request)
    answer.chosen["ordine"] = "data" if request.GET.get("ordine") == "data" else ""
    if len(answer.text) > queries.LONGEST:
        answer.problem, answer.status = TOO_LONG, 400
    elif answer.asks and not may_ask(request, searches):
        answer.problem, answer.status = TOO_OFTEN, 429
    elif answer.asks:
        fill(answer, page_number(request))
    context = {"answer": answer, "words": answer.text, "categories": tuple(categories())}
    response = render(request, "search/results.html", context, status=answer.status)
    if answer.status == 429:
        response.headers["Retry-After"] = "60"
    if answer.status != 200:
        return response
    shown = [result.article.cache_tag for result in answer.results if result.article]
    return cacheable(response, "lists", "search", *shown, seconds=SECONDS)


@prepared()
def categories():
    return Category.objects.values_list("path", "name")


def page_number(request):
    """The number of a result page, 1 to 50; Http404 for anything else."""
    text = request.GET.get("pagina") or "1"
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 3):
        raise Http404("no such page")
    number = int(text)
    if not 1 <= number <= finding.MOST_PAGES:
        raise Http404("no such page")
    return number


def understood(answer):
    query = queries.parse(answer.text, finding.synonyms())
    named = [(name, answer.chosen.get(name)) for name in FILTERS]
    query.operators += [queries.Operator(name, value, False) for name, value in named if value]
    operators.understand(query)
    return query


def fill(answer, number):
    query = understood(answer)
    answer.told = query.told
    if query.is_empty:
        if not query.told:
            answer.problem = "Qui dentro non c’è niente da cercare: scrivi almeno una parola."
        return
    try:
        by_date = bool(answer.chosen.get("ordine"))
        found = finding.find(query, timezone.now(), by_date=by_date, page=number)
        answer.count, answer.more, answer.some = found.count, found.more, found.some
        answer.number, answer.last = number, -(-answer.count // finding.PER_PAGE) or 1
        if number > answer.last:
            raise Http404("beyond the last page")
        answer.results = results(found.keys, query)
        if not found.count or found.some:
            answer.correction = correction(answer, query)
    except finding.TooSlow:
        answer.problem, answer.status = TOO_SLOW, 503


def correction(answer, query):
    """Return the text put right, if that finds something readers may see (P1)."""
    text = spelling.corrected(query)
    if not text:
        return ""
    better = understood(Answer(text, answer.chosen))
    return text if finding.anything(better, some=not answer.count) else ""


@require_safe
def suggest(request):
    """Titles that begin like what is being typed, as JSON; nothing else ever leaves here."""
    text = typed(request, "q")
    if len(text) > spelling.BEGINNING:
        return JsonResponse({"titles": []}, status=400)
    if not may_ask(request, suggestions):
        return JsonResponse({"titles": []}, status=429, headers={"Retry-After": "60"})
    try:
        keys = finding.in_titles(query) if (query := begun(text)) else []
    except finding.TooSlow:
        return JsonResponse({"titles": []}, status=503)
    rows = Article.objects.visible().filter(pk__in=finding.articles(keys)).only(*Article.ADDRESS)
    found = [{"title": row.title, "url": row.get_absolute_url()} for row in rows.newest_first()]
    response = JsonResponse({"titles": found}, json_dumps_params={"ensure_ascii": False})
    return cacheable(response, "lists", "search", seconds=SECONDS)


def begun(text):
    """Return the Query of a text whose last word is not finished, or None."""
    finished, words = spelling.beginning(text)
    if not words:
        return None
    query = queries.parse(finished)
    query.operators, query.facets = [], []
    query.wanted.append(queries.any_word(words))
    return query


@require_safe
def search_feed(request, format):
    """The newest stories a search finds, for who wants to be told of the next."""
    answer = asked(request)
    if not answer.asks or len(answer.text) > queries.LONGEST:
        raise Http404("a feed of no search")
    if not may_ask(request, searches):
        return HttpResponse(TOO_OFTEN, status=429, headers={"Retry-After": "60"})
    query, keys = understood(answer), []
    try:
        if not query.is_empty:
            keys = finding.newest(query).keys[:ITEMS]
    except finding.TooSlow:
        return HttpResponse(TOO_SLOW, status=503, headers={"Retry-After": "60"})
    numbers = finding.articles(keys)
    stories = told(numbered(now=timezone.now(), keys=numbers)) if numbers else []
    words = " ".join(filter(None, [answer.text, *(answer.chosen[name] for name in FILTERS)]))
    about = "Gli articoli che rispondono a una ricerca, dal più recente"
    response = of_stories(
        format,
        f"«{words}» · {settings.SITE_NAME}",
        answer.address(),
        stories,
        description=about,
        feed=answer.feed_url,
    )
    tags = [tag for story in stories for tag in story.cache_tags]
    return cacheable(response, "lists", "search", *tags, seconds=SECONDS)


@require_safe
def old_address(request, term="", number=None):
    """WordPress's ``/?s=term`` and ``/search/term/``, feeds too: one 301 to the search."""
    # WordPress writes a blank in a path as "+".
    answer = Answer(term.replace("+", " ") or typed(request, "s"))
    if "feed" in request.GET and answer.text:
        return HttpResponsePermanentRedirect(answer.feed_url)
    return HttpResponsePermanentRedirect(answer.address())


@require_safe
def old_feed(request, term="", format=MAIN, old=""):
    answer = Answer(term.replace("+", " ") or typed(request, "s"))
    return HttpResponsePermanentRedirect(answer.address("search_feed", format))
