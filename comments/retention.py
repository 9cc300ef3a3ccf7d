"""What is forgotten by the clock: trash, spam, network addresses, old requests (trust, R2)."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from comments.models import (
    Commenter,
    ConfirmationMail,
    DataRequest,
    Decision,
    ReaderComment,
    Report,
)
from comments.models.comment import State

TRASH, SPAM = timedelta(days=30), timedelta(days=15)  # WordPress, Akismet
ADDRESS = timedelta(days=30)
BATCH = 200
ANONYMOUS = "Anonimo"


def forget_due(now=None):
    """Delete what is past its time and shorten network addresses; return how many rows."""
    now = now or timezone.now()
    old = Q(state=State.TRASH, state_since__lt=now - TRASH)
    old |= Q(state=State.SPAM, state_since__lt=now - SPAM) | Q(erase_at__lt=now)
    # A row that had to stay, because answers hang on it, has no text any more.
    rows = ReaderComment.objects.filter(old).exclude(comment="")
    done = sum(remove_if(rows, pk) for pk in list(rows.values_list("pk", flat=True)[:BATCH]))
    known = ReaderComment.objects.filter(ip_address__isnull=False)
    keys = known.filter(submit_date__lt=now - ADDRESS).values_list("pk", flat=True)[:BATCH]
    done += ReaderComment.objects.filter(pk__in=list(keys)).update(ip_address=None)
    done += ConfirmationMail.objects.filter(at__lt=now - ADDRESS).delete()[0]
    done += DataRequest.objects.filter(at__lt=now - ADDRESS).delete()[0]
    shown = Report.objects.filter(at__lt=now - ADDRESS).exclude(network="")
    done += shown.update(network="")
    lonely = Commenter.objects.filter(comments=None, created_at__lt=now - ADDRESS)
    return done + lonely.delete()[0]


def remove_if(rows, pk):
    """Delete a comment if it still is one of ``rows``: somebody may have put it back meanwhile."""
    with transaction.atomic():
        comment = rows.select_for_update(of=("self",)).filter(pk=pk).first()
        if comment:
            remove(comment)
    return comment is not None


def remove(comment):
    """Delete a comment; where answers hang on it, an empty row keeps their place."""
    with transaction.atomic():
        answers = ReaderComment.objects.filter(parent_id=comment.pk).exclude(pk=comment.pk)
        if answers.exists():
            empty(comment, text="")
            return
        above, seen = comment, set()
        while above.parent_id != above.pk and above.parent_id not in seen:
            seen.add(above.parent_id)
            above = ReaderComment.objects.only("pk", "parent_id").get(pk=above.parent_id)
        counted = ReaderComment.objects.filter(pk__in=seen)
        counted.update(nested_count=F("nested_count") - 1)
        comment.delete()


def empty(comment, *, text, html=""):
    """Take the person out of a row: name, mail, site, network, face. ``text`` is what stays."""
    ReaderComment.objects.filter(pk=comment.pk).update(
        signature=ANONYMOUS,
        user_name=ANONYMOUS,
        user_email="",
        user_url="",
        user=None,
        comment=text,
        html=html,
        ip_address=None,
        network="",
        face="",
        commenter=None,
        notes=[],
        erase_at=None,
        # No fingerprint of an address that is forgotten.
        fingerprint=secrets.token_hex(32),
    )
    # The words of before, and what others said about the person.
    Decision.objects.filter(comment=comment.pk).update(text_before="")
    Report.objects.filter(comment=comment.pk).update(text="")
