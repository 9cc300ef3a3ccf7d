"""The shelf of pictures in the admin."""

import pytest
from django.urls import reverse
from django.utils import timezone

from images import files, renditions, uploads
from images.admin import ImageAdmin
from images.models import TRIES, Image
from pagecache.tags import purged
from tests.factories import make_article, make_image
from tests.images import samples

pytestmark = [pytest.mark.django_db, pytest.mark.once]

LIST = "admin:images_image_changelist"
ADD = "admin:images_image_add"
TYPED = {
    "title": "Sala macchine",
    "alt": "Una fila di armadi",
    "credit": "Ada",
    "credit_url": "https://example.org/ada",
    "licence": "cc-by",
    "focus": "top",
}


def change(image):
    return reverse("admin:images_image_change", args=[image.pk])


def test_the_list_shows_each_picture_with_what_matters(staff_client):
    make_image(title="Pronta", credit="Ada", licence="cc0")
    make_image(title="Nuova", rendered_at=None, renditions=[])
    make_image(title="Rotta", rendered_at=None, renditions=[], failures=TRIES, error="Broken: work")
    make_image(title="Film", animated=True, renditions=[])

    page = staff_client.get(reverse(LIST)).text

    for words in ["CC0", "1.600 × 900", "2 pronte", "in preparazione", "Broken: work", "animata"]:
        assert words in page
    assert page.count("<picture>") == 4


@pytest.mark.parametrize("how_many", [1, 30])
def test_cost_of_the_list_does_not_grow(staff_client, django_assert_max_num_queries, how_many):
    for _ in range(how_many):
        make_image()
    staff_client.get(reverse(LIST))

    with django_assert_max_num_queries(8):
        staff_client.get(reverse(LIST))


@pytest.mark.parametrize(
    ("state", "title"), [("pronte", "Pronta"), ("attesa", "Nuova"), ("fallite", "Rotta")]
)
def test_the_list_is_filtered_by_the_state_of_the_copies(staff_client, state, title):
    make_image(title="Pronta")
    make_image(title="Nuova", rendered_at=None)
    make_image(title="Rotta", rendered_at=None, failures=TRIES)

    page = staff_client.get(reverse(LIST), {"copie": state}).text

    assert [name for name in ("Pronta", "Nuova", "Rotta") if name in page] == [title]


def test_a_picture_is_found_by_its_words(staff_client):
    make_image(title="Trovata", alt="Un cavo")
    make_image(title="Persa", alt="Un gatto")

    page = staff_client.get(reverse(LIST), {"q": "cavo"}).text

    assert "Trovata" in page
    assert "Persa" not in page


def test_an_uploaded_picture_is_kept_with_its_texts(staff_client):
    file = samples.upload(samples.photo((400, 300)))

    answer = staff_client.post(reverse(ADD), TYPED | {"file": file})

    assert answer.status_code == 302
    image = Image.objects.get()
    assert {name: getattr(image, name) for name in TYPED} == TYPED
    assert (image.width, image.height) == (400, 300)
    assert files.path(image.name).exists()


def test_a_refused_file_keeps_everything_typed(staff_client):
    file = samples.upload(b"%PDF-1.7", "foto.jpg")

    answer = staff_client.post(reverse(ADD), TYPED | {"file": file})

    assert answer.status_code == 200
    assert "Questo file è un PDF: qui entrano solo JPEG, PNG, GIF, WebP o AVIF." in answer.text
    for text in ("Sala macchine", "Una fila di armadi", "Ada", "https://example.org/ada"):
        assert f'value="{text}"' in answer.text
    assert '<option value="cc-by" selected>' in answer.text
    assert not Image.objects.exists()


def test_the_form_asks_for_a_text_or_a_tick(staff_client):
    image = make_image(alt="x")

    answer = staff_client.post(change(image), TYPED | {"alt": ""})

    assert "Scrivi che cosa si vede, oppure spunta" in answer.text
    assert (
        staff_client.post(change(image), TYPED | {"alt": "", "decorative": "on"}).status_code == 302
    )


def test_the_form_shows_the_picture_and_every_address(staff_client):
    image = make_image()

    page = staff_client.get(change(image)).text

    for name in image.file_names:
        assert f'href="{files.url(name)}"' in page
    assert 'type="file"' not in page


def test_a_save_writes_the_texts_and_leaves_the_rest(staff_client, monkeypatch):
    image = make_image(rendered_at=None, renditions=[])
    made = [{"width": 320, "type": "image/avif", "name": f"{image.name[:-4]}-320.avif"}]
    real = ImageAdmin.save_model

    def after_the_worker(self, request, obj, form, change):
        # The form has loaded its row; the worker finishes before it is saved.
        now = timezone.now()
        Image.objects.filter(pk=obj.pk).update(renditions=made, rendered_at=now)
        real(self, request, obj, form, change)

    monkeypatch.setattr(ImageAdmin, "save_model", after_the_worker)
    before = image.modified_at

    staff_client.post(change(image), TYPED)

    image.refresh_from_db()
    assert image.renditions == made
    assert image.rendered_at
    assert image.title == "Sala macchine"
    assert image.modified_at > before


def test_a_save_forgets_the_pages_that_show_the_picture(
    staff_client, django_capture_on_commit_callbacks
):
    image = make_image()
    forgotten = []

    def remember(tags, **signal):
        forgotten.extend(tags)

    purged.connect(remember)
    with django_capture_on_commit_callbacks(execute=True):
        staff_client.post(change(image), TYPED)
    purged.disconnect(remember)

    assert image.cache_tag in forgotten


def test_i5_a_save_that_fails_after_the_file_takes_it_back(staff_client, monkeypatch):
    def fail(self, *args, **kwargs):
        raise RuntimeError("no")

    monkeypatch.setattr(ImageAdmin, "log_addition", fail)
    file = samples.upload(samples.photo((400, 300)))

    with pytest.raises(RuntimeError):
        staff_client.post(reverse(ADD), TYPED | {"file": file})

    assert not Image.objects.exists()
    assert not list(files.path("").rglob("*.jpg"))


def test_i5_a_disk_that_fills_up_at_the_last_moment_is_told(staff_client, monkeypatch):
    def full(temporary, name):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "place", full)
    file = samples.upload(samples.photo((400, 300)))

    answer = staff_client.post(reverse(ADD), TYPED | {"file": file}, follow=True)

    assert "non riesce a scrivere su disco" in answer.text
    assert not Image.objects.exists()


def test_copies_can_be_made_again(staff_client):
    image = uploads.receive(samples.upload(samples.photo()), title="Prova", alt="x")
    Image.objects.update(failures=TRIES, error="Broken: work")

    staff_client.post(
        reverse(LIST), {"action": "make_copies_again", "_selected_action": [image.pk]}
    )

    assert renditions.make_due() == 1


def test_a_picture_that_opens_a_story_or_stands_in_a_text_is_not_deleted(staff_client):
    lead, inside, free = make_image(), make_image(), make_image()
    make_article(title="Con apertura", lead_image=lead)
    make_article(
        title="Con figura", body=f'<figure class="picture" data-image="{inside.pk}"></figure>'
    ).pictures.set([inside])

    for image, title in [(lead, "Con apertura"), (inside, "Con figura")]:
        address = reverse("admin:images_image_delete", args=[image.pk])
        assert title in staff_client.get(address).text
        assert staff_client.post(address, {"post": "yes"}).status_code != 302
    staff_client.post(reverse("admin:images_image_delete", args=[free.pk]), {"post": "yes"})

    assert set(Image.objects.all()) == {lead, inside}


def test_many_pictures_at_once_are_protected_too(staff_client):
    inside = make_image()
    make_article().pictures.set([inside])

    staff_client.post(
        reverse(LIST),
        {"action": "delete_selected", "_selected_action": [inside.pk], "post": "yes"},
    )

    assert Image.objects.exists()
