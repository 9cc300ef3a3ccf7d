"""Plain text: what strangers and editors may type, and WordPress's slugs. Pure functions."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.text import slugify as django_slugify

# Bidirectional controls and zero-width joins: a name or an address made of them looks like another.
INVISIBLE = dict.fromkeys(
    [0x061C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)]
)
# With U+FFFE and U+FFFF, which XML forbids: one of them would make a feed unreadable.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
LINE_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def _marks():
    """Return a regular expression class of the characters that combine with the one before."""
    codes = [code for code in range(0x300, 0x20000) if unicodedata.combining(chr(code))]
    codes += [0x0F73, 0x0F75, 0x0F81]  # no marks themselves, but made of marks
    return "[" + "".join(map(chr, sorted(codes))) + "]"


_MARK = _marks()  # once: the look through Unicode is felt when a process starts
MARKS = re.compile(_MARK + "+")
MOST_MARKS = 30  # on one letter; Unicode's own "stream-safe" number, no language needs ten
TOO_MANY_MARKS = re.compile(f"({_MARK}{{{MOST_MARKS}}}){_MARK}+")
# No letter of Italian, no dash and no quotation mark is here, and every mark is. Asked first,
# since the class of marks costs half a microsecond for each letter.
MAYBE_MARKS = re.compile("[\u0300-\u1fff\u20d0-\U0010ffff]")


def nfc(value):
    """Return ``value`` in NFC; of more than 30 marks on one letter, the first 30.

    Python sorts the marks of one letter in quadratic time: 32,000 of them take 1.5 seconds.
    """
    if value.isascii():
        return value
    if MAYBE_MARKS.search(value):
        value = TOO_MANY_MARKS.sub(r"\1", value)
    return unicodedata.normalize("NFC", value)


def tidy_line(value):
    """Return one line of text in NFC, without invisible characters and outer blanks.

    Control characters stay: a one-line field refuses them by name (``refuse_controls``).
    """
    return nfc(value.translate(INVISIBLE)).strip()


def without_controls(value):
    """Return ``value`` without what XML forbids: one such character makes a feed unreadable."""
    return CONTROLS.sub("", value)


def tidy_prose(value):
    """Return text of many lines in NFC: controls and lone surrogates gone, line ends ``\\n``."""
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return nfc(without_controls(text))


def refuse_controls(value):
    """Raise ValidationError if a one-line value holds a control character or lone surrogate."""
    if LINE_CONTROLS.search(value):
        raise ValidationError(
            "Contiene caratteri di controllo invisibili: riscrivi il testo a mano.",
            code="controls",
        )


# WordPress (sanitize_title_with_dashes, context "save") turns these into a hyphen where
# Django's slugify drops them: "7.4" is "7-4", "TCP/IP" is "tcp-ip".
SLUG_HYPHENS = re.compile(r"[./\u00a0\u2010-\u2015]+")
SLUG_SPECIAL = str.maketrans({"×": "x", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"})
SLUG_LETTERS = str.maketrans("øØłŁđĐðÐħĦŧŦıŋ€", "oOlLdDdDhHtTinE")
SLUG_LENGTH = 200


def slugify(title):
    """Return the slug WordPress would make, at most 200 characters, cut at a hyphen if it can be.

    Source: WordPress 7.1, ``sanitize_title`` with ``remove_accents``. May return "".
    """
    text = title[: SLUG_LENGTH * 5].translate(SLUG_SPECIAL).translate(SLUG_LETTERS)
    # WordPress keeps the underscore inside a word; Django trims it at both ends, as we do.
    slug = django_slugify(SLUG_HYPHENS.sub("-", text))
    if len(slug) <= SLUG_LENGTH:
        return slug
    head, hyphen, _ = slug[: SLUG_LENGTH + 1].rpartition("-")
    return (head if hyphen else slug[:SLUG_LENGTH]).strip("-_")


def slugify_tag(name):
    """Return the slug of a tag or category: ``slugify``, with C++ and C# told apart from C."""
    return slugify(name.replace("++", "-plus-plus ").replace("#", "-sharp "))


def row_number(text, none=0):
    """Return ``text`` as the number of a row, or ``none``; no row has the number 0.

    Eighteen ASCII digits at most: what the key of both databases can hold.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else none


def free_slug(model, wanted, *, but=None, fallback):
    """Return ``wanted`` (or ``fallback``), with -2, -3 … if another row of ``model`` has it.

    That is what WordPress does. ``but`` is the key of the row itself. One query.
    """
    wanted = wanted or fallback
    head = wanted[: SLUG_LENGTH - 6]
    others = model._default_manager.filter(slug__startswith=head).exclude(pk=but)
    taken = set(others.values_list("slug", flat=True))
    number, slug = 2, wanted
    while slug in taken:
        slug = f"{head}-{number}"
        number += 1
    return slug
