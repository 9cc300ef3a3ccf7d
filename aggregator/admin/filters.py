"""How the inbox is cut: state, source, category, language, age. What is new comes first."""

from datetime import timedelta

from django.contrib import admin
from django.db.models import Count
from django.utils import timezone

from aggregator.models import Cluster, Feed, Item
from articles.quotations import LANGUAGES
from kit.text import row_number

State = Cluster.State
STATES = {
    State.NEW: "Nuove",
    State.TAKEN: "Prese",
    State.USED: "Usate",
    State.DROPPED: "Scartate",
}
ALL = "tutte"
ALARM = ("state", "failing_since", "failures", "error")


def feeds_of(request):
    """Every feed, as the filters and the alarms need it: one query for all of them."""
    if not hasattr(request, "feeds_of_the_inbox"):
        rows = Feed.objects.order_by("title", "pk")
        request.feeds_of_the_inbox = list(
            rows.only("pk", "title", "address", "category", "language", *ALARM)
        )
    return request.feeds_of_the_inbox


class StateFilter(admin.SimpleListFilter):
    """New lines, unless something else is asked for. Every view says how many it holds."""

    title = "stato"
    parameter_name = "stato"

    def lookups(self, request, model_admin):
        counts = dict(Cluster.objects.order_by().values_list("state").annotate(n=Count("pk")))
        views = [(state, f"{name} ({counts.get(state, 0)})") for state, name in STATES.items()]
        return [*views, (ALL, f"Tutte ({sum(counts.values())})")]

    def choices(self, changelist):
        for value, label in self.lookup_choices:
            yield {
                "selected": (self.value() or State.NEW) == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request, queryset):
        state = self.value() or State.NEW
        return queryset if state == ALL else queryset.in_state(state)


class StarFilter(admin.SimpleListFilter):
    title = "stella"
    parameter_name = "stella"

    def lookups(self, request, model_admin):
        return [("si", "con la stella")]

    def queryset(self, request, queryset):
        return queryset.filter(starred=True) if self.value() == "si" else queryset


class FeedFilter(admin.SimpleListFilter):
    title = "fonte"
    parameter_name = "fonte"

    def lookups(self, request, model_admin):
        return [(str(feed.pk), str(feed)) for feed in feeds_of(request)[:300]]

    def queryset(self, request, queryset):
        return queryset.from_feed(row_number(self.value())) if self.value() else queryset


class CategoryFilter(admin.SimpleListFilter):
    title = "categoria"
    parameter_name = "categoria"

    def lookups(self, request, model_admin):
        names = sorted({feed.category for feed in feeds_of(request)} - {""})
        return [(name, name) for name in names[:100]]

    def queryset(self, request, queryset):
        return queryset.in_category(self.value()) if self.value() else queryset


class LanguageFilter(admin.SimpleListFilter):
    title = "lingua"
    parameter_name = "lingua"

    def lookups(self, request, model_admin):
        short = {feed.language.split("-")[0].lower() for feed in feeds_of(request)} - {""}
        return [(code, LANGUAGES.get(code, code)) for code in sorted(short)[:100]]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        mine = Item.objects.filter(language__istartswith=self.value())
        return queryset.filter(pk__in=mine.values("cluster"))


class AgeFilter(admin.SimpleListFilter):
    title = "età"
    parameter_name = "eta"
    DAYS = {
        "1": "ultime 24 ore",
        "3": "ultimi 3 giorni",
        "7": "ultima settimana",
        "30": "ultimo mese",
    }

    def lookups(self, request, model_admin):
        return list(self.DAYS.items())

    def queryset(self, request, queryset):
        if self.value() not in self.DAYS:
            return queryset
        return queryset.filter(sort_date__gt=timezone.now() - timedelta(days=int(self.value())))


FILTERS = [StateFilter, StarFilter, AgeFilter, LanguageFilter, CategoryFilter, FeedFilter]
