"""A reader asks for the own data or to be forgotten; the desk can do both by command (R3)."""

from django.db import transaction
from django.utils import timezone

import outbox.posting as outbox
from comments import rates, searching
from comments.mails import data_mail
from comments.models import (
    Commenter,
    ConfirmationMail,
    DataRequest,
    Decision,
    ReaderComment,
    Subscription,
)
from comments.models.people import mailbox
from comments.moderators import DIGEST
from comments.retention import empty, remove
from kit.rates import take_turn
from outbox.models import Message
from pagecache.tags import purge_on_commit


def ask(kind, email, network, now=None):
    """Note a request and mail its link, if we know the address. Answers alike for every address.

    Raises rates.TooOften over three requests a day from one network.
    """
    now = now or timezone.now()
    with transaction.atomic():
        take_turn(network)
        rates.check_request(network, now)
        commenter = Commenter.objects.filter(email=email).first()
        request_ = DataRequest.objects.create(
            kind=kind, commenter=commenter, network=network, at=now
        )
        if commenter and rates.may_mail(commenter, network, now):
            ConfirmationMail.objects.create(commenter=commenter, network=network, at=now)
            outbox.post(**data_mail(request_, email))


def carry_out(request_, now=None):
    """Do what was asked, once. Return the copy, or None for an erasure or a second time."""
    now = now or timezone.now()
    with transaction.atomic():
        mine = DataRequest.objects.filter(pk=request_.pk, done_at=None)
        if not mine.update(done_at=now) or request_.commenter is None:
            return None
        if request_.kind == DataRequest.Kind.COPY:
            return copy_of(request_.commenter)
        erase(request_.commenter, texts=request_.kind == DataRequest.Kind.FORGET_ALL)
    return None


def find(email):
    return Commenter.objects.filter(email=mailbox(email)).first()


def copy_of(commenter):
    """Return everything kept about an address, as plain data for JSON."""
    comments = ReaderComment.objects.filter(commenter=commenter).select_related("article")
    subscriptions = Subscription.objects.filter(commenter=commenter).select_related("article")
    requests = DataRequest.objects.filter(commenter=commenter).order_by("at")
    return {
        "email": commenter.email,
        "conosciuto dal": iso(commenter.created_at),
        "confermato": iso(commenter.confirmed_at),
        "approvato": iso(commenter.trusted_at),
        "prove annullate il": iso(commenter.proofs_from),
        "commenti": [copy_of_comment(c) for c in comments.order_by("submit_date")],
        "avvisi": [
            {
                "articolo": s.article.title,
                "che cosa": s.get_scope_display(),
                "dal": iso(s.created_at),
                "fino a": iso(s.ended_at),
            }
            for s in subscriptions
        ],
        "mail di conferma": [iso(m.at) for m in commenter.confirmation_mails.order_by("at")],
        "mail": [
            {"oggetto": m.subject, "scritta": iso(m.created_at), "inviata": iso(m.sent_at)}
            for m in Message.objects.filter(to__iexact=commenter.email).order_by("pk")
        ],
        "richieste": [{"che cosa": r.get_kind_display(), "data": iso(r.at)} for r in requests],
    }


def copy_of_comment(comment):
    """Not the notes: words of the moderators' lists stand in them (C10)."""
    edits = comment.decisions.exclude(text_before="")
    return {
        "numero": comment.pk,
        "articolo": comment.article.title,
        "data": iso(comment.submit_date),
        "nome": comment.signature,
        "sito": comment.user_url,
        "testo": comment.comment,
        "testi di prima": list(edits.values_list("text_before", flat=True)),
        "corretto": iso(comment.edited_at),
        "stato": comment.get_state_display(),
        "motivi": comment.reasons,
        "segnalato": [report.get_reason_display() for report in comment.reports.all()],
        "avvisi": comment.get_wants_display(),
        "rete": comment.network,
        "indirizzo di rete": comment.ip_address or "",
    }


def iso(moment):
    return moment.isoformat() if moment else None


def erase(commenter, *, texts):
    """Forget an address: its comments become those of "Anonimo", or go if ``texts`` is true.

    Reaches comments, their log, subscriptions, proofs, requests, waiting mails, kept pages.
    """
    from comments.moderation import recount

    with transaction.atomic():
        # The deepest first: an answer that goes leaves no empty row above it.
        rows = list(ReaderComment.objects.filter(commenter=commenter).order_by("-level", "pk"))
        stories = {row.article_id for row in rows}
        forget_mails(rows)
        for row in rows:
            if texts:
                hide(row)
                remove(row)
            else:
                empty(row, text=row.comment, html=row.html)
        outbox.forget(commenter.email)
        commenter.delete()
        recount(stories)
        searching.update(stories)
        purge_on_commit("comments", *(f"article:{pk}" for pk in stories))
    return len(rows)


def forget_mails(rows):
    """Delete every mail that quotes ``rows``, given up or in a worker's hands among them.

    What has to be told is told again, as things then are: to followers, and to moderators who
    wait for a digest in which others stand too.
    """
    holding = Message.objects.exclude(text="", html="")
    for row in rows:
        if holding.filter(about=f"comment:{row.pk}").delete()[0]:
            ReaderComment.objects.filter(pk=row.pk).update(told_at=None)
    digests = holding.filter(key__startswith="moderator:").order_by("created_at")
    first = digests.values_list("created_at", flat=True).first()
    if first and any(row.reported_at for row in rows):
        digests.delete()
        waiting = ReaderComment.objects.in_state(ReaderComment.State.PENDING)
        waiting.filter(reported_at__gt=first - DIGEST).update(reported_at=None)


def hide(comment):
    """Out of the thread for good; an empty row may stay in its place."""
    state = ReaderComment.State.TRASH
    ReaderComment.objects.filter(pk=comment.pk).update(state=state, is_public=False)
    Decision.objects.filter(comment=comment.pk).update(why=[], reasons_before=[])
