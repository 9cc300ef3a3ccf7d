"""A form that another site sends is refused; a browser that says nothing is believed (C2)."""

import pytest
from django.conf import settings

from comments import tokens
from comments.models import DataRequest, ReaderComment, Report, State
from tests.comments.reading import fields_of, page_of, press_again
from tests.comments.writing import make_comment, make_commenter, post, proof_of
from tests.factories import make_article
from tests.modes import HOST, in_production

pytestmark = [pytest.mark.django_db, pytest.mark.once]

HERE = settings.SITE_URL
FROM_HERE = [
    {},
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
    {"origin": HERE},
    {"origin": HERE, "sec-fetch-site": "same-origin"},
    {"origin": "null", "sec-fetch-site": "same-origin"},  # our own no-referrer pages
]
FROM_ELSEWHERE = [
    {"sec-fetch-site": "cross-site"},
    {"origin": "https://evil.example"},
    {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    {"origin": HERE, "sec-fetch-site": "cross-site"},
    {"origin": "null"},
    {"origin": "null", "sec-fetch-site": "cross-site"},
    {"origin": "null", "sec-fetch-site": "same-site"},
    {"origin": "null", "sec-fetch-site": "none"},
    {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
    {"origin": f"{HERE}.evil.example"},
    {"origin": f"{HERE}/"},
    {"origin": HERE.upper() + "X"},
    {"origin": HERE.replace("http:", "https:")},
    {"origin": ""},
    {"origin": "http://127.0.0.1:1"},
]


def words(headers):
    return " ".join(f"{name}={value}" for name, value in headers.items()) or "no header"


@pytest.mark.parametrize("headers", FROM_HERE, ids=words)
def test_c2_a_form_of_ours_is_taken(client, headers):
    assert post(client, make_article(), headers=headers).status_code == 302
    assert ReaderComment.objects.count() == 1


@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=words)
def test_c2_a_form_of_another_site_is_refused_and_the_text_comes_back(client, headers):
    text = "Un testo che non si perde."

    response = post(client, make_article(), headers=headers, comment=text)

    assert response.status_code == 403
    assert not ReaderComment.objects.exists()
    assert fields_of(response)["comment"] == text
    assert page_of(response).alarms == [
        "Il modulo arriva da un altro sito. Il testo è qui sotto: controllalo e premi tu."
    ]
    assert not response.cookies


def test_c2_the_reader_can_send_it_from_here_with_one_press(client):
    refused = post(client, make_article(), headers={"origin": "https://evil.example"})

    assert press_again(client, refused).status_code == 302


def test_c2_cookies_play_no_part(client):
    client.cookies["sessionid"] = client.cookies["csrftoken"] = "x"
    with_cookies = post(client, make_article())
    client.cookies.clear()
    without = post(client, make_article(), address="198.51.100.1", email="eva@example.org")

    assert (with_cookies.status_code, without.status_code) == (302, 302)
    assert not with_cookies.cookies
    assert not without.cookies


def test_c2_even_staff_that_is_logged_in_comments_as_a_stranger(staff_client):
    post(staff_client, make_article())

    comment = ReaderComment.objects.get()
    assert (comment.user, comment.state) == (None, State.UNCONFIRMED)


def test_c2_in_production_only_the_public_name_counts(settings):
    client = in_production(settings)
    article = make_article()

    ours = post(client, article, headers={"origin": f"https://{HOST}"})
    bare = post(client, article, headers={"origin": "https://example.org"})
    plain = post(client, article, headers={"origin": f"http://{HOST}"})

    assert [r.status_code for r in (ours, bare, plain)] == [302, 403, 403]


@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=words)
def test_c2_the_other_forms_of_readers_look_at_the_same_headers(client, headers):
    comment = make_comment()
    young = make_comment(state=State.UNCONFIRMED, email="eva@example.org")
    correct = f"/commenti/correggi/{tokens.make('correct', young.pk)}/"
    confirm = f"/commenti/conferma/{tokens.make('confirm', young.pk)}/"
    forms = {
        "/commenti/anteprima/": {"comment": "x"},
        f"/commenti/segnala/{comment.pk}/": {"reason": "spam", "text": "x"},
        "/commenti/dati/": {"kind": "copy", "email": "ada@example.org"},
        correct: {"comment": "un altro testo"},
        confirm: {},
    }
    for address, data in forms.items():
        assert client.post(address, data, headers=headers).status_code == 403, address
    young.refresh_from_db()
    young.commenter.refresh_from_db()
    assert not Report.objects.exists()
    assert not DataRequest.objects.exists()
    assert (young.state, young.commenter.confirmed_at) == (State.UNCONFIRMED, None)
    assert young.comment != "un altro testo"


def test_c2_a_proof_that_another_site_stole_publishes_nothing(client):
    ada = make_commenter()

    response = post(
        client, make_article(), proof=proof_of(ada), headers={"origin": "https://evil.example"}
    )

    assert response.status_code == 403
    assert not ReaderComment.objects.exists()
