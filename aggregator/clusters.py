"""The same news once: which cluster a new item belongs to.

One canonical address, one outside address they both link to, or very similar titles within 72
hours. Only new items are placed; what an editor merged or split is never touched again.
"""

import re
from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from aggregator.models import Item, ItemLink
from aggregator.rules import fold

WINDOW = timedelta(hours=72)
SIMILAR = 0.6  # shared words of all words of both titles
ENOUGH = 3  # shared words: two of two is a coincidence
WORDS_LENGTH = 400
COMMON = 200  # titles of three days with one word: it finds nothing, and costs all of them
STOP = set(
    "the and for with from that this are was has have new how why what you your its not can now "
    "gli che con del dei della delle degli per una uno nel nella nelle non più sono anche come "
    "alla alle sul sulla tra fra ecco dopo prima ora der die das und mit les des une pour sur "
    "released release version versione rilasciato annuncia announces".split()
)


def words_of(title):
    """The words of a title that tell news apart, each once, as stored with the item.

    Numbers count whole: 6.12 and 6.13 are two releases.
    """
    found = re.findall(r"\d+(?:\.\d+)*|[^\W\d_]+(?:-\d+)?", fold(title))
    kept = [word for word in found if word[0].isdigit() or (len(word) > 2 and word not in STOP)]
    return " ".join(dict.fromkeys(kept))[:WORDS_LENGTH]


class Title(NamedTuple):
    """The words of a title, and the numbers among them: 6.12 and 6.13 are two releases."""

    words: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, words):
        """``words`` as ``words_of`` returns them."""
        kept = frozenset(words.split())
        return cls(kept, frozenset(word for word in kept if word[0].isdigit()))

    def likeness(self, other):
        """Return the share of words both have, or 0.0 if they are not about the same."""
        if self.numbers != other.numbers:
            return 0.0
        shared = len(self.words & other.words)  # the common words too
        score = shared / len(self.words | other.words) if shared >= ENOUGH else 0.0
        return score if score >= SIMILAR else 0.0


class Recent:
    """The items of the last 72 hours, by the words of their titles. Loaded once for many polls."""

    def __init__(self, now):
        self.titles = {}  # item number: (Title, date)
        self.by_word = defaultdict(set)
        rows = Item.objects.filter(sort_date__gt=now - WINDOW)
        for pk, words, date in rows.values_list("pk", "words", "sort_date"):
            self.add(pk, words, date)

    def add(self, pk, words, date):
        title = Title.of(words)
        self.titles[pk] = (title, date)
        for word in title.words:
            self.by_word[word].add(pk)

    def similar(self, words, date):
        """Return the number of the item with the most similar title within 72 hours, or None."""
        mine = Title.of(words)
        lists = (self.by_word.get(word, ()) for word in mine.words)
        near = {pk for found in lists if len(found) <= COMMON for pk in found}
        best, best_score = None, 0.0
        for pk in near:
            title, when = self.titles[pk]
            score = mine.likeness(title)
            if score and score >= best_score and abs(when - date) <= WINDOW:
                best, best_score = pk, score
        return best


def known_clusters(keys, links, now):
    """``{address key: cluster}`` for addresses that some item has, or links to. Two queries."""
    wanted = keys | links
    known = {}
    shared = ItemLink.objects.filter(key__in=wanted, item__sort_date__gt=now - WINDOW)
    for key, cluster in shared.values_list("key", "item__cluster"):
        known[key] = cluster
    # An item at that very address says more than a link to it.
    same = Item.objects.filter(key__in=wanted).order_by("-pk")
    for key, cluster in same.values_list("key", "cluster"):
        known[key] = cluster
    return known
