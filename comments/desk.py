"""What moderators do with a comment besides moving it: answer, edit, put back, see its history."""

from collections import defaultdict

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils import timezone

from accounts.models import Author
from comments import markdown, moderation, searching
from comments.faces import face_of
from comments.models import Commenter, Decision, ReaderComment, Report
from comments.models.comment import GONE, State, fingerprint, place
from comments.models.people import mailbox

Via = Decision.Via


def answer(comment, user, text, html, now=None):
    """Publish an answer of the staff under ``comment``; a comment that waits is published first.

    Return the answer, or None if somebody decided otherwise on the comment meanwhile.
    """
    now = now or timezone.now()
    with transaction.atomic():
        if comment.state not in (State.PUBLISHED, *GONE):
            done = moderation.move(
                comment, State.PUBLISHED, expected=comment.state, via=Via.QUEUE, by=user, now=now
            )
            comment = done.comment if done else comment
        locked = ReaderComment.objects.published().filter(pk=comment.pk).first()
        if locked is None:
            return None
        arrival = moderation.Arrival(
            article=locked.article, text=text, html=html, name="", email="", parent=locked.pk
        )
        parent, answers = moderation.parent_of(arrival)
        reply = staff_comment(user, locked.article, text, html, parent, answers, now)
        try:
            with transaction.atomic():
                reply.save()
        except IntegrityError:  # the button was pressed twice
            return reply
        moderation.log(reply, "", State.PUBLISHED, Via.QUEUE, by=user, now=now)
        moderation.changed(reply)
    return reply


def staff_comment(user, article, text, html, parent, answers, now):
    name, email = signature_of(user), mailbox(user.email)
    return ReaderComment(
        **place(article),
        article=article,
        commenter=Commenter.objects.get_or_create(email=email)[0],
        user=user,
        signature=name,
        user_email=email,
        comment=text,
        html=html,
        html_version=markdown.VERSION,
        face=face_of(email, name),
        parent_id=parent.pk,
        answers=answers,
        fingerprint=fingerprint(parent.pk, email, text),
        submit_date=now,
        state=State.PUBLISHED,
        state_since=now,
    )


def signature_of(user):
    author = Author.objects.filter(user=user).first()
    return author.name if author else user.get_full_name() or user.username


def edit(comment, user, text, html, now=None):
    """Change a comment's text and leave a trace: the old text stands in the log."""
    now = now or timezone.now()
    with transaction.atomic():
        locked = ReaderComment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
        before = locked.comment
        moderation.rewrite(locked, text, html, moderation.print_of(locked, text), now)
        why = ["Testo modificato dalla redazione."]
        log = moderation.log(
            locked, locked.state, locked.state, Via.QUEUE, by=user, why=why, now=now
        )
        # Not a change of state: there is nothing to give back.
        Decision.objects.filter(pk=log.pk).update(text_before=before, undone_at=now)
        if locked.state == State.PUBLISHED:
            moderation.forget_pages(locked)
            searching.update([locked.article_id])


def says_the_same(comment, text):
    """True if the same person has another comment with this ``text`` in the same place."""
    same = ReaderComment.objects.filter(
        article=comment.article_id, fingerprint=moderation.print_of(comment, text)
    )
    return same.exclude(state__in=GONE).exclude(pk=comment.pk).exists()


def state_before(comment):
    """Where "Ripristina" puts a comment: where it was before it was thrown away, else the queue."""
    thrown = Decision.objects.filter(comment=comment, after__in=GONE, undone_at=None)
    kept = thrown.exclude(before__in=[*GONE, ""])  # from the trash to the spam: further back
    return kept.values_list("before", flat=True).first() or State.PENDING


def histories(comments):
    """``{commenter: {state: how many}}`` of those who wrote ``comments``. One query."""
    people = {comment.commenter_id for comment in comments} - {None}
    counts = ReaderComment.objects.kept().filter(commenter__in=people).order_by()
    rows = counts.values_list("commenter", "state").annotate(n=Count("pk"))
    history = defaultdict(dict)
    for person, state, number in rows:
        history[person][state] = number
    return history


def open_reports(comments):
    """``{comment: [reports nobody closed]}``. One query."""
    rows = Report.objects.filter(comment__in=[c.pk for c in comments], closed_at=None)
    reports = defaultdict(list)
    for report in rows:
        reports[report.comment_id].append(report)
    return reports


def close_reports(comment, now=None):
    waiting = Report.objects.filter(comment=comment, closed_at=None)
    return waiting.update(closed_at=now or timezone.now())
