"""How many stories each list has in each month: so a deep page knows where it begins."""

from django.db import models
from django.db.models import Count, Sum, Value


class TallyQuerySet(models.QuerySet):
    def of_list(self, kind, label):
        return self.filter(kind=kind, label=label)

    def by_month(self, waiting):
        """``(month, stories)``, in no order, and ``("", rows of waiting)``: one moment of both."""
        months = self.values_list("month").annotate(number=Sum("stories"))
        to_come = waiting.order_by().annotate(month=Value("")).values_list("month")
        return months.union(to_come.annotate(number=Count("*")), all=True)

    def crowded(self):
        """``(kind, label, month)`` of which more than one row tells."""
        months = self.values_list("kind", "label", "month").annotate(rows=Count("*"))
        return months.filter(rows__gt=1).values_list("kind", "label", "month")


class Tally(models.Model):
    """Rows are added, never changed, so no writer waits for another: see tallies.py."""

    FRONT = 0  # a kind beside Listed.Kind: every ready story, label 0
    PINNED = "pinned"  # the "month" of pinned stories on the front page: it comes before all others

    kind = models.PositiveSmallIntegerField()
    label = models.BigIntegerField()
    month = models.CharField(max_length=7)  # "2024-08" in UTC
    stories = models.IntegerField()  # so many more, or less

    objects = TallyQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            # The months of one list: read without the table.
            models.Index(fields=["kind", "label", "month", "stories"], name="articles_tally_months")
        ]

    def __str__(self):
        return f"{self.kind} {self.label}, {self.month}: {self.stories:+}"
