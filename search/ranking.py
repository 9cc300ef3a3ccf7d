"""Which hit comes first. Pure: terms in, a number out, the same on both databases.

Title over tags over standfirst over body over comments; the words together over the words apart;
a recent story a little over an old one. The databases only say *that* a document has the words.
"""

from search.counting import Texts, counted

WEIGHTS = (10.0, 6.0, 4.0, 3.0, 1.0)  # search.models.FIELDS, in their order
ENOUGH = (0.2, 0.2, 0.5, 2.0, 3.0)  # how often a word must stand in a field to count half
TOGETHER = (8.0, 3.0, 4.0, 3.0, 0.5)  # all words in one row
WHOLE_TITLE = 8.0  # times the share of the title that was asked for
HALF_LIFE_YEARS = 4
SECONDS_A_YEAR = 365.25 * 24 * 3600
FRESH = 0.2  # a story of today counts this much more than one of long ago

HEAD = 3  # fields that are read of every candidate: title, tags, standfirst
PORTION = 20  # candidates whose other fields are read together


def first(heads, rest, query, now, most, rarity=None):
    """Return the keys of the ``most`` best, best first; of equals the newest.

    ``heads``: the first HEAD fields of each candidate by its key; ``rest(keys)`` reads the other
    fields, many times as long, of at most PORTION. It is asked for those only that could still
    come before one that is chosen, whatever stands in them. ``rarity``: how much more each word
    counts than it would, if not all of the candidates have all words.
    """
    points = Points(query, now, rarity)
    hopes = sorted(points.given(heads, points.most_of_rest), reverse=True)
    scored: list[tuple[float, int]] = []
    for start in range(0, len(hopes), PORTION):
        portion = hopes[start : start + PORTION]
        if len(scored) >= most and portion[0][0] < scored[most - 1][0]:
            break
        # One that is taken out of the index at this moment has no other fields any more.
        others = rest([key for _, key in portion])
        scored += points.given({key: (*heads[key], *fields) for key, fields in others.items()})
        scored.sort(reverse=True)
    return [key for _, key in scored[:most]]


class Points:
    """What a query gives to documents, by their key and their fields."""

    def __init__(self, query, now, rarity=None):
        self.nodes = [wanted.node for wanted in query.wanted]
        self.rarity = rarity or [1.0] * len(self.nodes)
        # Where no document has all words, none has them in a row.
        self.row = () if rarity else together(query)
        self.words = {term for wanted in query.wanted for term in wanted.terms}
        self.now = now.timestamp()

    @property
    def most_of_rest(self):
        """More than the fields after the head can ever give."""
        in_a_row = sum(TOGETHER[HEAD:]) if self.row else 0.0
        return sum(WEIGHTS[HEAD:]) * sum(self.rarity) + in_a_row

    def given(self, rows, more=0.0):
        """Return ``[(points, key), …]`` for ``{key: fields}``; ``more`` is added to each."""
        words = self.of_words(list(rows.values()))
        return [
            ((points + more) * self.freshness(key), key)
            for key, points in zip(rows, words, strict=True)
        ]

    def of_words(self, rows):
        texts = Texts([text for fields in rows for text in fields])
        points, width = [0.0] * len(rows), len(rows[0]) if rows else 1
        for node, rare in zip(self.nodes, self.rarity, strict=True):
            for number, times in counted(node, texts).items():
                row, field = divmod(number, width)
                points[row] += rare * WEIGHTS[field] * times / (times + ENOUGH[field])
        if self.row:
            for number in texts.times(self.row):
                row, field = divmod(number, width)
                points[row] += TOGETHER[field]
        titles = [fields[0] for fields in rows]
        return [
            one + WHOLE_TITLE * share(title, self.words)
            for one, title in zip(points, titles, strict=True)
        ]

    def freshness(self, key):
        years = max(0.0, (self.now - (key >> 30)) / SECONDS_A_YEAR)
        return 1 + FRESH * 0.5 ** (years / HALF_LIFE_YEARS)


def rarity(times, candidates):
    """Weigh a word that so many of the candidates have: 1 to 3, and 0 if none has it."""
    return 1.0 + 2.0 * (1 - times / candidates) if times else 0.0


def together(query):
    """The words in the order they were typed, as a row of terms; () for one word."""
    terms = [wanted.terms for wanted in query.wanted]
    if len(terms) < 2 or not all(terms):
        return ()
    return tuple(term for row in terms for term in row)


def share(title, words):
    """Which part of a title's words was asked for, 0 to 1."""
    said = title.split()
    if words.isdisjoint(said):
        return 0.0
    return sum([word in words for word in said]) / len(said)
