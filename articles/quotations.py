"""The bilingual quotation: an original, its language, its translation, who, where, when."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from kit import tree
from kit.tree import Node

LANGUAGES = {
    "en": "inglese",
    "fr": "francese",
    "de": "tedesco",
    "es": "spagnolo",
    "pt": "portoghese",
    "nl": "olandese",
    "pl": "polacco",
    "cs": "ceco",
    "sv": "svedese",
    "fi": "finlandese",
    "da": "danese",
    "no": "norvegese",
    "ro": "romeno",
    "el": "greco",
    "hu": "ungherese",
    "ru": "russo",
    "uk": "ucraino",
    "tr": "turco",
    "ar": "arabo",
    "he": "ebraico",
    "hi": "hindi",
    "zh": "cinese",
    "ja": "giapponese",
    "ko": "coreano",
    "ca": "catalano",
    "la": "latino",
    "eo": "esperanto",
    "it": "italiano",
}


@dataclass(frozen=True)
class Quotation:
    original_html: str  # paragraphs; "" if there is none
    language: str  # of the original, as in ``lang``; "" if nobody said
    translation_html: str
    speaker: str
    link: str
    date: date | None

    @property
    def is_italian(self):
        return self.language.split("-")[0] == "it"

    @property
    def language_name(self):
        """The Italian name of the original's language; "" if nobody said or we have no name."""
        return LANGUAGES.get(self.language.split("-")[0].lower(), "")

    @property
    def host(self):
        return (urlsplit(self.link).hostname or "").removeprefix("www.")


def find(body: str) -> list[Quotation]:
    """Return the quotations of a stored body, in the order of the text."""
    figures = [node for node in tree.parse(body).walk() if node.tag == "figure"]
    return [read(figure) for figure in figures if figure.attrs.get("class") == "quotation"]


def read(figure: Node) -> Quotation:
    """Return the Quotation that a ``figure.quotation`` of a stored body holds."""
    original = figure.find("blockquote", cls="original") or Node("blockquote")
    translation = figure.find("blockquote", cls="translation") or Node("blockquote")
    speaker, day = figure.find("cite"), figure.find("time")
    return Quotation(
        original_html=tree.write(Node("", {}, original.children)),
        language=original.attrs.get("lang", ""),
        translation_html=tree.write(Node("", {}, translation.children)),
        speaker=speaker.text() if speaker else "",
        link=original.attrs.get("cite", ""),
        date=date.fromisoformat(day.attrs["datetime"]) if day else None,
    )


def problems(quotation: Quotation) -> list[str]:
    """Say in Italian what a quotation lacks; [] if it is whole."""
    found = []
    if not quotation.original_html:
        found.append("Alla citazione manca il testo originale.")
    if not quotation.language:
        found.append("Alla citazione manca la lingua dell’originale.")
    if not quotation.translation_html and not quotation.is_italian:
        found.append("Alla citazione manca la traduzione italiana.")
    if not quotation.speaker:
        found.append("Alla citazione manca chi l’ha detto.")
    if not quotation.link:
        found.append("Alla citazione manca il link alla fonte.")
    return found
