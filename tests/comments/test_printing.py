"""A thread is printed as a template's loop would print it, and made from memory."""

import random
from datetime import timedelta
from itertools import zip_longest

import pytest
from django.template import engines
from django.template.loader import render_to_string
from django.utils import timezone

from comments import faces, printing
from comments.facts import closing_days
from comments.models import Policy, ReaderComment, State
from comments.printing import EMPTY, FRAMES, frame, printed
from comments.templatetags.thread import rows_of
from comments.thread import assemble
from kit import dates, html, memo
from tests.comments.test_thread import html_of, random_rows, row
from tests.comments.writing import make_comment
from tests.factories import make_article

ADDRESS, REPORT = "/2024/08/x/", "/commenti/segnala/"
# The loop that printing.py took the place of.
LOOP = """{% for entry in entries %}
        <li class="thread__item">
          {% if entry.hidden %}
            <p id="comment-{{ entry.number }}" class="comment comment--hidden">Qui c’era un commento. Non è più visibile.</p>
          {% else %}
            {{ entry.piece }}
          {% endif %}
        {% if entry.opens %}{% if folds and not entry.level %}<details class="thread__fold"><summary>{{ entry.below }}</summary>{% endif %}<ol class="thread thread--answers">{% else %}</li>{% endif %}{% for _ in entry.closes %}</ol>{% if forloop.last and folds and entry.ends_thread %}</details>{% endif %}</li>{% endfor %}
      {% endfor %}"""
NASTY = ["<b>Ada</b> & C.", EMPTY, "\u202eabc", "דוד", "Zoe’s \U0001f427", "{} {{ x }} %s"]


def told_by_the_loop(entries, folds, waiting):
    told = []
    for entry, following in zip_longest(entries, entries[1:]):
        level = following.level if following else 0
        told.append(
            {
                "number": entry.comment.pk,
                "hidden": entry.hidden,
                "level": entry.level,
                "piece": None if entry.hidden else html.trusted(whole(entry, waiting)),
                "below": printing.answers_words(entry.below),
                "opens": level > entry.level,
                "closes": range(max(0, entry.level - level)),
                "ends_thread": entry.level > 0 and level == 0,
            }
        )
    return engines["django"].from_string(LOOP).render({"entries": told, "folds": folds})


def whole(entry, waiting):
    """A comment by its template alone, text and all."""
    row = entry.comment
    facts = {
        "number": str(row.pk),
        "name": row.signature,
        "site": row.user_url,
        "face": faces.draw(row.face),
        "text": html.trusted(row.html),
        "date": dates.minute(row.submit_date),
        "machine_date": dates.machine(row.submit_date),
        "edited": bool(row.edited_at),
        "by_author": entry.by_author,
        "by_staff": row.user_id is not None,
        "answered": str(entry.answers.pk) if entry.answers else "",
        "answered_name": entry.answers.signature if entry.answers else "",
        "own": entry.own,
        "state": waiting.get_state_display() if entry.own else "",
        "reasons": waiting.reasons if entry.own else (),
        "open": True,
        "address": ADDRESS,
        "report": REPORT,
    }
    return render_to_string("comments/_comment.html", facts)


def varied(seed, size):
    """Rows of a thread with every kind of comment in it."""
    chance = random.Random(seed)
    for one in random_rows(seed, size):
        yield one._replace(
            signature=chance.choice([one.signature, *NASTY]),
            user_url=chance.choice(["", 'https://e.org/?a=1&b="2"']),
            user_id=chance.choice([None, None, 7, 8]),
            edited_at=chance.choice([None, one.submit_date]),
            answers_id=chance.choice([None, chance.randint(1, size + 1)]),
            html=chance.choice([one.html, "", f"<p>x</p>{EMPTY}"]),
        )


@pytest.mark.parametrize("folds", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_what_is_printed_is_what_a_template_prints_byte_for_byte(seed, folds):
    rows = list(varied(seed, 3 + 5 * seed))
    own = next((one.pk for one in rows if one.state != State.PUBLISHED), None)
    waiting = ReaderComment(state=State.PENDING, reasons=["Ha <due> link", *NASTY])
    entries = assemble(rows, authors={7}, own=own)

    for _ in range(2):  # made, and remembered
        made = printed(entries, folds=folds, open=True, address=ADDRESS, waiting=waiting)
        assert made == told_by_the_loop(entries, folds, waiting)


def test_no_comments_print_nothing():
    assert printed([], folds=False, open=True, address=ADDRESS) == ""


def test_what_stands_around_a_text_is_made_once_and_holds_no_text(monkeypatch):
    rows = [row(1, html="<p>segreto</p>"), row(2, 1)]
    html_of(assemble(rows))
    made = []
    monkeypatch.setattr(printing, "render", lambda *facts: made.append(facts) or "")

    assert "<p>altro</p>" in html_of(assemble([rows[0]._replace(html="<p>altro</p>"), rows[1]]))
    assert made == []
    html_of(assemble([rows[0], rows[1]._replace(signature="Nuova")]))
    assert [facts["name"] for _, facts in made] == ["Nuova"]
    assert not any("segreto" in str(facts) for _, facts in made)


def test_v2_the_longest_thread_we_measure_is_remembered_whole(monkeypatch):
    memo.forget()
    entries = assemble([row(number) for number in range(1, 2001)])
    html_of(entries)
    monkeypatch.setattr(printing, "render", None)

    html_of(entries)

    assert frame.memory.cache_info().currsize == 2000 < FRAMES


def test_while_debugging_no_frame_is_remembered(settings, monkeypatch):
    settings.DEBUG = True
    html_of(assemble([row(1)]))
    made = []
    monkeypatch.setattr(printing, "render", lambda *facts: made.append(facts) or "")

    html_of(assemble([row(1)]))

    assert len(made) == 1


@pytest.mark.django_db
def test_the_prepared_questions_answer_as_the_querysets_do():
    story = make_article(published_at=timezone.now() - timedelta(days=9))
    first = make_comment(story)
    make_comment(parent=first, state=State.PENDING)
    own = make_comment(story, state=State.PENDING)
    make_comment()
    for number in (None, own.pk):
        asked = ReaderComment.objects.of_article(story).for_thread(number)
        assert rows_of(article=story.pk, own=number or 0) == list(asked)
        assert rows_of(article=story.pk, own=number or 0)[0].signature == first.signature

    assert closing_days() == Policy.current().close_after_days == 0
    Policy.objects.create(close_after_days=5)
    assert closing_days() == Policy.current().close_after_days == 5
