"""Stories worth reading after this one: found when it comes out, kept as rows, one query to show.

What two stories share decides: tags, the rare ones more, and words, the rare ones more. How new a
story is tips the scales a little. Nothing here looks at the whole archive: candidates are the
newest few of each tag and of the category.

Rows may be late, never wrong: the page asks ``visible()`` again, so a withdrawn story is gone at
once, and ``related_at`` (empty: to be found) brings the worker.
"""

import html
import math
import re
from collections import Counter, defaultdict

from django.db import transaction
from django.db.models.functions import Left
from django.utils import timezone

from articles import shown
from articles.lists import KEY, MOMENT
from articles.models import Article, Related
from kit.prepared import prepared
from pagecache.tags import purge_on_commit
from search.analysis import terms

SHOWN = 4
KEPT = 7  # with spares: one may be withdrawn, two may be the neighbours shown below
COMMON = 1000  # stories; nobody counts further, so the cost stays the same
PER_TAG = 30  # candidates of one tag, newest first
RECENT = 30  # candidates of the category, newest first
COMPARED = 60  # candidates whose words are read
BODY_LENGTH = 20_000  # characters of HTML
TAGS_SHARE, WORDS_SHARE = 0.6, 0.4
HEADLINE = 3  # a word of title or standfirst counts as so many of the body
FADING_DAYS = 2 * 365
OLDEST = 0.8  # the worth of a very old story next to an equal new one

MARKUP = re.compile(r"<[^<>]*>")


def relate_due(at=None, limit=20):
    """Find the related stories of those that have none yet, newest first; return how many."""
    at = at or timezone.now()
    due = Article.objects.visible(at).unrelated().newest_first().values_list("pk", flat=True)
    return sum(relate(pk, at) for pk in list(due[:limit]))


def introduce(pk, at):
    """A new story finds its related ones, and they look again: it may be worth it for them too.

    The worker does the second half. It does not go on from there, so it ends.
    """
    if relate(pk, at):
        shown = Related.objects.filter(article=pk, rank__lte=SHOWN).values("other")
        Article.objects.filter(pk__in=shown).update(related_at=None)


def forget(pks):
    """Have these stories, and those that show them, find their related ones again."""
    Article.objects.filter(pk__in=pks).update(related_at=None)
    showing = Related.objects.filter(other__in=pks).values("article")
    Article.objects.filter(pk__in=showing).update(related_at=None)


def relate(pk, at):
    """Write the related stories of story ``pk``; False if it needs none or somebody was faster."""
    columns = ("title", "standfirst", "main_category", "series", "version")
    stories = Article.objects.visible(at).unrelated().annotate(text=Left("body", BODY_LENGTH))
    story = stories.only(*columns).filter(pk=pk).first()
    if story is None:
        return False
    found = best(story, at)
    with transaction.atomic():
        # A save in the meantime has raised the version: then the next round looks again.
        unchanged = Article.objects.unrelated().filter(pk=pk, version=story.version)
        if not unchanged.update(related_at=at):
            return False
        rows = Related.objects.filter(article=pk)
        if list(rows.order_by("rank").values_list("other", flat=True)) != found:
            rows.delete()
            Related.objects.bulk_create(
                Related(article_id=pk, other_id=other, rank=rank)
                for rank, other in enumerate(found, start=1)
            )
            purge_on_commit(f"article:{pk}")
    return True


def best(story, at):
    """Return the keys of at most KEPT stories, best first. About ten queries, and two a tag."""
    tags = weights(story)
    shared = candidates(story, tags, at)
    first = sorted(shared, key=lambda pk: (-shared[pk], -pk))[:COMPARED]
    rows = Article.objects.filter(pk__in=first).annotate(text=Left("body", BODY_LENGTH))
    columns = ("title", "standfirst", "series", "published_at")
    others = list(rows.only(*columns))
    likeness = alike(story, others)
    total = sum(tags.values()) or 1

    def worth(other):
        close = TAGS_SHARE * shared[other.pk] / total + WORDS_SHARE * likeness[other.pk]
        days = max(0, (at - other.published_at).days)
        return close * (OLDEST + (1 - OLDEST) * math.exp(-days / FADING_DAYS))

    ranked = sorted(others, key=lambda other: (-worth(other), -other.pk))
    return [other.pk for other in one_of_a_series(ranked, story.series_id)][:KEPT]


def weights(story):
    """``{tag: weight}`` of a story's tags: the rarer, the heavier; those past COMMON are equal."""
    through = Article.tags.through.objects
    tags = list(through.filter(article=story.pk).values_list("tag", flat=True))
    uses = {tag: through.filter(tag=tag)[:COMMON].count() for tag in tags}
    return {tag: 1 / math.log2(1 + max(2, number)) for tag, number in uses.items()}


def candidates(story, tags, at):
    """``{story: weight of the tags it shares}``; those that share none weigh nothing.

    The newest of the category, and the newest of all where that leaves too few.
    """
    visible = Article.objects.visible(at).exclude(pk=story.pk).newest_first()
    if story.series_id:
        visible = visible.exclude(series=story.series_id)
    shared = defaultdict(float)
    for tag, weight in tags.items():
        for pk in visible.with_tag(tag).values_list("pk", flat=True)[:PER_TAG]:
            shared[pk] += weight
    near = visible.filter(main_category=story.main_category_id)
    found = {*shared, *near.values_list("pk", flat=True)[:RECENT]}
    if len(found) < KEPT:
        found |= {*visible.values_list("pk", flat=True)[:RECENT]}
    return {pk: shared[pk] for pk in found}


def alike(story, others):
    """``{story: cosine}``, 0 to 1, of their words with those of ``story``; rare words count."""
    own, counts = words_of(story), {other.pk: words_of(other) for other in others}
    known = Counter(word for words in [own, *counts.values()] for word in words)
    rare = {word: math.log((2 + len(counts)) / number) for word, number in known.items()}

    def vector(words):
        return {word: (1 + math.log(number)) * rare[word] for word, number in words.items()}

    mine = vector(own)
    return {pk: cosine(mine, vector(words)) for pk, words in counts.items()}


def words_of(story):
    headline = Counter(terms(f"{story.title} {story.standfirst}"))
    body = terms(html.unescape(MARKUP.sub(" ", story.text)))
    return Counter(body) + Counter({word: HEADLINE * n for word, n in headline.items()})


def cosine(one, other):
    product = sum(weight * other.get(word, 0) for word, weight in one.items())
    lengths = [math.hypot(*vector.values()) for vector in (one, other)]
    return product / (lengths[0] * lengths[1]) if all(lengths) else 0.0


def one_of_a_series(stories, own):
    """Of each series only the best: the box on the page shows the others."""
    seen = {own} - {None}
    for story in stories:
        if story.series_id is None or story.series_id not in seen:
            seen.add(story.series_id)
            yield story


@prepared(now=MOMENT, story=KEY)
def related_to(now, story):
    return Article.objects.visible(now).related_to(story)[:KEPT].for_shelf()


def shelf(article, at):
    """Up to four stories to show under ``article``; not its neighbours, if others are left.

    One query. They are visible at that instant, whenever the rows were written.
    """
    rows = shown.shelf(related_to(now=at, story=article.pk))
    others = [row for row in rows if row.pk not in (article.older_id, article.newer_id)]
    return (others if len(others) > 1 else rows)[:SHOWN]
