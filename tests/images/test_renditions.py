"""The smaller copies: which ones, made once, and what happens when it goes wrong."""

import os
import signal
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image as Pillow

from images import files, renditions, uploads, workshop
from images.models import TRIES, WAITS, Image
from pagecache.tags import purged
from tests.images import samples

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def receive(content=None, **texts):
    file = samples.upload(content or samples.photo((700, 500)))
    return uploads.receive(file, title="Prova", alt="Prova", **texts)


def in_store(image):
    folder = files.path(image.name).parent
    return sorted(f"{folder.name}/{file.name}" for file in folder.iterdir())


def test_copies_come_from_the_closed_list_and_are_never_larger_than_the_picture():
    image = Image(name=f"ab/{'0' * 40}.jpg", width=1000, height=500)

    assert [(copy["width"], copy["type"]) for copy in renditions.plan(image)] == [
        (320, "image/avif"),
        (320, "image/jpeg"),
        (640, "image/avif"),
        (640, "image/jpeg"),
        (960, "image/avif"),
        (960, "image/jpeg"),
        (1000, "image/avif"),
    ]
    image.width = 2560
    assert max(copy["width"] for copy in renditions.plan(image)) == 1920
    image.width = 100
    assert [copy["name"] for copy in renditions.plan(image)] == [f"ab/{'0' * 40}-100.avif"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (samples.photo((700, 500)), "JPEG"),
        (samples.drawing((700, 500)), "PNG"),
        (samples.encoded(Pillow.new("RGBA", (700, 500), (9, 9, 9, 99)), "WEBP"), "WEBP"),
        (samples.encoded(Pillow.new("RGBA", (700, 500), (9, 9, 9, 99)), "PNG"), "PNG"),
        (samples.encoded(Pillow.new("L", (700, 500), 99), "JPEG"), "JPEG"),
    ],
)
def test_every_copy_is_what_its_row_says(content, kind):
    image = receive(content)
    renditions.make_due()
    image.refresh_from_db()

    assert [copy["width"] for copy in image.renditions] == [320, 320, 640, 640, 700]
    assert in_store(image) == sorted(image.file_names)
    for copy in image.renditions:
        with Pillow.open(files.path(copy["name"])) as picture:
            picture.load()
            assert picture.size == (copy["width"], round(500 * copy["width"] / 700))
            assert picture.get_format_mimetype() == copy["type"] == files.type_of(copy["name"])
            assert picture.format in ("AVIF", kind)
            assert not picture.getexif()


def test_a_very_long_picture_keeps_at_least_one_pixel():
    image = receive(samples.drawing((2000, 1)))

    assert renditions.make_due() == 1
    image.refresh_from_db()
    assert image.rendered_at


@pytest.mark.both
def test_nothing_due_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert renditions.make_due() == 0


def test_making_copies_moves_the_date_and_forgets_the_pages(django_capture_on_commit_callbacks):
    image = receive()
    forgotten = []

    def remember(tags, **signal):
        forgotten.extend(tags)

    purged.connect(remember)
    with django_capture_on_commit_callbacks(execute=True):
        renditions.make_due()
    purged.disconnect(remember)

    assert forgotten == [image.cache_tag]
    before = image.modified_at
    image.refresh_from_db()
    assert image.modified_at > before
    assert (image.failures, image.error, image.claimed_at) == (0, "", None)


@pytest.mark.both
def test_a_limit_leaves_the_rest_for_the_next_run():
    for _ in range(3):
        receive(samples.photo((40, 30)))

    assert [renditions.make_due(limit=2), renditions.make_due(limit=2)] == [2, 1]


@pytest.mark.both
def test_d2_two_workers_make_one_set(monkeypatch):
    receive()
    real, calls = renditions.write_copies, []

    def while_another_looks(image, copies):
        calls.append(image.pk)
        assert renditions.make_due() == 0
        real(image, copies)

    monkeypatch.setattr(renditions, "write_copies", while_another_looks)

    assert renditions.make_due() == 1
    assert len(calls) == 1


@pytest.mark.both
def test_d2_only_one_of_two_who_saw_the_same_row_gets_it():
    receive()
    first, second = Image.objects.due().get(), Image.objects.due().get()

    assert renditions.claim(first)
    assert not renditions.claim(second)


@pytest.mark.both
def test_d1_killed_half_way_the_next_worker_makes_the_whole_set(monkeypatch):
    image = receive()
    now = timezone.now()
    assert renditions.claim(image, now)
    worker = os.fork()
    if not worker:
        real, count = files.place, iter(range(9))

        def place_two(temporary, name):
            if next(count) == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            real(temporary, name)

        files.place = place_two
        try:
            renditions.write_copies(image, renditions.plan(image))
        finally:
            os._exit(1)  # not reached
    assert os.waitpid(worker, 0)[1] == signal.SIGKILL
    assert len(in_store(image)) == 3
    image.refresh_from_db()
    assert image.renditions == []

    assert renditions.make_due(now=now + WAITS[0] - timedelta(seconds=1)) == 0
    assert renditions.make_due(now=now + WAITS[0]) == 1
    image.refresh_from_db()
    assert in_store(image) == sorted(image.file_names)


@pytest.mark.both
def test_d5_a_claim_from_the_future_is_dead():
    image = receive()
    renditions.claim(image, timezone.now() + timedelta(days=1))

    assert renditions.make_due() == 1


@pytest.mark.both
def test_a_failure_is_kept_on_the_row_and_tried_five_times_ever_later(monkeypatch):
    def fail(job, source):
        raise workshop.Broken("work")

    monkeypatch.setattr(workshop, "work", fail)
    image = receive_without_work()
    now = timezone.now()
    for wait in [timedelta(), *WAITS]:
        if wait:
            assert renditions.make_due(now=now + wait - timedelta(seconds=1)) == 0
        now += wait
        assert renditions.make_due(now=now) == 1

    image.refresh_from_db()
    assert image.failures == TRIES == 5
    assert image.error == "Broken: work"
    assert renditions.make_due(now=now + timedelta(days=365)) == 0
    assert list(Image.objects.failed()) == [image]


def receive_without_work():
    return Image.objects.create(title="Prova", name=f"ab/{'0' * 40}.jpg", width=700, height=500)


def test_a_lost_file_is_a_failure_told_on_the_row():
    image = receive_without_work()

    assert renditions.make_due() == 1

    image.refresh_from_db()
    assert image.error.startswith("FileNotFoundError")


def test_begin_again_gives_new_tries(monkeypatch):
    image = receive()
    Image.objects.update(failures=TRIES, error="Broken: work", claimed_at=timezone.now())
    assert renditions.make_due() == 0

    assert renditions.begin_again(Image.objects.all()) == 1

    assert renditions.make_due() == 1
    image.refresh_from_db()
    assert image.error == ""


@pytest.mark.both
def test_i5_a_picture_deleted_while_its_copies_are_made_leaves_no_file(
    monkeypatch, django_capture_on_commit_callbacks
):
    image = receive()

    def deleted_meanwhile(image, copies):
        with django_capture_on_commit_callbacks(execute=True):
            Image.objects.all().delete()
        assert in_store(image) == []
        for copy in copies:
            files.path(copy["name"]).write_bytes(b"x")

    monkeypatch.setattr(renditions, "write_copies", deleted_meanwhile)
    renditions.make_due()

    assert in_store(image) == []


@pytest.mark.both
def test_an_editor_who_saves_meanwhile_loses_nothing():
    image = receive()
    renditions.make_due()

    image.alt = "Un testo nuovo"  # loaded before the copies were there
    image.save(update_fields=["alt", "modified_at"])

    image.refresh_from_db()
    assert image.renditions
    assert image.alt == "Un testo nuovo"
