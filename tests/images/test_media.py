"""Pictures as they leave: type, policy, how long they are kept, and nothing else of the disk."""

import pytest
from django.urls import reverse

from images import files, uploads
from tests.images import samples

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def image():
    return uploads.receive(samples.upload(samples.photo()), title="Prova", alt="Prova")


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_picture_is_served_with_its_type_and_may_be_kept_for_a_year(client, image):
    response = client.get(image.url)
    content = body(response)

    assert response.status_code == 200
    assert content == files.path(image.name).read_bytes()
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Content-Length"] == str(len(content))
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Content-Disposition" not in response.headers or response.headers[
        "Content-Disposition"
    ].startswith("inline")


def test_i2_media_run_nothing_and_may_be_shown_anywhere(client, image):
    response = client.get(image.url)
    body(response)

    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("extension", files.TYPES)
def test_the_type_follows_the_extension_we_wrote(client, extension):
    name = f"cd/{'1' * 40}-640.{extension}"
    files.path(name).parent.mkdir(parents=True)
    files.path(name).write_bytes(b"x")

    response = client.get(files.url(name))

    assert body(response) == b"x"
    assert response.headers["Content-Type"] == files.TYPES[extension]


def test_who_has_it_already_is_told_so(client, image):
    first = client.get(image.url)
    body(first)
    for header, value in [
        ("If-None-Match", first.headers["ETag"]),
        ("If-Modified-Since", first.headers["Last-Modified"]),
    ]:
        again = client.get(image.url, headers={header: value})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert again.headers["ETag"] == first.headers["ETag"]


def test_head_tells_the_size_and_sends_nothing(client, image):
    response = client.head(image.url)

    assert response.status_code == 200
    assert response.headers["Content-Length"] == str(files.path(image.name).stat().st_size)
    assert body(response) == b""


def test_other_methods_are_refused(client, image):
    assert client.post(image.url).status_code == 405


def test_no_cookie_and_no_query(client, image, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get(image.url)
        body(response)

    assert not response.cookies


CODE = "ab" + "0" * 38


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ab/",
        f"ab/{CODE}.svg",
        f"ab/{CODE}.html",
        f"ab/{CODE}.jpg/",
        f"ab/{CODE}.jpg%0A",
        f"ab/{CODE}.jpg%00",
        f"ab/{CODE}.jpg.html",
        f"AB/{CODE}.jpg",
        f"ab/{CODE}-12345.jpg",
        f"ab/{CODE}",
        f"ab/../ab/{CODE}.jpg",
        "../settings.py",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%2f..%2fetc/passwd",
        "//etc/passwd",
        ".work/lock",
        f"zz/{'z' * 40}.jpg",
        f"ab/{CODE}.jpg",  # well written, and not there
    ],
)
def test_i4_only_our_names_that_exist_answer(client, name, image):
    assert client.get(f"/media/{name}").status_code in (400, 404)


def test_i4_a_folder_is_not_a_file(client):
    files.path(f"ab/{CODE}.jpg").mkdir(parents=True)

    assert client.get(f"/media/ab/{CODE}.jpg").status_code == 404


def test_the_address_is_the_one_pages_print(image):
    assert reverse("media", kwargs={"name": image.name}) == image.url
