"""What a reader typed, understood: words, phrases, what must not be there, and operators.

Nothing here can fail: whatever is typed gives a query, and ``told`` says in Italian what was left
out. The words reach the databases as terms of letters and digits only (trust table, Q1).
"""

import re
from dataclasses import dataclass, field

from search import analysis

LONGEST = 200  # characters (trust table, section 3)
MOST_WORDS = 12
OPERATORS = ("autore", "tag", "categoria", "dal", "al")


@dataclass(frozen=True)
class Phrase:
    """Terms that stand one after the other; one term is a phrase too."""

    terms: tuple[str, ...]


@dataclass(frozen=True)
class AnyOf:
    nodes: tuple


@dataclass(frozen=True)
class AllOf:
    nodes: tuple


@dataclass(frozen=True)
class Wanted:
    """One thing the reader asks for, and the Italian terms synonyms are compared with."""

    node: object
    terms: tuple[str, ...]
    quoted: bool = False
    acronym: bool = False

    @property
    def sure(self):
        """Asked for even if it is a common word."""
        return self.quoted or self.acronym


@dataclass(frozen=True)
class Operator:
    name: str
    value: str
    excluded: bool


@dataclass
class Query:
    text: str
    wanted: list[Wanted] = field(default_factory=list)
    unwanted: list[Wanted] = field(default_factory=list)
    operators: list[Operator] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)  # bare words as typed, for spelling.py
    # Filled by who knows what the operators mean: groups of facets (one of each), and keys.
    facets: list[tuple[str, ...]] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    low: int | None = None
    high: int | None = None

    @property
    def is_empty(self):
        """Nothing to look for: no word, and no filter that chooses anything."""
        bounds = self.low is not None or self.high is not None
        return not (self.wanted or self.facets or bounds)


ITEM = re.compile(
    rf"(?P<minus>-(?!-))?(?:(?P<name>{'|'.join(OPERATORS)}):)?"
    r"(?:\"(?P<quoted>[^\"]*)(?:\"|$)|(?P<word>[^\s\"]+))",
    re.IGNORECASE,
)
QUOTES = str.maketrans(dict.fromkeys("“”„«»″", '"'))


def parse(text, synonyms=()):
    """Return the Query of ``text``, at most 200 characters; longer is the caller's to refuse.

    ``synonyms``: pairs of rows of terms. An open quotation mark closes at the end.
    """
    query = Query(text)
    common: list[Wanted] = []
    for match in ITEM.finditer(text.translate(QUOTES)):
        read(match, query, common)
    if not query.wanted and not query.operators:
        query.wanted = common  # "chi siamo": nothing else was asked
    asked = len(query.wanted) + len(query.unwanted)
    if asked > MOST_WORDS:
        query.told.append(f"Hai scritto {asked} parole: abbiamo cercato le prime {MOST_WORDS}.")
        query.wanted = query.wanted[:MOST_WORDS]
        query.unwanted = query.unwanted[: MOST_WORDS - len(query.wanted)]
    query.wanted = with_synonyms(query.wanted, synonyms)
    return query


def read(match, query, common):
    """Add what one item of the text asks for to the query."""
    minus, name = bool(match["minus"]), (match["name"] or "").lower()
    said = match["quoted"] if match["quoted"] is not None else match["word"]
    if name:
        query.operators.append(Operator(name, said.strip(), minus))
        return
    found = [token for token in analysis.tokens(analysis.fold(said)) if not is_ours(token)]
    if match["quoted"] is not None:
        asked = [as_phrase(found)] if found else []
    else:
        shouted = query.text.isupper() and " " in query.text.strip()
        asked = [
            as_word(t, not shouted and analysis.is_acronym(said[t.start : t.end])) for t in found
        ]
        query.words += [said[t.start : t.end] for t in found if not minus and len(t.parts) == 1]
    for wanted in asked:
        if minus:
            query.unwanted.append(wanted)
        elif wanted.sure or not set(wanted.terms) <= analysis.STOPS:
            query.wanted.append(wanted)
        else:
            common.append(wanted)


def as_word(token, acronym=False):
    """Return what one word asks for: it in any language, its light and its joined form."""
    forms = [analysis.phrase(token.parts, language, acronym) for language in analysis.LANGUAGES]
    if len(token.parts) == 1 and (light := analysis.light(token.parts[0])):
        # A stem of three letters is one that Snowball cut too far: "chiavi" is not "chi".
        short = bool(forms[0]) and len(forms[0][0]) <= analysis.SHORT_STEM < len(light)
        forms = [(light,), *forms[1:]] if short else [*forms, (light,)]
    if token.joined:
        forms += [(analysis.stem(token.joined, language),) for language in analysis.LANGUAGES]
    terms = analysis.phrase(token.parts, "it", acronym) or token.parts
    return Wanted(any_of(forms), terms, acronym=acronym)


def is_ours(token):
    """A word of the index's own, which no text has."""
    return any(part == analysis.GAP or part.startswith(analysis.FACET) for part in token.parts)


def any_word(words):
    """Return what asks for any of these folded words."""
    forms = [as_word(token) for word in words for token in analysis.tokens(word)]
    return Wanted(AnyOf(tuple(form.node for form in forms)), ())


def as_phrase(found):
    parts = tuple(part for token in found for part in token.parts)
    forms = [analysis.phrase(parts, language) for language in analysis.LANGUAGES]
    return Wanted(any_of(forms), analysis.phrase(parts, "it") or parts, quoted=True)


def any_of(forms):
    nodes = tuple(Phrase(form) for form in dict.fromkeys(forms) if form)
    return nodes[0] if len(nodes) == 1 else AnyOf(nodes)


def with_synonyms(wanted, synonyms):
    """Return ``wanted`` with each row of words that has synonyms widened to any of them."""
    sides: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for one, other in synonyms:
        sides.setdefault(one, []).append(other)
        sides.setdefault(other, []).append(one)
    longest = max(map(len, sides), default=0)
    widened, start = [], 0
    while start < len(wanted):
        end, others = longest_side(wanted, start, sides, longest)
        if others:
            group = wanted[start:end]
            here = group[0].node if len(group) == 1 else AllOf(tuple(w.node for w in group))
            said = tuple(term for one in group for term in one.terms)
            node = AnyOf((here, *(Phrase(other) for other in others)))
            widened.append(Wanted(node, said))
        else:
            widened.append(wanted[start])
        start = end
    return widened


def longest_side(wanted, start, sides, longest):
    """Return ``(end, synonyms)`` of the longest row of words from ``start`` that has some."""
    terms, found = (), (start + 1, [])
    for end in range(start, len(wanted)):
        if wanted[end].quoted:
            break
        terms += wanted[end].terms
        if len(terms) > longest:
            break
        if terms in sides:
            found = (end + 1, sides[terms])
    return found
