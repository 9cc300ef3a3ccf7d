""" "Segnala": a reader says that a comment should not stand there, and a person looks at it."""

import pytest
from django.test import Client
from django.utils import timezone

from comments.models import ReaderComment, Report, State
from tests.comments.deciding import QUEUE, desk_of, moderator, press, shown, state_of
from tests.comments.writing import make_comment
from tests.factories import make_article

pytestmark = pytest.mark.django_db


def page_of(comment):
    return f"/commenti/segnala/{comment.pk}/"


def send(client, comment, *, reason="insult", text="", address="192.0.2.1", headers=None, **more):
    data = {"reason": reason, "text": text, "homepage": ""} | more
    return client.post(page_of(comment), data, REMOTE_ADDR=address, headers=headers or {})


def test_each_comment_on_the_page_leads_to_its_form(client):
    comment = make_comment(text="Un commento brutto", name="Eva")
    assert page_of(comment) in client.get(comment.article.get_absolute_url()).text

    page = client.get(page_of(comment)).text

    assert "Un commento brutto" in page
    for label in [
        "È pubblicità",
        "Offende qualcuno",
        "È contro la legge",
        "dati personali",
        "Altro",
    ]:
        assert label in page


def test_a_report_is_kept_with_its_reason_and_network(client):
    comment = make_comment()

    page = send(client, comment, text="  Insulta\r\ntutti. ", address="2001:db8:1:2::3")

    assert "Grazie, lo guardiamo" in page.text
    report = Report.objects.get()
    assert (report.comment, report.reason) == (comment, "insult")
    assert report.text.strip() == "Insulta\ntutti."
    assert (report.network, report.closed_at) == ("2001:db8:1::/48", None)


def test_a_report_moves_nothing_by_itself(client):
    comment = make_comment()

    for number in range(10):
        send(client, comment, address=f"198.51.{number}.1")

    assert state_of(comment) == "published"
    assert Report.objects.count() == 10


def test_a_report_brings_the_comment_into_the_queue(client):
    comment = make_comment(text="Da guardare")
    make_comment()
    send(client, comment, text="Guardate qui")
    desk = desk_of(moderator())

    assert "da guardare (1)" in desk.get(QUEUE).text
    page = desk.get(QUEUE, {"segnalati": "aperte"})
    assert shown(page) == [comment.pk]
    assert "Segnalato: Offende qualcuno. «Guardate qui»" in page.text

    press(desk, "reports", comment)
    assert shown(desk.get(QUEUE, {"segnalati": "aperte"})) == []
    assert Report.objects.get().closed_at <= timezone.now()


def test_reports_of_many_cost_one_card(client):
    comment = make_comment()
    for number in range(3):
        send(client, comment, address=f"198.51.{number}.1")

    page = desk_of(moderator()).get(QUEUE, {"segnalati": "aperte"})

    assert shown(page) == [comment.pk]
    assert page.text.count("Segnalato:") == 3


@pytest.mark.parametrize("state", [s for s in State if s != State.PUBLISHED])
def test_p1_a_hidden_comment_answers_like_none(client, state):
    comment = make_comment(state=state, text="Nascosto")

    for answer in (client.get(page_of(comment)), send(client, comment)):
        assert answer.status_code == 404
        assert "Nascosto" not in answer.text
    assert client.get("/commenti/segnala/987654/").status_code == 404
    assert not Report.objects.exists()


def test_p1_a_comment_under_a_hidden_story_answers_like_none(client):
    comment = make_comment(make_article(status="draft"))

    assert client.get(page_of(comment)).status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "x", "9" * 30, "٣"])
def test_p3_odd_numbers_are_no_error(client, number):
    assert client.get(f"/commenti/segnala/{number}/").status_code == 404


def test_a_report_without_a_reason_comes_back_with_all_that_was_typed(client):
    comment = make_comment()

    page = send(client, comment, reason="", text="La mia spiegazione")

    assert page.status_code == 422
    assert "Scegli un motivo." in page.text
    assert "La mia spiegazione" in page.text
    assert not Report.objects.exists()


def test_a_made_up_reason_is_refused_in_italian(client):
    page = send(client, make_comment(), reason="<script>")

    assert page.status_code == 422
    assert "form__error" in page.text
    assert "Select a valid choice" not in page.text
    assert not Report.objects.exists()


def test_the_limit_of_the_explanation_is_a_thousand_characters(client):
    comment = make_comment()

    assert send(client, comment, text="è" * 1000).status_code == 200
    page = send(client, comment, text="è" * 1001)

    assert page.status_code == 422
    assert "Al massimo 1.000 caratteri: qui sono 1.001." in page.text
    assert "è" * 1001 in page.text
    assert Report.objects.count() == 1


def test_c6_a_filled_trap_keeps_nothing_and_gives_the_text_back(client):
    page = send(client, make_comment(), text="Spiego", homepage="https://x.example")

    assert page.status_code == 422
    assert "campo nascosto" in page.text
    assert "Spiego" in page.text
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://127.0.0.1:8000"}, 200),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_c2_a_report_from_another_site_is_refused(headers, status):
    client = Client(enforce_csrf_checks=True)
    page = send(client, make_comment(), text="Spiego", headers=headers)

    assert page.status_code == status
    assert Report.objects.count() == (status == 200)
    assert status == 200 or "Spiego" in page.text
    assert not page.cookies


def test_a_network_reports_five_times_an_hour(client):
    comment = make_comment()
    for number in range(5):
        assert send(client, comment, address=f"192.0.2.{number}").status_code == 200

    page = send(client, comment, text="Ancora", address="192.0.2.99")

    assert page.status_code == 429
    assert 3500 < int(page["Retry-After"]) <= 3600
    assert "Da qui sono arrivate già molte segnalazioni." in page.text
    assert "Ancora" in page.text
    assert send(client, comment, address="192.0.3.1").status_code == 200
    assert Report.objects.count() == 6


def test_k2_the_form_is_shared_and_the_answer_is_not(client):
    comment = make_comment()

    assert client.get(page_of(comment))["Cache-Tags"] == f"article:{comment.article_id}"
    answer = send(client, comment)
    assert answer["Cache-Control"] == "private, no-store"
    assert "Cache-Tags" not in answer.headers


def test_hostile_words_of_a_report_stay_text(client):
    comment = make_comment()
    hostile = "</textarea><script>alert(1)</script>"

    page = send(client, comment, reason="", text=hostile)
    assert "<script>alert" not in page.text
    send(client, comment, text=hostile)

    assert "<script>alert" not in desk_of(moderator()).get(QUEUE, {"segnalati": "aperte"}).text
    assert Report.objects.get().text == hostile


def test_reports_go_with_their_comment():
    comment = make_comment()
    Report.objects.create(comment=comment, reason="spam", network="", at=timezone.now())

    ReaderComment.objects.all().delete()

    assert not Report.objects.exists()
