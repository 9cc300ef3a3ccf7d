"""The addresses of a feed, as WordPress spells them."""

from django.http import HttpResponsePermanentRedirect
from django.urls import path, register_converter
from django.views.decorators.http import require_safe

from articles.converters import Slug
from articles.feeds.entries import MAIN, in_format
from articles.feeds.formats import FORMATS

# WordPress's words in ``?feed=`` and in the names of its old files, and the format we answer in.
OLD_WORDS = {"rss2": MAIN, "atom": "atom", "json": "json"} | dict.fromkeys(
    ["rss", "rdf", "feed"], MAIN
)
# With one of these beside it, ``?feed=`` asks for a feed of something else than the site.
NARROWING = frozenset(
    "attachment_id author author_name cat category_name day m monthnum name p page_id pagename s"
    " tag tag_id w year".split()
)


class FormatName(Slug):
    regex = "|".join(FORMATS)


class OldFormatName(Slug):
    regex = "rdf|rss"  # not "feed": …/feed/feed/ is the feed of a label of that name


register_converter(FormatName, "feed_format")
register_converter(OldFormatName, "old_feed_format")


@require_safe
def to_main(request, old, **where):
    """A format nobody needs any more: its address leads to RSS 2.0."""
    return HttpResponsePermanentRedirect(request.path.removesuffix(f"{old}/"))


def feed_of(route, view, name, old=to_main):
    """The addresses of one feed; ``view`` takes ``format``. They stand before the list's own."""
    return [
        path(f"{route}feed/", view, {"format": MAIN}, name=name),
        path(f"{route}feed/<feed_format:format>/", view, name=f"{name}_as"),
        path(f"{route}feed/<old_feed_format:old>/", old),
    ]


def old_files():
    """The PHP files that were feeds before WordPress had readable addresses."""
    names = {f"wp-{word}.php": asked(word) for word in OLD_WORDS}
    names["wp-commentsrss2.php"] = asked("comments-rss2")
    return [path(file, moved, {"to": address}) for file, address in names.items()]


@require_safe
def moved(request, to):
    return HttpResponsePermanentRedirect(to)


def asked(word):
    """Return the path of the feed that WordPress's ``?feed=word`` means, or None."""
    rest = word.removeprefix("comments-")
    if rest not in OLD_WORDS:
        return None
    feed = "/feed/" if rest == word else "/comments/feed/"
    return in_format(feed, OLD_WORDS[rest])


def asked_in(query):
    """Return where ``/?feed=…`` leads, from the parameters of the front page, or None."""
    return None if NARROWING & query.keys() else asked(query.get("feed", ""))
