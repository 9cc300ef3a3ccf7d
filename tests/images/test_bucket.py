"""Pictures in a bucket that several nodes share: the same doors, the same promises."""

from importlib.util import find_spec

import pytest
from django.core.files.storage import storages
from PIL import Image as Pillow

from images import files, renditions, uploads
from images.models import Image
from mmul import buckets
from tests.images import samples
from tests.images.bucket import NAME, bucket
from tests.images.test_media import body

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.once,
    pytest.mark.skipif(find_spec("moto") is None, reason="needs the packages of the s3 extra"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with bucket(tmp_path_factory.mktemp("s3")) as made:
        yield made


@pytest.fixture
def s3(served, settings, monkeypatch):
    """The client of an empty bucket, which is the media store now."""
    words, client, _ = served
    for name, value in words.items():
        monkeypatch.setenv(name, value)
    settings.STORAGES = settings.STORAGES | {"default": buckets.storage()}
    yield client
    storages["default"].connection.meta.client.close()
    for name in keys(client):
        client.delete_object(Bucket=NAME, Key=name)


def keys(client):
    return [row["Key"] for row in client.list_objects_v2(Bucket=NAME).get("Contents", [])]


def receive(content=None, **fields):
    content = content or samples.photo((800, 600))
    return uploads.receive(samples.upload(content), title="Prova", alt="Prova", **fields)


def test_an_upload_is_in_the_bucket_under_our_name_and_nowhere_else(s3, settings):
    image = receive()

    assert keys(s3) == [f"media/{image.name}"]
    kept = s3.get_object(Bucket=NAME, Key=f"media/{image.name}")
    assert kept["ContentType"] == "image/jpeg"
    assert kept["CacheControl"] == "public, max-age=31536000, immutable"
    assert [f.name for f in settings.MEDIA_ROOT.rglob("*") if f.is_file()] == ["lock"]


def test_the_worker_makes_the_copies_in_the_bucket_and_leaves_nothing_on_its_disk(s3, settings):
    image = receive()

    assert renditions.make_due() == 1

    image.refresh_from_db()
    assert image.rendered_at
    assert sorted(keys(s3)) == sorted(f"media/{name}" for name in image.file_names)
    copy = image.renditions[0]
    with files.default_storage.open(copy["name"]) as file, Pillow.open(file) as picture:
        assert picture.width == copy["width"]
    assert [f.name for f in settings.MEDIA_ROOT.rglob("*") if f.is_file()] == ["lock"]


def test_d1_a_copy_that_is_made_twice_is_one_file(s3):
    receive()
    renditions.make_due()
    before = sorted(keys(s3))
    renditions.begin_again(Image.objects.all())

    assert renditions.make_due() == 1
    assert sorted(keys(s3)) == before
    assert len(before) > 1


def test_a_deleted_picture_takes_its_files_with_it(s3, django_capture_on_commit_callbacks):
    image = receive()
    renditions.make_due()
    image.refresh_from_db()

    with django_capture_on_commit_callbacks(execute=True):
        image.delete()

    assert keys(s3) == []


def test_i5_a_row_that_cannot_be_written_leaves_no_file(s3, monkeypatch):
    def fail(*args, **more):
        raise RuntimeError("no row")

    monkeypatch.setattr(Image, "save", fail)
    with pytest.raises(RuntimeError, match="no row"):
        receive()

    assert keys(s3) == []


def test_the_site_itself_serves_a_picture_of_the_bucket(s3, client):
    image = receive()
    response = client.get(image.url)

    assert response.status_code == 200
    assert body(response) == s3.get_object(Bucket=NAME, Key=f"media/{image.name}")["Body"].read()
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_who_has_it_gets_a_304_and_head_sends_nothing(s3, client):
    image = receive()
    etag = client.get(image.url).headers["ETag"]
    again = client.get(image.url, headers={"If-None-Match": etag})
    head = client.head(image.url)

    assert (again.status_code, again.content) == (304, b"")
    assert (head.status_code, body(head)) == (200, b"")
    assert int(head.headers["Content-Length"]) > 1000


def test_a_picture_that_is_not_there_is_missing(s3, client):
    assert client.get(f"/media/ab/{'a' * 40}.jpg").status_code == 404


def test_with_another_origin_readers_are_sent_to_the_store(s3, settings):
    settings.MEDIA_URL = "https://figure.example.org/media/"
    image = receive()

    assert image.url == f"https://figure.example.org/{keys(s3)[0]}"


def test_d4_a_store_that_does_not_answer_is_said_in_italian_and_leaves_no_row(
    s3, client, monkeypatch
):
    image = receive()
    monkeypatch.setenv("MMUL_S3_ENDPOINT", "http://127.0.0.1:9")
    away = storages.create_storage(buckets.storage())
    monkeypatch.setattr(files, "default_storage", away)

    with pytest.raises(uploads.Refused, match="non riesce a scrivere"):
        receive()
    assert Image.objects.count() == 1
    response = client.get(image.url)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    assert renditions.make_due() == 1
    image.refresh_from_db()
    assert (image.rendered_at, "does not answer" in image.error) == (None, True)
    files.remove([image.name])  # said in the log, nothing more
    away.connection.meta.client.close()
