"""A link that shows one draft to somebody without an account (trust table, P4)."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

LIFETIME = timedelta(days=7)


def digest(token):
    return hashlib.sha256(token.encode()).hexdigest()


class PreviewLinkManager(models.Manager):
    def issue(self, article, user, now=None):
        """Make a link valid for seven days and return its token, which is not stored."""
        token = secrets.token_urlsafe(24)
        self.create(
            article=article,
            token_hash=digest(token),
            expires_at=(now or timezone.now()) + LIFETIME,
            created_by=user,
        )
        return token

    def find(self, token, now=None):
        """Return the living link of ``token``, or None."""
        return (
            self.filter(token_hash=digest(token), expires_at__gt=now or timezone.now())
            .select_related("article")
            .first()
        )


class PreviewLink(models.Model):
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="preview_links")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField("scade il", editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, editable=False, related_name="+"
    )
    created_at = models.DateTimeField("creato il", auto_now_add=True)

    objects = PreviewLinkManager()

    class Meta:
        verbose_name = "link di anteprima"
        verbose_name_plural = "link di anteprima"
        ordering = ["-created_at"]

    def __str__(self):
        return f"anteprima di {self.article}"
