"""Two editors, one story: what each of them wrote, side by side (trust table, A5)."""

from datetime import datetime
from difflib import SequenceMatcher
from html.parser import HTMLParser
from itertools import groupby
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.timezone import is_aware, localtime

BLOCKS = {"p", "h2", "h3", "li", "pre", "tr", "hr", "blockquote", "figure", "figcaption", "table"}
# Paragraphs compared at most on each side: difflib grows with the square of their number.
MAX_LINES = 2000


class Difference(NamedTuple):
    label: str
    rows: list  # (theirs, yours, same): each side a list of (changed, text)


def differences(form):
    """Return the fields in which what was typed differs from what is stored."""
    found = []
    for name, field in form.fields.items():
        if field.widget.is_hidden or not hasattr(form.stored, name):
            continue
        theirs, yours = stored_text(form, name), typed_text(form, name)
        if theirs != yours:
            found.append(Difference(field.label or name, side_by_side(theirs, yours)))
    return found


def stored_text(form, name):
    value = form.fields[name].prepare_value(
        form._meta.model._meta.get_field(name).value_from_object(form.stored)
    )
    return as_text(form, name, value)


def typed_text(form, name):
    return as_text(form, name, form.cleaned_data.get(name, form[name].value()))


def as_text(form, name, value):
    """Return a field's value as an editor would read it aloud."""
    if name == "body":
        return plain(value or "")
    if value is True or value is False:
        return "sì" if value else "no"
    if isinstance(value, datetime):
        # To the second: that is how finely the form writes it.
        moment = localtime(value) if is_aware(value) else value
        return date_format(moment, "j F Y, H:i:s").lower()
    choices = getattr(form.fields[name], "queryset", None)
    if choices is not None:
        return ", ".join(str(row) for row in rows_of(choices, value))
    if isinstance(value, list):  # a date that could not be read: its two boxes
        return " ".join(str(part) for part in value if part)
    return str(value if value is not None else "")


def rows_of(choices, value):
    if hasattr(value, "_meta"):
        return [value]
    if hasattr(value, "__iter__") and not isinstance(value, str):
        keys = [getattr(item, "pk", item) for item in value]
        return choices.filter(pk__in=keys)
    return choices.filter(pk=value) if value else []


def side_by_side(theirs, yours):
    """Return rows of two cells, paragraph against paragraph, words that differ marked."""
    old, new = theirs.split("\n")[:MAX_LINES], yours.split("\n")[:MAX_LINES]
    rows = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [([(False, line)], [(False, line)], True) for line in old[a:b]]
            continue
        for step in range(max(b - a, d - c)):
            left = old[a + step] if a + step < b else ""
            right = new[c + step] if c + step < d else ""
            rows.append((*compare_words(left, right), False))
    return folded(rows)


def compare_words(left, right):
    old, new = left.split(" "), right.split(" ")
    marked = ([], [])
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for side, words in zip(marked, (old[a:b], new[c:d]), strict=True):
            if words:
                side.append((tag != "equal", " ".join(words)))
    return marked


def folded(rows):
    """Leave out long runs of equal paragraphs, keeping one before and after each change."""
    result = []
    for same, run in groupby(rows, key=lambda row: row[2]):
        run = list(run)
        if same and len(run) > 3:
            run = [run[0], ([(False, "…")], [(False, "…")], True), run[-1]]
        result += run
    return result


def plain(body):
    """Return a body as plain text, one block a line; pictures and videos by their number."""
    reader = _Reader()
    reader.feed(body)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in BLOCKS or tag == "br":
            self.parts.append("\n")
        if tag in ("td", "th"):
            self.parts.append(" | ")
        if number := attrs.get("data-image"):
            self.parts.append(f"[figura {number}] ")
        if video := attrs.get("data-video"):
            self.parts.append(f"[video {video}] ")

    def handle_endtag(self, tag):
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data):
        self.parts.append(data)
