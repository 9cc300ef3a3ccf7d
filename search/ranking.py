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
SECONDS_A_YEAR = 365.25 * 24 * 3600
FRESH = 0.2  # a story of today counts this much more than one of long ago


@dataclass(frozen=True)
class Candidate:
    key: int
    fields: tuple[str, ...]  # terms of search.models.FIELDS


def ranked(candidates, query, now, *, some=False):
    """Return the keys of ``candidates``, best first; of equals the newest.

    ``some``: not all of them have all words, so a word that few have counts more.
    """
    asked = [counter(wanted.node) for wanted in query.wanted]
    rarity = rarities(candidates, asked) if some else [1.0] * len(asked)
    words = {term for wanted in query.wanted for term in wanted.terms}
    rest = (asked, rarity, together(query), words, now.timestamp())
    scored = [(score(one, *rest), one.key) for one in candidates]
    scored.sort(reverse=True)
    return [key for _, key in scored]


def score(candidate, asked, rarity, rows, words, now):
    fields = [f" {terms} " for terms in candidate.fields]
    points = 0.0
    for count, rare in zip(asked, rarity, strict=True):
        for text, weight, half in zip(fields, WEIGHTS, ENOUGH, strict=True):
            if times := count(text):
                points += rare * weight * times / (times + half)
    for row in rows:
        for text, weight in zip(fields, TOGETHER, strict=True):
            points += weight * (row in text)
    points += WHOLE_TITLE * share(candidate.fields[0], words)
    years = max(0.0, (now - (candidate.key >> 30)) / SECONDS_A_YEAR)
    return points * (1 + FRESH * 0.5 ** (years / HALF_LIFE_YEARS))


def rarities(candidates, asked):
    """Weigh each word by how few of the candidates have it: 1 to 3."""
    texts = [f" {' '.join(one.fields)} " for one in candidates]
    seen = [sum(count(text) > 0 for text in texts) for count in asked]
    return [1.0 + 2.0 * (1 - times / max(1, len(texts))) for times in seen]


def counter(node):
    """Return a function of a text: how often what ``node`` asks for stands in it.

    The text is terms with a blank between them and at both ends.
    """
    if isinstance(node, Phrase):
        needle = f" {' '.join(node.terms)} "
        return lambda text: text.count(needle)
    below = [counter(child) for child in node.nodes]
    if isinstance(node, AnyOf):
        return lambda text: sum([count(text) for count in below])
    assert isinstance(node, AllOf)  # noqa: S101 - there is no fourth kind
    return lambda text: min([count(text) for count in below])


def together(query):
    """The words in the order they were typed, as rows of terms to look for; [] for one word."""
    terms = [wanted.terms for wanted in query.wanted]
    if len(terms) < 2 or not all(terms):
        return []
    return [f" {' '.join(term for row in terms for term in row)} "]


def share(title, words):
    """Which part of a title's words was asked for, 0 to 1."""
    said = title.split()
    return sum([word in words for word in said]) / len(said) if said else 0.0
