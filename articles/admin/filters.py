"""The column on the right of the list of stories."""

from django.contrib import admin
from django.utils import timezone

from accounts.models import Author
from articles.models import Article, Category
from kit.text import row_number


def state(article, now=None):
    """Return what an editor calls the state of a story: ``(code, label)``."""
    if article.status == Article.Status.DRAFT:
        return "draft", "bozza"
    if not article.is_visible(now):
        return "scheduled", "programmato"
    return ("pinned", "in evidenza") if article.pinned else ("public", "pubblicato")


class StateFilter(admin.SimpleListFilter):
    title = "stato"
    parameter_name = "stato"

    def lookups(self, request, model_admin):
        return [
            ("draft", "bozza"),
            ("scheduled", "programmato"),
            ("public", "pubblicato"),
            ("pinned", "in evidenza"),
        ]

    def queryset(self, request, queryset):
        ready = queryset.filter(status=Article.Status.READY)
        match self.value():
            case "draft":
                return queryset.filter(status=Article.Status.DRAFT)
            case "scheduled":
                return ready.filter(published_at__gt=timezone.now())
            case "public":
                return queryset.visible()
            case "pinned":
                return queryset.filter(pinned=True)
        return queryset


class RowFilter(admin.SimpleListFilter):
    """Choose one row of a small table; a number nobody has shows nothing."""

    def row(self, model):
        number = row_number(self.value() or "")
        return model.objects.filter(pk=number).first() if number else None


class CategoryFilter(RowFilter):
    """A category and everything below it."""

    title = "categoria"
    parameter_name = "categoria"

    def lookups(self, request, model_admin):
        return [
            (category.pk, "\u2003" * category.path.count("/") + category.name)
            for category in Category.objects.only("name", "path")
        ]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        category = self.row(Category)
        return queryset.in_category(category) if category else queryset.none()


class AuthorFilter(RowFilter):
    title = "firma"
    parameter_name = "firma"

    def lookups(self, request, model_admin):
        return list(Author.objects.values_list("pk", "name"))

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        author = self.row(Author)
        return queryset.by_author(author) if author else queryset.none()
