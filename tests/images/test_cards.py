"""The drawn card: lines broken well, letters that exist, a picture that opens."""

import pytest
from PIL import Image as Pillow

from images import cards, files, lettering

SERIF = cards.FONTS["serif"]
ROOM = lettering.WIDTH - 2 * lettering.MARGIN
HIGH = lettering.BOTTOM - lettering.TOP


def fitted(text):
    return lettering.fitted(text, SERIF, ROOM, HIGH)


def width(line, size):
    return lettering.font(SERIF, size).getlength(line)


def test_a_short_title_is_one_large_line():
    assert fitted("GIMP 3") == (lettering.LARGEST, ["GIMP 3"])


def test_lines_are_about_equally_long():
    size, lines = fitted("Microsoft e Nvidia costruiranno insieme un calcolatore per la ricerca")

    widths = [width(line, size) for line in lines]
    assert len(lines) > 1
    assert min(widths) > 0.6 * max(widths)


def test_a_line_does_not_end_with_an_article_if_it_can_be_avoided():
    text = "Il governo sceglie la distribuzione tedesca"

    assert lettering.broken(text, len, 26, 5) == ["Il governo sceglie", "la distribuzione tedesca"]
    assert lettering.broken(text, len, 21, 5) == ["Il governo sceglie la", "distribuzione tedesca"]
    assert lettering.broken(text, len, 21, 1) == []


@pytest.mark.parametrize("extra", range(1, 14))
def test_no_title_leaves_one_short_word_alone(extra):
    words = (
        "Microsoft e Nvidia costruiranno insieme un nuovo calcolatore per la ricerca su Azure ora"
    )
    size, lines = fitted(" ".join(words.split()[:extra]))

    assert len(lines) == 1 or not lettering.has_widow(lines, lettering.font(SERIF, size).getlength)


@pytest.mark.parametrize("words", [1, 10, 20, 31, 40])
def test_every_title_stands_in_its_room(words):
    size, lines = fitted("Sperimentazione " * words)

    assert 1 <= len(lines) <= lettering.MOST_LINES
    assert all(width(line, size) <= ROOM for line in lines)
    assert size * lettering.LEADING * len(lines) <= HIGH


def test_what_does_not_fit_ends_with_an_ellipsis_after_a_full_word():
    size, lines = fitted("La lunga discussione sul codice nei sottosistemi e " * 6)

    assert (size, len(lines)) == (lettering.SMALLEST, lettering.MOST_LINES)
    assert lines[-1].endswith("…")
    assert lines[-1].rstrip("…").split()[-1].lower() not in lettering.LEANING


def test_a_word_longer_than_a_line_is_cut_instead_of_running_out():
    size, lines = fitted("https://example.org/" + "a" * 300)

    assert all(width(line, size) <= ROOM for line in lines)


def test_the_type_has_every_italian_letter_and_sign():
    for path in cards.FONTS.values():
        wanted = "ÀÈÉÌÒÙ àèéìòù ’«»€ “” – — … × & @ # % 0123456789"
        assert lettering.readable(wanted, path) == wanted


def test_a_sign_the_type_does_not_have_is_left_out():
    assert lettering.readable("Festa 🎉 a 東京 più", SERIF) == "Festa a più"


@pytest.mark.parametrize("title", ["Perché è così", "", "🎉", "a" * 250, "<b>&amp;"])
def test_the_worker_gets_a_picture_of_the_size_it_says(title):
    name = cards.draw(title, "Software", "MMUL")

    assert files.OURS.fullmatch(name)
    with Pillow.open(files.path(name)) as card:
        card.load()
        assert (card.size, card.get_format_mimetype()) == (cards.SIZE, cards.KIND)
    assert files.path(name).stat().st_size < 150_000


def test_the_same_title_twice_gives_two_addresses():
    assert cards.draw("Uno", "Software", "MMUL") != cards.draw("Uno", "Software", "MMUL")
