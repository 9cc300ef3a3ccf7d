"""What a reader types, understood."""

import pytest

from search.queries import AllOf, AnyOf, Phrase, parse


def wanted(text, **more):
    return [w.terms for w in parse(text, **more).wanted]


def test_words_are_asked_for_all_and_common_ones_are_left_out():
    assert wanted("il server in soffitta") == [("server",), ("soffitt",)]


def test_common_words_are_asked_for_when_there_is_nothing_else():
    assert wanted("chi") == [("chi",)]


def test_quotation_marks_of_any_kind_make_a_phrase():
    for text in ('"software libero"', "«software libero»", "“software libero”"):
        assert wanted(text) == [("softw", "liber")]


def test_an_open_quotation_mark_closes_at_the_end():
    assert wanted('kernel "software libero') == [("kernel",), ("softw", "liber")]


def test_a_minus_excludes_a_word_or_a_phrase():
    query = parse('kernel -android -"google play" cache-control')

    assert [w.terms for w in query.unwanted] == [("android",), ("googl", "play")]
    assert [w.terms for w in query.wanted] == [("kernel",), ("cach", "control")]


def test_an_option_of_a_command_is_a_word():
    query = parse("git push --force-with-lease")

    assert not query.unwanted
    assert [w.terms for w in query.wanted][-1] == ("forc", "with", "leas")


def test_a_search_in_capitals_is_no_row_of_acronyms():
    assert wanted("IL KERNEL") == [("kernel",)]
    assert wanted("AI") == [("ai",)]


def test_operators_are_read_apart_quoted_or_not_and_in_any_case():
    query = parse('autore:livia TAG:"red hat" -categoria:cloud dal:2024 bug')

    found = [(o.name, o.value, o.excluded) for o in query.operators]
    assert found == [
        ("autore", "livia", False),
        ("tag", "red hat", False),
        ("categoria", "cloud", True),
        ("dal", "2024", False),
    ]
    assert [w.terms for w in query.wanted] == [("bug",)]


def test_more_than_twelve_words_are_cut_and_the_reader_is_told():
    query = parse(" ".join(f"parola{chr(97 + n)}" for n in range(15)))

    assert len(query.wanted) == 12
    assert query.told == ["Hai scritto 15 parole: abbiamo cercato le prime 12."]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "%_\\",
        "''",
        '"',
        '""',
        "-",
        "- -",
        "*",
        "AND",
        "(",
        "autore:",
        "-autore:",
        ":",
        "«",
    ],
)
def test_nothing_to_look_for_is_no_error(text):
    parse(text)


def test_a_synonym_widens_the_words_that_stand_for_it_and_no_others():
    pairs = [(("rhel",), ("red", "hat", "enterpris", "linux"))]

    one = parse("rhel sorgenti", synonyms=pairs).wanted
    assert Phrase(("red", "hat", "enterpris", "linux")) in one[0].node.nodes
    assert len(one) == 2
    other = parse("red hat enterprise linux 9", synonyms=pairs).wanted
    assert len(other) == 2
    assert isinstance(other[0].node, AnyOf)
    assert isinstance(other[0].node.nodes[0], AllOf)
    assert parse("red hat", synonyms=pairs).wanted == parse("red hat").wanted
    assert parse('"rhel"', synonyms=pairs).wanted == parse('"rhel"').wanted
