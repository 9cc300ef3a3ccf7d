"""How often what is asked for stands in each of many texts. Pure.

Five hundred titles, each asked for four words, are two thousand calls; in one long text the same
words are found where they are, and a title without them costs nothing.
"""

from bisect import bisect_right
from itertools import accumulate

from search.queries import AllOf, AnyOf, Phrase


class Texts:
    """Texts of terms with a blank between them, by their number."""

    def __init__(self, texts):
        self.whole = "\n".join([f" {text} " for text in texts])
        self.ends = list(accumulate([len(text) + len("  \n") for text in texts]))

    def times(self, terms):
        """Return ``{number of a text: how often this row of terms stands in it}``, rising."""
        needle, found = f" {' '.join(terms)} ", {}
        at = self.whole.find(needle)
        while at >= 0:
            number = bisect_right(self.ends, at)
            end = self.ends[number]
            found[number] = self.whole.count(needle, at, end)
            at = self.whole.find(needle, end)
        return found


def counted(node, texts):
    """Return how often what ``node`` of a query asks for stands in each of ``texts``."""
    if isinstance(node, Phrase):
        return texts.times(node.terms)
    below = [counted(child, texts) for child in node.nodes]
    if isinstance(node, AnyOf):
        numbers = sorted(set().union(*below))
        return {number: sum([one.get(number, 0) for one in below]) for number in numbers}
    assert isinstance(node, AllOf)  # noqa: S101 - there is no fourth kind
    numbers = sorted(set.intersection(*map(set, below)))
    return {number: min([one[number] for one in below]) for number in numbers}
