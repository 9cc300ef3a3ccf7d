"""The bilingual quotation: one object with an original, its translation, who, where, when."""

from dataclasses import dataclass
from datetime import date

from kit import tree

LANGUAGES = {
    "en": "inglese",
    "fr": "francese",
    "de": "tedesco",
    "es": "spagnolo",
    "pt": "portoghese",
    "nl": "olandese",
    "ru": "russo",
    "zh": "cinese",
    "ja": "giapponese",
    "it": "italiano",
}


@dataclass(frozen=True)
class Quotation:
    original: str  # HTML, cleaned
    language: str
    translation: str
    speaker: str
    link: str
    date: date | None

    @property
    def language_name(self):
        return LANGUAGES.get(self.language.split("-")[0], self.language)


def read(figure):
    """Return the Quotation of a ``figure.quotation`` node of a cleaned body."""
    original = figure.find("blockquote", cls="original")
    translation = figure.find("blockquote", cls="translation")
    cite, time = figure.find("cite"), figure.find("time")
    return Quotation(
        original=content(original),
        language=original.attrs.get("lang", "") if original else "",
        translation=content(translation),
        speaker=cite.text().strip() if cite else "",
        link=original.attrs.get("cite", "") if original else "",
        date=day(time.attrs.get("datetime", "")) if time else None,
    )


def content(part):
    """The HTML inside one text of a quotation; "" if a reader would see nothing."""
    if part is None or not part.text().strip():
        return ""
    return "".join(
        tree.escape(child) if isinstance(child, str) else tree.write(child)
        for child in part.children
    )


def day(value):
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def find(body):
    """Return the quotations of a stored body, in order."""
    return [
        read(node)
        for node in tree.parse(body).walk()
        if node.tag == "figure" and node.attrs.get("class") == "quotation"
    ]


def problems(quotation):
    """Say in Italian what a quotation lacks; [] if it is whole (house rules 7 and 8)."""
    found = []
    if not quotation.original:
        found.append("Manca il testo originale.")
    if not quotation.translation and not quotation.language.startswith("it"):
        found.append("Manca la traduzione italiana.")
    if not quotation.link:
        found.append("Manca l’indirizzo di dove è stato detto.")
    return found
