"""What stories are filed under. A renamed label shows on many pages, so all of them go."""

from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.html import format_html

from articles.models import Article, Category, Series
from pagecache.tags import purge_on_commit


class LabelAdmin(admin.ModelAdmin):
    """Purges on every change; ``forgets`` says how much."""

    forgets = "all"  # the name stands on story pages too, and they are not worth listing
    view_on_site = False

    class Media:
        css = {"all": ["articles/desk.css"]}

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        purge_on_commit(self.forgets)

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        purge_on_commit(self.forgets)

    def delete_queryset(self, request, queryset):
        super().delete_queryset(request, queryset)
        purge_on_commit(self.forgets)

    @admin.display(description="articoli", ordering="stories")
    def stories(self, label):
        return label.stories

    @admin.display(description="sul sito")
    def on_site(self, label):
        return format_html('<a href="{}">apri</a>', label.get_absolute_url())


def with_stories(queryset, request, *columns):
    """Count the stories of each row, in the list only: autocompletion needs no numbers.

    ``columns``: pairs (model, its column that points here). Subqueries, not joins: two joins
    would multiply the rows of a large site.
    """
    match = request.resolver_match
    if match is None or not match.url_name.endswith("_changelist"):
        return queryset
    counts = [story_count(model, column) for model, column in columns]
    return queryset.annotate(stories=sum(counts[1:], counts[0]))


def story_count(model, column):
    rows = model.objects.filter(**{column: OuterRef("pk")}).order_by()
    return Coalesce(Subquery(rows.values(column).annotate(n=Count("pk")).values("n")), 0)


@admin.register(Category)
class CategoryAdmin(LabelAdmin):
    list_display = ["tree", "path", "stories", "menu_order", "on_site"]
    search_fields = ["name", "path"]
    autocomplete_fields = ["parent"]
    fields = ["name", "parent", "slug", "description", "menu_order"]
    ordering = ["path"]

    def get_queryset(self, request):
        return with_stories(
            super().get_queryset(request),
            request,
            (Article, "main_category"),
            (Article.categories.through, "category"),
        )

    @admin.display(description="categoria", ordering="path")
    def tree(self, category):
        depth = category.path.count("/")
        return format_html('<span class="tree tree--{}">{}</span>', depth, category.name)


@admin.register(Series)
class SeriesAdmin(LabelAdmin):
    list_display = ["title", "slug", "stories", "on_site"]
    search_fields = ["title", "slug"]
    fields = ["title", "slug", "description"]

    def get_queryset(self, request):
        return with_stories(super().get_queryset(request), request, (Article, "series"))
