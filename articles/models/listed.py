"""Which visible story stands in which list of readers: the order of lists without the stories."""

from django.db import models
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from articles.models.article import Article


class ListedQuerySet(models.QuerySet):
    def visible(self, at=None):
        """Rows of stories a reader may see: a row exists only for a story that is ready."""
        return self.filter(published_at__lte=at or timezone.now())

    def waiting(self, at):
        return self.filter(published_at__gt=at)

    def under(self, kind, label):
        """The list of the category (and all below it), tag or author with the key ``label``."""
        return self.filter(kind=kind, label=label).order_by("-published_at", "-article")

    def stories(self, now, start, stop):
        """Rows ``start`` to ``stop`` as visible stories, newest first; load them with a ``for_*``.

        What is passed over costs an entry of the index each, and no row of any table.
        """
        keys = self.visible(now).values("article")[start:stop]
        return Article.objects.visible(now).filter(pk__in=keys).newest_first()


def with_stories(labels, kind, at=None):
    """Those of ``labels`` under which readers see a story.

    One question, and the same one for a label that only drafts have and for one that never
    existed: not even the time of the answer tells them apart (trust table, P1).
    """
    stories = Listed.objects.visible(at).filter(kind=kind, label=OuterRef("pk"))
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
