"""What editors do with a line of the inbox: take, drop, star, put back, merge, split."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from aggregator.models import Cluster, Item
from articles.models import Article
from pagecache.tags import purge_on_commit

State = Cluster.State
UNDO = timedelta(minutes=10)


def move(cluster, to, *, expected, by=None, reason="", now=None):
    """Change the state of a line; False if somebody else changed it meanwhile.

    One UPDATE conditional on the expected state: two editors never take one line both.
    """
    now = now or timezone.now()
    values = {"state": to, "decided_at": now, "decided_by": by, "before": expected if by else ""}
    # A line put back among the new ones keeps who took it and why it was dropped, for undo().
    if to == State.TAKEN:
        values |= {"taken_by": by}
    elif to == State.DROPPED:
        values |= {"taken_by": None, "reason": reason}
    with transaction.atomic():
        won = Cluster.objects.filter(pk=cluster.pk, state=expected).update(**values)
        if won and State.DROPPED in (expected, to):
            purge_on_commit("rassegna")
    return bool(won)


def undoable(user, now=None):
    """The lines ``user`` decided on in the last ten minutes, newest first."""
    now = now or timezone.now()
    mine = Cluster.objects.filter(decided_by=user, decided_at__gt=now - UNDO).exclude(before="")
    return mine.order_by("-decided_at").prefetch_related("items")[:20]


def undo(cluster, user, now=None):
    """Put a line back where it was; False if it is too late or somebody decided after.

    A draft that taking it made goes with it, unless somebody has saved it since.
    """
    now = now or timezone.now()
    with transaction.atomic():
        mine = Cluster.objects.filter(pk=cluster.pk, decided_by=user, decided_at__gt=now - UNDO)
        line = mine.exclude(before="").select_for_update().first()
        if line is None:
            return False
        made, values = None, {"state": line.before, "before": ""}
        if line.state == State.TAKEN:
            made = line.article
            values |= {"taken_by": None, "article": None}
        mine.update(**values)
        if made and made.status == Article.Status.DRAFT and made.version == 1:
            made.delete()
        purge_on_commit("rassegna")
    return True


def mark_used_due(now=None):
    """Lines whose story readers can see are used now; return how many. A step of the worker."""
    out = Article.objects.visible(now)
    ready = Cluster.objects.filter(state=State.TAKEN, article__in=out)
    return ready.update(state=State.USED, before="")


def star(cluster, on):
    Cluster.objects.filter(pk=cluster.pk).update(starred=on)
    purge_on_commit("rassegna")


def merge(clusters):
    """Put all items of ``clusters`` on the first line; the others vanish. Return that line.

    A line that is already at work (taken or used) keeps its state, and becomes the first.
    """
    with transaction.atomic():
        rows = list(Cluster.objects.select_for_update().filter(pk__in=[c.pk for c in clusters]))
        busy = {State.USED: 0, State.TAKEN: 1, State.NEW: 2, State.DROPPED: 3}
        rows.sort(key=lambda c: (busy[c.state], c.sort_date, c.pk))
        first, others = rows[0], [row.pk for row in rows[1:]]
        Item.objects.filter(cluster__in=others).update(cluster=first)
        Cluster.objects.filter(pk__in=others).delete()
        date = min(row.sort_date for row in rows)
        starred = any(row.starred for row in rows)
        Cluster.objects.filter(pk=first.pk).update(sort_date=date, starred=starred)
        purge_on_commit("rassegna")
    first.refresh_from_db()
    return first


def split(item):
    """Give an item a line of its own, new; None if it stands alone already."""
    with transaction.atomic():
        others = Item.objects.select_for_update().filter(cluster=item.cluster_id)
        if others.count() < 2:
            return None
        alone = Cluster.objects.create(sort_date=item.sort_date)
        Item.objects.filter(pk=item.pk).update(cluster=alone)
        purge_on_commit("rassegna")
    return alone
