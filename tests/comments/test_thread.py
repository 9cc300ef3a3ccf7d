"""From rows to a thread: the shape, what is hidden, and the time it takes (V2). No database."""

import random
from collections import namedtuple
from datetime import UTC, datetime, timedelta

import pytest

from comments.models import State
from comments.models.comment import LEVELS, THREAD_COLUMNS
from comments.printing import printed
from comments.thread import FOLD_FROM, assemble
from tests.comments.growing import is_linear, times_of
from tests.comments.reading import Page

Row = namedtuple("Row", THREAD_COLUMNS)
START = datetime(2024, 8, 1, 9, 5, tzinfo=UTC)


def row(pk, parent=None, state=State.PUBLISHED, **more):
    blank = dict.fromkeys(THREAD_COLUMNS, None)
    known = {
        "pk": pk,
        "parent_id": parent or pk,
        "state": state,
        "signature": f"Lettore {pk}",
        "user_url": "",
        "face": f"{pk:016x}",
        "html": f"<p>Testo {pk}</p>",
        "submit_date": START + timedelta(minutes=pk),
    }
    return Row(**blank | known | more)


def shape(entries):
    return [(entry.comment.pk, entry.level) for entry in entries]


def html_of(entries, folds=False):
    items = printed(entries, folds=folds, open=True, address="/2024/08/x/")
    return f'<ol class="thread">{items}</ol>'


def test_answers_follow_what_they_answer_however_late_they_came():
    rows = [row(1), row(2), row(3, 1), row(4, 2), row(5, 3), row(6, 1)]

    assert shape(assemble(rows)) == [(1, 0), (3, 1), (5, 2), (6, 1), (2, 0), (4, 1)]


def test_nothing_makes_nothing():
    assert assemble([]) == []


def test_a_row_whose_parent_is_not_there_begins_a_thread():
    assert shape(assemble([row(5, 4), row(6, 5)])) == [(5, 0), (6, 1)]


def test_rows_deeper_than_the_levels_stand_on_the_last():
    rows = [row(1), *[row(n, n - 1) for n in range(2, 9)]]

    assert max(level for _, level in shape(assemble(rows))) == LEVELS


def test_rows_that_go_round_in_a_circle_end():
    assert assemble([row(1, 2), row(2, 1)]) == []


def test_an_answer_names_whom_it_answers_only_if_that_is_known():
    entries = assemble([row(1), row(2, 1, answers_id=1), row(3, 1, answers_id=99)])

    assert [entry.answers and entry.answers.pk for entry in entries] == [None, 1, None]


def test_marks_are_for_accounts_and_never_for_nobody():
    entries = assemble(
        [row(1, user_id=7), row(2, user_id=8), row(3)], authors=frozenset({7, None}) - {None}
    )

    assert [e.by_author for e in entries] == [True, False, False]
    marks = [html_of([entry]).count("comment__mark") for entry in entries]
    assert marks == [1, 1, 0]
    assert "ha scritto l’articolo" in html_of(entries[:1])
    assert "redazione" in html_of(entries[1:2])


@pytest.mark.parametrize("state", [state for state in State if state != State.PUBLISHED])
def test_p1_what_is_hidden_stays_only_above_what_is_seen_and_carries_nothing(state):
    told = {"state": state, "user_url": "https://e.org/", "user_id": 7, "answers_id": 3}
    rows = [row(1, **told), row(2, 1, **told), row(3, 2), row(4, 3, **told)]

    entries = assemble(rows, authors={7})

    assert [(e.comment.pk, e.hidden) for e in entries] == [(1, True), (2, True), (3, False)]
    assert not any(entry.by_author or entry.answers for entry in entries[:2])
    html = html_of(entries[:2])
    assert html.count("Qui c’era un commento.") == 2
    for told in ("Lettore", "Testo", "face", "agosto", "https://", "redazione", "in risposta"):
        assert told not in html


def test_the_own_comment_is_shown_to_its_writer_with_its_hidden_parents():
    rows = [row(1, state=State.TRASH), row(2, 1, state=State.PENDING)]

    assert assemble(rows) == []
    assert [(e.comment.pk, e.hidden, e.own) for e in assemble(rows, own=2)] == [
        (1, True, False),
        (2, False, True),
    ]
    assert not assemble([row(1)], own=1)[0].own


def random_rows(seed, size):
    chance = random.Random(seed)
    rows, levels = [], {}
    for pk in range(1, size + 1):
        above = [other for other in levels if levels[other] < LEVELS]
        parent = chance.choice(above) if above and chance.random() < 0.7 else None
        levels[pk] = levels[parent] + 1 if parent else 0
        state = State.PUBLISHED if chance.random() < 0.6 else chance.choice(list(State))
        rows.append(row(pk, parent, state))
    return rows


@pytest.mark.parametrize("seed", range(40))
def test_any_thread_is_complete_in_order_and_well_formed(seed):
    rows = random_rows(seed, 5 + seed)
    known = {r.pk: r for r in rows}
    entries = assemble(rows)
    numbers = [entry.comment.pk for entry in entries]

    published = {r.pk for r in rows if r.state == State.PUBLISHED}
    assert {e.comment.pk for e in entries if not e.hidden} == published
    assert len(numbers) == len(set(numbers))
    for entry in entries:
        parent = known[entry.comment.pk].parent_id
        if parent != entry.comment.pk:
            above = next(e for e in entries if e.comment.pk == parent)
            assert numbers.index(parent) < numbers.index(entry.comment.pk)
            assert entry.level == above.level + 1
        below = {e.comment.pk for e in entries if is_below(known, e.comment.pk, entry.comment.pk)}
        assert entry.below == len(below & published)
    for folds in (False, True):
        page = Page(html_of(entries, folds))
        assert (page.open, page.crossed) == ([], [])
        assert [int(i[8:]) for i in page.ids if i.startswith("comment-")] == numbers


def is_below(known, number, above):
    while known[number].parent_id != number:
        number = known[number].parent_id
        if number == above:
            return True
    return False


def test_only_threads_with_answers_are_folded_each_with_its_number():
    html = html_of(assemble([row(1), row(2, 1), row(3, 2), row(4), row(5), row(6, 5)]), folds=True)

    assert html.count("<details") == html.count("</details>") == 2
    assert "<summary>2 risposte</summary>" in html
    assert "<summary>1 risposta</summary>" in html
    assert FOLD_FROM == 200


SHAPES = {
    "all begin a thread": lambda n: [row(pk) for pk in range(1, n)],
    "all answer the first": lambda n: [row(1), *[row(pk, 1) for pk in range(2, n)]],
    "in fives": lambda n: [row(pk, pk - 1 if pk % 5 else None) for pk in range(1, n)],
    "one chain": lambda n: [row(1), *[row(pk, pk - 1) for pk in range(2, n)]],
    "all hidden but the last": lambda n: [
        *[row(pk, pk - 1 if pk > 1 else None, State.TRASH) for pk in range(1, n)],
        row(n, n - 1),
    ],
    "all name the first": lambda n: [row(1), *[row(pk, 1, answers_id=1) for pk in range(2, n)]],
    "the youngest first": lambda n: [row(pk, pk + 1 if pk < n - 1 else None) for pk in range(1, n)],
}


@pytest.mark.parametrize("make", SHAPES.values(), ids=SHAPES)
def test_v2_a_thread_is_assembled_in_linear_time(make):
    threads = {size: make(size) for size in (1000, 2000, 4000)}
    assemble(threads[4000])  # the faces are drawn once

    times = times_of(lambda size: assemble(threads[size]), list(threads))

    assert is_linear(times), times
