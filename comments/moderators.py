"""Mail to moderators: at once for the first comment that waits, then at most every half hour."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

import outbox.posting as outbox
from accounts.models import User
from comments.mails import moderator_mail
from comments.models import ReaderComment
from comments.models.comment import State

DIGEST = timedelta(minutes=30)
MOST = 10  # comments printed in one mail; the queue has the others
PERMISSION = "comments.change_readercomment"


def tell_due(now=None):
    """Send one mail about what waits and was not yet said; return of how many comments."""
    now = now or timezone.now()
    with transaction.atomic():
        waiting = ReaderComment.objects.kept().to_tell_moderators()
        last = ReaderComment.objects.filter(reported_at__gt=now - DIGEST)
        if not waiting.exists() or last.exists():
            return 0
        rows = list(
            waiting.for_queue().order_by("state_since", "pk").select_for_update(of=("self",))
        )
        keys = [row.pk for row in rows]
        done = waiting.filter(pk__in=keys).update(reported_at=now)
        total = ReaderComment.objects.kept().in_state(State.PENDING).count()
        if done:
            outbox.post_many([moderator_mail(user, rows[:MOST], total) for user in moderators()])
    return done


def moderators():
    """Active staff who may decide on comments, superusers among them."""
    able = User.objects.with_perm(PERMISSION, backend="accounts.backends.StaffBackend")
    return able.filter(is_staff=True).exclude(email="")
