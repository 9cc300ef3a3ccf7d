"""The rows under a story: who signs it, and what it was written from."""

from django.contrib import admin
from django.forms import BaseInlineFormSet

from articles.models import Byline, Source

MAX_AUTHORS = 10
MAX_SOURCES = 30


class OrderedFormSet(BaseInlineFormSet):
    """Rows in the order of their number; a row without a number stays where it stands."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        position = form.fields["position"]
        position.required = False
        if index is not None and not form.instance.pk:
            position.initial = index + 1
        form.fields["position"].widget.attrs["data-position"] = ""

    def clean(self):
        super().clean()
        for number, form in enumerate(self.forms, start=1):
            if getattr(form, "cleaned_data", {}).get("position", 0) is None:
                form.cleaned_data["position"] = form.instance.position = number


class BylineFormSet(OrderedFormSet):
    default_error_messages = BaseInlineFormSet.default_error_messages | {
        "too_many_forms": f"Al massimo {MAX_AUTHORS} firme."
    }

    def clean(self):
        super().clean()
        signed = set()
        for form in self.forms:
            author = getattr(form, "cleaned_data", {}).get("author")
            if author and form not in self.deleted_forms:
                if author in signed:
                    form.add_error("author", "Questa firma c’è già.")
                signed.add(author)

    def validate_unique(self):
        """Nothing: clean() says it in our words, beside the row."""


class SourceFormSet(OrderedFormSet):
    default_error_messages = BaseInlineFormSet.default_error_messages | {
        "too_many_forms": f"Al massimo {MAX_SOURCES} fonti."
    }


class OrderedInline(admin.TabularInline):
    extra = 0
    classes = ["ordered-rows"]

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, validate_max=True, **kwargs)


class BylineInline(OrderedInline):
    model = Byline
    formset = BylineFormSet
    fields = ["author", "position"]
    autocomplete_fields = ["author"]
    max_num = MAX_AUTHORS
    verbose_name_plural = "firme, nell’ordine in cui escono"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("author")


class SourceInline(OrderedInline):
    model = Source
    formset = SourceFormSet
    fields = ["outlet", "title", "author", "url", "original_date", "language", "position"]
    max_num = MAX_SOURCES
    verbose_name_plural = "fonti: il riquadro «Fonti» sotto l’articolo"


def without_vanished_rows(data, prefix, living):
    """Return a form's data in which rows that somebody else deleted meanwhile are new rows.

    Django would refuse such a row for ever; what was typed in it is saved again instead.
    ``living``: the keys that are still in the database, as text.
    """
    total = _number(data.get(f"{prefix}-TOTAL_FORMS"))
    first = _number(data.get(f"{prefix}-INITIAL_FORMS"))
    vanished = {
        n for n in range(min(first, total)) if data.get(f"{prefix}-{n}-id", "") not in living
    }
    if not vanished:
        return data
    order = [n for n in range(total) if n not in vanished] + sorted(vanished)
    order.sort(key=lambda n: n >= first or n in vanished)
    return _renumbered(data, prefix, order, vanished, first - len(vanished))


def _renumbered(data, prefix, order, vanished, first):
    moved = {f"{prefix}-{old}-": f"{prefix}-{new}-" for new, old in enumerate(order)}
    result = data.copy()
    for key in [key for key in data if key.startswith(f"{prefix}-")]:
        head = "-".join(key.split("-")[:2]) + "-"
        if head in moved:
            result.pop(key)
    for key in data:
        head = "-".join(key.split("-")[:2]) + "-"
        if head in moved:
            result.setlist(moved[head] + key.removeprefix(head), data.getlist(key))
    for new, old in enumerate(order):
        if old in vanished:
            result[f"{prefix}-{new}-id"] = ""
    result[f"{prefix}-INITIAL_FORMS"] = str(first)
    return result


def _number(text):
    valid = text and text.isascii() and text.isdigit() and len(text) < 5
    return int(text) if valid else 0
