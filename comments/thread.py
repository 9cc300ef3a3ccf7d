"""A thread, from rows in one query to what the page shows. Linear in the number of rows."""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import zip_longest

from comments import faces
from comments.models.comment import LEVELS, State
from kit import dates, html

FOLD_FROM = 200  # comments; from here on the answers of each thread are folded


@dataclass(slots=True)
class Entry:
    """One comment in its place. ``hidden`` entries show only that something stood there.

    What the template prints is ready here: a look-up there costs more than the whole sentence.
    """

    comment: object  # a row of for_thread()
    number: str
    level: int = 0
    hidden: bool = False
    own: bool = False  # waits, and is shown to its writer alone
    by_author: bool = False  # by an author of the story
    by_staff: bool = False
    answers: object = None  # the row whom it names, where the shape cannot show it
    below: int = 0  # published comments under it
    opens: bool = False  # a list of answers begins after it
    closes: range = field(default_factory=lambda: range(0))  # lists that end after it

    ends_thread: bool = False
    name: str = ""
    site: str = ""
    face: str = ""
    text: str = ""
    date: str = ""
    machine_date: str = ""


def assemble(rows, *, authors=frozenset(), own=None):
    """Return the entries of a thread in reading order, oldest thread first.

    ``rows`` by age, as ``for_thread()`` gives them; ``authors`` are the accounts that signed the
    story. A comment that is not published keeps its place only while published answers hang on it.
    """
    by_number = {row.pk: row for row in rows}
    children, roots = defaultdict(list), []
    for row in rows:
        if row.parent_id == row.pk or row.parent_id not in by_number:
            roots.append(row)
        else:
            children[row.parent_id].append(row)
    shown = count_shown(rows, by_number, own)
    entries, waiting = [], [(row, 0) for row in reversed(roots)]
    while waiting:
        row, level = waiting.pop()
        is_own = row.pk == own and row.state != State.PUBLISHED
        visible = row.state == State.PUBLISHED or is_own
        below = shown[row.pk] - visible
        if not visible and not below:
            continue
        entry = Entry(row, str(row.pk), level, hidden=not visible, own=is_own, below=below)
        if visible:
            dress(entry, authors, by_number)
        entries.append(entry)
        waiting += [(child, min(level + 1, LEVELS)) for child in reversed(children[row.pk])]
    return nested(entries)


def dress(entry, authors, by_number):
    """Write down what the page prints of a comment that is shown."""
    row = entry.comment
    entry.by_staff = row.user_id is not None
    entry.by_author = row.user_id in authors
    entry.answers = by_number.get(row.answers_id) if row.answers_id else None
    entry.name, entry.site = row.signature, row.user_url
    entry.face, entry.text = faces.draw(row.face), html.trusted(row.html)
    entry.date, entry.machine_date = dates.minute(row.submit_date), dates.machine(row.submit_date)


def count_shown(rows, by_number, own):
    """``{pk: how many published comments stand in its branch}``, itself included."""
    shown = dict.fromkeys(by_number, 0)
    for row in rows:
        if row.state == State.PUBLISHED or row.pk == own:
            above, steps = row, 0
            while above is not None and steps <= LEVELS + 1:
                shown[above.pk] += 1
                parent = by_number.get(above.parent_id)
                above, steps = (None if parent is above else parent), steps + 1
    return shown


def nested(entries):
    """Say after each entry which lists open or close, so that a flat loop writes nested lists."""
    for entry, following in zip_longest(entries, entries[1:]):
        level = following.level if following else 0
        entry.opens = level > entry.level
        entry.closes = range(max(0, entry.level - level))
        entry.ends_thread = entry.level > 0 and level == 0
    return entries
