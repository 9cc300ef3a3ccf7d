"""Who is told of a published comment: followers and the story's authors, once each.

On the step to *published*, also when approval comes days later. The claim and the mails are one
transaction, and every mail has a key: killed anywhere, run twice, restored after a removal, the
same person gets one mail for one comment (trust table, M3).
"""

from django.db import transaction
from django.utils import timezone

import outbox.posting as outbox
from accounts.models import User
from comments.mails import author_mail, follower_mail
from comments.models import ReaderComment, Subscription


def tell_due(now=None, limit=20):
    """Tell of at most ``limit`` comments just published; return of how many."""
    now = now or timezone.now()
    waiting = ReaderComment.objects.to_tell_followers().order_by("state_since")
    return sum(tell(pk, now) for pk in waiting.values_list("pk", flat=True)[:limit])


def tell(pk, now):
    with transaction.atomic():
        won = ReaderComment.objects.to_tell_followers().filter(pk=pk).update(told_at=now)
        if won:
            comment = ReaderComment.objects.select_related("article", "answers").get(pk=pk)
            letters = [follower_mail(comment, row) for row in followers(comment)]
            letters += [author_mail(comment, user) for user in authors(comment)]
            outbox.post_many(letters)
    return won


def followers(comment):
    """Standing, confirmed subscriptions to the discussion that this comment concerns."""
    rows = Subscription.objects.filter(
        article=comment.article_id, ended_at=None, commenter__confirmed_at__isnull=False
    ).exclude(commenter=comment.commenter_id)
    answered = {comment.answers.commenter_id if comment.answers else None}
    if not comment.is_root:
        parent = ReaderComment.objects.filter(pk=comment.parent_id)
        answered.add(parent.values_list("commenter", flat=True).first())
    for row in rows.select_related("commenter"):
        if row.scope == Subscription.Scope.THREAD or row.commenter_id in answered:
            yield row


def authors(comment):
    """The accounts of the story's authors, but for who wrote the comment."""
    signed = User.objects.filter(author__bylines__article=comment.article_id, is_active=True)
    others = signed.exclude(pk=comment.user_id).exclude(email__in=["", comment.user_email])
    return others.distinct()


def unsubscribe(subscription, now=None):
    """End a subscription; ending it again changes nothing."""
    standing = Subscription.objects.filter(pk=subscription.pk, ended_at=None)
    return standing.update(ended_at=now or timezone.now())
