"""Which hit comes first."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from search.models import FIELDS, document_key
from search.queries import parse
from search.ranking import HEAD, PORTION, Points, first, rarity

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def candidate(number, *, days=100, **terms):
    key = document_key("article", number, NOW - timedelta(days=days))
    return key, tuple(terms.get(name, "altro") for name in FIELDS)


def order(query, *candidates, rarity=None):
    documents, keys = dict(candidates), [key for key, _ in candidates]
    found = best(documents, parse(query), len(candidates), rarity)
    return [keys.index(key) + 1 for key in found]


def best(documents, query, most, rarity=None):
    heads = {key: fields[:HEAD] for key, fields in documents.items()}
    return first(
        heads, lambda keys: {k: documents[k][HEAD:] for k in keys}, query, NOW, most, rarity
    )


def test_title_over_tags_over_standfirst_over_body_over_comments():
    fields = [candidate(n, **{name: "kernel"}) for n, name in enumerate(reversed(FIELDS), 1)]

    assert order("kernel", *fields) == [5, 4, 3, 2, 1]


def test_many_times_in_the_body_do_not_beat_once_in_the_title():
    title = candidate(1, title="il kernel nuov", body="altro")
    body = candidate(2, body="kernel " * 400)

    assert order("kernel", body, title) == [2, 1]


def test_words_that_stand_together_beat_words_apart():
    apart = candidate(1, body="libero altro softw liber altro softw altro liber")
    near = candidate(2, body="altro softw liber altro")
    far = candidate(3, body="softw altro altro liber")

    assert order("software libero", far, near)[0] == 2
    assert order("software libero", apart, far)[0] == 1


def test_a_recent_story_wins_a_tie_and_nothing_more():
    old = candidate(1, days=3000, title="kernel")
    new = candidate(2, days=1, title="kernel")
    new_body = candidate(3, days=1, body="kernel kernel")

    assert order("kernel", old, new) == [2, 1]
    assert order("kernel", new_body, old) == [2, 1]


def test_a_title_that_says_just_that_comes_first():
    whole = candidate(1, title="kernel lts")
    part = candidate(2, title="kernel lts e altre storie di stagione con la neve")

    assert order("kernel lts", part, whole) == [2, 1]


def test_when_only_some_words_are_there_the_rarer_one_decides():
    rare = candidate(1, body="valkey")
    common = [candidate(n, body="licenz") for n in range(2, 12)]

    weights = [rarity(1, 11), rarity(10, 11)]
    assert order("valkey licenza", *common, rare, rarity=weights)[0] == 11
    assert order("valkey licenza", *common, rare)[0] != 11


# --- the best without reading them all ---


def stock(how_many):
    """Documents with words in all fields, as a generator of chance leaves them."""
    chance = Random(4)
    words = ["kernel", "softw", "liber", "altro", "mirror", "server"]

    def terms(most):
        return " ".join(chance.choices(words, k=chance.randint(0, most)))

    lengths = (3, 3, 8, 60, 40)
    return {
        document_key("article", n, NOW - timedelta(days=chance.randint(0, 4000))): tuple(
            terms(most) for most in lengths
        )
        for n in range(how_many)
    }


@pytest.mark.parametrize("text", ["kernel", "software libero", '"software libero" kernel', "il"])
@pytest.mark.parametrize("most", [1, 10, 95, 1000])
def test_the_first_are_those_of_the_whole_order(text, most):
    documents, query = stock(300), parse(text)

    whole = sorted(Points(query, NOW).given(documents), reverse=True)

    assert best(documents, query, most) == [key for _, key in whole[:most]]


def test_long_fields_are_read_of_no_more_than_could_be_among_the_first():
    title = {document_key("article", n, NOW): ("kernel", "", "") for n in range(12)}
    body = {document_key("article", n, NOW): ("altro", "", "") for n in range(1000, 1300)}
    read = []

    def rest(keys):
        read.extend(keys)
        return dict.fromkeys(keys, ("kernel " * 50, ""))

    found = first(title | body, rest, parse("kernel"), NOW, 10)

    assert set(found) < set(title)
    assert len(read) == PORTION


def test_a_document_that_has_left_the_index_meanwhile_is_passed_over():
    heads = {document_key("article", n, NOW): ("kernel", "", "") for n in range(3)}
    gone, *kept = sorted(heads, reverse=True)

    found = first(heads, lambda keys: {k: ("", "") for k in keys if k != gone}, parse("x"), NOW, 9)

    assert found == kept
