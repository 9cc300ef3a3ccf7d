"""A thread: from rows in one query to the order in which they are read. Linear in the rows."""

from collections import defaultdict
from typing import NamedTuple

from comments.models.comment import LEVELS, State

FOLD_FROM = 200  # comments; from here on the answers of each thread are folded


class Entry(NamedTuple):
    """One comment in its place. ``hidden`` entries show only that something stood there."""

    comment: tuple  # a row of for_thread()
    level: int
    hidden: bool
    own: bool  # waits, and is shown to its writer alone
    by_author: bool  # by an author of the story
    answers: tuple | None  # the row whom it names, where the shape cannot show it
    below: int  # published comments under it


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
        published = row.state == State.PUBLISHED
        is_own = row.pk == own and not published
        visible = published or is_own
        below = shown[row.pk] - visible
        if not visible and not below:
            continue
        by_author = visible and row.user_id in authors
        answers = by_number.get(row.answers_id) if visible and row.answers_id else None
        entries.append(Entry(row, level, not visible, is_own, by_author, answers, below))
        if row.pk in children:
            waiting += [(child, min(level + 1, LEVELS)) for child in reversed(children[row.pk])]
    return entries


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
