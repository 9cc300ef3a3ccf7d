from django.db import models

from comments.models.comment import ReaderComment
from kit.fields import ProseField


class Report(models.Model):
    """A reader says that a published comment should not stand there."""

    class Reason(models.TextChoices):
        SPAM = "spam", "È pubblicità"
        INSULT = "insult", "Offende qualcuno"
        ILLEGAL = "illegal", "È contro la legge"
        PERSONAL = "personal", "Contiene dati personali"
        OTHER = "other", "Altro"

    comment = models.ForeignKey(ReaderComment, models.CASCADE, related_name="reports")
    reason = models.CharField("motivo", choices=Reason, max_length=8)
    text = ProseField("spiegazione", max_length=1000, blank=True)
    network = models.CharField(max_length=43)
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "segnalazione"
        verbose_name_plural = "segnalazioni"
        ordering = ["-at"]
        indexes = [models.Index(fields=["network", "at"], name="comments_reports_of_network")]

    def __str__(self):
        return self.get_reason_display()
