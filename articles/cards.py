"""A story's picture for other sites, made by the worker: crops, or a drawn card if none fits.

``Article.outside_at`` says since when it is right. Saving what a card is made of empties it; a
picture that changed later is found by its own date. Never during a request.
"""

import hashlib
import logging

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from articles.models import Article, SocialCard
from images import cards, crops, files, workshop
from images.models import TRIES, WAITS
from pagecache.tags import purge_on_commit

log = logging.getLogger("articles")

AT_REST = {"claimed_at": None, "failures": 0}
DRAWING = 1  # raise it when the same title must give another card


def make_due(limit=5, now=None):
    """Make what at most ``limit`` waiting stories need; return how many were tried."""
    now = now or timezone.now()
    tried = 0
    for pk in waiting(now, limit):
        if claim(pk, now):
            make(pk, now)
            tried += 1
    return tried


def waiting(now, limit):
    """Return the keys of stories to be worked on, newest first. Two queries."""
    ready = Article.objects.filter(status=Article.Status.READY).filter(
        Q(card=None) | free(now, "card__")
    )
    keys = list(ready.filter(outside_at=None).newest_first().values_list("pk", flat=True)[:limit])
    if len(keys) < limit:
        changed = Q(lead_image__modified_at__gt=F("outside_at")) | Q(
            social_image__modified_at__gt=F("outside_at")
        )
        keys += ready.filter(changed).newest_first().values_list("pk", flat=True)[:limit]
    return list(dict.fromkeys(keys))[:limit]


def free(now, prefix=""):
    """Cards that nobody holds at the instant ``now``, or whose wait is over."""
    # A claim from the future is a clock that was set back.
    ask = Q(**{f"{prefix}claimed_at": None})
    ask |= Q(**{f"{prefix}claimed_at__gt": now + WAITS[0]})
    for tries, wait in enumerate(WAITS, start=1):
        ask |= Q(**{f"{prefix}failures": tries, f"{prefix}claimed_at__lte": now - wait})
    return ask


def claim(pk, now):
    """Take the story for ten minutes. False if another worker was faster, or it is gone."""
    with transaction.atomic():
        if not Article.objects.filter(pk=pk).exists():
            return False
        SocialCard.objects.get_or_create(article_id=pk)
    mine = SocialCard.objects.filter(free(now), pk=pk)
    return mine.update(claimed_at=now, failures=F("failures") + 1) == 1


def make(pk, now):
    """Make the crops of a story's pictures and its card, and note it, or why not, on the card."""
    joins = ("main_category", "lead_image", "social_image", "card")
    article = Article.objects.select_related(*joins).filter(pk=pk).first()
    if article is None:
        return
    try:
        for image in {article.lead_image, article.social_image} - {None}:
            crops.make(image)
        drawn, source = card(article)
    except (workshop.Broken, OSError) as error:
        note_failure(article, f"{type(error).__name__}: {error}"[:500], now)
        return
    former = article.card.name
    with transaction.atomic():
        columns = {"name": drawn, "drawn_from": source}
        kept = SocialCard.objects.filter(pk=pk).update(**columns, **AT_REST, error="")
        finish(article, now)
        stale = {former, "" if kept else drawn} - {drawn if kept else "", ""}
        transaction.on_commit(lambda: files.remove(stale))


def finish(article, now):
    """Note that the story is right as of ``now``, unless somebody changed it meanwhile."""
    as_seen = Article.objects.filter(
        pk=article.pk,
        modified_at=article.modified_at,
        main_category__name=article.main_category.name,
    )
    as_seen.update(outside_at=now)
    purge_on_commit(article.cache_tag)


def card(article):
    """Return ``(name, digest)`` of the story's card, drawn if it must be; "" if none is needed."""
    if picture_for(article) is not None:
        return "", ""
    words = (title_for(article), article.main_category.name, settings.SITE_NAME)
    source = hashlib.sha256("\n".join([str(DRAWING), *words]).encode()).hexdigest()
    if article.card.name and article.card.drawn_from == source:
        return article.card.name, source
    return cards.draw(*words), source


def title_for(article):
    return article.social_title or article.title


def picture_for(article):
    """Return the picture that stands for a story elsewhere, or None: then a card is drawn.

    The editor's choice holds whatever its shape; the opening picture only if it fits.
    """
    if article.social_image is not None:
        return article.social_image
    lead = article.lead_image
    return lead if lead is not None and crops.fits(lead) else None


def note_failure(article, error, now):
    """Keep the error and try again later; after the last try, not before somebody saves."""
    if article.card.failures < TRIES:
        SocialCard.objects.filter(pk=article.pk).update(error=error)
        return
    log.error("story %s: no card after %s tries (%s)", article.pk, TRIES, error)
    with transaction.atomic():
        SocialCard.objects.filter(pk=article.pk).update(error=error, **AT_REST)
        finish(article, now)


def forget_file(instance, **signal):
    """Remove the file of a deleted card once the deletion is durable."""
    if instance.name:
        transaction.on_commit(lambda: files.remove([instance.name]))
