"""The result page of a search, its pieces remembered by all they show (kit/memo.py)."""

from django import template

from kit.memo import rendered

register = template.Library()


@register.simple_tag
def hit(result):
    """One line, a Result of articles/results.py. No query."""
    return rendered("search/_result.html", result=result)


@register.simple_tag
def hit_kicker(place):
    """The category of a line; the same for all searches. No query."""
    return rendered("search/_kicker.html", place=place)


@register.simple_tag
def hit_meta(article):
    """Who, when, how many comments; the same for all searches that find the story. No query."""
    return rendered("articles/_meta.html", article=article)


@register.simple_tag
def search_filters(answer, categories):
    """The fields below the search box, as they were filled in. No query."""
    facts = {"categories": categories, "is_open": answer.is_filtered, **answer.chosen}
    return rendered("search/_filters.html", **facts)
