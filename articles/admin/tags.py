"""Tags at the desk: other names, merging, and those that look alike."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from articles import duplicates, merging
from articles.admin.labels import LabelAdmin, story_count, with_stories
from articles.models import Article, DistinctTags, Tag, TagAlias
from kit.text import row_number, slugify_tag

MOST_MERGED = 50  # at once
MOST_TAGS = 5000  # looked at for twins, the most used first
MOST_PAIRS = 100  # on one page
MERGE, TWINS = "articles_tag_merge", "articles_tag_duplicates"


def counted(number):
    return "1 articolo" if number == 1 else f"{number} articoli"


def with_counts(tags):
    return tags.annotate(stories=story_count(Article.tags.through, "tag"))


class MergeForm(forms.Form):
    target = forms.ModelChoiceField(
        Tag.objects.none(),
        label="Resta",
        required=False,
        widget=forms.RadioSelect,
        empty_label=None,
    )
    other = forms.ModelChoiceField(
        Tag.objects.all(),
        label="Oppure un altro tag",
        required=False,
        widget=AutocompleteSelect(Article._meta.get_field("tags"), admin.site),
    )

    def __init__(self, *args, tags, **kwargs):
        super().__init__(*args, **kwargs)
        self.tags = list(tags)
        self.fields["target"].queryset = tags
        self.fields["target"].label_from_instance = lambda tag: (
            f"{tag.name} · {counted(tag.stories)}"
        )

    def clean(self):
        cleaned = super().clean()
        target = cleaned.get("other") or cleaned.get("target")
        if not self.errors and target is None:
            raise ValidationError("Scegli quale tag resta.")
        if not self.errors and not [tag for tag in self.tags if tag != target]:
            raise ValidationError("Scegli un tag diverso da quello che vuoi unire.")
        return cleaned | {"kept": target}


class AliasForm(forms.ModelForm):
    def clean_slug(self):
        """Before the rows are compared: two new names are not one because both left it empty."""
        return self.cleaned_data["slug"] or slugify_tag(self.cleaned_data.get("name", ""))


class AliasInline(admin.TabularInline):
    model = TagAlias
    form = AliasForm
    extra = 1
    fields = ["name", "slug"]
    verbose_name = "nome"
    verbose_name_plural = "altri nomi: portano a questo tag, sul sito e quando lo cerchi qui"


@admin.register(Tag)
class TagAdmin(LabelAdmin):
    list_display = ["name", "slug", "stories", "on_site"]
    search_fields = ["name", "slug", "aliases__name", "aliases__slug"]
    search_help_text = "Cerca tra i nomi, anche quelli che portano a un altro tag"
    fields = ["name", "slug", "description"]
    inlines = [AliasInline]
    actions = ["merge"]

    class Media:
        css = {"all": ["articles/tags.css"]}

    def get_queryset(self, request):
        return with_stories(super().get_queryset(request), request, (Article.tags.through, "tag"))

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("unisci/", view(self.merge_view), name=MERGE),
            path("doppioni/", view(self.duplicates_view), name=TWINS),
            *super().get_urls(),
        ]

    # --- a new address ---

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        former = form.initial.get("slug")
        if change and former and former != obj.slug:
            merging.keep_address(obj, former, form.initial.get("name"))
            note = f"L’indirizzo è cambiato: chi arriva da «{former}» trova «{obj.slug}»."
            self.log_change(request, obj, note)
            self.message_user(request, note)

    # --- several become one ---

    def has_merge_permission(self, request):
        """Merging changes one tag and deletes the others."""
        return self.has_change_permission(request) and self.has_delete_permission(request)

    @admin.action(description="Unisci in un tag solo…", permissions=["merge"])
    def merge(self, request, queryset):
        numbers = ",".join(str(pk) for pk in queryset.values_list("pk", flat=True)[:MOST_MERGED])
        return HttpResponseRedirect(f"{reverse(f'admin:{MERGE}')}?tag={numbers}")

    def merge_view(self, request):
        """Shows what would happen; the button does it."""
        if not self.has_merge_permission(request):
            raise PermissionDenied
        numbers = request.GET.get("tag", "")[:2000].split(",")[:MOST_MERGED]
        tags = with_counts(Tag.objects.filter(pk__in=[row_number(text) for text in numbers]))
        tags = tags.order_by("-stories", "name")
        sent = request.POST if request.method == "POST" else None
        form = MergeForm(sent, tags=tags, initial={"target": tags.first()})
        if not form.tags:
            self.message_user(request, "Questi tag non ci sono più.", messages.WARNING)
            return HttpResponseRedirect(reverse("admin:articles_tag_changelist"))
        if form.is_valid():
            self.merge_into(request, form.tags, form.cleaned_data["kept"])
            return HttpResponseRedirect(self.way_back(request))
        context = {"title": "Unisci tag", "form": form, "media": self.media + form.media}
        return self.page(request, "merge", context)

    @transaction.atomic
    def merge_into(self, request, tags, target):
        gone = [tag for tag in tags if tag != target]
        self.log_deletions(request, gone)
        done = merging.merge(gone, target)
        for name, number in done.items():
            self.log_change(request, target, f"Ha preso il posto di «{name}» ({counted(number)}).")
        names = ", ".join(f"«{name}»" for name in done)
        verb = "porta" if len(done) == 1 else "portano"
        self.message_user(request, f"Resta «{target}»: {names} ora {verb} lì.")

    def way_back(self, request):
        return reverse(f"admin:{TWINS if 'doppioni' in request.GET else 'articles_tag_changelist'}")

    # --- twins ---

    def duplicates_view(self, request):
        if not self.has_merge_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            self.tell_apart(request, request.POST.get("distinct", ""))
            return HttpResponseRedirect(request.path)
        tags = {
            tag.pk: tag
            for tag in with_counts(Tag.objects.all()).order_by("-stories", "pk")[:MOST_TAGS]
        }
        apart = {frozenset(two) for two in DistinctTags.objects.values_list("one", "other")}
        found = duplicates.pairs([(tag.pk, tag.name) for tag in tags.values()], apart)
        rows = [(tags[pair.one], tags[pair.other], pair.why) for pair in found[:MOST_PAIRS]]
        context = {"title": "Tag che sembrano doppioni", "pairs": rows, "total": len(found)}
        context["media"] = self.media
        return self.page(request, "duplicates", context)

    def tell_apart(self, request, text):
        numbers = sorted(row_number(part) for part in text.split(":", 1))
        tags = list(Tag.objects.filter(pk__in=numbers).order_by("pk"))
        if len(tags) == 2:
            DistinctTags.objects.get_or_create(one=tags[0], other=tags[1])
            self.log_change(request, tags[0], f"Non è un doppione di «{tags[1]}».")
            self.message_user(request, f"Ricordato: «{tags[0]}» e «{tags[1]}» sono due cose.")

    def page(self, request, name, context):
        context = self.admin_site.each_context(request) | {"opts": self.opts} | context
        return TemplateResponse(request, f"admin/articles/tag/{name}.html", context)
