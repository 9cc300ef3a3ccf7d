"""How the page cache is doing, for the first page of the admin."""
# mypy: disable-error-code="attr-defined"

from datetime import timedelta

from django import template
from django.utils import timezone

from pagecache.models import Tally

register = template.Library()

SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


@register.inclusion_tag("pagecache/_kept.html")
def kept_pages():
    """Sums over all processes and nodes. Two queries, whatever the number of rows."""
    now = timezone.now()
    return Tally.objects.answered(now, SPANS) | {"memory": Tally.objects.at_work(now)}
