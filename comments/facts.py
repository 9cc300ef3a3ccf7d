"""What the rules must know of a comment, fetched from where it is kept."""

import re
from datetime import timedelta
from functools import partial
from ipaddress import ip_network
from urllib.parse import urlsplit

from django.utils import timezone

from accounts.models import Author, User
from comments import markdown, tokens
from comments.models import Block, Policy, Word
from comments.rules import QUICK, Facts, Listed, fold
from kit.network import parse
from kit.prepared import prepared


def facts_of_arrival(arrival, commenter, now):
    return gather(
        text=arrival.text,
        name=arrival.name,
        email=arrival.email,
        site=arrival.site,
        address=arrival.address,
        links=markdown.links(arrival.html),
        story_days=age_in_days(arrival.article, now),
        confirmed=holds_proof(arrival.proof, commenter),
        trusted=commenter.trusted_at is not None,
        seconds=arrival.seconds,
        now=now,
    )


def facts_of_comment(comment, now, confirmed=True):
    """What is known of a comment that is judged again, after its confirmation or correction."""
    return gather(
        text=comment.comment,
        name=comment.signature,
        email=comment.user_email,
        site=comment.user_url,
        address=comment.ip_address or "",
        links=markdown.links(comment.html),
        story_days=age_in_days(comment.article, now),
        confirmed=confirmed,
        trusted=bool(comment.commenter and comment.commenter.trusted_at),
        seconds=0 if QUICK in comment.reasons else None,  # it still came as fast as it came
        now=now,
    )


def holds_proof(token, commenter):
    """True if the browser sent the proof of this very address, and it was not revoked (C7)."""
    if not token or commenter.confirmed_at is None:
        return False
    try:
        value, age = tokens.read("proof", token)
    except (tokens.Expired, tokens.Forged):
        return False
    made = timezone.now() - timedelta(seconds=age)
    revoked = commenter.proofs_from and made < commenter.proofs_from - timedelta(seconds=1)
    return value == commenter.pk and not revoked


def age_in_days(article, now):
    return (now - article.published_at).days


def gather(*, name, email, site, address, now, **known):
    """Return the Facts of a comment. Five queries: policy, words, blocks, authors, staff."""
    policy = Policy.current()
    words = Word.objects.values_list("text", "effect", "whole")
    return Facts(
        name=name,
        email=email,
        site=site,
        address=address,
        reserved=is_reserved(name),
        blocked=blocked_by(email, site, address, now),
        words=tuple(
            Listed(word, effect == Word.Effect.TRASH, whole) for word, effect, whole in words
        ),
        hold_all=policy.hold_all,
        need_approved=policy.need_approved,
        hold_links=policy.hold_links,
        hold_after_days=policy.hold_after_days,
        **known,
    )


def is_reserved(name):
    """True for the name of an author or of somebody of the staff, however it is dressed up."""
    mine = letters(name)
    staff = User.objects.filter(is_staff=True, is_active=True)
    names = [f"{first} {last}" for first, last in staff.values_list("first_name", "last_name")]
    names += staff.values_list("username", flat=True)
    names += Author.objects.values_list("name", flat=True)
    return bool(mine) and mine in {letters(other) for other in names}


def letters(name):
    return re.sub(r"[\W_]+", "", fold(name))


def blocked_by(email, site, address, now):
    """Return what a standing block is about, or "". A domain covers what lies below it."""
    hosts = [email.rpartition("@")[2].lower(), urlsplit(site).hostname or ""]
    checks = {
        Block.Kind.EMAIL: lambda value: value == email,
        Block.Kind.DOMAIN: lambda value: any(
            h == value or h.endswith(f".{value}") for h in hosts if h
        ),
        Block.Kind.NETWORK: partial(lies_in, address),
    }
    for kind, value in Block.objects.standing(now).values_list("kind", "value"):
        if checks[kind](value):
            return Block.Kind(kind).label
    return ""


def lies_in(address, network):
    mine = parse(address)
    return mine is not None and mine in ip_network(network)


def is_closed(article, now):
    """True if nobody may comment on ``article`` any more: by its own switch, or by its age.

    One query; none on the first day, when most readers come.
    """
    if not article.comments_open:
        return True
    age = age_in_days(article, now)
    return age > 0 and 0 < closing_days() <= age


def closing_days():
    """``Policy.current().close_after_days``: public pages ask for nothing else of it."""
    found = policy_closes()
    return found[0] if found else Policy().close_after_days


@prepared()
def policy_closes():
    return Policy.objects.order_by("pk").values_list("close_after_days", flat=True)[:1]
