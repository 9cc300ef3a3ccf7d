"""The passage of a result: which one it is, and what is marked in it."""

import pytest

from search import snippets
from search.queries import parse


def passage(text, asked):
    return snippets.passage(text, snippets.phrases(parse(asked)))


def shown(text, asked):
    return "".join(f"[{piece}]" if hit else piece for piece, hit in passage(text, asked))


def test_the_passage_is_the_first_that_has_the_most_of_the_words():
    filler = "altro testo di mezzo " * 30
    text = f"Il kernel. {filler} Qui kernel e portatile. {filler} Di nuovo portatile e kernel."

    assert "Qui [kernel] e [portatile]." in shown(text, "kernel portatile")
    assert shown(text, "kernel").startswith("Il [kernel].")


@pytest.mark.parametrize(
    ("text", "asked", "marked"),
    [
        ("Il C++ e il C.", "c++", "Il [C++] e il C."),
        ("Con .NET si fa.", ".net", "Con [.NET] si fa."),
        ("Dell’open-source e altro.", "opensource", ""),
        ("Un progetto open-source.", "open source", "Un progetto [open-source]."),
        ("L’aggiornamento è già qui.", "aggiornamenti", "L’[aggiornamento] è già qui."),
        ("Tivù e città.", "citta", "Tivù e [città]."),
        ("Kernel_6.12 esce.", "6.12", "[Kernel_6.12] esce."),
        ("Un sottokernel.", "kernel", ""),
        ("", "kernel", ""),
    ],
)
def test_words_are_marked_as_they_stand(text, asked, marked):
    assert shown(text, asked) == marked


def test_a_word_in_many_places_is_looked_for_in_the_first_ones():
    text = "kernel " * 4000

    assert len(snippets.likely(text, snippets.phrases(parse("kernel")))) == snippets.MOST_PLACES
    assert shown(text, "kernel").startswith("[kernel] [kernel]")
