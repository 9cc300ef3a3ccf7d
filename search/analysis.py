"""How text becomes terms. One analyser for both databases, so that both find the same.

A term is lower case, without accents, reduced to its stem, and holds letters and digits only, so
it means nothing to FTS5 and to tsquery. "gia" finds "già" because accents go *before* the stem.

Words that belong together ("6.12-rc1", "CVE-2024-3094", "open-source", "node.js") are kept as the
row of their parts, which a query looks for as a phrase; written as one word ("opensource") they are
found too, since the joined form stands at the end of the field.

Source of the rules: what PostgreSQL's own Italian gets wrong, measured; stems by Snowball.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from kit.text import nfc
from search.stopwords import ELIDED, ENGLISH, ITALIAN

LONGEST_TERM = 40  # characters: nobody types more, and PostgreSQL refuses lexemes of 2 kB
MOST_TERMS = 60_000  # of one field: a tsvector holds 1 MB
FACET = "zqz"  # a label's word begins so: see index.facet()
GAP = "zgapz"  # stands between two pieces of a field: no phrase goes across

_STEMMED = {"it": "italian", "en": "english"}
_STOPS = {"it": ITALIAN, "en": ENGLISH}
# A query does not know in which language the passage was that the reader remembers.
LANGUAGES = ("it", "en", "")
STOPS = ITALIAN | ENGLISH


class _Fold(dict):
    """Character to its lower-case base letter, one for one, so that places stay places."""

    def __missing__(self, code):
        letter = chr(code)
        base = unicodedata.normalize("NFKD", letter)[:1].lower()
        self[code] = folded = base if len(base) == 1 and base.isalnum() else letter
        return folded


_FOLD = _Fold({ord("’"): "'", ord("‘"): "'", ord("ʼ"): "'", ord("‐"): "-", ord("‑"): "-"})

# One word, or words held together by what does not end a name. Linear: no two parts overlap.
WORD = re.compile(r"(?<![^\W_])\.net(?![^\W_])|[^\W_]+(?:(?:\+\+|#)(?![^\W_]))?")
COMPOUND = re.compile(
    r"(?<![^\W_])\.net(?![^\W_])"
    r"|[^\W_]+(?:(?:\+\+|#)(?![^\W_]))?(?:[-./_'+@:][^\W_]+(?:(?:\+\+|#)(?![^\W_]))?)*"
)
LETTERS_DIGITS = re.compile(r"([^\W\d_]{2,})(\d+)")
MOST_PARTS = 4  # of a compound that is also found joined


@dataclass(frozen=True)
class Token:
    """A word or compound as it stands in a text, and its raw parts: folded, not yet stemmed."""

    start: int
    end: int
    parts: tuple[str, ...]
    joined: str  # the parts as one word; "" if nobody would write them so


def fold(text):
    """Return ``text`` in NFC and in lower case without accents, as long as its NFC."""
    return nfc(text).translate(_FOLD)


def tokens(folded):
    """Yield the Tokens of a text that ``fold`` returned."""
    for match in COMPOUND.finditer(folded):
        parts, joined = raw_parts(match[0])
        if parts:
            yield Token(match.start(), match.end(), parts, joined)


@lru_cache(maxsize=32_768)
def raw_parts(word):
    """Return ``(parts, joined)`` of one folded word: "dell'open-source" gives open, source."""
    parts = []
    for match in WORD.finditer(word):
        part, after = match[0], word[match.end() : match.end() + 1]
        if after == "'" and part in ELIDED:
            continue
        spelled = special(part)
        split = LETTERS_DIGITS.fullmatch(spelled)
        parts += split.groups() if split else [spelled]
    parts = [part[:LONGEST_TERM] for part in parts]
    numbers = sum(part.isdigit() for part in parts)
    together = 1 < len(parts) <= MOST_PARTS and numbers < 2 and not set(word) & {"@", ":"}
    return tuple(parts), "".join(parts)[:LONGEST_TERM] if together else ""


def special(word):
    """Names that letters alone would not tell apart: C++ and C# from C, .NET from net."""
    if word == ".net":
        return "dotnet"
    if word.endswith("++"):
        return f"{word[:-2]}plusplus"
    return f"{word[:-1]}sharp" if word.endswith("#") else word


@lru_cache(maxsize=32_768)
def stem(word, language):
    """Return the term of one raw part. Languages we have no stemmer for keep their words."""
    if language not in _STEMMED or len(word) < 3 or not word.isalpha():
        return word
    # Some thirty languages, 3 MB: not before the first search.
    import snowballstemmer

    # One for each word: it works on itself, and two threads would spoil each other's.
    stemmed = snowballstemmer.stemmer(_STEMMED[language]).stemWord(word)
    # Letters only, again: a stem must stay a plain word for both databases.
    return "".join(filter(str.isalnum, stemmed)) or word


PLURAL = re.compile(r"(?<=[cg])h[ei]$|i?[aeio]$")
SHORT_STEM = 3


@lru_cache(maxsize=32_768)
def light(word):
    """Return an Italian word without its ending of number and gender; "" if it has none.

    Snowball takes some nouns for verbs: "comando" becomes "com", "comandi" stays "comand". Both
    are found by this form, which stands at the end of the field like a joined compound.
    """
    cut = PLURAL.sub("", word) if len(word) > 3 and word.isalpha() else ""
    return cut if len(cut) > 2 and cut != word else ""


def is_acronym(word):
    """ "AI" is not the preposition "ai", nor IT the pronoun "it"."""
    return len(word) > 1 and word.isupper()


def phrase(parts, language, acronym=False):
    """Return the terms of raw parts in one language, stop words left out."""
    stops = frozenset() if acronym else _STOPS.get(language, frozenset())
    return tuple(stem(part, language) for part in parts if part not in stops)


@lru_cache(maxsize=32_768)
def word_terms(word, language, acronym):
    """Return ``(terms, tail)`` of one folded word or compound: what a field keeps of it."""
    parts, joined = raw_parts(word)
    tail = [stem(joined, language)] if joined else []
    if language == "it":
        tail += [form for part in parts if part not in ITALIAN and (form := light(part))]
    return phrase(parts, language, acronym), tuple(tail)


def words(text, language):
    """Yield ``word_terms`` of a text, word by word."""
    text = nfc(text)
    folded = text.translate(_FOLD)
    for match in COMPOUND.finditer(folded):
        start, end = match.span()
        yield word_terms(match[0], language, end - start > 1 and text[start:end].isupper())


@lru_cache(maxsize=512)  # a story is indexed again when a label changes, its body does not
def field(pieces, common=False):
    """Return a tuple ``((text, language), …)`` as the terms of one field, in one line.

    The terms stand in their order, so that phrases can be looked for; after them, apart, the
    compounds written as one word and the light forms. ``common``: stop words too, of a title that
    may have no others ("Chi siamo").
    """
    found: list[str] = []
    tail: set[str] = set()
    for text, language in pieces:
        if found:
            found.append(GAP)
        for terms_here, more in words(text, language):
            found += terms_here
            tail.update(more)
        if common:
            tail.update(word for word in WORD.findall(fold(text)) if word in STOPS)
        if len(found) > MOST_TERMS:
            break
    extra = [new for word in sorted(tail.difference(found)) for new in (GAP, word)]
    return " ".join([*found[:MOST_TERMS], *extra[:MOST_TERMS]])


def terms(text, language="it"):
    """Return the stems of a text, stop words left out: what two stories have in common."""
    return [term for terms_here, _ in words(text, language) for term in terms_here]
