"""How a page looks from elsewhere: in a search engine's list and as a card on a social site.

Every address begins with SITE_URL. Pure but for the settings: no query.
"""

import re
from typing import NamedTuple

from django.conf import settings
from django.templatetags.static import static

from articles.cards import picture_for, title_for
from images import crops, files
from images.cards import KIND, SIZE
from kit import tree

SEARCH_TEXT = 160  # characters a search engine shows of a description
SOCIAL_TEXT = 200
OPENING_HTML = 8000  # characters of a rendered body that are looked at for one
SENTENCE_END = re.compile(r"[.!?…][»”\"')]*(?= |$)")


class Shown(NamedTuple):
    """A picture as other sites are told of it."""

    url: str
    width: int
    height: int
    kind: str
    alt: str


def absolute(address):
    """Return an address of ours with scheme and host; one on another origin stays as it is."""
    return settings.SITE_URL + address if address.startswith("/") else address


def search_title(article):
    return article.search_title or article.title


def search_description(article):
    return article.search_description or cut(summary(article), SEARCH_TEXT)


def social_title(article):
    return title_for(article)


def social_description(article):
    return article.social_description or cut(summary(article), SOCIAL_TEXT)


def page_description(page):
    return cut(opening(page.body_html) or f"{page.title}, dalla redazione.", SEARCH_TEXT)


def summary(article):
    """The standfirst, else how the text begins, else the title."""
    return article.standfirst or opening(article.body_html) or article.title


def opening(html):
    """Return the text of the first paragraphs outside figures, enough for a description."""
    said = ""
    for node in tree.parse(html[:OPENING_HTML]).elements:
        if node.tag == "p":
            said += " " + " ".join(read(node).split())
        if len(said) > SOCIAL_TEXT:
            break
    return said.strip()


def read(node):
    """The text of an element, without what only who cannot see a new tab hears."""
    if isinstance(node, str):
        return node
    if node.attrs.get("class") == "unseen":
        return ""
    return " " if node.tag == "br" else "".join(map(read, node.children))


def cut(text, limit):
    """Return at most ``limit`` characters of a text: full sentences if they fill half of them.

    Else full words and an ellipsis.
    """
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    ends = [found.end() for found in SENTENCE_END.finditer(text[: limit + 1])]
    if ends := [end for end in ends if limit / 2 <= end <= limit]:
        return text[: ends[-1]]
    words = text[:limit].rpartition(" ")[0] or text[: limit - 1]
    return words.rstrip(" ,.;:–—") + "…"


# --- pictures ------------------------------------------------------------------


def social_picture(article):
    """Return the picture of a story's card, or the house's own until there is one.

    ``article`` is loaded with ``for_page()``.
    """
    if image := picture_for(article):
        return shape_of(image, crops.SOCIAL)
    drawn = getattr(article, "card", None)
    if drawn is not None and drawn.name:
        return Shown(absolute(files.url(drawn.name)), *SIZE, KIND, social_title(article))
    return house_card()


def house_card():
    return Shown(absolute(static("img/card.png")), *SIZE, KIND, settings.SITE_NAME)


def search_pictures(article):
    """Return the pictures of a story for search engines: its opening picture in three shapes."""
    lead = article.lead_image
    if lead is None:
        return [social_picture(article)]
    shapes = [shape for shape in crops.SHAPES if shape != crops.SOCIAL]
    made = [shape_of(lead, shape) for shape in shapes if crops.crop_of(lead, shape)]
    return made or [whole(lead)]


def thumbnails(article):
    """Return the card's picture, then smaller copies of it, for who has little room."""
    first = social_picture(article)
    image = picture_for(article)
    if image is None:
        return [first]
    kind = files.type_of(image.name)
    copies = [copy for copy in image.renditions if copy["type"] == kind]
    smaller = [
        Shown(
            absolute(files.url(copy["name"])),
            copy["width"],
            max(1, round(image.height * copy["width"] / image.width)),
            kind,
            words_of(image),
        )
        for copy in reversed(copies)
        if copy["width"] < first.width
    ]
    return [first, *smaller]


def shape_of(image, shape):
    """A picture in a shape; the whole picture until the worker has cut it."""
    if crop := crops.crop_of(image, shape):
        address = absolute(files.url(crop["name"]))
        return Shown(address, crop["width"], crop["height"], crop["type"], words_of(image))
    return whole(image)


def whole(image):
    kind = files.type_of(image.name)
    return Shown(absolute(image.url), image.width, image.height, kind, words_of(image))


def words_of(image):
    return "" if image.decorative else image.alt
