"""The one door of a comment: how it comes in, and every change of its state.

xtd gives tables, places in the thread and nothing else. Nobody but ``move`` writes ``state`` or
``is_public`` (trust table, C9); a save of a row elsewhere never publishes anything.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

import outbox.posting as outbox
from articles.models import Article
from comments import markdown, rates, searching
from comments.faces import face_of
from comments.facts import facts_of_arrival, facts_of_comment, is_closed
from comments.mails import confirmation_mail
from comments.models import Commenter, ConfirmationMail, Decision, ReaderComment, Subscription
from comments.models.comment import GONE, LEVELS, State, fingerprint, place
from comments.rules import Verdict, judge
from kit.network import network_of
from kit.rates import take_turn
from pagecache.tags import purge_on_commit
from search import index

SAME_ANSWER = timedelta(minutes=10)  # a repeated comment gets the first answer again
UNDO = timedelta(minutes=10)
CORRECTION = timedelta(minutes=10)
Via = Decision.Via


class Refusal(Exception):
    """A comment that is not kept: status, Italian sentence, the field it belongs to."""

    def __init__(self, status, sentence, field="", retry_after=None):
        super().__init__(sentence)
        self.status, self.sentence = status, sentence
        self.field, self.retry_after = field, retry_after


@dataclass(frozen=True)
class Arrival:
    """A comment as the form gives it: tidied, measured, not yet judged."""

    article: Article
    text: str
    html: str
    name: str
    email: str  # in the spelling of a mailbox: lower case
    site: str = ""
    parent: int = 0
    wants: str = ReaderComment.Wants.NONE
    proof: str = ""
    address: str = ""
    seconds: int | None = None  # since the form was made

    @property
    def network(self):
        return network_of(self.address)


@dataclass(frozen=True)
class Receipt:
    comment: ReaderComment
    repeated: bool = False
    mailed: bool = False


def receive(arrival: Arrival, now=None) -> Receipt:
    """Keep a comment and the mail that confirms its address, in one transaction.

    Raises Refusal: 403 closed or hidden, 409 said before, 422 wrong parent, 429 too often. What
    it returns is durable: no "received" is said before (trust table, rule 2).
    """
    now = now or timezone.now()
    with transaction.atomic():
        take_turn(arrival.network)
        if is_closed(arrival.article, now):
            raise Refusal(403, "I commenti a questo articolo sono chiusi.")
        parent, answers = parent_of(arrival)
        print_ = fingerprint(parent and parent.pk, arrival.email, arrival.text)
        if receipt := said_before(arrival.article, print_, now):
            return receipt
        try:
            rates.check_comment(arrival, now)
        except rates.TooOften as wait:
            raise Refusal(429, wait.sentence, retry_after=wait.seconds) from None
        commenter = Commenter.objects.get_or_create(email=arrival.email)[0]
        verdict = judge(facts_of_arrival(arrival, commenter, now))
        comment = new_comment(arrival, commenter, parent, answers, print_, verdict, now)
        try:
            with transaction.atomic():
                comment.save()
        except IntegrityError:  # the same comment came in by another process just now
            if receipt := said_before(arrival.article, print_, now):
                return receipt
            raise
        log(comment, "", verdict.state, Via.RULES, why=verdict.reasons, now=now)
        if verdict.state != State.UNCONFIRMED:
            subscribe(comment, now)
        mailed = verdict.state == State.UNCONFIRMED and send_confirmation(comment, now)
        if verdict.state == State.PUBLISHED:
            changed(comment)
    return Receipt(comment, mailed=mailed)


def parent_of(arrival):
    """Return ``(parent, answered)``: where an answer hangs, and whom it names if that is higher up.

    Checked before the insert: xtd raises after it and leaves a row behind (C5).
    """
    if not arrival.parent:
        return None, None
    rows = ReaderComment.objects.published().of_article(arrival.article)
    answered = rows.filter(pk=arrival.parent).first()
    if answered is None:
        raise Refusal(
            422, "Il commento a cui rispondi non c’è più. Puoi scrivere in fondo.", "parent"
        )
    if answered.level < LEVELS:
        return answered, None
    return rows.filter(pk=answered.parent_id).first() or answered_above(answered), answered


def answered_above(answered):
    """The parent of a comment at the deepest level; it keeps its place even when it is hidden."""
    return ReaderComment.objects.get(pk=answered.parent_id)


def said_before(article, print_, now):
    """The receipt of the same comment, or None. Refusal 409 if it is older than ten minutes."""
    same = ReaderComment.objects.of_article(article).filter(fingerprint=print_)
    old = same.exclude(state__in=GONE).first()
    if old is None:
        return None
    if now - old.submit_date > SAME_ANSWER:
        raise Refusal(409, "Questo commento c’è già: lo hai scritto prima.", "text")
    # The first answer again: the mail of then was written in the same moment.
    mailed = ConfirmationMail.objects.filter(commenter=old.commenter_id, at=old.submit_date)
    return Receipt(old, repeated=True, mailed=mailed.exists())


def new_comment(arrival, commenter, parent, answers, print_, verdict, now):
    return ReaderComment(
        **place(arrival.article),
        article=arrival.article,
        commenter=commenter,
        signature=arrival.name,
        user_email=arrival.email,
        user_url=arrival.site,
        comment=arrival.text,
        html=arrival.html,
        html_version=markdown.VERSION,
        ip_address=arrival.address or None,
        network=arrival.network,
        face=face_of(arrival.email, arrival.name),
        parent_id=parent.pk if parent else 0,
        answers=answers,
        wants=arrival.wants,
        fingerprint=print_,
        submit_date=now,
        state=verdict.state,
        state_since=now,
        reasons=verdict.reasons,
        notes=verdict.notes,
    )


def subscribe(comment, now):
    """Note what the writer wants to be told: who holds the proof, or has just confirmed.

    Before that it is what somebody typed beside an address that may be another's (M3).
    """
    if comment.wants == ReaderComment.Wants.NONE or comment.state in GONE:
        return
    Subscription.objects.update_or_create(
        article=comment.article,
        commenter=comment.commenter,
        defaults={"scope": comment.wants, "ended_at": None},
        create_defaults={"scope": comment.wants, "created_at": now},
    )


def send_confirmation(comment, now):
    """Put the mail that asks to confirm the address in the outbox, if limits allow; True if so."""
    if not rates.may_mail(comment.commenter, comment.network, now):
        return False
    ConfirmationMail.objects.create(commenter=comment.commenter, network=comment.network, at=now)
    outbox.post(**confirmation_mail(comment))
    return True


# --- changes of state ---


def move(comment, to, *, expected, via, by=None, why=(), now=None):
    """Change the state of a comment; return the Decision, or None if it is not in ``expected``.

    One UPDATE conditional on the expected state: of two moderators the second changes nothing
    and is told. On the way it counts the story's comments, forgets its pages and takes back mails
    not yet sent; followers are told by the worker on the step to *published* (followers.py).
    """
    now = now or timezone.now()
    with transaction.atomic():
        before = list(comment.reasons)
        values = {"state": to, "state_since": now} | ({"reasons": list(why)} if why else {})
        mine = ReaderComment.objects.filter(pk=comment.pk, state=expected)
        try:
            with transaction.atomic():
                won = mine.kept().update(**values)
        except IntegrityError:  # the same text came in again while this one was away
            return None
        if not won:
            return None
        comment.refresh_from_db()
        gave_trust = via in (Via.QUEUE, Via.MAIL) and to == State.PUBLISHED and trust(comment, now)
        if State.PUBLISHED in (expected, to):
            changed(comment)
        return log(
            comment, expected, to, via, by=by, why=why, now=now, before=before, trust=gave_trust
        )


def changed(comment):
    """A comment appeared or vanished: xtd's column, the count, the pages, the mails."""
    public = comment.state == State.PUBLISHED
    ReaderComment.objects.filter(pk=comment.pk).update(is_public=public)
    if not public and outbox.withdraw(f"comment:{comment.pk}"):
        # Somebody was not told yet: told again if it comes back. The keys keep out the others.
        ReaderComment.objects.filter(pk=comment.pk).update(told_at=None)
    recount([comment.article_id])
    forget_pages(comment)
    if public:
        index.comments_appeared("article", comment.article_id)
    else:
        searching.update([comment.article_id])


def forget_pages(comment):
    purge_on_commit(f"article:{comment.article_id}", "comments")


def recount(articles):
    """Write how many comments each story shows. A count, not a sum: it cannot drift."""
    published = ReaderComment.objects.published().filter(article=OuterRef("pk")).order_by()
    count = published.values("article").annotate(n=Count("pk")).values("n")
    rows = Article.objects.filter(pk__in=articles).order_by("pk")
    with transaction.atomic():
        # Locked first: an UPDATE that waited for another counts what stood there before it waited.
        list(rows.select_for_update().values_list("pk"))
        rows.order_by().update(comment_count=Coalesce(Subquery(count), 0))


def trust(comment, now):
    """A person approved this address: from now on it may publish at once, with its proof."""
    mine = Commenter.objects.filter(pk=comment.commenter_id, trusted_at=None)
    return bool(mine.update(trusted_at=now))


def log(comment, before_state, after, via, *, by=None, why=(), now, before=(), trust=False):
    return Decision.objects.create(
        comment=comment,
        before=before_state,
        after=after,
        via=via,
        by=by,
        why=list(why),
        at=now,
        reasons_before=list(before),
        gave_trust=trust,
    )


def confirm(comment, now=None):
    """The writer pressed the button of the mail: judge again. Return the comment as it stands.

    A second press changes nothing.
    """
    now = now or timezone.now()
    with transaction.atomic():
        mine = Commenter.objects.filter(pk=comment.commenter_id, confirmed_at=None)
        first_time = mine.update(confirmed_at=now)
        waited = comment.state == State.UNCONFIRMED
        if waited:
            comment.commenter.refresh_from_db()
            verdict = judge(facts_of_comment(comment, now))
            why = verdict.reasons or ["L’indirizzo è confermato."]
            to, via = verdict.state, Via.READER
            if move(comment, to, expected=State.UNCONFIRMED, via=via, why=why, now=now):
                ReaderComment.objects.filter(pk=comment.pk).update(notes=verdict.notes)
        comment.refresh_from_db()
        if first_time or waited:
            subscribe(comment, now)
    return comment


def may_correct(comment, now):
    """True for ten minutes, while nobody answered and it waits or is published."""
    young = now - comment.submit_date <= CORRECTION
    answered = ReaderComment.objects.filter(parent_id=comment.pk).exclude(pk=comment.pk)
    deeper = ReaderComment.objects.filter(answers=comment.pk)
    return young and comment.state not in GONE and not (answered.exists() or deeper.exists())


def correct(comment, text, html, now=None):
    """Put a corrected text in the place of the old one; every rule runs again."""
    now = now or timezone.now()
    with transaction.atomic():
        locked = ReaderComment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
        if not may_correct(locked, now):
            raise Refusal(
                403, "Non si può più correggere: qualcuno ha risposto, o è passato tempo."
            )
        try:
            with transaction.atomic():
                rewrite(locked, text, html, print_of(locked, text), now)
        except IntegrityError:
            raise Refusal(409, "Hai già scritto un commento uguale.", "text") from None
        verdict = judge(facts_of_comment(locked, now, locked.state != State.UNCONFIRMED))
        if verdict.state == State.PUBLISHED and held_by_hand(locked):
            verdict = Verdict(State.PENDING, locked.reasons, verdict.notes)
        ReaderComment.objects.filter(pk=locked.pk).update(
            notes=verdict.notes, reasons=verdict.reasons
        )
        if verdict.state != locked.state:
            move(
                locked,
                verdict.state,
                expected=locked.state,
                via=Via.READER,
                why=verdict.reasons,
                now=now,
            )
        elif locked.state == State.PUBLISHED:
            forget_pages(locked)
            searching.update([locked.article_id])
    locked.refresh_from_db()
    return locked


def held_by_hand(comment):
    """True if a person put it where it waits: no correction of its writer takes it from there."""
    last = Decision.objects.filter(comment=comment, undone_at=None).first()
    return comment.state == State.PENDING and last is not None and last.via == Via.QUEUE


def print_of(comment, text):
    return fingerprint(0 if comment.is_root else comment.parent_id, comment.user_email, text)


def rewrite(comment, text, html, print_, now):
    """Write the columns of a changed text, and only those: no save, so nothing else moves."""
    comment.comment, comment.html = text, html
    ReaderComment.objects.filter(pk=comment.pk).update(
        comment=text,
        html=html,
        html_version=markdown.VERSION,
        fingerprint=print_,
        edited_at=now,
    )
