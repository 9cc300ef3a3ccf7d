"""What is forgotten by the clock: dropped lines after 90 days, untouched after 180, used never."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from aggregator.models import Cluster, HostPause, Submission

DROPPED, UNTOUCHED = timedelta(days=90), timedelta(days=180)
NETWORK = timedelta(days=30)  # of who asked to be listed or removed; and the wait for a mail
BATCH = 500


def forget_due(now=None):
    """Delete lines past their time, with their items; return how many. Stars and work stay."""
    now = now or timezone.now()
    old = Q(state=Cluster.State.DROPPED, sort_date__lt=now - DROPPED)
    old |= Q(state=Cluster.State.NEW, sort_date__lt=now - UNTOUCHED)
    keys = Cluster.objects.filter(old, starred=False).values_list("pk", flat=True)[:BATCH]
    chosen = list(keys)
    Cluster.objects.filter(pk__in=chosen).delete()
    HostPause.objects.filter(until__lt=now - timedelta(days=1)).delete()
    late = Submission.objects.filter(at__lt=now - NETWORK)
    late.filter(state=Submission.State.UNCONFIRMED).delete()
    late.exclude(network="").update(network="")
    return len(chosen)
