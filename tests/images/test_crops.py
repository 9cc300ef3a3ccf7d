"""The shapes other sites show: what is cut, around what, and when a picture is no use."""

import pytest
from PIL import Image as Pillow

from images import crops, files, uploads
from images.models import Image
from pagecache.tags import purged
from tests.images import samples

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def picture(width, height, **fields):
    return Image(name=f"ab/{'0' * 40}.jpg", width=width, height=height, **fields)


def receive(content=None, **fields):
    file = samples.upload(content or samples.photo((1300, 800)))
    return uploads.receive(file, title="Prova", alt="Prova", **fields)


def sizes(image):
    return {crop["shape"]: (crop["width"], crop["height"]) for crop in crops.plan(image)}


def test_crops_have_their_shape_and_are_never_enlarged():
    assert sizes(picture(2560, 1600)) == crops.SHAPES
    assert sizes(picture(1000, 500)) == {
        "1x1": (500, 500),
        "4x3": (667, 500),
        "16x9": (889, 500),
        "191x100": (952, 500),
    }
    assert sizes(picture(200, 200)) == {}


@pytest.mark.parametrize(
    ("focus", "square"),
    [
        ("center", (250, 0, 750, 500)),
        ("left", (0, 0, 500, 500)),
        ("right", (500, 0, 1000, 500)),
        ("top", (250, 0, 750, 500)),
    ],
)
def test_crops_keep_the_focus(focus, square):
    assert crops.box(picture(1000, 500, focus=focus), "1x1") == square


def test_a_tall_picture_is_cut_where_its_focus_says():
    assert crops.box(picture(600, 900, focus="top"), "16x9") == (0, 0, 600, 338)
    assert crops.box(picture(600, 900, focus="bottom"), "16x9") == (0, 562, 600, 900)


@pytest.mark.parametrize(
    ("size", "fit"),
    [
        ((1600, 900), True),
        ((800, 800), True),
        ((600, 315), True),
        ((599, 315), False),  # too small
        ((900, 1600), False),  # too tall
        ((3000, 600), False),  # too wide
    ],
)
def test_only_a_picture_of_a_fit_shape_and_size_stands_for_a_story(size, fit):
    assert crops.fits(picture(*size)) is fit


@pytest.mark.parametrize("content", [samples.photo((1300, 800)), samples.drawing((1300, 800))])
def test_every_crop_is_what_its_row_says(content, django_capture_on_commit_callbacks):
    image, heard = receive(content, focus="left"), []
    purged.connect(listener := lambda tags, **_: heard.extend(tags))
    with django_capture_on_commit_callbacks(execute=True):
        crops.make(image)
    purged.disconnect(listener)
    image.refresh_from_db()

    assert [crop["shape"] for crop in image.crops] == list(crops.SHAPES)
    assert heard == [image.cache_tag]
    for crop in image.crops:
        with Pillow.open(files.path(crop["name"])) as part:
            part.load()
            assert part.size == (crop["width"], crop["height"])
            assert part.get_format_mimetype() == crop["type"]
    if image.name.endswith(".png"):
        with Pillow.open(files.path(crops.crop_of(image, "1x1")["name"])) as part:
            assert part.getpixel((0, 0)) == (0, 0, 128)  # the dark quarter is on the left


def test_a_crop_is_served_like_every_picture(client):
    image = receive()
    crops.make(image)

    response = client.get(files.url(image.crops[0]["name"]))

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/jpeg"
    response.close()


def test_a_new_focus_gives_new_names_and_the_old_files_go(django_capture_on_commit_callbacks):
    image = receive()
    crops.make(image)
    before = [crop["name"] for crop in image.crops]
    Image.objects.filter(pk=image.pk).update(focus="right")
    image.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        crops.make(image)

    assert not {crop["name"] for crop in image.crops} & set(before)
    assert not any(files.path(name).exists() for name in before)
    assert all(files.path(crop["name"]).exists() for crop in image.crops)


def test_a_second_time_there_is_nothing_to_do(monkeypatch):
    image = receive()
    crops.make(image)
    monkeypatch.setattr(crops, "cut", None)

    crops.make(image)


def test_a_deleted_picture_takes_its_crops_along(django_capture_on_commit_callbacks):
    image = receive()
    crops.make(image)
    names = image.file_names
    with django_capture_on_commit_callbacks(execute=True):
        image.delete()

    assert len(names) == 5
    assert not any(files.path(name).exists() for name in names)


def test_a_moving_picture_is_cut_from_its_first_frame():
    image = receive(samples.movie(frames=3, size=(700, 500)))
    crops.make(image)

    assert image.animated
    assert {crop["type"] for crop in image.crops} == {"image/jpeg"}
