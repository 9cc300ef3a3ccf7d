"""What the worker made for a story to be shown elsewhere: see cards.py."""

from django.db import models


class SocialCard(models.Model):
    article = models.OneToOneField(
        "articles.Article", models.CASCADE, primary_key=True, related_name="card"
    )
    # The drawn card in the media store; "" while a picture stands for the story.
    name = models.CharField(max_length=80, default="", editable=False)
    drawn_from = models.CharField(max_length=64, default="", editable=False)  # a digest
    claimed_at = models.DateTimeField(null=True, editable=False)
    # Tries begun and not finished: one that kills the worker counts too.
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    error = models.TextField(default="", editable=False)

    class Meta:
        verbose_name = "cartolina"
        verbose_name_plural = "cartoline"

    def __str__(self):
        return f"cartolina di {self.article_id}"
