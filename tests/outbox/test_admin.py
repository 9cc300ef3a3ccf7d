"""The outbox at the desk: what became of a mail, never what stood in it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from outbox.models import Message
from outbox.posting import post
from tests.factories import make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/outbox/message/"
WORDS = "Zq7segreto"


def write(to="ada@example.org", subject="Ciao", **columns):
    message = post(to, subject, WORDS, html=WORDS, headers={"X-Prova": WORDS})
    Message.objects.filter(pk=message.pk).update(**columns)
    return message


@pytest.fixture
def four():
    now = timezone.now()
    return {
        "attesa": write(subject="Prima"),
        "riprovare": write(
            subject="Seconda", tries=2, error="Il server ha risposto 450 greylisted"
        ),
        "inviati": write(subject="Terza", sent_at=now),
        "falliti": write(
            subject="Quarta", failed_at=now, tries=1, error="Il server ha risposto 550 no"
        ),
    }


def test_the_list_tells_recipient_subject_state_and_reason(staff_client, four):
    page = staff_client.get(LIST).text

    for told in ("ada@example.org", "Prima", "in attesa", "da riprovare", "450 greylisted"):
        assert told in page
    for told in ("inviato", "non riuscito", "550 no", "Posta in uscita"):
        assert told in page


@pytest.mark.parametrize("state", ["attesa", "riprovare", "inviati", "falliti"])
def test_the_list_can_be_narrowed_to_a_state(staff_client, four, state):
    rows = staff_client.get(LIST, {"stato": state}).context["cl"].result_list

    assert list(rows) == [four[state]]


def test_a_mail_is_found_by_its_recipient(staff_client, four):
    other = write(to="eva@example.org")

    assert list(staff_client.get(LIST, {"q": "eva@"}).context["cl"].result_list) == [other]


def test_g1_the_words_of_a_mail_are_shown_nowhere(staff_client):
    message = write()
    pages = [LIST, f"{LIST}{message.pk}/change/", f"{LIST}{message.pk}/history/"]
    pages.append(f"{LIST}{message.pk}/delete/")
    for page in pages:
        response = staff_client.get(page)
        assert response.status_code == 200
        assert WORDS not in response.text
    chosen = {"action": "delete_selected", "_selected_action": [message.pk]}
    assert WORDS not in staff_client.post(LIST, chosen).text


def test_nobody_adds_or_edits(staff_client):
    message = write()
    assert staff_client.get(f"{LIST}add/").status_code == 403
    assert staff_client.post(f"{LIST}add/", {"to": "eva@example.org"}).status_code == 403
    assert (
        staff_client.post(f"{LIST}{message.pk}/change/", {"to": "x@example.org"}).status_code == 403
    )

    assert Message.objects.get().to == "ada@example.org"


def test_riprova_adesso_makes_it_due_at_once(staff_client, four):
    Message.objects.unsent().update(due_at=timezone.now() + timedelta(hours=1))
    chosen = [message.pk for message in four.values()]

    page = staff_client.post(LIST, {"action": "retry_now", "_selected_action": chosen}, follow=True)

    assert "Messaggi che riproviamo subito: 3." in page.text
    assert set(Message.objects.due()) == set(four.values()) - {four["inviati"]}


def test_elimina_asks_first_then_deletes(staff_client, four):
    chosen = {"action": "delete_selected", "_selected_action": [four["falliti"].pk]}
    assert "Elimina" in staff_client.get(LIST).text
    assert staff_client.post(LIST, chosen).status_code == 200
    assert Message.objects.count() == 4

    staff_client.post(LIST, chosen | {"post": "yes"})

    assert Message.objects.count() == 3


def test_a4_without_the_right_to_change_nobody_tries_again(client, four):
    user = make_user("lettore", superuser=False)
    user.user_permissions.add(Permission.objects.get(codename="view_message"))
    client.force_login(user)
    page = client.get(LIST).text
    client.post(LIST, {"action": "retry_now", "_selected_action": [four["falliti"].pk]})
    client.post(
        LIST, {"action": "delete_selected", "_selected_action": [four["falliti"].pk], "post": "yes"}
    )

    assert "Prima" in page
    assert "Riprova adesso" not in page
    assert Message.objects.failed().count() == 1


def test_the_list_costs_the_same_at_any_length(staff_client, django_assert_num_queries):
    write()
    staff_client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        staff_client.get(LIST)
    for _ in range(20):
        write()

    with django_assert_num_queries(len(few.captured_queries)):
        staff_client.get(LIST)
    assert not any('"outbox_message"."text"' in query["sql"] for query in few.captured_queries)
