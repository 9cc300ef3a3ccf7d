"""Plain text: slugs as WordPress makes them, and what may be typed."""

import time

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from kit import text


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Kernel Linux 6.12", "kernel-linux-6-12"),
        ("7.4", "7-4"),
        ("LibreOffice 7.4.2: tutte le novità", "libreoffice-7-4-2-tutte-le-novita"),
        ("TCP/IP e UDP", "tcp-ip-e-udp"),
        ("L’ambiente grafico", "lambiente-grafico"),
        ("L'ambiente grafico", "lambiente-grafico"),
        ("Perché no? Così è più facile!", "perche-no-cosi-e-piu-facile"),
        ("Città, virtù e tiè", "citta-virtu-e-tie"),
        ("C++ e C#", "c-e-c"),
        ("GNU/Linux – una storia — lunga", "gnu-linux-una-storia-lunga"),
        ("  Spazi   e\ttabulazioni  ", "spazi-e-tabulazioni"),
        ("«Virgolette» e “altre”", "virgolette-e-altre"),
        ("100% libero & aperto", "100-libero-aperto"),
        ("snake_case resta", "snake_case-resta"),
        ("Straße, Łódź, Ærø", "strasse-lodz-aero"),
        ("Schermi 1920×1080", "schermi-1920x1080"),
        ("run0 al posto di sudo?", "run0-al-posto-di-sudo"),
        ("…e poi?", "e-poi"),
        ("non\u00a0separabile", "non-separabile"),
        ("-trattini--doppi-", "trattini-doppi"),
        ("e\u0301 scomposta", "e-scomposta"),
        ("MAIUSCOLE", "maiuscole"),
        ("$HOME e ~/.bashrc", "home-e-bashrc"),
        ("3,5 milioni di €", "35-milioni-di-e"),
        ("node.js", "node-js"),
        ("x86_64 contro ARM64", "x86_64-contro-arm64"),
        ("Ubuntu 24.04 LTS «Noble»", "ubuntu-24-04-lts-noble"),
        ("😀🐧", ""),
        ("🐧 Tux compie 30 anni", "tux-compie-30-anni"),
        ("///", ""),
        ("", ""),
    ],
)
def test_slugs_follow_wordpress(title, slug):
    assert text.slugify(title) == slug


def test_a_long_slug_is_cut_at_a_hyphen():
    slug = text.slugify("parola " * 60)

    assert len(slug) <= 200
    assert set(slug.split("-")) == {"parola"}
    assert text.slugify("x" * 300) == "x" * 200


@given(st.text())
def test_a_slug_is_an_address_and_its_own_slug(title):
    slug = text.slugify(title)

    assert all(c.isascii() and (c.isalnum() or c in "-_") for c in slug)
    assert len(slug) <= 200
    assert text.slugify(slug) == slug


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        ("C", "c"),
        ("F#", "f-sharp"),
        ("Software libero", "software-libero"),
    ],
)
def test_tags_that_differ_by_a_sign_get_different_addresses(name, slug):
    assert text.slugify_tag(name) == slug


def test_a_line_is_tidied():
    assert text.tidy_line(" perche\u0301\u200b \u202exyz\u2066 ") == "perché xyz"
    assert text.tidy_line("\u200b a \ufeff") == "a"


def test_prose_keeps_its_lines_and_loses_its_controls():
    assert text.tidy_prose("a\r\nb\rc\x00\x07\x9f\ud800\td") == "a\nb\nc\td"


@pytest.mark.parametrize("bad", ["\x00", "\n", "\x1b", "\x7f", "\x85", "\u2028", "\ud800"])
def test_a_control_character_in_a_line_is_refused(bad):
    with pytest.raises(ValidationError, match="caratteri di controllo"):
        text.refuse_controls(f"a{bad}b")


@given(st.text())
def test_tidying_twice_changes_nothing(value):
    assert text.tidy_line(text.tidy_line(value)) == text.tidy_line(value)
    assert text.tidy_prose(text.tidy_prose(value)) == text.tidy_prose(value)


def test_v1_a_tower_of_marks_costs_no_more_than_other_text():
    start = time.process_time()
    tidy = text.tidy_prose("e" + "\u0301\u0323" * 100_000)

    assert time.process_time() - start < 1
    assert len(tidy) < 40


def test_every_mark_is_one_that_may_be_a_mark_and_italian_has_none():
    marks = [chr(code) for code in range(0x20000) if text.MARKS.match(chr(code))]

    assert all(map(text.MAYBE_MARKS.match, marks))
    assert not text.MAYBE_MARKS.search("È così: l’«open source» – perché no? 5 € … “già”")
    assert text.nfc("perche\u0301") == "perché"


def test_letters_with_many_marks_stay_as_they_are():
    zalgo = "e" + "\u0323\u0301" * 10

    assert text.nfc(text.nfc(zalgo)) == text.nfc(zalgo)
    assert text.nfc("Tiếng Việt, नमस्ते, شُكْرًا") == "Tiếng Việt, नमस्ते, شُكْرًا"


@pytest.mark.parametrize(
    ("typed", "number"),
    [("7", 7), ("007", 7), ("9" * 18, 10**18 - 1), ("0", 0)],
)
def test_the_number_of_a_row_is_read(typed, number):
    assert text.row_number(typed, none=-1) == number


@pytest.mark.parametrize("typed", ["", "x", "-1", "1.5", " 7", "٣", "²", "9" * 19])
def test_what_is_no_number_of_a_row_is_none_of_them(typed):
    assert text.row_number(typed) == 0
    assert text.row_number(typed, none=-1) == -1
