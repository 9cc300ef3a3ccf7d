"""What the front page shows of the discussions."""

from django import template

from comments import discussed
from kit.memo import rendered
from pagecache.tags import also_shows

register = template.Library()


@register.simple_tag(takes_context=True)
def most_discussed(context):
    """The most discussed stories of the week. One query.

    The page takes their tags, so it is forgotten with the comments and stories it counts. Not
    the tag ``comments``: every comment would forget the front page. A story that enters the
    ranking may wait as long as the page is kept.
    """
    stories = discussed.most_discussed()
    if request := context.get("request"):
        also_shows(request, *(story.cache_tag for story in stories))
    return rendered("comments/_discussed.html", stories=tuple(stories))
