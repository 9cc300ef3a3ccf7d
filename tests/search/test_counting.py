"""How often words stand in many texts at once: the same as in each alone."""

from random import Random

import pytest

from search.counting import Texts, counted
from search.queries import AllOf, AnyOf, Phrase

ONE, ROW = Phrase(("kernel",)), Phrase(("softw", "liber"))


def alone(node, text):
    if isinstance(node, Phrase):
        return f" {text} ".count(f" {' '.join(node.terms)} ")
    return {AnyOf: sum, AllOf: min}[type(node)](alone(child, text) for child in node.nodes)


@pytest.mark.parametrize("node", [ONE, ROW, AnyOf((ONE, ROW)), AllOf((ONE, AnyOf((ROW, ONE))))])
def test_many_texts_give_what_each_gives_alone(node):
    chance = Random(7)
    terms = ["kernel", "kernels", "softw", "liber", "altro"]
    texts = [" ".join(chance.choices(terms, k=chance.randint(0, 12))) for _ in range(300)]

    found = counted(node, Texts(texts))

    assert found == {n: times for n, text in enumerate(texts) if (times := alone(node, text))}
    assert list(found) == sorted(found)


def test_no_row_of_words_goes_from_one_text_into_the_next():
    assert counted(ROW, Texts(["softw", "liber", "softw liber"])) == {2: 1}
    assert counted(ROW, Texts([])) == {}
