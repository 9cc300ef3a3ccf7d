"""The passage of a text that shows why it was found, with its words marked."""

import re
from functools import lru_cache

from search import analysis
from search.queries import AllOf, AnyOf, Phrase

WIDTH = 240  # characters of a passage
LONGEST_LOOK = 30_000  # characters of a text in which a passage is looked for
SPELLED = {"plusplus": "++", "sharp": "#"}


def phrases(query):
    """Return the rows of terms that make a word of the text a hit, as a set of tuples."""
    found, waiting = set(), [wanted.node for wanted in query.wanted]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Phrase):
            found.add(node.terms)
        else:
            assert isinstance(node, AnyOf | AllOf)  # noqa: S101
            waiting.extend(node.nodes)
    return found


def marked(text, wanted):
    """Return ``text`` as pieces ``[(piece, is a hit), …]``; ``wanted`` as ``phrases`` gives it."""
    spans = hits(text, wanted)
    pieces, here = [], 0
    for start, end in spans:
        if start > here:
            pieces.append((text[here:start], False))
        pieces.append((text[start:end], True))
        here = end
    return [*pieces, (text[here:], False)] if here < len(text) else pieces


def hits(text, wanted):
    """Return the places ``[(start, end), …]`` of words that were asked for."""
    found = list(analysis.tokens(analysis.fold(text)))
    words = [(part, number) for number, token in enumerate(found) for part in token.parts]
    stems = [in_any_language(part) for part, _ in words]
    chosen = set()
    for row in wanted:
        for at in range(len(words) - len(row) + 1):
            if all(term in stems[at + step] for step, term in enumerate(row)):
                chosen |= {words[at + step][1] for step in range(len(row))}
    for number, token in enumerate(found):
        if token.joined and (token.joined,) in wanted:
            chosen.add(number)
    return [place(text, found[number]) for number in sorted(chosen)]


@lru_cache(maxsize=8192)
def in_any_language(part):
    stems = {analysis.stem(part, language) for language in analysis.LANGUAGES}
    return frozenset(stems | {analysis.light(part)} - {""})


def place(text, token):
    """Where the word of a token stands, without the article an apostrophe ties to it."""
    start = token.start
    cut = max(text.rfind("'", start, token.end), text.rfind("’", start, token.end))
    before = analysis.fold(text[start:cut]) if cut > start else ""
    return (cut + 1 if before in analysis.ELIDED else start), token.end


def passage(text, wanted):
    """Return the best passage of a text as ``marked`` pieces, or [] if it holds no hit."""
    text = " ".join(text[:LONGEST_LOOK].split())
    places = likely(analysis.fold(text), wanted)
    if not places:
        return []
    _, start = max((len({row for at, row in places if s <= at < s + WIDTH}), -s) for s, _ in places)
    start, end = window(text, -start)
    pieces = marked(text[start:end], wanted)
    if not any(hit for _, hit in pieces):
        return []
    ends = ("… " if start else "", " …" if end < len(text) else "")
    return [p for p in ((ends[0], False), *pieces, (ends[1], False)) if p[0]]


def likely(folded, wanted):
    """Return ``[(place, row), …]``: where a word begins like the first term of a row.

    A stem is the beginning of its word, but for its last letter in English ("happi").
    """
    starts = {}
    for row in wanted:
        first = row[0]
        for name, sign in SPELLED.items():
            first = first.removesuffix(name) + sign if first.endswith(name) else first
        first = "net" if first == "dotnet" else first
        starts.setdefault(first[:-1] if len(first) > 4 and first.isalpha() else first, row)
    if not starts:
        return []
    ways = "|".join(re.escape(start) for start in sorted(starts, key=len, reverse=True))
    return [
        (match.start(), starts[match[0]])
        for match in re.finditer(rf"(?<![^\W_])(?:{ways})", folded)
    ][:200]


def window(text, hit):
    """Return the bounds of a passage around ``hit``, cut between words."""
    start = max(0, hit - WIDTH // 3)
    if start:
        start = text.find(" ", start, hit) + 1 or hit
    end = min(len(text), start + WIDTH)
    if end < len(text):
        end = max(text.rfind(" ", start, end), hit + 1)
    return start, end
