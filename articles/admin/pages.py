"""Static pages: Chi siamo, Contatti, Privacy."""

from django.contrib import admin
from django.utils.html import format_html

from articles.editor import WithNonce
from articles.forms import PageForm
from articles.models import Page
from pagecache.tags import purge_on_commit


@admin.register(Page)
class PageAdmin(WithNonce, admin.ModelAdmin):
    form = PageForm
    list_display = ["title", "slug", "published", "menu_order", "on_site"]
    list_filter = ["published"]
    search_fields = ["title", "slug"]
    view_on_site = False
    fieldsets = [
        (None, {"fields": ["title"]}),
        ("Testo", {"fields": ["body"], "classes": ["body-field"]}),
        ("Uscita", {"fields": ["published", "menu_order"], "classes": ["side"]}),
        ("Indirizzo", {"fields": ["slug"], "classes": ["side"]}),
    ]

    class Media:
        css = {"all": ["articles/desk.css"]}

    @admin.display(description="sul sito")
    def on_site(self, page):
        if not page.published:
            return "—"
        return format_html('<a href="{}">apri</a>', page.get_absolute_url())

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        # The foot of every page lists the static pages.
        purge_on_commit("all")

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        purge_on_commit("all")

    def delete_queryset(self, request, queryset):
        super().delete_queryset(request, queryset)
        purge_on_commit("all")
