"""One tag instead of several, and names that go on leading to it."""

from django.db import transaction

from articles import searching
from articles.models import Article, Tag, TagAlias
from pagecache.tags import purge_on_commit


def merge(tags, target):
    """Give the stories of ``tags`` to ``target``; their names and addresses lead to it from now on.

    Returns ``{name of a tag that is gone: how many stories it had}``. A story that had several of
    them has the target once. Everything or nothing.
    """
    with transaction.atomic():
        # The target too: it must not be merged away meanwhile. Always in one order.
        wanted = {target.pk, *(tag.pk for tag in tags)}
        locked = list(Tag.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
        kept = next((tag for tag in locked if tag.pk == target.pk), None)
        if kept is None:
            return {}
        done = {tag.name: absorb(tag, kept) for tag in locked if tag != kept}
        if done:
            stories = Article.objects.filter(tags=kept)
            stories.update(related_at=None)
            searching.due_again(stories)
            purge_on_commit("all")
    return done


def absorb(tag, target):
    through = Article.tags.through.objects
    filed = through.filter(tag=tag)
    number = filed.count()
    filed.filter(article__in=through.filter(tag=target).values("article")).delete()
    filed.update(tag=target)
    TagAlias.objects.filter(tag=tag).update(tag=target)
    if tag.description and not target.description:
        Tag.objects.filter(pk=target.pk).update(description=tag.description)
        target.description = tag.description
    name, slug = tag.name, tag.slug
    tag.delete()
    TagAlias.objects.update_or_create(slug=slug, defaults={"tag": target, "name": name})
    return number


def keep_address(tag, former_slug, former_name):
    """The address ``tag`` had until now leads to its new one."""
    TagAlias.objects.filter(slug=tag.slug).delete()
    TagAlias.objects.update_or_create(
        slug=former_slug, defaults={"tag": tag, "name": former_name or former_slug}
    )
