"""The closed vocabularies of HTML, one per profile, as data. What is not here does not pass.

A check takes an attribute's value and returns the value to keep, or None to drop it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote, urlsplit

from django.core.exceptions import ValidationError

from kit.text import CONTROLS, INVISIBLE, nfc

ADDRESS_LENGTH = 2048
TITLE_LENGTH = 300

Check = Callable[[str], str | None]


class Refused(ValidationError):
    """HTML over a limit. The message is Italian and names the limit."""


def thousands(number):
    return f"{number:,}".replace(",", ".")


def matching(pattern) -> Check:
    return lambda value: value if re.fullmatch(pattern, value, re.ASCII) else None


def among(*values) -> Check:
    return lambda value: value if value in values else None


def web_address(value):
    """Return an http or https address a browser reads as we do, or None.

    ``Refused`` past 2,048 characters.
    """
    value = _written_out(value)
    scheme, _, rest = value.partition(":")
    if scheme.lower() not in ("http", "https") or not rest.startswith("//"):
        return None
    try:
        parts = urlsplit(value)
        if not parts.hostname or "\\" in parts.netloc or parts.port == 0:
            return None
    except ValueError:  # brackets that are no IPv6 address, a port that is no number
        return None
    return _measured(f"{scheme.lower()}:{rest}")


def short_address(value):
    """Return a web address of a length we keep, or None: strangers' text does not hang on it."""
    try:
        return web_address(value)
    except Refused:
        return None


def link_address(value):
    """Return a web address, ``mailto:`` or ``/path`` of ours, or None."""
    value = _written_out(value)
    if re.match(r"/(?![/\\])", value):
        return _measured(value)
    if re.fullmatch(r"mailto:[^\s@<>\"]+@[^\s@<>\"/?]+(\?[^\s<>\"]*)?", value, re.IGNORECASE):
        return _measured("mailto" + value[6:])
    return web_address(value)


def _written_out(value):
    """Drop what browsers drop or nobody sees; write out blanks, quotes and brackets."""
    value = re.sub(r"[\t\n\r]", "", value).translate(INVISIBLE).strip()
    return re.sub(r"[\s\"<>`]", lambda found: quote(found.group()), value)


def _measured(value):
    if len(value) > ADDRESS_LENGTH:
        raise Refused(
            f"Un link è troppo lungo: al massimo {thousands(ADDRESS_LENGTH)} caratteri, "
            f"qui sono {thousands(len(value))}."
        )
    return value


def iso_date(value):
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return None


def title(value):
    value = " ".join(nfc(value).split())
    if len(value) > TITLE_LENGTH:
        raise Refused(
            f"La spiegazione di una sigla è troppo lunga: al massimo {TITLE_LENGTH} caratteri."
        )
    return value or None


LANGUAGE = matching(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
SMALL_NUMBER = matching(r"[1-9]\d?")
CODE_CLASS = matching(r"language-[a-z0-9+#._-]{1,30}")
IMAGE_NUMBER = matching(r"[1-9]\d{0,17}")
VIDEO = matching(r"youtube:[\w-]{11}|vimeo:\d{1,12}")


@dataclass(frozen=True)
class Vocabulary:
    """What one profile keeps. ``marks`` and ``blocks`` map a tag found to the tag kept."""

    marks: Mapping[str, str]
    blocks: Mapping[str, str]
    containers: frozenset[str]
    attributes: Mapping[str, Mapping[str, Check]]
    figures: frozenset[str] = frozenset()
    caption_marks: frozenset[str] = frozenset()
    characters: int = 500_000  # of HTML, after cleaning
    depth: int = 50
    openings: int = 20_000  # "<" before cleaning
    raw_characters: int = 4_000_000
    texts: Mapping[str, int] = field(default_factory=dict)  # characters of text, per part
    # Attributes every kept tag of that name gets, whatever was written: no stranger chooses them.
    fixed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def tags(self):
        tags = {*self.marks.values(), *self.blocks.values(), *self.containers, "br"}
        if "table" in self.containers:
            tags |= {"thead", "tbody", "tr", "th", "td"}
        if "ul" in self.containers:
            tags |= {"li"}
        if self.figures:
            tags |= {"figure", "figcaption"}
        if "quotation" in self.figures:
            tags |= {"cite", "time"}
        return tags | ({"code"} if "pre" in self.containers else set())

    def keep(self, tag, attrs):
        """Return the attributes of ``tag`` that pass, in the order the vocabulary lists them."""
        checks = self.attributes.get(tag, {})
        found = {name: CONTROLS.sub("", attrs[name]) for name in checks if name in attrs}
        checked = {name: checks[name](value) for name, value in found.items()}
        kept = {name: value for name, value in checked.items() if value is not None}
        return kept | dict(self.fixed.get(tag, {})) if kept else kept

    def allows(self, tag, name, value):
        """The attribute as nh3 may leave it, or None: the last look at what ``keep`` decided."""
        if name in self.fixed.get(tag, {}):
            return value if value == self.fixed[tag][name] else None
        return self.attributes[tag][name](value)

    @property
    def attribute_names(self):
        names = {tag: set(checks) for tag, checks in self.attributes.items()}
        return {tag: found | set(self.fixed.get(tag, {})) for tag, found in names.items()}


CELL = {"colspan": SMALL_NUMBER, "rowspan": SMALL_NUMBER}

ARTICLE = Vocabulary(
    marks={
        "a": "a",
        "em": "em",
        "i": "em",
        "strong": "strong",
        "b": "strong",
        "s": "s",
        "strike": "s",
        "del": "s",
        "sub": "sub",
        "sup": "sup",
        "code": "code",
        "tt": "code",
        "samp": "code",
        "kbd": "kbd",
        "abbr": "abbr",
        "acronym": "abbr",
    },
    blocks={"p": "p", "h1": "h2", "h2": "h2"} | dict.fromkeys(["h3", "h4", "h5", "h6"], "h3"),
    containers=frozenset({"ul", "ol", "pre", "blockquote", "hr", "table"}),
    figures=frozenset({"picture", "video", "quotation"}),
    caption_marks=frozenset({"a", "em", "strong", "code"}),
    attributes={
        "a": {"href": link_address},
        "abbr": {"title": title},
        "ol": {"start": matching(r"0|[1-9]\d{0,4}")},
        "code": {"class": CODE_CLASS},
        "th": {"scope": among("col", "row", "colgroup", "rowgroup")} | CELL,
        "td": CELL,
        "figure": {
            "class": among("picture", "video", "quotation"),
            "data-image": IMAGE_NUMBER,
            "data-video": VIDEO,
        },
        "blockquote": {
            "class": among("original", "translation"),
            "lang": LANGUAGE,
            "cite": web_address,
        },
        "time": {"datetime": iso_date},
    },
    texts={"quotation": 5000, "speaker": 200, "caption": 500},
)

# What readers write (trust table, C1): the renderer of comments makes it, strangers never do.
COMMENT = Vocabulary(
    marks={"a": "a", "em": "em", "strong": "strong", "code": "code"},
    blocks={"p": "p"},
    containers=frozenset({"ul", "ol", "pre", "blockquote"}),
    attributes={"a": {"href": web_address}},
    fixed={"a": {"rel": "nofollow ugc noopener"}},
    characters=200_000,
    depth=20,
    openings=20_000,
    raw_characters=400_000,
)

# What other sites send (trust table, F6): as a comment, under the names their tags have there.
FEED = Vocabulary(
    marks=COMMENT.marks | {"b": "strong", "i": "em", "tt": "code", "samp": "code", "kbd": "code"},
    blocks=COMMENT.blocks,
    containers=COMMENT.containers,
    attributes={"a": {"href": short_address}},
    fixed={"a": {"rel": "noopener nofollow"}},
    characters=100_000,
    depth=20,
    openings=5_000,
    raw_characters=200_000,
)

PROFILES = {"article": ARTICLE, "comment": COMMENT, "feed": FEED}
