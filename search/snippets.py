"""The passage of a text that shows why it was found, with its words marked."""

import re
from collections import Counter
from functools import lru_cache

from search import analysis
from search.queries import AllOf, AnyOf, Phrase

WIDTH = 240  # characters of a passage
LONGEST_LOOK = 30_000  # characters of a text in which a passage is looked for
MOST_PLACES = 200
RUN = re.compile(r"\S+")  # no word goes across a blank
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
    return frozenset(found)


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
    words, places, chosen = [], [], set()
    for run in RUN.finditer(analysis.fold(text)):
        for start, end, parts, joined in compounds(run[0]):
            if (joined,) in wanted:
                chosen.add(len(places))
            words += [(stems, len(places)) for stems in parts]
            places.append((run.start() + start, run.start() + end))
    for row in wanted:
        for at in range(len(words) - len(row) + 1):
            if row[0] in words[at][0] and all(
                term in words[at + step][0] for step, term in enumerate(row)
            ):
                chosen |= {words[at + step][1] for step in range(len(row))}
    return [place(text, *places[number]) for number in sorted(chosen)]


@lru_cache(maxsize=8192)
def compounds(run):
    """Return ``((start, end, stems of each part, joined), …)`` of folded text without blanks."""
    return tuple(
        (token.start, token.end, tuple(map(in_any_language, token.parts)), token.joined)
        for token in analysis.tokens(run)
    )


@lru_cache(maxsize=8192)
def in_any_language(part):
    stems = {analysis.stem(part, language) for language in analysis.LANGUAGES}
    return frozenset(stems | {analysis.light(part)} - {""})


def place(text, start, end):
    """Where the word of a token stands, without the article an apostrophe ties to it."""
    cut = max(text.rfind("'", start, end), text.rfind("’", start, end))
    before = analysis.fold(text[start:cut]) if cut > start else ""
    return (cut + 1 if before in analysis.ELIDED else start), end


def passage(text, wanted):
    """Return the best passage of a text as ``marked`` pieces, or [] if it holds no hit."""
    text = " ".join(text[:LONGEST_LOOK].split())
    places = likely(analysis.fold(text), wanted)
    if not places:
        return []
    start, end = window(text, richest(places))
    pieces = marked(text[start:end], wanted)
    if not any(hit for _, hit in pieces):
        return []
    ends = ("… " if start else "", " …" if end < len(text) else "")
    return [p for p in ((ends[0], False), *pieces, (ends[1], False)) if p[0]]


def richest(places):
    """Return the first of ``places`` after which the most rows stand within one passage."""
    within, most, best, last = Counter(), 0, 0, 0
    for first, (start, row) in enumerate(places):
        while last < len(places) and places[last][0] < start + WIDTH:
            within[places[last][1]] += 1
            last += 1
        if len(within) > most:
            most, best = len(within), first
        within[row] -= 1
        if not within[row]:
            del within[row]
    return places[best][0]


def likely(folded, wanted):
    """Return ``[(place, row), …]``: where a word begins like the first term of a row.

    A stem is the beginning of its word, but for its last letter in English ("happi").
    """
    found = {}
    for start, row in starts(wanted):
        at, times = folded.find(start), 0
        while at >= 0 and times < MOST_PLACES:
            if not (at and folded[at - 1].isalnum()):
                found[at] = row  # of two that begin here, the longer
                times += 1
            at = folded.find(start, at + 1)
    return sorted(found.items())[:MOST_PLACES]


@lru_cache(maxsize=64)
def starts(wanted):
    """Return ``[(how a word begins, a row it may begin), …]``, the longest last."""
    found = {}
    for row in sorted(wanted):
        first = row[0]
        for name, sign in SPELLED.items():
            first = first.removesuffix(name) + sign if first.endswith(name) else first
        first = "net" if first == "dotnet" else first
        found.setdefault(first[:-1] if len(first) > 4 and first.isalpha() else first, row)
    return sorted(found.items(), key=lambda item: len(item[0]))


def window(text, hit):
    """Return the bounds of a passage around ``hit``, cut between words."""
    start = max(0, hit - WIDTH // 3)
    if start:
        start = text.find(" ", start, hit) + 1 or hit
    end = min(len(text), start + WIDTH)
    if end < len(text):
        end = max(text.rfind(" ", start, end), hit + 1)
    return start, end
