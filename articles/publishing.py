"""The verbs that change what readers see. Nothing else may change it.

An article becomes public by the clock: ``visible()`` is true from ``published_at`` on, with
no job involved. What must *happen* then (the purge of the lists, the search index) happens here,
exactly once.
"""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from articles import pings, related, searching
from articles.models import Article, FormerSlug
from pagecache.tags import purge_on_commit


def announce_due(at=None, limit=50):
    """Announce every article that is visible and not announced; return how many.

    Called after each save in the admin and every second by the worker, so an article
    published now and one scheduled last week take the same road. Two processes may run it
    together: the UPDATE lets one of them win.
    """
    at = at or timezone.now()
    due = Article.objects.visible(at).unannounced().values_list("pk", flat=True)
    won = [pk for pk in list(due[:limit]) if announce(pk, at)]
    for pk in won:
        related.introduce(pk, at)
    return len(won)


def announce(pk, at, ping=True):
    """Announce one visible story, once. ``ping``: tell search engines and hubs as well."""
    with transaction.atomic():
        won = Article.objects.unannounced().filter(pk=pk).update(announced_at=at)
        if won:
            searching.update([pk])
            purge_on_commit("lists", f"article:{pk}")
        if won and ping:
            pings.note_stories(Article.objects.filter(pk=pk))
    return won


def next_publication(after):
    """When the next scheduled story comes out, or None. One look into the index of the lists."""
    return Article.objects.next_publication(after)


def publish(articles, at=None):
    """Bring stories out now, drafts and scheduled ones; return how many.

    A date that is past is kept: a story that was withdrawn comes back in its place.
    """
    at = at or timezone.now()
    with transaction.atomic():
        hidden = articles.select_for_update().exclude(pk__in=Article.objects.visible(at))
        dates = dict(hidden.values_list("pk", "published_at"))
        dated = [pk for pk, date in dates.items() if date and date <= at]
        undated = [pk for pk in dates if pk not in dated]
        ready = {"status": Article.Status.READY, "version": F("version") + 1}
        done = Article.objects.filter(pk__in=dated).update(**ready)
        done += Article.objects.filter(pk__in=undated).update(published_at=at, **ready)
        related.forget(list(dates))
        purge_on_commit("lists", *(f"article:{pk}" for pk in dates))
    transaction.on_commit(announce_due)
    return done


def withdraw(articles):
    """Take stories off the site; return how many. They are drafts again and keep their date."""
    with transaction.atomic():
        pks = list(articles.filter(status=Article.Status.READY).values_list("pk", flat=True))
        pings.note_stories(Article.objects.visible().filter(pk__in=pks))
        done = Article.objects.filter(pk__in=pks, status=Article.Status.READY).update(
            status=Article.Status.DRAFT, announced_at=None, version=F("version") + 1
        )
        searching.update(pks)
        related.forget(pks)
        purge_on_commit("lists", *(f"article:{pk}" for pk in pks))
    return done


def pin(articles, pinned):
    """Put stories on top of the front page, or let them sink; return how many changed."""
    with transaction.atomic():
        done = articles.exclude(pinned=pinned).update(pinned=pinned, version=F("version") + 1)
        purge_on_commit("lists")
    return done


def change_address(article, former):
    """Remember that a published ``article`` was once at slug ``former``: one permanent redirect.

    An address that is in use again leads to the story that uses it now.
    """
    FormerSlug.objects.filter(slug__in=[former, article.slug]).delete()
    FormerSlug.objects.create(article=article, slug=former)
