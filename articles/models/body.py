"""The body of a story or a page: clean HTML as the source of truth, and what readers get."""

from django.db import models
from django.utils import timezone

from articles import rendering
from images.models import Image
from kit import html

MADE = ("body_html", "words", "rendered_with", "rendered_at")


class Body(models.Model):
    """``body`` is written by people. The rest is made from it: see rendering.py."""

    body = html.HtmlField("testo", profile="article", blank=True)

    body_html = models.TextField(default="", editable=False)
    words = models.PositiveIntegerField(default=0, editable=False)
    # rendering.version() that made body_html; another value means "to be made again".
    rendered_with = models.CharField(max_length=64, default="", editable=False)
    rendered_at = models.DateTimeField(null=True, editable=False)
    # Pictures inside the body: when one of them changes, the body is rendered again.
    pictures = models.ManyToManyField("images.Image", editable=False, related_name="+")

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """Save, and render the body anew if it is among the columns written."""
        columns = kwargs.get("update_fields")
        writes_body = columns is None or "body" in columns
        if writes_body:
            self.render_body()
            if columns is not None:
                kwargs["update_fields"] = {*columns, *MADE}
        super().save(*args, **kwargs)
        if writes_body:
            wanted = rendering.picture_ids(self.body)
            self.pictures.set(Image.objects.filter(pk__in=wanted) if wanted else [])

    def render_body(self):
        self.body = self._meta.get_field("body").clean_html(self.body)
        rendered = rendering.render(self.body)
        self.body_html, self.words = rendered.html, rendered.words
        self.rendered_with = rendering.version()
        self.rendered_at = timezone.now()

    @property
    def body_for_readers(self):
        """The body for readers. Rendered on the spot if it was made by older rules."""
        if self.rendered_with != rendering.version():
            self.render_body()
        return html.trusted(self.body_html)
