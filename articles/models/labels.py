"""What stories are filed under: the category tree, tags, series."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from kit.fields import LineField, ProseField
from kit.text import free_slug, slugify_tag

MAX_DEPTH = 5  # categories below categories


def slug_field(**options):
    return models.SlugField(
        "indirizzo",
        max_length=200,
        blank=True,
        help_text="Lascia vuoto: lo ricaviamo dal nome.",
        **options,
    )


class Category(models.Model):
    name = LineField("nome", max_length=100)
    slug = slug_field()
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="dentro",
        related_name="children",
    )
    description = ProseField("descrizione", max_length=1000, blank=True)
    menu_order = models.PositiveSmallIntegerField(
        "posto nel menu", null=True, blank=True, help_text="Vuoto: non sta nel menu del sito."
    )
    # Written by the house: "software/distribuzioni", the whole address in one column.
    path = models.CharField(max_length=1004, unique=True, editable=False)

    class Meta:
        verbose_name = "categoria"
        verbose_name_plural = "categorie"
        ordering = ["path"]

    def __str__(self):
        return self.name

    def clean(self):
        self.slug = self.slug or slugify_tag(self.name)
        if not self.slug:
            raise ValidationError({"name": "Serve almeno una lettera o una cifra."})
        above = self.ancestors()
        if self.pk and self.pk in [category.pk for category in above]:
            raise ValidationError({"parent": "Una categoria non può stare dentro sé stessa."})
        if len(above) >= MAX_DEPTH:
            raise ValidationError({"parent": f"Al massimo {MAX_DEPTH} livelli."})
        same = Category.objects.filter(path=self.make_path()).exclude(pk=self.pk)
        if same.exists():
            raise ValidationError({"slug": "Qui c’è già una categoria con questo indirizzo."})

    def ancestors(self):
        """Categories above this one, nearest first. One query a level; stops at a loop."""
        above, node = [], self.parent
        while node is not None and node not in above:
            above.append(node)
            node = node.parent
        return above

    def make_path(self):
        return f"{self.parent.path}/{self.slug}" if self.parent else self.slug

    def save(self, *args, **kwargs):
        self.slug = self.slug or slugify_tag(self.name)
        before = Category.objects.filter(pk=self.pk).values_list("name", flat=True).first()
        former, self.path = self.path, self.make_path()
        super().save(*args, **kwargs)
        if before not in (None, self.name):
            # The name stands on the drawn cards: the worker draws them anew.
            self.main_articles.filter(card__name__gt="").update(outside_at=None)
        # An address that is in use again leads to whoever uses it now.
        forgotten = self.former_paths.model.objects.filter(path__in=[former, self.path])
        if former != self.path:
            forgotten.delete()
            if former:
                self.former_paths.create(path=former)
        for child in self.children.all():
            if child.path != child.make_path():
                child.parent = self
                child.save()

    def get_absolute_url(self):
        return reverse("category", args=[self.path])


class Addressed:
    """Mixin: an address made from the name, where nobody wrote one."""

    def clean(self):
        self.slug = self.slug or slugify_tag(self.name)
        if not self.slug:
            raise ValidationError({"name": "Serve almeno una lettera o una cifra."})

    def save(self, *args, **kwargs):
        self.slug = self.slug or slugify_tag(self.name)
        super().save(*args, **kwargs)


class TagQuerySet(models.QuerySet):
    def called(self, name):
        """Tags that go by ``name``: their own, their address, or another name of theirs."""
        slug = slugify_tag(name)
        own = Q(name=name) | Q(name__iexact=name) | Q(slug=slug)
        return self.filter(own | Q(aliases__slug=slug)).distinct()

    def get_or_make(self, name):
        """The tag that goes by ``name``, made now if there is none."""
        return self.called(name).first() or self.create(name=name)


class Tag(Addressed, models.Model):
    name = LineField("nome", max_length=100, unique=True)
    slug = slug_field(unique=True)
    description = ProseField("descrizione", max_length=1000, blank=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = "tag"
        verbose_name_plural = "tag"
        ordering = ["name"]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        others = Tag.objects.filter(aliases__slug=self.slug).exclude(pk=self.pk)
        if tag := others.first():
            raise ValidationError({"name": f"È già un altro nome del tag «{tag}»: usa quello."})

    def get_absolute_url(self):
        return reverse("tag", args=[self.slug])


class Series(models.Model):
    title = LineField("titolo", max_length=200)
    slug = slug_field(unique=True)
    description = ProseField("descrizione", max_length=1000, blank=True)

    class Meta:
        verbose_name = "serie"
        verbose_name_plural = "serie"
        ordering = ["title"]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        wanted = slugify_tag(self.title)
        self.slug = self.slug or free_slug(Series, wanted, but=self.pk, fallback="serie")
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("series", args=[self.slug])
