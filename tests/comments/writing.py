"""Tools of the comment tests: a form as a reader's browser sends it, rows in any state."""

import itertools
import time
from datetime import timedelta

from django.core import signing
from django.utils import timezone

from comments import markdown, moderation, tokens
from comments.faces import face_of
from comments.models import Commenter, ReaderComment
from comments.models.comment import State, fingerprint, place
from kit.network import network_of
from tests.factories import make_article

_count = itertools.count(1)
OLD = timedelta(minutes=30)  # age of the rows made here: no rate counts them


def aged(purpose, value, seconds):
    """A token as it was made ``seconds`` ago."""
    signer = signing.TimestampSigner(salt=f"comments.{purpose}")
    made = signing.b62_encode(int(time.time()) - seconds)
    unsigned = f"{signer.sign_object(value).rsplit(':', 2)[0]}:{made}"
    return f"{unsigned}:{signing.Signer(salt=f'comments.{purpose}').signature(unsigned)}"


def old_form(article, seconds=60):
    """The signature of a form made a minute ago: filled in by hand."""
    return aged("form", article.pk, seconds)


def filled(article, **fields):
    """What the form under ``article`` sends."""
    return {
        "story": article.pk,
        "form": old_form(article),
        "reply_to": "",
        "proof": "",
        "homepage": "",
        "comment": f"Un commento, il numero {next(_count)}.",
        "name": "Ada",
        "email": "ada@example.org",
        "site": "",
        "wants": "none",
    } | fields


def post(client, article, *, address="192.0.2.1", headers=None, **fields):
    return client.post(
        "/commenti/", filled(article, **fields), REMOTE_ADDR=address, headers=headers or {}
    )


def make_commenter(email="ada@example.org", *, confirmed=True, trusted=True):
    now = timezone.now()
    commenter, _ = Commenter.objects.get_or_create(email=email)
    commenter.confirmed_at = now if confirmed else None
    commenter.trusted_at = now if trusted else None
    commenter.save()
    return commenter


def proof_of(commenter):
    return tokens.make("proof", commenter.pk)


def make_comment(article=None, *, text=None, parent=None, state=State.PUBLISHED, **fields):
    """A comment of half an hour ago, in any state, without rules or mails."""
    article = article or (parent.article if parent else make_article())
    text = text or f"Testo {next(_count)}"
    email = fields.pop("email", f"lettore{next(_count)}@example.org")
    when = fields.pop("submit_date", timezone.now() - OLD)
    address = fields.pop("address", "198.51.100.7")
    commenter = Commenter.objects.get_or_create(email=email)[0] if email else None
    name = fields.pop("name", "Lettore")
    defaults = {
        "article": article,
        "commenter": commenter,
        "signature": name,
        "user_email": email,
        "comment": text,
        "html": markdown.render(text),
        "html_version": markdown.VERSION,
        "parent_id": parent.pk if parent else 0,
        "ip_address": address,
        "network": network_of(address),
        "face": face_of(email, name),
        "fingerprint": fingerprint(parent and parent.pk, email, text),
        "submit_date": when,
        "state": state,
        "state_since": when,
        "told_at": when,
    }
    comment = ReaderComment(**place(article), **defaults | fields)
    comment.save()
    moderation.recount([article.pk])
    return comment
