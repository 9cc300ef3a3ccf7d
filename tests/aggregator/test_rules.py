"""Keep and drop rules: read from a form, applied to entries, wrong ones named in Italian."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.parsing import Entry
from aggregator.rules import Rule, Wrong, matches, read_rules, wanted

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ENTRY = Entry(
    title="Già pronto il Kernel 6.20",
    extract="Una versione con scheduler nuovo",
    author="La Redazione",
    url="https://fonte.example/podcast/12",
    categories=("Offerte Speciali", "Linux"),
    published=NOW - timedelta(days=10),
)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("titolo: kernel", Rule("title", "kernel")),
        ("  TITOLO :  Kernel  ", Rule("title", "kernel")),
        ("testo: perché", Rule("extract", "perche")),
        ("tag: offerte", Rule("categories", "offerte")),
        ("età: 30", Rule("age", "", 30)),
        ("eta: 30", Rule("age", "", 30)),
        ("kernel", Rule("", "kernel")),
        ("C++", Rule("", "c++")),
        ("https://fonte.example/", Rule("", "https://fonte.example/")),
    ],
)
def test_a_line_is_a_rule(line, rule):
    assert read_rules(line) == (rule,)


def test_empty_lines_are_no_rules():
    assert read_rules("\n  \r\nkernel\n\n") == (Rule("", "kernel"),)
    assert read_rules("") == ()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("titolo:", "Dopo «titolo:» manca la parola."),
        ("età: tanti", "Dopo «età:» scrivi i giorni"),
        ("età: 0", "Dopo «età:» scrivi i giorni"),
        ("età: -3", "Dopo «età:» scrivi i giorni"),
        ("età: ٣", "Dopo «età:» scrivi i giorni"),
        ("età: 99999999999999999999", "Dopo «età:» scrivi i giorni"),
        ("titel: kernel", "Non conosco il campo «titel»."),
        ("\n".join(f"parola{n}" for n in range(201)), "Al massimo 200 regole: qui sono 201."),
    ],
)
def test_a_rule_that_cannot_be_read_is_told_in_italian(line, words):
    with pytest.raises(Wrong, match=words.replace(".", r"\.")):
        read_rules(line)


@pytest.mark.parametrize(
    "line",
    [
        "titolo: KERNEL",
        "titolo: gia",
        "testo: schedulér",
        "autore: redazione",
        "tag: offerte",
        "indirizzo: /podcast/",
        "età: 9",
        "kernel 6.20",
        "scheduler",
    ],
)
def test_a_rule_meets_without_case_and_accents(line):
    assert matches(read_rules(line)[0], ENTRY, NOW)


@pytest.mark.parametrize("line", ["titolo: scheduler", "testo: kernel", "età: 10", "k.rnel", "*"])
def test_a_rule_is_a_word_in_its_field_and_no_pattern(line):
    assert not matches(read_rules(line)[0], ENTRY, NOW)


def test_an_entry_without_date_has_no_age():
    assert not matches(Rule("age", "", 1), Entry(title="x"), NOW)


@pytest.mark.parametrize(
    ("keep", "drop", "taken"),
    [
        ("", "", True),
        ("kernel", "", True),
        ("systemd\nkernel", "", True),
        ("systemd", "", False),
        ("", "scheduler", False),
        ("kernel", "scheduler", False),
        ("", "systemd", True),
    ],
)
def test_drop_wins_and_keep_must_be_met_where_there_is_one(keep, drop, taken):
    assert wanted(ENTRY, read_rules(keep), read_rules(drop), NOW) is taken
