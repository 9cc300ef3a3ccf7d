"""What to take of a feed: keep and drop rules, one a line. Pure.

    titolo: kernel          the title holds "kernel"
    testo: sponsorizzato    the extract does
    autore: redazione       indirizzo: /podcast/       tag: offerte
    età: 30                 older than thirty days
    kernel                  the title or the text

A word is compared without case and accents, anywhere in the field. Regular expressions are not
taken: a pattern of a stranger's blog post could stop the worker.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

FIELDS = {
    "titolo": "title",
    "testo": "extract",
    "autore": "author",
    "indirizzo": "url",
    "tag": "categories",
    "età": "age",
    "eta": "age",
}
MOST_RULES = 200


class Wrong(ValueError):
    """A rule that cannot be read; the sentence is Italian and names the line."""


@dataclass(frozen=True)
class Rule:
    field: str  # "" for title or text
    word: str
    days: int = 0


def fold(text):
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def read_rules(text):
    """Return the rules of a field of the form. Raises Wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_RULES:
        raise Wrong(f"Al massimo {MOST_RULES} regole: qui sono {len(lines)}.")
    return tuple(read_rule(line) for line in lines)


def read_rule(line):
    name, colon, word = line.partition(":")
    name, word = name.strip().lower(), word.strip()
    if not colon or name not in FIELDS:
        if colon and " " not in name and not line.startswith(("http:", "https:")):
            known = ", ".join(key for key in FIELDS if key != "eta")
            raise Wrong(f"Non conosco il campo «{name}». Si può scrivere: {known}.")
        return Rule("", fold(line))
    if not word:
        raise Wrong(f"Dopo «{name}:» manca la parola.")
    if FIELDS[name] == "age":
        if not (word.isascii() and word.isdigit() and 0 < int(word[:6]) < 10_000):
            raise Wrong("Dopo «età:» scrivi i giorni, per esempio «età: 30».")
        return Rule("age", "", int(word))
    return Rule(FIELDS[name], fold(word))


def matches(rule, entry, now: datetime):
    """True if an entry (title, extract, author, url, categories, published) meets the rule."""
    if rule.field == "age":
        return entry.published is not None and now - entry.published > timedelta(days=rule.days)
    if rule.field == "categories":
        return any(rule.word in fold(name) for name in entry.categories)
    if rule.field:
        return rule.word in fold(getattr(entry, rule.field))
    return rule.word in fold(entry.title) or rule.word in fold(entry.extract)


def wanted(entry, keep, drop, now):
    """True if the entry is taken: no drop rule meets it, and one of the keep rules if there are."""
    if any(matches(rule, entry, now) for rule in drop):
        return False
    return not keep or any(matches(rule, entry, now) for rule in keep)
