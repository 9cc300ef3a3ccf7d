"""Stories and pages in the search index.

A story is in the index while readers can see it: ``update`` is called in the transaction that
changes that. ``indexed_at`` empty means "not yet": bulk imports and renamed tags leave it so, and
the worker's ``index_due`` goes through them.
"""

from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from articles.models import Article, Page
from kit import tree
from search import index

BATCH = 200  # stories indexed in one transaction
# Elements that end a line of text; what stands in them is not one word with the next.
BLOCKS = frozenset("p h2 h3 li td th blockquote figcaption figure table tr ul ol hr br pre".split())


# --- into the index ---


def update(pks):
    """Bring the index in step with these stories: visible ones in, the others out."""
    pks = list(pks)
    rows = Article.objects.filter(pk__in=pks).order_by("pk")
    with transaction.atomic():
        list(rows.select_for_update().values_list("pk"))
        visible = list(Article.objects.visible().filter(pk__in=pks).for_index())
        shown = {story.pk for story in visible}
        index.put(entry(story) for story in visible)
        index.remove("article", [pk for pk in pks if pk not in shown])
        now = timezone.now()
        if shown:
            rows.filter(pk__in=shown).order_by().update(indexed_at=now)
        if len(shown) < len(pks):
            rows.exclude(pk__in=shown).order_by().update(indexed_at=None)


def page_saved(instance, raw=False, **signal):
    if instance.published and not raw:
        index.put([page_entry(instance)])
    else:
        index.remove("page", [instance.pk])


def forget(instance, **signal):
    index.remove(instance._meta.model_name, [instance.pk])


def name_saved(instance, created, raw=False, **signal):
    """A tag, an author or a series may be called otherwise now: its stories are indexed anew."""
    if not created and not raw:
        name_goes(instance)


def name_goes(instance, **signal):
    word = {"tag": "with_tag", "author": "by_author", "series": "in_series"}
    filed = getattr(Article.objects, word[instance._meta.model_name])
    due_again(filed(instance).order_by())


def index_due(limit=BATCH):
    """Index visible stories that are not in the index yet; return how many."""
    due = Article.objects.visible().filter(indexed_at=None).order_by()
    pks = list(due.values_list("pk", flat=True)[:limit])
    if pks:
        update(pks)
    return len(pks)


def due_again(articles):
    """Have the worker index these stories anew: something they are filed under has changed."""
    articles.filter(status=Article.Status.READY).update(indexed_at=None)


def batches():
    """Return the numbers of all visible stories, newest first, in the portions of a rebuild."""
    pks = list(Article.objects.visible().order_by("-pk").values_list("pk", flat=True))
    return [pks[start : start + BATCH] for start in range(0, len(pks), BATCH)]


def end_rebuild():
    """Index the pages anew and take out what has no business in the index."""
    with transaction.atomic():
        visible = Article.objects.visible().values_list("pk", flat=True)
        index.remove_others("article", visible)
        pages = list(Page.objects.visible())
        index.put(page_entry(page) for page in pages)
        index.remove_others("page", [page.pk for page in pages])


def entry(story):
    """A story as the index takes it; loaded with ``for_index``."""
    names = [tag.name for tag in story.tags.all()]
    names += [author.name for author in story.signatures]
    if story.series:
        names.append(story.series.title)
    return index.Entry(
        kind="article",
        number=story.pk,
        date=story.published_at,
        title=story.title,
        standfirst=story.standfirst,
        body=pieces(story.body),
        tags=names,
        facets=facets(story),
    )


def page_entry(page):
    date = datetime(1970, 1, 2, tzinfo=UTC)  # pages have no date: after all stories
    return index.Entry(
        kind="page", number=page.pk, date=date, title=page.title, body=pieces(page.body)
    )


def facets(story):
    filed = dict.fromkeys([story.main_category_id, *(c.pk for c in story.categories.all())])
    labels = [index.facet("c", pk) for pk in filed]
    labels += [index.facet("t", tag.pk) for tag in story.tags.all()]
    return labels + [index.facet("a", author.pk) for author in story.signatures]


def pieces(body):
    """Return a stored body as ``((text, language), …)``: a quotation is of its own language."""
    found: list[tuple[str, str]] = []
    collect(tree.parse(body), "it", found)
    return tuple((" ".join(text.split()), language) for text, language in found if text.strip())


def collect(node, language, found):
    """Add the texts of ``node`` in their order; neighbours of one language are one piece."""
    language = node.attrs.get("lang", "").split("-")[0].lower() or language
    if node.tag in ("pre", "code"):
        language = ""  # names of programs have no stem
    for child in node.children:
        if not isinstance(child, str):
            collect(child, language, found)
        elif found and found[-1][1] == language:
            found[-1] = (found[-1][0] + child, language)
        else:
            found.append((child, language))
    if node.tag in BLOCKS and found:
        found[-1] = (f"{found[-1][0]}\n", found[-1][1])
