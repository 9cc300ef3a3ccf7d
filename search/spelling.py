"""Typing errors: "forse cercavi", and the words that begin with what was typed so far.

Words come from titles and tags. Two words one error apart (a letter more, less, other, or two
swapped) become the same when a letter is left out of one or of both, so a table of such forms
answers by its index. Source of the idea: symmetric delete spelling correction.

A word of a story that was withdrawn may stay here. It is proposed only if a search for it finds
something that readers may see (trust table, P1), which is for the caller to ask.
"""

import re
from difflib import SequenceMatcher

from search import analysis
from search.backend import backend
from search.models import Misspelling, Word

SHORTEST, LONGEST = 2, 30  # letters of a word worth a proposal
SHORTEST_DOUBTFUL = 4  # of one worth a correction
LAST_WORD = re.compile(r"[^\W_]+$")
BEGINNING = 50  # characters of a suggestion's query (trust table, section 3)
MOST_WORDS = 8


def learn(names):
    """Remember the words of titles and tags. Three queries; one if all are known."""
    seen = {}
    for name in names:
        for token in analysis.tokens(analysis.fold(name)):
            shown = name[token.start : token.end].removeprefix("'")
            for word in (token.joined or token.parts[0], *token.parts):
                if SHORTEST <= len(word) <= LONGEST and word not in analysis.STOPS:
                    seen.setdefault(word, shown if len(token.parts) == 1 else word)
    known = set(Word.objects.filter(pk__in=seen).values_list("pk", flat=True))
    new = [Word(word=word, shown=seen[word][:60]) for word in seen if word not in known]
    if not new:
        return
    Word.objects.bulk_create(new, ignore_conflicts=True)
    Misspelling.objects.bulk_create(
        [Misspelling(text=t, word_id=w.pk) for w in new if doubtful(w.pk) for t in forms(w.pk)],
        ignore_conflicts=True,
    )


def doubtful(word):
    """A word that may be a typing error: of shorter ones every other word is a neighbour."""
    return SHORTEST_DOUBTFUL <= len(word) <= LONGEST and word.isalpha()


def forms(word):
    """The word, and the word with each of its letters left out."""
    return {word, *(word[:n] + word[n + 1 :] for n in range(len(word)))}


def corrected(query):
    """Return the text of a query with its unknown words put right, or "" if there is no idea.

    Two queries. Whether the text finds anything is for the caller to see.
    """
    folded = {word: analysis.fold(word) for word in query.words}
    asked = {word for word in folded.values() if doubtful(word)}
    if not asked:
        return ""
    known = set(Word.objects.filter(pk__in=asked).values_list("pk", flat=True))
    wanted = {form: word for word in asked - known for form in forms(word)}
    rows = Misspelling.objects.filter(text__in=wanted).values_list("text", "word", "word__shown")
    best: dict[str, tuple[float, str]] = {}
    for text, word, shown in rows:
        typed = wanted[text]
        likeness = SequenceMatcher(None, typed, word).ratio() + 0.1 * (typed[0] == word[0])
        best[typed] = max(best.get(typed, (0.0, "")), (likeness, shown))
    text = query.text
    for word in query.words:
        if folded[word] in best:
            text = text.replace(word, best[folded[word]][1], 1)
    return text if text != query.text else ""


def beginning(text):
    """Return ``(finished, words)``: the text before its last word, and at most eight known words,
    folded, that begin as the last one does.
    """
    match = LAST_WORD.search(text[:BEGINNING])
    start = analysis.fold(match[0]) if match else ""
    if len(start) < SHORTEST:
        return "", []
    rows = backend().words_beginning(Word.objects, start).order_by()[:200]
    found = sorted((row.pk for row in rows), key=lambda word: (len(word), word))
    return text[: match.start()], found[:MOST_WORDS]
