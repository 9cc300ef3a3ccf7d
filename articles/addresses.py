"""Where an address leads that nothing answers: old ones, cut ones, other names of labels.

Every answer is about what readers may see: a hidden story, or a tag that only drafts have, leads
nowhere, like one that never existed (trust table, P1). What cannot be an address of ours costs
no query; the rest at most two, each from an index.
"""

import re

from django.utils import timezone

from articles.models import Article, FormerPath, FormerSlug, TagAlias

GUESSABLE = re.compile(r"[a-z0-9][a-z0-9_-]{5,199}")  # shorter beginnings say too little
ENOUGH = 20  # stories with one beginning: more than that say nothing
LABEL = re.compile(
    r"/(?P<kind>tag|category)/(?P<place>[-\w]{1,200}(?:/[-\w]{1,200}){0,4}?)/"
    r"(?P<rest>(?:page/[1-9][0-9]{0,4}/|feed/(?:[a-z0-9]{1,8}/)?)?)",
    re.ASCII,
)


def story(slug, year=None, month=None):
    """Return the visible story that ``slug`` means, or None: its former address or its beginning.

    A beginning counts if one story alone has it, or one alone in that month.
    """
    if not slug.isascii():
        return None
    former = FormerSlug.objects.filter(slug=slug, article__in=Article.objects.visible())
    if found := former.select_related("article").first():
        return found.article
    if not GUESSABLE.fullmatch(slug):
        return None
    columns = ("slug", "published_at", "status")
    # In no order: PostgreSQL has to sort what its index of beginnings finds.
    rows = list(Article.objects.visible().begins(slug).order_by().only(*columns)[: ENOUGH + 1])
    return chosen(rows, slug, year, month)


def chosen(rows, slug, year, month):
    for row in rows:
        if row.slug == slug:
            return row
    if len(rows) > ENOUGH:
        return None
    if len(rows) > 1:
        rows = [row for row in rows if is_of_month(row, year, month)]
    return rows[0] if len(rows) == 1 else None


def is_of_month(row, year, month):
    day = timezone.localtime(row.published_at)
    return (day.year, day.month) == (year, month)


def label(path):
    """Return where ``path`` of a renamed tag or moved category is now, further pages too, or None.

    One step however often it was renamed: another name always points to the tag of today.
    """
    match = LABEL.fullmatch(path)
    if match is None:
        return None
    place = match["place"]
    if match["kind"] == "tag":
        rows = TagAlias.objects.visible().filter(slug=place).select_related("tag")
        target = (found := rows.first()) and found.tag
    else:
        rows = FormerPath.objects.filter(path=place).select_related("category")
        target = (found := rows.first()) and found.category
    return target.get_absolute_url() + match["rest"] if target else None
