"""Tags that look like one and the same. Pure: names in, pairs out.

Each name gives a few keys; only names with a common key are compared, and each only with the few
before it. So the cost grows with the number of names, not with its square (trust table, V1).
"""

import re
import unicodedata
from collections import defaultdict
from itertools import islice
from typing import NamedTuple

from search.analysis import terms

NEAR = 8  # names before it that one is compared with, of those that share a key
LONG = 7  # letters: in shorter names one letter makes another word
LONGEST = 40  # letters: longer names are looked at for everything but slips
SAME, ROOT, SHORT, SLIP = (
    "Stessa parola, scritta in un altro modo",
    "Stessa radice: singolare e plurale?",
    "Uno è la sigla dell’altro",
    "Cambia una lettera: un refuso?",
)
KINDS = (SAME, ROOT, SHORT, SLIP)  # the surest first
SPELLED = str.maketrans({"+": "plus", "#": "sharp", "&": "e"})


class Pair(NamedTuple):
    one: int
    other: int
    why: str


def pairs(names, distinct=frozenset()):
    """Return a list of Pair, the surest first, each two tags at most once.

    ``names``: ``(key, name)``, most used first. ``distinct``: sets of two keys to leave out.
    """
    found = {}
    for kind in KINDS:
        for one, other in candidates(names, kind, distinct):
            two = frozenset([one[0], other[0]])
            if two not in found and differs_little(one[1], other[1], kind):
                found[two] = Pair(one[0], other[0], kind)
    return list(found.values())


def candidates(names, kind, distinct):
    """Yield the pairs worth a look: they share a key and nobody told them apart."""
    buckets = defaultdict(list)
    for row in names:
        for key in set(keys(row[1], kind)):
            before = (old for old in buckets[partner(key)] if {old[0], row[0]} not in distinct)
            yield from ((old, row) for old in islice(before, NEAR))
            if len(buckets[key]) < 2 * NEAR:
                buckets[key].append(row)


def keys(name, kind):
    folded = fold(name)
    if kind == SAME:
        return [folded] if folded else []
    if kind == ROOT:
        return [" ".join(found)] if (found := terms(name)) else []
    if kind == SHORT:
        whole = [f"={folded}"] if folded and " " not in name.strip() else []
        return [*whole, *(f"<{short}" for short in initials(name))]
    return slips(folded) if LONG <= len(folded) <= LONGEST else []


def partner(key):
    """The key to compare with: its own, but an acronym ("=") is compared with long names ("<")."""
    return {"=": "<", "<": "="}.get(key[0], key[0]) + key[1:]


def fold(name):
    """The letters and digits of a name, without case, accents, blanks and hyphens."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(SPELLED))
    return "".join(char for char in plain if char.isalnum())


def initials(name):
    """ "RHEL" of "Red Hat Enterprise Linux"; also what stands in brackets behind a name."""
    words = re.findall(r"\w+", name.partition("(")[0])
    inside = [fold(part) for part in re.findall(r"\(([^()]*)\)", name)]
    return [fold("".join(word[0] for word in words))] * (len(words) > 1) + [*filter(None, inside)]


def slips(word):
    """The word, and the word without one of its letters: two of distance one share a key."""
    return [word, *(word[:at] + word[at + 1 :] for at in range(len(word)))]


def differs_little(one, other, kind):
    if kind == SHORT:
        short, long = sorted([one, other], key=len)
        return fold(short) in initials(long)
    if kind == SLIP:
        one, other = fold(one), fold(other)
        # "Fedora 40" and "Fedora 41" are not one.
        digits = [re.sub(r"\D", "", word) for word in (one, other)]
        return digits[0] == digits[1] and is_one_slip(one, other)
    return True


def is_one_slip(one, other):
    """One letter more, less or other, or two neighbours swapped."""
    one, other = sorted([one, other], key=len)
    same = 0
    while same < len(one) and one[same] == other[same]:
        same += 1
    rest, other_rest = one[same:], other[same:]
    if len(one) < len(other):
        return rest == other_rest[1:]
    swapped = rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:]
    return rest[1:] == other_rest[1:] or swapped
