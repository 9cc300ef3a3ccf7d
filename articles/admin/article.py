"""The editor's desk for stories."""

from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import F
from django.http import HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime

from accounts.models import Author
from articles import pings, publishing, related, searching
from articles.admin.conflict import differences
from articles.admin.filters import AuthorFilter, CategoryFilter, StateFilter, state
from articles.admin.outside import FIELDSET, OutsideFields
from articles.admin.previews import PreviewViews
from articles.admin.rows import BylineInline, SourceInline, without_vanished_rows
from articles.editor import WithNonce
from articles.forms import ArticleForm
from articles.models import Article, FormerSlug
from images.pictures import picture_html
from pagecache.tags import purge_on_commit


def counted(number, one, many):
    return f"1 articolo {one}" if number == 1 else f"{number} articoli {many}"


@admin.register(Article)
class ArticleAdmin(PreviewViews, OutsideFields, WithNonce, admin.ModelAdmin):
    form = ArticleForm
    list_display = ["thumb", "title", "state", "date", "signed_by", "main_category", "on_site"]
    list_display_links = ["thumb", "title"]
    list_filter = [StateFilter, CategoryFilter, AuthorFilter, "published_at"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["title", "standfirst"]
    search_help_text = "Cerca nei titoli e nei sommari"
    date_hierarchy = "published_at"
    ordering = [F("published_at").desc(nulls_first=True), "-pk"]
    autocomplete_fields = [
        "main_category",
        "categories",
        "tags",
        "series",
        "lead_image",
        "social_image",
    ]
    readonly_fields = ["permalink", "outside_preview"]
    radio_fields = {"status": admin.VERTICAL}
    inlines = [BylineInline, SourceInline]
    actions = ["publish_now", "withdraw", "pin", "unpin"]
    view_on_site = False  # a draft has no public address; on_site links the rest
    save_on_top = False

    class Media:
        css = {"all": ["articles/desk.css"]}

    # --- the list ---

    def get_queryset(self, request):
        """A list without bodies; a save with the row locked, so that nobody slips in (A5)."""
        queryset = super().get_queryset(request)
        page = request.resolver_match.url_name
        if page == "articles_article_changelist":
            return queryset.for_desk()
        if page == "articles_article_change" and request.method == "POST":
            return queryset.select_for_update()
        return queryset

    @admin.display(description="figura")
    def thumb(self, article):
        return picture_html(article.lead_image, "thumb") if article.lead_image else "—"

    @admin.display(description="stato", ordering="status")
    def state(self, article):
        code, label = state(article)
        pin = " · in cima" if article.pinned and code != "pinned" else ""
        return format_html('<span class="state state--{}">{}{}</span>', code, label, pin)

    @admin.display(description="data", ordering="published_at", empty_value="—")
    def date(self, article):
        moment = article.published_at
        return moment and date_format(localtime(moment), "j M Y, H:i").lower()

    @admin.display(description="firme", empty_value="—")
    def signed_by(self, article):
        return ", ".join(author.name for author in article.signatures) or None

    @admin.display(description="sul sito")
    def on_site(self, article):
        if not article.is_visible():
            return "—"
        return format_html('<a href="{}">apri</a>', article.get_absolute_url())

    # --- the form ---

    def get_fieldsets(self, request, obj=None):
        out = ["status", "published_at", "pinned", "comments_open", "revised_at"]
        address = ["permalink", "slug"]
        if obj and obj.is_visible():
            address.append("change_address")
        return [
            (None, {"fields": ["title", "standfirst", "opened_version"]}),
            ("Figura di apertura", {"fields": ["lead_image", "lead_caption"]}),
            ("Testo", {"fields": ["body"], "classes": ["body-field"]}),
            FIELDSET,
            ("Uscita", {"fields": out, "classes": ["side"]}),
            (
                "Dove si trova",
                {
                    "fields": ["main_category", "categories", "tags", "series", "series_part"],
                    "classes": ["side"],
                },
            ),
            ("Indirizzo", {"fields": address, "classes": ["side"]}),
        ]

    @admin.display(description="indirizzo completo")
    def permalink(self, article):
        if not article.slug:
            return "Lo vedi dopo il primo salvataggio."
        if article.published_at is None:
            return f"{settings.SITE_URL}/anno/mese/{article.slug}/"
        try:
            return settings.SITE_URL + article.get_absolute_url()
        except (NoReverseMatch, OverflowError):  # a form sent back with an impossible date
            return "Lo vedi quando la data è giusta."

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method == "POST" and obj.pk:
            living = {
                str(pk)
                for pk in kwargs["queryset"].filter(article=obj).values_list("pk", flat=True)
            }
            kwargs["data"] = without_vanished_rows(kwargs["data"], prefix, living)
        elif request.method != "POST" and not obj.pk and isinstance(inline, BylineInline):
            # Not on POST: an initial value that comes back unchanged would count as an empty row.
            author = Author.objects.filter(user=request.user).first()
            kwargs["initial"] = [{"author": author.pk}] if author else []
        return kwargs

    def get_inline_instances(self, request, obj=None):
        inlines = super().get_inline_instances(request, obj)
        for inline in inlines:
            if obj is None and isinstance(inline, BylineInline) and request.method != "POST":
                inline.extra = 1
        return inlines

    def render_change_form(self, request, context, *args, **kwargs):
        form = context["adminform"].form
        context["public_address"] = form.public_address
        if form.stored:
            context["differences"] = differences(form)
        return super().render_change_form(request, context, *args, **kwargs)

    # --- saving ---

    def save_model(self, request, obj, form, change):
        """Write the form's own columns only: a comment may arrive meanwhile."""
        if change:
            columns = [f.name for f in obj._meta.concrete_fields if f.name in form.fields]
            columns += ["version", "modified_at"]
            obj.version += 1
            if obj.announced_at and not obj.is_visible():
                obj.announced_at = None  # it will be announced again when it comes out
                columns.append("announced_at")
            obj.save(update_fields=columns)
        else:
            obj.save()
        self.keep_addresses(request, obj, form)
        if form.was_public:
            pings.note_move(obj, form.public_address)
        if form.was_public or obj.is_visible():
            purge_on_commit("lists", obj.cache_tag)
            related.forget([obj.pk])
        transaction.on_commit(publishing.announce_due)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if form.was_public or form.instance.is_visible():
            searching.update([form.instance.pk])  # with its tags and its authors

    def keep_addresses(self, request, obj, form):
        if form.was_public and obj.slug != form.former_slug:
            publishing.change_address(obj, form.former_slug)
            note = f"L’indirizzo è cambiato: chi arriva da «{form.former_slug}» trova il nuovo."
            self.message_user(request, note)
        elif obj.is_visible():
            # Two stories, one address: it leads to the one that uses it now.
            FormerSlug.objects.filter(slug=obj.slug).delete()

    def delete_model(self, request, obj):
        self.delete_queryset(request, Article.objects.filter(pk=obj.pk))

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        chosen_keys = keys(queryset)
        purge_on_commit("lists", *(f"article:{pk}" for pk in chosen_keys))
        going = Article.objects.filter(pk__in=chosen_keys)
        pings.note_stories(going.visible())
        related.forget(chosen_keys)
        super().delete_queryset(request, going)

    def response_add(self, request, obj, post_url_continue=None):
        return preview_after(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return preview_after(request, obj) or super().response_change(request, obj)

    # --- actions ---

    @admin.action(description="Pubblica ora", permissions=["change"])
    def publish_now(self, request, queryset):
        done = publishing.publish(chosen(queryset))
        self.say(request, counted(done, "pubblicato", "pubblicati"), done)

    @admin.action(description="Ritira: torna bozza", permissions=["change"])
    def withdraw(self, request, queryset):
        done = publishing.withdraw(chosen(queryset))
        self.say(request, counted(done, "ritirato", "ritirati"), done)

    @admin.action(description="Metti in evidenza", permissions=["change"])
    def pin(self, request, queryset):
        done = publishing.pin(chosen(queryset), True)
        self.say(request, counted(done, "messo in evidenza", "messi in evidenza"), done)

    @admin.action(description="Togli dall’evidenza", permissions=["change"])
    def unpin(self, request, queryset):
        done = publishing.pin(chosen(queryset), False)
        self.say(request, counted(done, "tolto dall’evidenza", "tolti dall’evidenza"), done)

    def say(self, request, sentence, done):
        if done:
            self.message_user(request, f"{sentence}.", messages.SUCCESS)
        else:
            note = "Niente da fare: gli articoli scelti erano già così."
            self.message_user(request, note, messages.WARNING)


def keys(queryset):
    return list(queryset.values_list("pk", flat=True))


def chosen(queryset):
    """The same rows without the list's joins: an outer join cannot be locked."""
    return Article.objects.filter(pk__in=keys(queryset))


def preview_after(request, article):
    if "_preview" not in request.POST:
        return None
    return HttpResponseRedirect(reverse("admin:articles_article_preview", args=[article.pk]))
