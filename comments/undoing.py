"""Taking back a decision, and deleting for ever: only after ten minutes is it for ever."""

from django.db import transaction
from django.utils import timezone

from comments import moderation
from comments.models import Commenter, Decision, ReaderComment
from comments.models.comment import State

LAST = 20  # decisions of one moderator that can be taken back


def undoable(user, now=None):
    """The last decisions of ``user`` that can still be taken back, newest first."""
    now = now or timezone.now()
    mine = Decision.objects.filter(by=user, undone_at=None, at__gt=now - moderation.UNDO)
    return mine.select_related("comment__article")[:LAST]


def undo(decision, by, now=None):
    """Give a comment back the state, reasons and trust it had before. True if it could be done.

    Not if the ten minutes are over or if somebody decided again meanwhile: a later decision is
    never overwritten by an earlier one.
    """
    now = now or timezone.now()
    with transaction.atomic():
        mine = Decision.objects.filter(
            pk=decision.pk, by=by, undone_at=None, at__gt=now - moderation.UNDO
        )
        if not mine.update(undone_at=now):
            return False
        decision.refresh_from_db()  # undoing another one may have left its trust to this one
        comment = ReaderComment.objects.select_related("article").get(pk=decision.comment_id)
        if decision.after == "":
            return bool(ReaderComment.objects.filter(pk=comment.pk).update(erase_at=None))
        if not give_back(comment, decision, by, now):
            Decision.objects.filter(pk=decision.pk).update(undone_at=None)
            return False
    return True


def give_back(comment, decision, by, now):
    back = moderation.move(
        comment,
        decision.before or State.TRASH,  # an answer from the queue was nowhere before
        expected=decision.after,
        via=Decision.Via.QUEUE,
        by=by,
        why=decision.reasons_before,
        now=now,
    )
    if back is None:
        return False
    # The return is no decision of its own: undoing it would do the first one again.
    why = ["Annulla la decisione di prima."]
    Decision.objects.filter(pk=back.pk).update(undone_at=now, gave_trust=False, why=why)
    if decision.gave_trust or back.gave_trust:
        take_trust_back(comment.commenter_id)
    return True


def take_trust_back(commenter):
    """Trust goes, unless a person approved another comment of this address: then it is from there.

    Undoing that approval too takes it back.
    """
    by_people = Decision.objects.filter(via__in=[Decision.Via.QUEUE, Decision.Via.MAIL])
    approvals = by_people.filter(after=State.PUBLISHED, undone_at=None)
    other = approvals.filter(comment__commenter=commenter).values_list("pk", flat=True).first()
    if not Decision.objects.filter(pk=other).update(gave_trust=True):
        Commenter.objects.filter(pk=commenter).update(trusted_at=None)


def delete_for_ever(comment, by, now=None):
    """Mark a comment of the trash or spam for deletion in ten minutes. The Decision, or None."""
    now = now or timezone.now()
    with transaction.atomic():
        gone = ReaderComment.objects.filter(pk=comment.pk, state__in=moderation.GONE)
        if not gone.kept().update(erase_at=now + moderation.UNDO):
            return None
        return moderation.log(
            comment, comment.state, "", Decision.Via.QUEUE, by=by, now=now, before=comment.reasons
        )
