"""The feeds: where they are, how they are doing, what their rules would do before a save."""

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import FileField, Form, ModelForm
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime

from aggregator import health, opml, submissions
from aggregator.admin.filters import LanguageFilter
from aggregator.models import Feed, Submission
from aggregator.rules import Wrong, read_rules, wanted
from kit import urls
from kit.text import row_number
from pagecache.tags import purge_on_commit

TRIED = 500  # items of the dry run
# Another address: what we knew of the old answers does not hold there.
UNKNOWN = {"etag": "", "last_modified": "", "body_hash": "", "found": []}
ADDING = (
    "Scrivi l’indirizzo del feed, oppure quello del sito: se è una pagina, ti facciamo scegliere "
    "tra i feed che nomina."
)


def said(moment):
    return date_format(localtime(moment), "j M Y, H:i").lower() if moment else "mai"


class AlarmFilter(admin.SimpleListFilter):
    title = "salute"
    parameter_name = "salute"

    def lookups(self, request, model_admin):
        return [("ferme", "non vanno da più di un giorno"), ("errori", "con un errore")]

    def queryset(self, request, queryset):
        if self.value() == "ferme":
            return queryset.alarming(timezone.now())
        return queryset.exclude(error="") if self.value() == "errori" else queryset


class SpokenFilter(LanguageFilter):
    def queryset(self, request, queryset):
        return queryset.filter(language__istartswith=self.value()) if self.value() else queryset


class HealthList(ChangeList):
    def get_results(self, request):
        super().get_results(request)
        weeks, fate = health.weeks_of(self.result_list), health.fate_of(self.result_list)
        for feed in self.result_list:
            feed.weeks, feed.fate = weeks[feed.pk], fate.get(feed.pk, {})


class FeedForm(ModelForm):
    """With a dry run: «Prova le regole» tells what would be dropped, and saves nothing."""

    dry_run = None

    def clean_address(self):
        address = self.cleaned_data["address"]
        if not urls.key(address):
            raise ValidationError("Scrivi un indirizzo http o https, senza nome utente.")
        return address

    def clean(self):
        data = super().clean()
        if "_try" in self.data and self.instance.pk and not self.errors:
            self.dry_run = try_rules(self.instance, data)
            self.add_error(None, "Era solo una prova: non ho salvato niente.")
        return data


def try_rules(feed, data):
    """What the rules of a form would do with the feed's last 500 items."""
    try:
        keep, drop = read_rules(data["keep_rules"]), read_rules(data["drop_rules"])
    except (Wrong, KeyError):
        return None  # the form's own check says why
    now = timezone.now()
    items = list(feed.items.order_by("-sort_date").defer("html")[:TRIED])
    for item in items:
        item.published = item.published_at
    out = [item for item in items if not wanted(item, keep, drop, now)]
    return {"all": len(items), "out": out[:50], "number": len(out)}


class OpmlForm(Form):
    file = FileField(label="File OPML")


@admin.register(Feed)
class FeedAdmin(admin.ModelAdmin):
    form = FeedForm
    list_display = ["title_", "state", "good", "last_item", "plot", "fate", "trouble"]
    list_filter = ["state", AlarmFilter, "listed", SpokenFilter]
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 100
    show_full_result_count = False
    search_fields = ["title", "address", "site", "category"]
    actions = ["poll_now"]
    readonly_fields = ["condition", "found_feeds"]
    view_on_site = False

    class Media:
        css = {"all": ["aggregator/inbox.css"]}

    def get_changelist(self, request, **kwargs):
        return HealthList

    def has_delete_permission(self, request, obj=None):
        """Only a feed that never brought anything: what was used is kept for ever."""
        if obj is None or not super().has_delete_permission(request, obj):
            return False
        return not obj.items.exists()

    def get_fieldsets(self, request, obj=None):
        where = ["address", "title", "site", "language", "category"]
        if obj is None:
            return [(None, {"fields": where, "description": ADDING})]
        return [
            ("Salute", {"fields": ["state", "condition", *(["found_feeds"] if obj.found else [])]}),
            ("Dove", {"fields": where}),
            ("Che cosa prendiamo", {"fields": ["listed", "keep_rules", "drop_rules"]}),
            ("Accordi", {"fields": ["licence", "contact", "note"]}),
        ]

    def save_model(self, request, obj, form, change):
        """Write the form's own columns only: the worker may be polling this feed."""
        obj.key = urls.key(obj.address)
        if change:
            columns = [f.name for f in obj._meta.concrete_fields if f.name in form.fields]
            if "address" in form.changed_data:
                Feed.objects.filter(pk=obj.pk).update(next_check_at=timezone.now(), **UNKNOWN)
            obj.save(update_fields=columns)
        else:
            obj.next_check_at = timezone.now()
            obj.save()
            note = "Aggiunta. La leggiamo tra pochi secondi: ricarica questa pagina."
            self.message_user(request, note)
        purge_on_commit("rassegna")

    def response_add(self, request, obj, post_url_continue=None):
        return HttpResponseRedirect(reverse("admin:aggregator_feed_change", args=[obj.pk]))

    def render_change_form(self, request, context, *args, **kwargs):
        context["dry_run"] = context["adminform"].form.dry_run
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("opml/", wrap(self.opml_view), name="aggregator_feed_opml"),
            path("<int:pk>/usa/", wrap(self.use_view), name="aggregator_feed_use"),
            *super().get_urls(),
        ]

    # --- what is shown ---

    @admin.display(description="fonte", ordering="title")
    def title_(self, feed):
        return format_html("{}<br><small>{}</small>", str(feed), feed.category or feed.host)

    @admin.display(description="ultima risposta", ordering="succeeded_at")
    def good(self, feed):
        return said(feed.succeeded_at)

    @admin.display(description="ultima notizia", ordering="changed_at")
    def last_item(self, feed):
        return said(feed.changed_at)

    @admin.display(description="per settimana")
    def plot(self, feed):
        return health.plot(feed.weeks)

    @admin.display(description="in redazione")
    def fate(self, feed):
        return health.ratio(feed.fate)

    @admin.display(description="che cosa non va", ordering="failing_since", empty_value="")
    def trouble(self, feed):
        if not feed.error:
            return None
        since = f" Dal {said(feed.failing_since)}." if feed.failing_since else ""
        return f"{feed.error}{since}"

    @admin.display(description="come sta")
    def condition(self, feed):
        trouble = self.trouble(feed)
        good = f"Ultima risposta buona: {said(feed.succeeded_at)}. "
        good += f"Prossimo tentativo: {said(feed.next_check_at)}."
        return f"{trouble} {good}" if trouble else good

    @admin.display(description="feed trovati nella pagina")
    def found_feeds(self, feed):
        context = {"feed": feed, "found": feed.found}
        return render_to_string("admin/aggregator/feed/_found.html", context)

    # --- acts ---

    @admin.action(description="Leggi adesso", permissions=["change"])
    def poll_now(self, request, queryset):
        keys = list(queryset.values_list("pk", flat=True))
        rows = Feed.objects.active().filter(pk__in=keys)
        done = rows.update(next_check_at=timezone.now())
        words = "1 fonte si legge" if done == 1 else f"{done} fonti si leggono"
        self.message_user(request, f"{words} nei prossimi secondi.")
        if done < len(keys):
            note = "Le fonti in pausa o chiuse non si leggono: prima rimettile attive."
            self.message_user(request, note, messages.WARNING)

    def use_view(self, request, pk):
        """Use one of the feeds that a page named in place of the page's address."""
        feed = self.get_object(request, str(pk))
        if feed is None or not self.has_change_permission(request, feed):
            raise PermissionDenied
        chosen = dict(enumerate(feed.found)).get(row_number(request.POST.get("number", "x"), -1))
        key = urls.key(chosen["url"]) if chosen else ""
        if chosen and Feed.objects.filter(key=key).exclude(pk=feed.pk).exists():
            self.message_user(request, "Questo feed c’è già.", messages.WARNING)
        elif chosen:
            Feed.objects.filter(pk=feed.pk).update(
                address=chosen["url"], key=key, site=feed.site or feed.address,
                error="", failing_since=None, failures=0, next_check_at=timezone.now(), **UNKNOWN,
            )  # fmt: skip
            self.message_user(request, "Fatto: lo leggiamo tra pochi secondi.")
        return HttpResponseRedirect(reverse("admin:aggregator_feed_change", args=[pk]))

    def opml_view(self, request):
        """An OPML file in (POST) or out (?scarica=1)."""
        adding = request.method == "POST"
        if not (self.has_add_permission if adding else self.has_view_permission)(request):
            raise PermissionDenied
        if request.GET.get("scarica"):
            response = HttpResponse(opml.write(Feed.objects.all()), content_type="text/x-opml")
            response.headers["Content-Disposition"] = 'attachment; filename="fonti.opml"'
            return response
        form = OpmlForm(request.POST or None, request.FILES or None)
        if adding and form.is_valid():
            try:
                report = opml.take_in(
                    opml.read(form.cleaned_data["file"].read(opml.MOST_BYTES + 1))
                )
            except opml.Unreadable as error:
                form.add_error("file", str(error))
            else:
                note = f"Aggiunte: {report.added}. C’erano già: {report.known}."
                if report.refused:
                    note += f" Indirizzi sbagliati: {', '.join(report.refused[:10])}."
                self.message_user(request, note)
                return HttpResponseRedirect(reverse("admin:aggregator_feed_changelist"))
        context = self.admin_site.each_context(request) | {
            "title": "Elenco OPML",
            "form": form,
            "opts": Feed._meta,
        }
        return render(request, "admin/aggregator/feed/opml.html", context)


@admin.register(Submission)
class SubmissionAdmin(admin.ModelAdmin):
    list_display = ["address", "kind", "state", "email", "at"]
    list_filter = ["state", "kind"]
    fields = ["kind", "address", "email", "note", "state", "at"]
    readonly_fields = fields
    actions = ["accept", "refuse"]

    def has_add_permission(self, request):
        return False

    @admin.action(description="Accetta", permissions=["change"])
    def accept(self, request, queryset):
        done = sum(submissions.accept(row) for row in queryset)
        self.message_user(request, f"Richieste accettate: {done}.")

    @admin.action(description="Rifiuta", permissions=["change"])
    def refuse(self, request, queryset):
        done = sum(submissions.refuse(row) for row in queryset)
        self.message_user(request, f"Richieste rifiutate: {done}.")
