"""Which hit comes first. Pure: terms in, a number out, the same on both databases.

Title over tags over standfirst over body over comments; the words together over the words apart;
a recent story a little over an old one. The databases only say *that* a document has the words.
"""

from dataclasses import dataclass

from search.queries import AllOf, AnyOf, Phrase

WEIGHTS = (10.0, 6.0, 4.0, 3.0, 1.0)  # search.models.FIELDS, in their order
ENOUGH = (0.2, 0.2, 0.5, 2.0, 3.0)  # how often a word must stand in a field to count half
TOGETHER = (8.0, 3.0, 4.0, 3.0, 0.5)  # all words in one row
WHOLE_TITLE = 8.0  # times the share of the title that was asked for
HALF_LIFE_YEARS = 4
FRESH = 0.2  # a story of today counts this much more than one of long ago


@dataclass(frozen=True)
class Candidate:
    key: int
    fields: tuple[str, ...]  # terms of search.models.FIELDS


def ranked(candidates, query, now, *, some=False):
    """Return the keys of ``candidates``, best first; of equals the newest.

    ``some``: not all of them have all words, so a word that few have counts more.
    """
    rarity = rarities(candidates, query) if some else [1.0] * len(query.wanted)
    rows = together(query)
    scored = [(score(one, query, rarity, rows, now), one.key) for one in candidates]
    scored.sort(reverse=True)
    return [key for _, key in scored]


def score(candidate, query, rarity, rows, now):
    fields = [f" {terms} " for terms in candidate.fields]
    points = 0.0
    for wanted, rare in zip(query.wanted, rarity, strict=True):
        for text, weight, half in zip(fields, WEIGHTS, ENOUGH, strict=True):
            if times := count(wanted.node, text):
                points += rare * weight * times / (times + half)
    for row in rows:
        for text, weight in zip(fields, TOGETHER, strict=True):
            points += weight * (row in text)
    points += WHOLE_TITLE * share(fields[0], query)
    years = max(0.0, (now.timestamp() - (candidate.key >> 30)) / (365.25 * 86400))
    return points * (1 + FRESH * 0.5 ** (years / HALF_LIFE_YEARS))


def rarities(candidates, query):
    """Weigh each word by how few of the candidates have it: 1 to 3."""
    texts = [f" {' '.join(one.fields)} " for one in candidates]
    seen = [sum(count(w.node, text) > 0 for text in texts) for w in query.wanted]
    return [1.0 + 2.0 * (1 - times / max(1, len(texts))) for times in seen]


def count(node, text):
    """How often what ``node`` asks for stands in terms with a blank at both ends."""
    if isinstance(node, Phrase):
        return text.count(f" {' '.join(node.terms)} ")
    if isinstance(node, AnyOf):
        return sum(count(child, text) for child in node.nodes)
    assert isinstance(node, AllOf)  # noqa: S101 - there is no fourth kind
    return min(count(child, text) for child in node.nodes)


def together(query):
    """The words in the order they were typed, as rows of terms to look for; [] for one word."""
    terms = [wanted.terms for wanted in query.wanted]
    if len(terms) < 2 or not all(terms):
        return []
    return [f" {' '.join(term for row in terms for term in row)} "]


def share(title, query):
    """Which part of a title's words was asked for, 0 to 1."""
    words = title.split()
    asked = {term for wanted in query.wanted for term in wanted.terms}
    return sum(word in asked for word in words) / len(words) if words else 0.0
