"""Tags that look alike: what is found, what is not, and that the work stays in proportion."""

import random

import pytest

from articles import duplicates
from articles.duplicates import ROOT, SAME, SHORT, SLIP


def found(*names, distinct=()):
    rows = list(enumerate(names))
    apart = {frozenset(names.index(name) for name in two) for two in distinct}
    return [
        ({names[pair.one], names[pair.other]}, pair.why) for pair in duplicates.pairs(rows, apart)
    ]


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("open source", "open-source", SAME),
        ("open-source", "OpenSource", SAME),
        ("Accessibilità", "accessibilita", SAME),
        ("Let’s Encrypt", "Lets Encrypt", SAME),
        ("node.js", "NodeJS", SAME),
        ("distribuzione", "distribuzioni", ROOT),
        ("contenitore", "Contenitori", ROOT),
        ("licenza", "licenze", ROOT),
        ("formato aperto", "formati aperti", ROOT),
        ("RHEL", "Red Hat Enterprise Linux", SHORT),
        ("Red Hat Enterprise Linux (RHEL)", "RHEL", SHORT),
        ("IA", "intelligenza artificiale", SHORT),
        ("Kuberntes", "Kubernetes", SLIP),
        ("Kubernetse", "Kubernetes", SLIP),
        ("PostgreSQL", "PosgreSQL", SLIP),
        ("Raspberry", "Rasbberry", SLIP),
    ],
)
def test_names_of_one_thing_are_found(one, other, why):
    assert found(one, other) == [({one, other}, why)]
    assert found(other, one) == [({one, other}, why)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C", "C++"),
        ("C++", "C#"),
        ("Fedora 40", "Fedora 41"),
        ("Ubuntu 24.04", "Ubuntu 24.10"),
        ("Rust", "Ruby"),
        ("Git", "Gin"),
        ("KDE", "KDE Plasma"),
        ("Debian", "Devuan"),
        ("SSH", "OpenSSH"),
        ("Kernel 6.12", "Kernel 6.13"),
        ("???", "!!!"),
        ("Linux", "Linux Foundation"),
    ],
)
def test_names_of_two_things_are_not(one, other):
    assert found(one, other) == []


def test_three_spellings_are_two_pairs_with_the_most_used_one():
    pairs = found("open-source", "open source", "opensource")

    assert [pair for pair, _ in pairs] == [
        {"open-source", "open source"},
        {"open-source", "opensource"},
        {"open source", "opensource"},
    ]


def test_what_was_told_apart_stays_apart_and_the_others_are_still_found():
    names = ("porta", "porto", "porti")
    pairs = found(*names, distinct=[("porta", "porto")])

    assert {"porta", "porto"} not in [pair for pair, _ in pairs]
    assert {"porto", "porti"} in [pair for pair, _ in pairs]


def test_the_house_example_is_found():
    assert [pair for pair, _ in found("Kubernetes", "Kubernets")] == [{"Kubernetes", "Kubernets"}]


def test_two_tags_stand_in_the_list_once():
    assert len(found("Kubernetes", "kubernetes-")) == 1


def some_names(how_many):
    dice = random.Random(how_many)
    letters = "abcdefghilmnopqrstuvz"
    return [
        " ".join("".join(dice.choices(letters, k=dice.randint(3, 9))) for _ in range(2))
        for _ in range(how_many)
    ]


SHAPES = {
    "words": some_names,
    "one beginning": lambda n: [f"distribuzione {chr(97 + i % 26)}{i}" for i in range(n)],
    "one letter apart": lambda n: [f"kubernete{chr(0x4E00 + i)}" for i in range(n)],
    "one spelling": lambda n: ["open" + "-" * (i % 60) + "source" for i in range(n)],
    "one acronym": lambda n: [f"alfa beta{i} gamma" for i in range(n // 2)] + ["abg"] * (n // 2),
    "long": lambda n: [f"{'parola ' * 13}{i}" for i in range(n)],
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_v1_comparisons_grow_with_the_number_of_tags(monkeypatch, shape):
    compared = [0]
    compare = duplicates.differs_little

    def counting(*args):
        compared[0] += 1
        return compare(*args)

    monkeypatch.setattr(duplicates, "differs_little", counting)
    numbers = []
    for size in (600, 1200, 2400):
        compared[0] = 0
        duplicates.pairs(list(enumerate(shape(size))))
        numbers.append(compared[0])

    assert numbers[1] <= max(2.5 * numbers[0], 1200 * duplicates.NEAR)
    assert numbers[2] <= max(2.5 * numbers[1], 2400 * duplicates.NEAR)


def test_v1_five_thousand_tags_are_looked_at_in_one_go():
    names = [*some_names(4998), "Kubernetes", "Kuberntes"]

    pairs = duplicates.pairs(list(enumerate(names)))

    assert (4998, 4999, SLIP) in pairs
