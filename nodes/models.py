"""Which of the workers of all nodes leads, and when it was last heard."""

from django.db import models


class Leader(models.Model):
    """One row for each kind of work. Written by leading.py; everybody may read how old it is."""

    name = models.CharField(max_length=40, unique=True)
    holder = models.CharField(max_length=160, blank=True)  # node:process:run; blank: nobody
    since = models.DateTimeField()
    renewed_at = models.DateTimeField()

    def __str__(self):
        return f"{self.name}: {self.holder or '—'}"
