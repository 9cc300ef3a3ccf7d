"""Owners ask to be listed or removed: a form, a mail that confirms, an editor who decides."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

import outbox.posting as outbox
from aggregator.models import Feed, Submission
from kit import signed, urls
from kit.fields import LineFormField, ProseFormField
from kit.network import address_of, network_of
from kit.origin import from_here
from kit.rates import DAY, TooOften, limit, take_turn
from outbox.addresses import validate_address
from outbox.letters import address, letter, link, say
from pagecache.tags import cacheable, purge_on_commit

PER_DAY = 3  # of one network (trust table, section 4)
SALT, AGE = "aggregator.submission", 7 * 24 * 3600  # seconds
PER_MAILBOX = 2  # never confirmed, in 30 days: or the form would mail victims (M2)
TRAP = "homepage"
TRAPPED = "È pieno un campo nascosto che deve restare vuoto: ricarica la pagina e riprova."
PAGE_SECONDS = 3600
State = Submission.State
both = require_http_methods(["GET", "HEAD", "POST"])


class SubmissionForm(forms.Form):
    kind = forms.ChoiceField(
        label="Che cosa vuoi?",
        choices=[
            (Submission.Kind.ADD, "Aggiungere il mio sito alla rassegna"),
            (Submission.Kind.REMOVE, "Togliere il mio sito dalla rassegna"),
        ],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Scegli che cosa vuoi."),
    )
    address = LineFormField(
        label="L’indirizzo del feed o del sito",
        validators=[MaxLengthValidator(2048)],
        error_messages={"required": "Scrivi l’indirizzo."},
    )
    email = LineFormField(
        label="Il tuo indirizzo e-mail",
        validators=[validate_address],
        error_messages={"required": "Serve per confermare la richiesta: non lo pubblichiamo."},
    )
    note = ProseFormField(
        label="Vuoi aggiungere qualcosa?", required=False, validators=[MaxLengthValidator(1000)]
    )

    def clean_address(self):
        value = self.cleaned_data["address"]
        value = value if "://" in value else f"https://{value}"
        if not urls.key(value):
            raise ValidationError("Scrivi un indirizzo come https://esempio.it/feed/")
        return value


@both
def ask(request):
    """The form. A GET is kept for all; nothing is fetched before an editor says so."""
    form = SubmissionForm(request.POST or None)
    context = {"form": form, "trap": TRAP}
    if request.method != "POST":
        return cacheable(page(request, context), "all", seconds=PAGE_SECONDS)
    if not from_here(request):
        said = "Il modulo arriva da un altro sito: controllalo e premi tu."
        return page(request, context | {"sentence": said}, 403)
    if request.POST.get(TRAP):
        return page(request, context | {"sentence": TRAPPED}, 422)
    if not form.is_valid():
        return page(request, context, 422)
    try:
        receive(form.cleaned_data, network_of(address_of(request, settings.TRUSTED_PROXIES)))
    except TooOften as wait:
        response = page(request, context | {"sentence": wait.sentence}, 429)
        response.headers["Retry-After"] = str(wait.seconds)
        return response
    return page(request, context | {"done": True})


def page(request, context, status=200):
    response = render(request, "aggregator/ask.html", context, status=status)
    if request.method == "POST":
        response.headers["Cache-Control"] = "private, no-store"
    return response


def receive(data, network, now=None):
    """Keep a request and the mail that confirms it. Raises TooOften."""
    now = now or timezone.now()
    with transaction.atomic():
        take_turn(network)
        mine = Submission.objects.filter(network=network)
        limit(mine, "at", now, DAY, PER_DAY, "Da qui sono arrivate già molte richieste.")
        silent = Submission.objects.filter(
            email__iexact=data["email"], state=State.UNCONFIRMED, at__lt=now
        )
        said = "A questo indirizzo abbiamo già scritto: apri il link che trovi nella mail."
        limit(silent, "at", now, 30 * DAY, PER_MAILBOX, said)
        columns = {key: data[key] for key in ("kind", "address", "email", "note")}
        row = Submission.objects.create(network=network, at=now, **columns)
        parts = [
            say("qualcuno ha chiesto, con questo indirizzo, di cambiare la nostra rassegna."),
            link("Apri la pagina e conferma", address("review_confirm", signed.make(SALT, row.pk))),
            say("Il link vale 7 giorni. Se non sei tu non fare niente: non ti scriviamo altro."),
        ]
        outbox.post(**letter(row.email, "Conferma la tua richiesta", parts))


@both
def confirm(request, token):
    """The link of the mail: shows, and acts on POST only. Then an editor decides."""
    try:
        number = signed.read(SALT, token, AGE).value
    except (signed.Expired, signed.Forged):
        number = 0
    row = Submission.objects.filter(pk=number).first()
    if row is None:
        return render(request, "aggregator/confirm.html", {"dead": True}, status=410)
    if request.method == "POST" and from_here(request):
        waiting = Submission.objects.filter(pk=row.pk, state=State.UNCONFIRMED)
        waiting.update(state=State.WAITING)
        row.refresh_from_db()
    done = row.state != State.UNCONFIRMED
    return render(request, "aggregator/confirm.html", {"row": row, "done": done})


# --- decided by an editor ---


def decide(row, state, now=None):
    """Move a request that waits; False if it was decided already."""
    waiting = Submission.objects.filter(pk=row.pk, state=State.WAITING)
    return bool(waiting.update(state=state, decided_at=now or timezone.now()))


def accept(row):
    """Do what was asked: a feed in (again) or out. False if it was decided already."""
    with transaction.atomic():
        if not decide(row, State.ACCEPTED):
            return False
        meant = [feed.pk for feed in meant_by(row.address)]
        if row.kind == Submission.Kind.REMOVE:
            Feed.objects.filter(pk__in=meant).update(listed=False, state=Feed.State.PAUSED)
        elif meant:
            again = {"state": Feed.State.ACTIVE, "next_check_at": timezone.now()}
            Feed.objects.filter(pk__in=meant).update(listed=True, **again)
        else:
            note = f"Chiesta il {timezone.localtime(row.at):%d/%m/%Y}."
            Feed.objects.create(
                address=row.address, contact=row.email, note=note, next_check_at=timezone.now()
            )
        purge_on_commit("rassegna")
    return True


def meant_by(address):
    """The feeds an address speaks of: that very feed or site, else the only one of its host.

    On a host with many feeds (a blog platform) one owner does not speak for the others.
    """
    key, host = urls.key(address), urls.host(address)
    feeds = list(Feed.objects.only("pk", "key", "site", "address"))
    exact = [feed for feed in feeds if key in (feed.key, urls.key(feed.site))]
    near = [f for f in feeds if host in (urls.host(f.site), urls.host(f.address))]
    return exact or (near if len(near) == 1 else [])


def refuse(row):
    return decide(row, State.REFUSED)
