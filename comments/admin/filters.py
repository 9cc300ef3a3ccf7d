"""How the queue is cut: by state (what waits first), reason and report."""

from django.contrib import admin
from django.db.models import Count, TextField
from django.db.models.functions import Cast

from comments.models import ReaderComment, Report, State

STATES = {
    State.PENDING: "In attesa",
    State.UNCONFIRMED: "Da confermare",
    State.PUBLISHED: "Pubblicati",
    State.SPAM: "Spam",
    State.TRASH: "Cestino",
}
ALL = "tutti"


class StateFilter(admin.SimpleListFilter):
    """What waits, unless something else is asked for. Every view says how many it holds."""

    title = "stato"
    parameter_name = "stato"

    def __init__(self, request, *args):
        super().__init__(request, *args)
        # Who asks for what was reported wants it wherever it stands: readers report what they see.
        reported = ReportFilter.parameter_name in request.GET
        self.chosen = self.value() or (ALL if reported else State.PENDING)

    def lookups(self, request, model_admin):
        rows = ReaderComment.objects.kept().order_by().values_list("state").annotate(n=Count("pk"))
        counts = dict(rows)
        views = [(state, f"{name} ({counts.get(state, 0)})") for state, name in STATES.items()]
        return [*views, (ALL, f"Tutti ({sum(counts.values())})")]

    def choices(self, changelist):
        for value, label in self.lookup_choices:
            yield {
                "selected": self.chosen == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request, queryset):
        return queryset if self.chosen == ALL else queryset.filter(state=self.chosen)


class ReasonFilter(admin.SimpleListFilter):
    title = "motivo"
    parameter_name = "motivo"
    # Words of the sentences in rules.py; a test keeps the two together.
    WORDS = {
        "link": " link",
        "parola": "una parola",
        "firma": "firma del giornale",
        "vecchio": "giorni: i commenti nuovi",
        "primo": "primo commento",
        "fretta": "pochi istanti",
    }
    LABELS = {
        "link": "link",
        "parola": "parola della lista",
        "firma": "nome di una firma",
        "vecchio": "articolo vecchio",
        "primo": "primo commento",
        "fretta": "troppo in fretta",
    }

    def lookups(self, request, model_admin):
        return list(self.LABELS.items())

    def queryset(self, request, queryset):
        words = self.WORDS.get(self.value())
        if words is None:
            return queryset
        return queryset.annotate(why=Cast("reasons", TextField())).filter(why__contains=words)


class ReportFilter(admin.SimpleListFilter):
    title = "segnalazioni"
    parameter_name = "segnalati"

    def lookups(self, request, model_admin):
        waiting = Report.objects.filter(closed_at=None, comment__erase_at=None)
        return [("aperte", f"da guardare ({waiting.values('comment').distinct().count()})")]

    def queryset(self, request, queryset):
        if self.value() != "aperte":
            return queryset
        return queryset.filter(reports__closed_at=None, reports__isnull=False).distinct()


FILTERS = [StateFilter, ReasonFilter, ReportFilter]
