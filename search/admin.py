"""The synonyms: what editors teach the search."""

from django.contrib import admin

from pagecache.tags import purge_on_commit
from search.models import Synonym


@admin.register(Synonym)
class SynonymAdmin(admin.ModelAdmin):
    list_display = ["one", "other"]
    search_fields = ["one", "other"]
    fields = ["one", "other"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        purge_on_commit("search")

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        purge_on_commit("search")

    def delete_queryset(self, request, queryset):
        super().delete_queryset(request, queryset)
        purge_on_commit("search")
