"""The editors' inbox: each piece of news once, one press or one key for each act."""

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.forms import Script
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from aggregator import desk, drafting
from aggregator.admin.filters import FILTERS, feeds_of
from aggregator.coverage import covered
from aggregator.models import Cluster, Feed, Item
from kit.text import row_number

State = Cluster.State
REASONS = ("non ci riguarda", "già trattata", "pubblicità", "doppione", "troppo vecchia")
FASTER = "Qualcuno è stato più veloce: ora questa notizia è «{state}»."


def alarms(request):
    """Feeds that fail for more than a day, to stand above the list."""
    now = timezone.now()
    active = [feed for feed in feeds_of(request) if feed.state == Feed.State.ACTIVE]
    return [feed for feed in active if feed.is_alarming(now)][:5]


class InboxList(ChangeList):
    """One page of the inbox, with what we have written already: two queries more."""

    def get_results(self, request):
        super().get_results(request)
        stories = covered(self.result_list)
        may_change = self.model_admin.has_change_permission(request)
        for line in self.result_list:
            line.covered_by, line.may_change = stories.get(line.pk, []), may_change


@admin.register(Cluster)
class ClusterAdmin(admin.ModelAdmin):
    list_display = ["line"]
    list_display_links = None
    list_filter = FILTERS
    show_facets = admin.ShowFacets.NEVER  # the states say their numbers themselves
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["items__title"]
    search_help_text = "Cerca nei titoli e negli estratti"
    actions = ["drop_all", "back_all", "merge_all"]

    class Media:
        css = {"all": ["aggregator/inbox.css"]}
        js = [Script("aggregator/inbox.js", defer=True)]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_changelist(self, request, **kwargs):
        return InboxList

    def get_queryset(self, request):
        return Cluster.objects.for_inbox().newest_first()

    def get_search_results(self, request, queryset, search_term):
        words = search_term.strip()[:200]
        return (queryset.saying(words) if words else queryset), False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A line has no form of its own: the inbox is where it is worked on."""
        return HttpResponseRedirect(reverse("admin:aggregator_cluster_changelist"))

    def history_view(self, request, object_id, extra_context=None):
        return self.change_view(request, object_id)

    @admin.display(description="notizia")
    def line(self, cluster):
        items = list(cluster.items.all())
        context = {"cluster": cluster, "items": items, "first": items[0] if items else None}
        context |= {"others": items[1:], "reasons": REASONS}
        return render_to_string("admin/aggregator/cluster/_line.html", context)

    # --- acts ---

    def changelist_view(self, request, extra_context=None):
        for name, act in (("row", self.one), ("undo", self.take_back), ("split", self.split)):
            if name in request.POST:
                if not self.has_change_permission(request):
                    raise PermissionDenied
                return act(request) or HttpResponseRedirect(request.get_full_path())
        context = {
            "title": "Notizie in arrivo",
            "undoable": desk.undoable(request.user),
            "alarms": alarms(request),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def find(self, number):
        return Cluster.objects.filter(pk=row_number(number)).first()

    def one(self, request):
        """One button of one line: ``act:number:state the line showed``."""
        act, _, rest = request.POST["row"].partition(":")
        number, _, expected = rest.partition(":")
        cluster = self.find(number)
        if cluster is None:
            self.message_user(request, "Questa notizia non c’è più.", messages.ERROR)
            return None
        if act == "take":
            return self.take(request, cluster, expected)
        if act in ("star", "unstar"):
            desk.star(cluster, act == "star")
            return None
        to = {"drop": State.DROPPED, "back": State.NEW}.get(act)
        if to is None:
            return None
        reason = request.POST.get(f"reason-{cluster.pk}", "")[:200] if act == "drop" else ""
        if desk.move(cluster, to, expected=expected, by=request.user, reason=reason):
            said = "Scartata." if act == "drop" else "Rimessa tra le nuove."
            self.message_user(request, f"{said} Hai dieci minuti per annullare.")
        else:
            self.too_late(request, cluster)
        return None

    def take(self, request, cluster, expected):
        """Make the draft and open the writing desk, with the item beside it."""
        if not request.user.has_perms(["articles.add_article", "articles.change_article"]):
            note = "Per prendere una notizia serve il permesso di scrivere articoli."
            self.message_user(request, note, messages.ERROR)
            return None
        chosen = request.POST.get(f"item-{cluster.pk}", "")
        items = list(cluster.items.select_related("feed").order_by("sort_date", "pk"))
        item = next((item for item in items if str(item.pk) == chosen), items[0] if items else None)
        if item is None:
            return None
        try:
            article = drafting.take(cluster, item, request.user, expected=expected)
        except drafting.NoCategory:
            note = "Prima serve una categoria: creane una, poi riprova."
            self.message_user(request, note, messages.ERROR)
            return None
        if article is None:
            self.too_late(request, cluster)
            return None
        self.message_user(
            request, "Bozza pronta. La notizia è qui accanto, la fonte è già scritta."
        )
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))

    def too_late(self, request, cluster):
        cluster.refresh_from_db()
        note = FASTER.format(state=cluster.get_state_display())
        self.message_user(request, note, messages.WARNING)

    def take_back(self, request):
        cluster = self.find(request.POST["undo"])
        if cluster and desk.undo(cluster, request.user):
            self.message_user(request, "Annullato.")
        else:
            note = "Non si può più annullare: è passato tempo, o qualcuno ha deciso dopo."
            self.message_user(request, note, messages.WARNING)

    def split(self, request):
        item = Item.objects.filter(pk=row_number(request.POST["split"])).first()
        if item and desk.split(item):
            self.message_user(request, f"«{item.title}» sta ora per conto suo.")

    @admin.action(description="Scarta", permissions=["change"])
    def drop_all(self, request, queryset):
        self.move_all(request, queryset, State.DROPPED, "scartata", "scartate")

    @admin.action(description="Rimetti tra le nuove", permissions=["change"])
    def back_all(self, request, queryset):
        self.move_all(request, queryset, State.NEW, "rimessa tra le nuove", "rimesse tra le nuove")

    def move_all(self, request, queryset, to, one, many):
        done = sum(
            desk.move(line, to, expected=line.state, by=request.user)
            for line in queryset
            if line.state in (State.NEW, State.DROPPED) and line.state != to
        )
        words = f"1 notizia {one}." if done == 1 else f"{done} notizie {many}."
        self.message_user(request, words)

    @admin.action(description="Unisci: è la stessa notizia", permissions=["change"])
    def merge_all(self, request, queryset):
        lines = list(queryset[:100])
        if len(lines) < 2:
            self.message_user(request, "Scegline almeno due.", messages.WARNING)
            return
        desk.merge(lines)
        self.message_user(request, f"{len(lines)} notizie unite in una.")
