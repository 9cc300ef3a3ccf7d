"""What the operators of a search mean: autore:, tag:, categoria:, dal:, al:."""

import re

from django.db.models import Q

from accounts.models import Author
from articles import pages
from articles.models import Category, Tag
from kit.text import slugify, slugify_tag
from search import index
from search.models import first_key

NOBODY = ("nobody",)  # a facet no document has
DATE = re.compile(r"(?:(?:(\d{1,2})[/.-])?(\d{1,2})[/.-])?(\d{4})|(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")


def understand(query):
    """Fill in what the operators of ``query`` mean. One query for each kind of label named."""
    meaning = {"autore": authors, "tag": tags, "categoria": categories}
    for operator in query.operators:
        if operator.name in meaning:
            found = tuple(meaning[operator.name](operator.value))
            if operator.excluded:
                query.without += found
            else:
                query.facets.append(found or NOBODY)
        else:
            bound(query, operator)
    if query.wanted or query.unwanted or not query.operators:
        return
    if query.without and query.is_empty:
        query.told.append("Scrivi anche che cosa cercare, non solo che cosa lasciare fuori.")


def authors(value):
    """Facets of authors whose address holds ``value``."""
    rows = Author.objects.filter(slug__contains=slugify(value)) if slugify(value) else []
    return [index.facet("a", author.pk) for author in rows[:50]]


def tags(value):
    rows = Tag.objects.called(value)
    return [index.facet("t", tag.pk) for tag in rows[:50]]


def categories(value):
    """Facets of a category, by its last name or its whole path, and of all below it."""
    path = "/".join(filter(None, map(slugify_tag, value.split("/"))))
    named = Category.objects.filter(Q(path=path) | Q(slug=path) | Q(former_paths__path=path))
    named = named.distinct() if path else []
    trees = Q(pk__in=[])
    for category in named[:50]:
        trees |= Q(path=category.path) | Q(path__startswith=f"{category.path}/")
    rows = Category.objects.filter(trees).values_list("pk", flat=True)[:200] if path else []
    return [index.facet("c", pk) for pk in rows]


def bound(query, operator):
    """Set the first or the last day of a query: a day, a month or a year, both included."""
    found = days(operator.value)
    if found is None or operator.excluded:
        query.told.append(
            f"Non capisco la data «{operator.value[:20]}»: scrivi 2024, 2024-08 o 2024-08-01."
        )
    elif operator.name == "dal":
        query.low = first_key(found[0])
    else:
        query.high = first_key(found[1])


def days(text):
    """Return ``(start, end)`` of a day, month or year in Italian time, or None."""
    match = DATE.fullmatch(text)
    if not match:
        return None
    day, month, year = match[1] or match[6], match[2] or match[5], match[3] or match[4]
    if not 1970 < int(year) < 2100:
        return None
    try:
        start, end, _ = pages.period(int(year), month and int(month), day and int(day))
    except ValueError:
        return None
    return start, end
