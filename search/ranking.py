"""Which hit comes first. Pure: terms in, a number out, the same on both databases.

Title over tags over standfirst over body over comments; the words together over the words apart;
a recent story a little over an old one. The databases only say *that* a document has the words.
"""

from dataclasses import dataclass
from operator import methodcaller

from search.queries import AllOf, AnyOf, Phrase

WEIGHTS = (10.0, 6.0, 4.0, 3.0, 1.0)  # search.models.FIELDS, in their order
ENOUGH = (0.2, 0.2, 0.5, 2.0, 3.0)  # how often a word must stand in a field to count half
TOGETHER = (8.0, 3.0, 4.0, 3.0, 0.5)  # all words in one row
WHOLE_TITLE = 8.0  # times the share of the title that was asked for
HALF_LIFE_YEARS = 4
SECONDS_A_YEAR = 365.25 * 24 * 3600
FRESH = 0.2  # a story of today counts this much more than one of long ago

HEAD = 3  # fields that are read of every candidate: title, tags, standfirst
MOST_OF_REST = sum(WEIGHTS[HEAD:])  # what the other fields can give for one word: never quite
PORTION = 40  # candidates whose other fields are read together


@dataclass(frozen=True)
class Candidate:
    key: int
    fields: tuple[str, ...]  # terms of search.models.FIELDS


def ranked(candidates, query, now, *, some=False):
    """Return the keys of ``candidates``, best first; of equals the newest.

    ``some``: not all of them have all words, so a word that few have counts more.
    """
    points = Points(query, now)
    if some:
        points.rarity = rarities(candidates, points.asked)
    scored = [(points.total(one.key, one.fields), one.key) for one in candidates]
    scored.sort(reverse=True)
    return [key for _, key in scored]


def first(heads, rest, query, now, most):
    """Return the keys of the ``most`` best, as ``ranked`` would order them.

    ``heads``: the first HEAD fields of each candidate by its key; ``rest(keys)`` reads the other
    fields, many times as long, of at most PORTION. It is asked for those only that could still
    come before one that is chosen, whatever stands in them.
    """
    points = Points(query, now)
    hopes = sorted(((points.hope(*head), *head) for head in heads.items()), reverse=True)
    scored: list[tuple[float, int]] = []
    for start in range(0, len(hopes), PORTION):
        portion = hopes[start : start + PORTION]
        if len(scored) >= most and portion[0][0] < scored[most - 1][0]:
            break
        others = rest([key for _, key, _ in portion])
        # One that is taken out of the index at this moment has no other fields any more.
        scored += [
            (points.total(key, (*head, *others[key])), key)
            for _, key, head in portion
            if key in others
        ]
        scored.sort(reverse=True)
    return [key for _, key in scored[:most]]


class Points:
    """What a query gives to a document, by its key and its fields."""

    def __init__(self, query, now):
        self.asked = [counter(wanted.node) for wanted in query.wanted]
        self.rarity = [1.0] * len(self.asked)
        self.rows = together(query)
        self.words = {term for wanted in query.wanted for term in wanted.terms}
        self.now = now.timestamp()

    def total(self, key, fields):
        return self.of_words(fields) * self.freshness(key)

    def hope(self, key, head):
        """More than ``total`` can be of a document with this ``head``."""
        rest = MOST_OF_REST * len(self.asked) + sum(TOGETHER[HEAD:]) * len(self.rows)
        return (self.of_words(head) + rest) * self.freshness(key)

    def of_words(self, fields):
        points = 0.0
        padded = [f" {terms} " for terms in fields]
        for count, rare in zip(self.asked, self.rarity, strict=True):
            for text, weight, half in zip(padded, WEIGHTS, ENOUGH, strict=False):
                if times := count(text):
                    points += rare * weight * times / (times + half)
        for row in self.rows:
            for text, weight in zip(padded, TOGETHER, strict=False):
                if row in text:
                    points += weight
        return points + WHOLE_TITLE * share(fields[0], self.words)

    def freshness(self, key):
        years = max(0.0, (self.now - (key >> 30)) / SECONDS_A_YEAR)
        return 1 + FRESH * 0.5 ** (years / HALF_LIFE_YEARS)


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
        return methodcaller("count", f" {' '.join(node.terms)} ")
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
    if words.isdisjoint(said):
        return 0.0
    return sum([word in words for word in said]) / len(said)
