"""Which names we answer to (trust table, H1), and whom we believe about the client (H2)."""

import pytest
from django.test import Client

from tests.modes import HOST, in_production

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def site(settings):
    return in_production(settings)


@pytest.mark.parametrize("host", [HOST, HOST.upper(), f"{HOST}:443"])
def test_h1_our_own_name_is_answered(site, host):
    assert site.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/", "https://www.example.org/"),
        ("/2022/11/x/?p=1&q=a b", "https://www.example.org/2022/11/x/?p=1&q=a%20b"),
        ("/admin/", "https://www.example.org/admin/"),
        ("/città/", "https://www.example.org/citt%C3%A0/"),
    ],
)
def test_h1_our_other_names_send_there_once(site, path, location):
    for host in ("example.org", "EXAMPLE.org:443", "old.example.net:8080"):
        response = site.get(path, headers={"host": host})
        assert (response.status_code, response.headers["Location"]) == (301, location)


def test_h1_a_redirect_never_leaves_our_site(site):
    for path in ("//evil.example/x", "///evil.example", "/\\evil.example", "//evil.example\\@x/"):
        response = raw(site, path, HTTP_HOST="example.org")
        assert response.status_code == 301
        assert response.headers["Location"].startswith(f"https://{HOST}/")
        assert not response.headers["Location"].startswith(f"https://{HOST}//")


@pytest.mark.parametrize(
    "host",
    [
        "", " ", "evil.example", "www.example.org.evil.example", "www.example.org:8000",
        "www.example.org.", "evil@www.example.org", "www.example.org/x", "[::1]", "127.0.0.1",
        "localhost", "www.example.org\tevil", "a" * 3000, "<script>", "testserver", "[",
    ],
)  # fmt: skip
def test_h1_other_names_get_a_400_that_repeats_nothing(site, host):
    response = site.get("/healthz", headers={"host": host})

    assert response.status_code == 400
    assert response.headers["Cache-Control"] == "no-store"
    for word in ("evil", "script>", "aaaa", HOST):
        assert word not in response.text
    assert "Location" not in response.headers


def test_h1_a_request_without_a_name_is_refused(site):
    assert Client().get("/healthz").status_code == 400


def test_development_answers_on_this_machine_whatever_the_port(client, settings):
    assert settings.LOCAL
    for host in ("localhost", "127.0.0.1:9999", "[::1]:8000", "[::1]"):
        assert client.get("/healthz", headers={"host": host}).status_code == 200
    for host in ("example.org", "localhost.evil.example", "127.0.0.1:x", "127.0.0.1:"):
        assert client.get("/healthz", headers={"host": host}).status_code == 400


def test_h2_forwarded_names_do_not_count(site):
    forged = {"host": "evil.example", "x-forwarded-host": HOST}

    assert site.get("/healthz", headers=forged).status_code == 400
    assert site.get("/healthz", headers={"x-forwarded-host": "evil.example"}).status_code == 200


def raw(client, path, **environ):
    """Ask with this very path: the test client reads "//host" as a host."""
    return client.generic("GET", "/", PATH_INFO=path, **environ)
