"""What stands around stories and labels: related stories, other names of tags, old addresses."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from articles.models.article import Article
from articles.models.labels import Addressed, Category, Tag, slug_field
from kit.fields import LineField


class Related(models.Model):
    """``other`` is worth reading after ``article``. Written by articles/related.py only."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    other = models.ForeignKey(Article, models.CASCADE, related_name="shown_by")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "articolo vicino"
        verbose_name_plural = "articoli vicini"
        ordering = ["rank"]
        constraints = [
            # Also the index of the story page: the shelf of one story, in its order.
            models.UniqueConstraint(fields=["article", "rank"], name="articles_related_rank"),
            models.UniqueConstraint(fields=["article", "other"], name="articles_related_once"),
            models.CheckConstraint(
                name="articles_related_not_itself", condition=~Q(article=F("other"))
            ),
        ]

    def __str__(self):
        return f"{self.article_id} → {self.other_id}"


class TagAliasQuerySet(models.QuerySet):
    def visible(self, at=None):
        """Names of tags that have a page: one only drafts have leads nowhere (P1)."""
        stories = Article.objects.visible(at).filter(tags=OuterRef("tag"))
        return self.filter(Exists(stories))


class TagAlias(Addressed, models.Model):
    """Another name of a tag: an old address, a merged tag, a spelling. One redirect, no chain."""

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="aliases")
    name = LineField("altro nome", max_length=100)
    slug = slug_field(
        unique=True, error_messages={"unique": "Questo nome porta già a un tag: cambialo."}
    )

    objects = TagAliasQuerySet.as_manager()

    class Meta:
        verbose_name = "altro nome"
        verbose_name_plural = "altri nomi"
        ordering = ["name"]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        if tag := Tag.objects.filter(slug=self.slug).first():
            raise ValidationError(
                {"name": f"«{tag}» è un tag: per farne un altro nome, uniscilo a questo."}
            )


class FormerPath(models.Model):
    """An address a category once had, also because one above it moved. Written by its save."""

    category = models.ForeignKey(Category, models.CASCADE, related_name="former_paths")
    path = models.CharField(max_length=1004, unique=True)

    class Meta:
        verbose_name = "indirizzo precedente di una categoria"
        verbose_name_plural = "indirizzi precedenti delle categorie"

    def __str__(self):
        return self.path


class DistinctTags(models.Model):
    """Two tags that look alike and are not: an editor said so. ``one`` is the smaller key."""

    one = models.ForeignKey(Tag, models.CASCADE, related_name="+")
    other = models.ForeignKey(Tag, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = "coppia di tag diversi"
        verbose_name_plural = "coppie di tag diversi"
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="articles_distinct_once"),
            models.CheckConstraint(name="articles_distinct_order", condition=Q(one__lt=F("other"))),
        ]

    def __str__(self):
        return f"{self.one} ≠ {self.other}"
