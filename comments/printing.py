"""A thread as HTML: what stands around a text is remembered, the rest is joining.

A template's loop over two thousand comments costs twenty times as much.
"""

from django.urls import reverse

from comments import faces
from comments.models.comment import FACTS
from kit import dates
from kit.html import trusted
from kit.memo import remembered, render

# As much as two stories with 2,000 comments: with fewer places than its thread is long, each
# comment of a story drives out the one that will be asked for next. No text is in a frame, so one
# is 1.5 kB however much was written, and 4,000 are 6 MB in each process.
FRAMES = 4000
# Where the text goes. Nothing that a reader wrote can look like it: in a frame all is escaped.
EMPTY = '<div class="comment__text" dir="auto"></div>'
TEXT, TEXT_ENDS = EMPTY.removesuffix("</div>"), "</div>"

ITEM, ITEM_ENDS = (
    '\n        <li class="thread__item">\n          \n            ',
    "\n          \n        ",
)
HIDDEN = (
    '<p id="comment-{}" class="comment comment--hidden">'
    "Qui c’era un commento. Non è più visibile.</p>"
)
FOLD, FOLD_ENDS = '<details class="thread__fold"><summary>{}</summary>', "</details>"
ANSWERS, ANSWERS_END = '<ol class="thread thread--answers">', "</ol>"
NEXT = "\n      "


def printed(entries, *, folds, open, address, waiting=None):
    """Return the list items of ``assemble()``'s entries as safe HTML. No query.

    ``folds``: the answers of each thread are folded. ``address`` is that of the story; ``waiting``
    has state and reasons of the comment that only its writer sees.
    """
    story = (open, address, reverse("comment_report", args=[1]).removesuffix("1/"))
    levels = [entry.level for entry in entries] + [0]
    parts = []
    for place, entry in enumerate(entries, start=1):
        row, level, hidden, own, by_author, answers, below = entry
        then = levels[place]
        if hidden:
            parts += ITEM, HIDDEN.format(row.pk), ITEM_ENDS
        else:
            answered = answers and (answers.pk, answers.signature)
            facts = (row[FACTS:], by_author, answered, story)
            before, after = around(*facts, waiting) if own else frame(*facts)
            parts += before, row.html, after
        if then > level:
            fold = FOLD.format(answers_words(below)) if folds and not level else ""
            parts += fold, ANSWERS, NEXT
        else:
            parts += "</li>", ends(level, then, folds), NEXT
    return trusted("".join(parts))


def ends(level, then, folds):
    """The ends of the lists in which no comment follows."""
    if level == then:
        return ""
    fold_ends = FOLD_ENDS if folds and not then else ""
    return f"{ANSWERS_END}</li>" * (level - then - 1) + f"{ANSWERS_END}{fold_ends}</li>"


@remembered(FRAMES)
def frame(facts, by_author, answered, story):
    return around(facts, by_author, answered, story)


def around(facts, by_author, answered, story, waiting=None):
    """Return what stands before and after the text of a comment that is shown."""
    number, name, site, user, face, written, edited = facts
    open, address, report = story
    shown = {
        "number": str(number),
        "name": name,
        "site": site,
        "face": faces.draw(face),
        "text": "",
        "date": dates.minute(written),
        "machine_date": dates.machine(written),
        "edited": edited is not None,
        "by_author": by_author,
        "by_staff": user is not None,
        "answered": str(answered[0]) if answered else "",
        "answered_name": answered[1] if answered else "",
        "own": waiting is not None,
        "state": waiting.get_state_display() if waiting else "",
        "reasons": waiting.reasons if waiting else (),
        "open": open,
        "address": address,
        "report": report,
    }
    before, _, after = render("comments/_comment.html", shown).partition(EMPTY)
    return f"{ITEM}{before}{TEXT}", f"{TEXT_ENDS}{after}{ITEM_ENDS}"


def answers_words(count):
    return "1 risposta" if count == 1 else f"{count} risposte"
