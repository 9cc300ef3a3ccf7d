"""A draft on its real page: for staff, and for whoever is handed a link (trust table, P4)."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from articles import pages
from articles.models import Article, PreviewLink


class PreviewViews:
    """Mixin for ArticleAdmin: two addresses beside the change form."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/anteprima/",
                view(require_safe(self.preview)),
                name="articles_article_preview",
            ),
            path(
                "<int:pk>/link-di-anteprima/",
                view(require_http_methods(["GET", "HEAD", "POST"])(self.preview_links)),
                name="articles_article_preview_links",
            ),
            *super().get_urls(),
        ]

    def preview(self, request, pk):
        """The real page of a story in any state. A draft is shown as if it came out now."""
        article = Article.objects.for_page().filter(pk=pk).first()
        if article is None:
            raise Http404("no such story")
        if not self.has_view_or_change_permission(request, article):
            raise PermissionDenied
        article.published_at = article.published_at or timezone.now()
        context = pages.article_context(article, preview=True)
        return private(render(request, "articles/article.html", context))

    def preview_links(self, request, pk):
        """List the links that open this draft; POST makes one, or closes them all."""
        article = self.get_object(request, str(pk))
        if article is None:
            raise Http404("no such story")
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        address = ""
        if "issue" in request.POST:
            token = PreviewLink.objects.issue(article, request.user)
            address = settings.SITE_URL + reverse("preview", args=[token])
        elif "revoke" in request.POST:
            article.preview_links.all().delete()
            self.message_user(request, "I link di anteprima non funzionano più.")
            return redirect(request.path)
        context = self.admin_site.each_context(request) | {
            "title": "Link di anteprima",
            "subtitle": str(article),
            "opts": self.opts,
            "article": article,
            "address": address,
            "links": living_links(article),
        }
        return private(render(request, "admin/articles/article/preview_links.html", context))


def living_links(article, now=None):
    links = article.preview_links.select_related("created_by")
    return links.filter(expires_at__gt=now or timezone.now())


def private(response):
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
