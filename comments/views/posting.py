"""A reader writes: the form, its answers, the own comment, the correction.

No cookie, no session and no form token of Django's play a part (trust table, C2 and C3).
"""

from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles import pages
from articles.models import Article
from comments import moderation, rates, tokens
from comments.forms import TRAP, CommentForm, CorrectionForm
from comments.models import ReaderComment
from comments.templatetags.thread import form_context
from kit.html import trusted
from kit.network import address_of, network_of
from kit.origin import from_here
from kit.text import row_number

# PostgreSQL calls a write to a read-only database an internal error.
DATABASE_AWAY = (OperationalError, InterfaceError, InternalError)
FIELDS = 50  # of an anonymous POST (trust table, section 3)
LATE = "Il modulo era aperto da troppo tempo. Il testo è qui sotto: premi ancora una volta."
ELSEWHERE = "Il modulo arriva da un altro sito. Il testo è qui sotto: controllalo e premi tu."
TRAPPED = (
    "Il tuo browser ha riempito un campo nascosto, come fanno i programmi. L’abbiamo svuotato: "
    "premi ancora una volta."
)
PREVIEWED = "Troppe anteprime in un minuto. Aspetta un po’ e riprova: il testo è qui sotto, tutto."
TOO_LATE = "Il tempo per correggere è finito. La correzione non è salvata: il testo è qui sotto."
AWAY = "In questo momento non possiamo salvare niente. Tieni aperta questa pagina e riprova."


@require_POST
def receive(request):
    """Keep a comment, or give everything back with the reason next to its field."""
    if len(request.POST) > FIELDS or request.FILES:
        return render(request, "400.html", status=400)
    try:
        return take(request)
    except DATABASE_AWAY:
        return give_back_without_database(request)


def take(request):
    article = story_of(request)
    form = CommentForm(request.POST)
    age, trouble = form_age(request, article)
    if "preview" in request.POST:
        return preview_page(request, article, form)
    if not from_here(request):
        return give_back(request, article, form, 403, ELSEWHERE)
    if trouble or request.POST.get(TRAP):
        return give_back(request, article, form, 422, trouble or TRAPPED)
    if not form.is_valid():
        return give_back(request, article, form, 422)
    try:
        receipt = moderation.receive(arrival_of(request, article, form.cleaned_data, age))
    except moderation.Refusal as refusal:
        return give_back_refused(request, article, form, refusal)
    token = tokens.make("mine", [receipt.comment.pk, int(receipt.mailed)])
    return redirect("comment_sent", token, permanent=False)


def story_of(request):
    """The visible story a form belongs to; a hidden one answers like none (P1, P2)."""
    number = row_number(request.POST.get("story", ""))
    if not number:
        raise Http404("no such story")
    article = Article.objects.visible().for_page().filter(pk=number).first()
    if article is None:
        raise Http404("no such story")
    return article


def form_age(request, article):
    """``(seconds since the form was made, None)`` or ``(None, what is wrong with it)`` (C3).

    The seconds are None where they say nothing.
    """
    try:
        made = tokens.read("form", request.POST.get("form", ""))
    except (tokens.Expired, tokens.Forged):
        return None, LATE
    if made.value == [article.pk]:  # it came back once: all was typed already
        return None, None
    return (made.age, None) if made.value == article.pk else (None, LATE)


def arrival_of(request, article, data, age):
    text, html = data["comment"]
    return moderation.Arrival(
        article=article,
        text=text,
        html=html,
        name=data["name"],
        email=data["email"],
        site=data["site"],
        parent=data["reply_to"],
        wants=data["wants"],
        proof=data["proof"],
        address=address_of(request, settings.TRUSTED_PROXIES),
        seconds=age,
    )


def give_back_refused(request, article, form, refusal):
    if refusal.field == "text":
        form.add_error("comment", refusal.sentence)
    if refusal.field == "parent":  # the next press writes at the end of the discussion
        form.data = form.data.copy()
        form.data["reply_to"] = ""
    said = "" if refusal.field == "text" else refusal.sentence
    response = give_back(request, article, form, refusal.status, said)
    if refusal.retry_after:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def give_back(request, article, form, status, sentence="", preview=""):
    """The form on a page of its own, with a fresh signature and everything that was typed."""
    answered = None
    if number := row_number(form.data.get("reply_to", "")):
        published = ReaderComment.objects.published().of_article(article)
        answered = published.filter(pk=number).first()
    context = form_context(article, form, answered) | {"sentence": sentence, "preview": preview}
    response = render(request, "comments/again.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def give_back_without_database(request):
    """503 with the text: what cannot be kept is never said to be kept."""
    context = {"data": request.POST.dict(), "sentence": AWAY, "action": request.path}
    page = render_to_string("comments/away.html", context)
    return HttpResponse(page, status=503, headers={"Retry-After": "30"})


# --- preview ---


@require_POST
def preview(request):
    """The HTML of what is typed, for the script under the form. Nothing is kept."""
    if not may_preview(request):
        return HttpResponse(
            "<p>Troppe anteprime: aspetta un minuto.</p>", status=429, headers={"Retry-After": "60"}
        )
    form = CorrectionForm(request.POST)
    if not from_here(request):
        return HttpResponse(f"<p>{ELSEWHERE}</p>", status=403)
    context = {
        "form": form,
        "html": trusted(form.cleaned_data["comment"][1]) if form.is_valid() else "",
    }
    return render(
        request, "comments/_preview.html", context, status=200 if form.is_valid() else 422
    )


def preview_page(request, article, form):
    """The same without scripts: the form comes back with the preview above it."""
    if not may_preview(request):
        response = give_back(request, article, form, 429, PREVIEWED)
        response.headers["Retry-After"] = "60"
        return response
    form.full_clean()
    made = form.cleaned_data.get("comment", ("", ""))[1]
    return give_back(request, article, form, 200, preview=trusted(made))


def may_preview(request):
    return rates.previews.allow(network_of(address_of(request, settings.TRUSTED_PROXIES)))


# --- after sending ---


def own_comment(purpose, token):
    """``(comment, the token's value)`` of a link of the writer; Http404 if it is no such link."""
    try:
        value = tokens.read(purpose, token).value
    except (tokens.Expired, tokens.Forged):
        raise Http404("no such link") from None
    number, mailed = value if isinstance(value, list) else (value, 0)
    comment = ReaderComment.objects.kept().select_related("article", "commenter").filter(pk=number)
    if found := comment.first():
        return found, mailed
    raise Http404("no such comment")


@require_safe
def sent(request, token):
    """What happened to a comment just sent, and why."""
    comment, mailed = own_comment("mine", token)
    may_correct = moderation.may_correct(comment, timezone.now())
    context = {
        "comment": comment,
        "mailed": mailed,
        "mine": token,
        "correct": tokens.make("correct", comment.pk) if may_correct else "",
    }
    return render(request, "comments/sent.html", context)


@require_safe
def mine(request, token):
    """The story with the own comment in its place, for an hour, for who holds the link."""
    comment, _ = own_comment("mine", token)
    article = Article.objects.visible().for_page().filter(pk=comment.article_id).first()
    if article is None:
        raise Http404("no such story")
    context = pages.article_context(article) | {"own_comment": comment.pk}
    return render(request, "articles/article.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request, token):
    """Correct the own comment: ten minutes, or until someone answers. Every rule runs again."""
    try:
        return take_correction(request, token)
    except DATABASE_AWAY:
        if request.method != "POST":
            raise
        return give_back_without_database(request)


def take_correction(request, token):
    try:
        comment, _ = own_comment("correct", token)
    except Http404:
        if request.method != "POST":
            raise
        late = {"form": CorrectionForm(request.POST), "sentence": TOO_LATE}
        return render(request, "comments/correct.html", late, status=403)
    form = CorrectionForm(request.POST or None, initial={"comment": comment.comment})
    sentence, status = "", 200
    if request.method == "POST":
        status = 422
        if not from_here(request):
            sentence, status = ELSEWHERE, 403
        elif form.is_valid():
            try:
                moderation.correct(comment, *form.cleaned_data["comment"])
            except moderation.Refusal as refusal:
                sentence, status = refusal.sentence, refusal.status
            else:
                return redirect("comment_sent", tokens.make("mine", [comment.pk, 0]))
    context = {"comment": comment, "form": form, "sentence": sentence}
    return render(request, "comments/correct.html", context, status=status)
