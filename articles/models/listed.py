"""Which visible story stands in which list of readers: the order of lists without the stories."""

from django.db import models
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from articles.models.article import Article


class ListedQuerySet(models.QuerySet):
    def visible(self, at=None):
        """Rows of stories a reader may see: a row exists only for a story that is ready."""
        return self.filter(published_at__lte=at or timezone.now())

    def of_category(self, category):
        """Filed under it or below it, main category or not."""
        return self._of(Listed.Kind.CATEGORY, category)

    def of_tag(self, tag):
        return self._of(Listed.Kind.TAG, tag)

    def of_author(self, author):
        return self._of(Listed.Kind.AUTHOR, author)

    def _of(self, kind, label):
        return self.filter(kind=kind, label=label.pk).order_by("-published_at", "-article")

    def stories(self, start, stop):
        """Rows ``start`` to ``stop`` as visible stories, newest first; load them with a ``for_*``.

        What is passed over costs an entry of the index each, and no row of any table.
        """
        keys = self.values("article")[start:stop]
        return Article.objects.visible().filter(pk__in=keys).newest_first()


def with_stories(labels, kind):
    """Those of ``labels`` under which readers see a story.

    One question, and the same one for a label that only drafts have and for one that never
    existed: not even the time of the answer tells them apart (trust table, P1).
    """
    stories = Listed.objects.visible().filter(kind=kind, label=OuterRef("pk"))
    return labels.filter(Exists(stories))


class Listed(models.Model):
    """Written by the database itself, in the transaction that changes a story: see listing.py."""

    class Kind(models.IntegerChoices):
        CATEGORY = 1
        TAG = 2
        AUTHOR = 3

    kind = models.PositiveSmallIntegerField(choices=Kind)
    label = models.BigIntegerField()  # key of the category, tag or author
    # A trigger takes the row away with its story.
    article = models.ForeignKey(
        Article, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    published_at = models.DateTimeField()

    objects = ListedQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["article", "kind", "label"], name="articles_listed_once"
            ),
        ]
        indexes = [
            # The lists of a category, a tag, an author: read without the table.
            models.Index(
                "kind",
                "label",
                F("published_at").desc(),
                F("article").desc(),
                name="articles_listed_newest",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.label}: {self.article_id}"
