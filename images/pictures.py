"""A picture as HTML: which copies a browser may choose from. No query, no file is opened."""

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.html import format_html, format_html_join

from images import files
from images.models import Image
from images.renditions import AVIF


class File(NamedTuple):
    url: str
    kind: str
    size: int  # bytes


@dataclass(frozen=True)
class Size:
    """How large a picture stands on the page, for the browser's choice.

    ``css_width`` in CSS pixels where it is widest, ``most`` in pixels: no copy beyond it is
    offered, ``sizes`` as HTML writes it.
    """

    css_width: int
    most: int
    sizes: str


class Shown(NamedTuple):
    """All that ``picture_html`` reads of an image; hashable, so that the HTML may be remembered."""

    pk: int
    name: str
    width: int
    height: int
    alt: str
    decorative: bool
    focus: str
    copies: tuple[tuple[int, str, str], ...]

    cache_tag = Image.cache_tag

    @property
    def renditions(self):
        return [{"width": width, "type": kind, "name": name} for width, kind, name in self.copies]


def shown(image):
    """Return an Image, or None, as Shown."""
    if image is None:
        return None
    facts = (image.width, image.height, image.alt, image.decorative, image.focus)
    return Shown(image.pk, image.name, *facts, as_copies(image.renditions))


def as_copies(renditions):
    """The column of Image as Shown has it."""
    return tuple([(copy["width"], copy["type"], copy["name"]) for copy in renditions])


# The widths follow static/css: the page is 80rem, the reading column 41rem.
SIZES = {
    "lead": Size(1100, 1920, "(min-width: 75rem) 1100px, 100vw"),
    "card": Size(360, 1280, "(min-width: 64rem) 26rem, (min-width: 40rem) 50vw, 100vw"),
    "shelf": Size(240, 640, "(min-width: 64rem) 15rem, (min-width: 44rem) 9rem, 6.5rem"),
    "body": Size(720, 1920, "(min-width: 48rem) 720px, 100vw"),
    "portrait": Size(96, 320, "96px"),
    "thumb": Size(80, 320, "80px"),
    "feed": Size(960, 1280, ""),
}


def picture_html(image, size, *, eager=False, alt=None):
    """Return ``<picture>`` for an image in one of the named SIZES.

    ``eager`` for what a reader sees first: loaded at once and before the rest. ``alt`` replaces
    the picture's own text; "" where the text beside it says the same.
    """
    if image is None:
        return ""
    size = SIZES[size]
    if alt is None:
        alt = "" if image.decorative else image.alt
    parts = {
        "avif": avif_source(image, size),
        "src": files.url(best(image, size)),
        "choice": own_choice(image, size),
        "alt": alt,
        "width": image.width,
        "height": image.height,
        "haste": haste(eager),
        "focus": focus(image),
    }
    return format_html(
        '<picture>{avif}<img src="{src}"{choice} alt="{alt}" width="{width}" height="{height}"'
        "{haste}{focus}></picture>",
        **parts,
    )


def thumb_url(image):
    """The address of a copy small enough for a list of many pictures."""
    return files.url(best(image, SIZES["thumb"]))


def feed_file(image):
    """Return the one copy that goes along with a feed's entry, or None if it is not there."""
    name = best(image, SIZES["feed"])
    size = files.size(name)
    return File(files.url(name), files.type_of(name), size) if size else None


def card_url(image):
    """The address of a copy as large as a card in a list."""
    return files.url(best(image, SIZES["card"]))


def avif_source(image, size):
    copies = fitting([copy for copy in image.renditions if copy["type"] == AVIF], size)
    if not copies:
        return ""
    return format_html(
        '<source type="image/avif" srcset="{}" sizes="{}">', srcset(copies), size.sizes
    )


def own_copies(image):
    """Copies in the picture's own format, itself included, smallest first."""
    kind = files.type_of(image.name)
    copies = [copy for copy in image.renditions if copy["type"] == kind]
    return [*copies, {"width": image.width, "name": image.name}]


def own_choice(image, size):
    copies = fitting(own_copies(image), size)
    if not image.renditions or len(copies) < 2:
        return ""
    return format_html(' srcset="{}" sizes="{}"', srcset(copies), size.sizes)


def fitting(copies, size):
    """Copies up to the size's ``most``; if all are larger, the smallest."""
    return [copy for copy in copies if copy["width"] <= size.most] or copies[:1]


def best(image, size):
    """The name of the one copy for a browser that cannot choose."""
    copies = fitting(own_copies(image), size)
    return next((c for c in copies if c["width"] >= size.css_width), copies[-1])["name"]


def srcset(copies):
    return format_html_join(
        ", ", "{} {}w", ((files.url(copy["name"]), copy["width"]) for copy in copies)
    )


def haste(eager):
    return format_html(
        ' {}="{}" decoding="async"', *(("fetchpriority", "high") if eager else ("loading", "lazy"))
    )


def focus(image):
    if image.focus == Image.Focus.CENTRE:
        return ""
    return format_html(' data-focus="{}"', image.focus)
