"""Stories in lists, each remembered by all it shows (kit/memo.py)."""

from django import template

from kit.memo import rendered

register = template.Library()


@register.simple_tag
def card(article):
    """One story in a list, a Card of articles/shown.py. No query."""
    return rendered("articles/_card.html", article=article)


@register.simple_tag
def lead_card(article):
    """The story that opens the front page, a Card of articles/shown.py. No query."""
    return rendered("articles/_lead.html", article=article)


@register.simple_tag
def shelf(related):
    """Stories to read after this one, as articles/shown.py has them. No query."""
    return rendered("articles/_related.html", related=tuple(related))
