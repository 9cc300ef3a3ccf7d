"""The editor's dialogue: pictures as JSON, found, uploaded, refused."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from images import files, uploads
from images.models import Image
from tests.factories import make_image, make_user
from tests.images import samples

pytestmark = [pytest.mark.django_db, pytest.mark.once]

FIELDS = {"licence": "ours", "focus": "center", "alt": "Un pinguino", "title": "", "credit": ""}


@pytest.fixture
def address():
    return reverse("admin:images_image_picker")


def person(client, *permissions):
    user = make_user(superuser=False)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


def send(client, address, content=None, name="foto.jpg", **fields):
    file = samples.upload(content or samples.photo((400, 300)), name)
    return client.post(address, FIELDS | {"file": file} | fields)


def test_the_newest_come_first_with_what_the_dialogue_shows(staff_client, address):
    make_image(title="Vecchia")
    image = make_image(title="Nuova", alt="Tux", credit="Ada", licence="cc0")

    found = staff_client.get(address).json()

    assert [picture["title"] for picture in found["results"]] == ["Nuova", "Vecchia"]
    assert found["more"] is False
    assert found["results"][0] == {
        "id": image.pk,
        "title": "Nuova",
        "alt": "Tux",
        "decorative": False,
        "credit": "Ada",
        "licence": "cc0",
        "focus": "center",
        "thumb": files.url(image.renditions[1]["name"]),
        "card": files.url(image.renditions[1]["name"]),
        "fits": True,
        "width": 1600,
        "height": 900,
    }


def test_words_are_looked_for_in_name_text_and_credit(staff_client, address):
    make_image(title="Sala macchine", alt="x", credit="x")
    make_image(title="x", alt="Una sala", credit="macchine")
    make_image(title="Sala", alt="x", credit="x")

    found = staff_client.get(address, {"q": "sala MACCHINE"}).json()

    assert len(found["results"]) == 2


@pytest.mark.parametrize("words", ["%", "\\", "_", "a\tb", "'; DROP TABLE", '"a', "'"])
def test_odd_words_break_nothing(staff_client, address, words):
    make_image(title="Tux", alt="Tux", credit="")

    answer = staff_client.get(address, {"q": words})

    assert answer.status_code == 200
    # A lone apostrophe is no word at all: everything is found, as with an empty box.
    assert len(answer.json()["results"]) == (words == "'")


def test_too_many_words_are_told(staff_client, address):
    answer = staff_client.get(address, {"q": "a" * 201})

    assert answer.status_code == 422
    assert answer.json() == {"errors": {"q": ["Cerca con al massimo 200 caratteri."]}}


def test_pages_of_24(staff_client, address):
    for _ in range(25):
        make_image()

    first, second = (staff_client.get(address, {"page": page}).json() for page in (1, 2))

    assert (len(first["results"]), first["more"]) == (24, True)
    assert (len(second["results"]), second["more"]) == (1, False)


@pytest.mark.parametrize("page", ["0", "-1", "abc", "", "²", "9" * 30])
def test_an_odd_page_is_the_first(staff_client, address, page):
    make_image()

    assert len(staff_client.get(address, {"page": page}).json()["results"]) == 1


@pytest.mark.parametrize("how_many", [1, 24])
def test_cost_does_not_grow_with_the_list(
    staff_client, address, django_assert_max_num_queries, how_many
):
    for _ in range(how_many):
        make_image()
    staff_client.get(address)

    with django_assert_max_num_queries(3):  # session, user, pictures
        staff_client.get(address)


def test_one_picture(staff_client):
    image = make_image(title="Tux")

    answer = staff_client.get(reverse("admin:images_image_picker_one", args=[image.pk]))

    assert answer.json()["title"] == "Tux"
    gone = reverse("admin:images_image_picker_one", args=[image.pk + 1])
    assert staff_client.get(gone).status_code == 404


def test_an_uploaded_picture_comes_back_as_one_object(staff_client, address):
    answer = send(staff_client, address, name="sala_macchine.jpg", credit="Ada")

    image = Image.objects.get()
    assert answer.status_code == 201
    assert answer.json()["id"] == image.pk
    assert answer.json()["title"] == image.title == "sala macchine"
    assert answer.json()["thumb"] == image.url
    assert (image.alt, image.credit, image.width) == ("Un pinguino", "Ada", 400)
    assert files.path(image.name).exists()


@pytest.mark.parametrize(
    ("content", "fields", "where", "words"),
    [
        (b"<svg></svg>", {}, "file", "un SVG"),
        (samples.bomb(), {}, "file", "30.000 × 30.000"),
        (None, {"alt": ""}, "alt", "Scrivi che cosa si vede"),
        (None, {"alt": "x" * 301}, "alt", "300"),
        (None, {"licence": "furto"}, "licence", "furto"),
        (None, {"title": "a\x07b"}, "title", "caratteri di controllo"),
    ],
)
def test_a_refusal_names_the_field(staff_client, address, content, fields, where, words):
    answer = send(staff_client, address, content, **fields)

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [where]
    assert words in answer.json()["errors"][where][0]
    assert not Image.objects.exists()


def test_a_file_is_needed(staff_client, address):
    answer = staff_client.post(address, FIELDS)

    assert answer.json() == {"errors": {"file": ["Scegli un file."]}}


def test_a_decorative_picture_needs_no_text(staff_client, address):
    assert send(staff_client, address, alt="", decorative="on").status_code == 201


def test_i5_a_disk_that_fills_up_at_the_last_moment_is_told(staff_client, address, monkeypatch):
    def full(temporary, name):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "place", full)

    answer = send(staff_client, address)

    assert answer.status_code == 422
    assert "disco" in answer.json()["errors"]["file"][0]


def test_only_staff_may_look_and_upload(client, address):
    assert client.get(address).status_code == 302
    assert send(client, address).status_code in (302, 403)
    client.force_login(make_user(staff=False, superuser=False))
    assert client.get(address).status_code == 302
    assert not Image.objects.exists()


def test_a7_looking_and_uploading_ask_for_their_own_permission(client, address):
    one = reverse("admin:images_image_picker_one", args=[make_image().pk])
    person(client)
    assert client.get(address).status_code == 403
    assert client.get(one).status_code == 403

    person(client, "view_image")
    assert client.get(address).status_code == 200
    assert client.get(one).status_code == 200
    assert send(client, address).status_code == 403

    person(client, "add_image")
    assert send(client, address).status_code == 201


def test_a7_an_upload_needs_the_form_token(address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())

    assert send(client, address).status_code == 403
    assert not Image.objects.exists()


def test_other_methods_are_refused(staff_client, address):
    assert staff_client.delete(address).status_code == 405


def test_a_picture_is_logged_with_who_brought_it(staff_client, address):
    from django.contrib.admin.models import LogEntry

    send(staff_client, address)

    entry = LogEntry.objects.get()
    assert entry.user.username == "redattrice"
    assert entry.object_id == str(Image.objects.get().pk)


def test_receive_and_the_dialogue_are_one_door(staff_client, address, monkeypatch):
    def refuse(file):
        raise uploads.Refused("No.")

    monkeypatch.setattr(uploads, "examine", refuse)

    assert send(staff_client, address).json() == {"errors": {"file": ["No."]}}
