"""What other pages show of the press review, and the item beside the writing desk."""

from django import template

from aggregator import review
from aggregator.models import Item
from kit.memo import rendered
from pagecache.tags import also_shows

register = template.Library()


@register.simple_tag(takes_context=True)
def latest_review(context):
    """The five newest lines. Two queries; the page is forgotten when the review changes."""
    if request := context.get("request"):
        also_shows(request, "rassegna")
    return rendered("aggregator/_latest.html", lines=review.latest())


@register.inclusion_tag("admin/aggregator/cluster/_beside.html")
def items_beside(article):
    """The items a draft was made from, to read while writing. One query."""
    if article is None or article.pk is None:
        return {"items": []}
    rows = Item.objects.filter(cluster__article=article).select_related("feed")
    return {"items": rows.order_by("sort_date", "pk")[:10]}
