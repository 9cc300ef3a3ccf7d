"""Editors teach the search which words mean the same."""

import pytest

from search.models import Synonym

pytestmark = pytest.mark.django_db
ADD = "/admin/search/synonym/add/"


def test_an_editor_adds_a_synonym(staff_client):
    response = staff_client.post(ADD, {"one": "cormorano", "other": "marangone"})

    assert response.status_code == 302
    assert Synonym.objects.filter(one="cormorano").exists()


@pytest.mark.parametrize(
    ("one", "other", "sentence"),
    [
        ("distribuzione", "distribuzioni", "sono già la stessa parola"),
        ("di", "kernel", "serve una parola che si possa cercare"),
        ("%", "kernel", "serve una parola che si possa cercare"),
        ("k8s", "KUBERNETES", "c’è già"),
        (
            "x",
            "uno due tre quattro cinque sei sette otto nove dieci cento mille mare sole luna terra",
            "12",
        ),
    ],
)
def test_a_synonym_that_means_nothing_is_refused_in_italian(staff_client, one, other, sentence):
    response = staff_client.post(ADD, {"one": one, "other": other})

    assert sentence in response.text


def test_the_first_synonyms_are_there_from_the_start():
    pairs = Synonym.objects.values_list("one", "other")

    assert ("RHEL", "Red Hat Enterprise Linux") in pairs
