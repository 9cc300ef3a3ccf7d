"""What readers may ask for: that a comment be looked at, a copy of their data, to be forgotten."""

from django.conf import settings
from django.db import transaction
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from comments import privacy, rates
from comments.forms import TRAP, DataForm, ReportForm
from comments.models import DataRequest, ReaderComment, Report
from comments.views.letters import dead_link, value_of
from comments.views.posting import ELSEWHERE, TRAPPED
from kit.network import address_of, network_of
from kit.origin import from_here
from kit.rates import take_turn
from pagecache.tags import cacheable

both = require_http_methods(["GET", "HEAD", "POST"])
PAGE_SECONDS = 3600


def network(request):
    return network_of(address_of(request, settings.TRUSTED_PROXIES))


def refusal_of(request, form):
    """``(status, sentence)`` of a form that is not taken, or None if it may go on."""
    if not from_here(request):
        return 403, ELSEWHERE
    if request.POST.get(TRAP):
        return 422, TRAPPED
    return None if form.is_valid() else (422, "")


def answer(request, template, context, status=200, seconds=None):
    """A page of a form: a GET is kept for all, an answer to a POST for nobody."""
    response = render(request, template, context | {"trap": TRAP}, status=status)
    if request.method == "POST":
        response.headers["Cache-Control"] = "private, no-store"
    if seconds:
        response.headers["Retry-After"] = str(seconds)
    return response


@both
def report(request, number):
    """ "Segnala": a reason, and the comment goes into the moderators' queue."""
    comment = ReaderComment.objects.visible().select_related("article").filter(pk=number).first()
    if comment is None:
        raise Http404("no such comment")
    form = ReportForm(request.POST or None)
    context = {"comment": comment, "form": form}
    template = "comments/report.html"
    if request.method != "POST":
        tag = f"article:{comment.article_id}"
        return cacheable(answer(request, template, context), tag, seconds=PAGE_SECONDS)
    if refused := refusal_of(request, form):
        status, sentence = refused
        return answer(request, template, context | {"sentence": sentence}, status)
    try:
        file_report(comment, form.cleaned_data, network(request))
    except rates.TooOften as wait:
        context["sentence"] = wait.sentence
        return answer(request, template, context, 429, wait.seconds)
    return answer(request, template, context | {"done": True})


def file_report(comment, data, from_network, now=None):
    now = now or timezone.now()
    with transaction.atomic():
        take_turn(from_network)
        rates.check_report(from_network, now)
        words = {"reason": data["reason"], "text": data["text"]}
        Report.objects.create(comment=comment, network=from_network, at=now, **words)


@both
def ask_for_data(request):
    """Ask for a copy of the own data or to be forgotten. The answer is the same for any address."""
    form = DataForm(request.POST or None)
    template, context = "comments/ask_for_data.html", {"form": form}
    if request.method != "POST":
        return cacheable(answer(request, template, context), "all", seconds=PAGE_SECONDS)
    if refused := refusal_of(request, form):
        status, sentence = refused
        return answer(request, template, context | {"sentence": sentence}, status)
    try:
        privacy.ask(form.cleaned_data["kind"], form.cleaned_data["email"], network(request))
    except rates.TooOften as wait:
        context["sentence"] = wait.sentence
        return answer(request, template, context, 429, wait.seconds)
    return answer(request, template, context | {"done": True})


@both
def data(request, token):
    """The link of the mail: says what will happen; the button does it, once."""
    number = value_of("data", token)
    wanted = DataRequest.objects.select_related("commenter").filter(pk=number, done_at=None)
    request_ = wanted.first() if isinstance(number, int) else None
    if request_ is None or request_.commenter is None:
        return dead_link(request)
    copying = request_.kind == DataRequest.Kind.COPY
    context = {"wanted": request_, "copying": copying, "token": token}
    if request.method != "POST" or not from_here(request):
        return render(request, "comments/data.html", context)
    copy = privacy.carry_out(request_)
    if not copying:
        return render(request, "comments/data.html", context | {"done": True})
    response = JsonResponse(copy or {}, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response.headers["Content-Disposition"] = 'attachment; filename="i-miei-dati.json"'
    return response
