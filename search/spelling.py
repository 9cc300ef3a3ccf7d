"""Typing errors: "forse cercavi", and the words that begin with what was typed so far.

Words come from titles and tags. Two words one error apart (a letter more, less, other, or two
swapped) become the same when a letter is left out of one or of both, so a table of such forms
answers by its index. Source of the idea: symmetric delete spelling correction.

A word of a story that was withdrawn may stay here. It is proposed only if a search for it finds
something that readers may see (trust table, P1), which is for the caller to ask.
"""

from difflib import SequenceMatcher

from search import analysis
from search.backend import backend
from search.models import Misspelling, Word

SHORTEST, LONGEST = 4, 30  # letters of a word worth a proposal
BEGINNING = 50  # characters of a suggestion's query (trust table, section 3)
MOST_WORDS = 8


def learn(names):
    """Remember the words of titles and tags. Three queries; one if all are known."""
    seen = {}
    for name in names:
        for token in analysis.tokens(analysis.fold(name)):
            word = token.joined or token.parts[0]
            if SHORTEST <= len(word) <= LONGEST and word.isalpha() and word not in analysis.STOPS:
                seen.setdefault(word, name[token.start : token.end].removeprefix("'"))
    known = set(Word.objects.filter(pk__in=seen).values_list("pk", flat=True))
    new = [Word(word=word, shown=seen[word][:60]) for word in seen if word not in known]
    if not new:
        return
    Word.objects.bulk_create(new, ignore_conflicts=True)
    Misspelling.objects.bulk_create(
        [Misspelling(text=text, word_id=word.pk) for word in new for text in forms(word.pk)],
        ignore_conflicts=True,
    )


def forms(word):
    """The word, and the word with each of its letters left out."""
    return {word, *(word[:n] + word[n + 1 :] for n in range(len(word)))}


def corrected(query):
    """Return the text of a query with its unknown words put right, or "" if there is no idea.

    Two queries. Whether the text finds anything is for the caller to see.
    """
    folded = {word: analysis.fold(word) for word in query.words}
    doubtful = {f for f in folded.values() if SHORTEST <= len(f) <= LONGEST and f.isalpha()}
    if not doubtful:
        return ""
    known = set(Word.objects.filter(pk__in=doubtful).values_list("pk", flat=True))
    wanted = {form: word for word in doubtful - known for form in forms(word)}
    rows = Misspelling.objects.filter(text__in=wanted).values_list("text", "word", "word__shown")
    best: dict[str, tuple[float, str]] = {}
    for text, word, shown in rows:
        asked = wanted[text]
        likeness = SequenceMatcher(None, asked, word).ratio() + 0.1 * (asked[0] == word[0])
        best[asked] = max(best.get(asked, (0.0, "")), (likeness, shown))
    text = query.text
    for word in query.words:
        if folded[word] in best:
            text = text.replace(word, best[folded[word]][1], 1)
    return text if text != query.text else ""


def beginning(text):
    """Return known words, folded, that begin as the last one of ``text``: at most eight."""
    last = list(analysis.tokens(analysis.fold(text[:BEGINNING])))[-1:]
    if not last or len(last[0].parts) > 1 or len(last[0].parts[0]) < 2:
        return []
    rows = backend().words_beginning(Word.objects, last[0].parts[0]).order_by()[:200]
    found = sorted(rows, key=lambda row: (len(row.pk), row.pk))
    return [row.pk for row in found[:MOST_WORDS]]
