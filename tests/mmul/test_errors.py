"""What readers see when something is wrong (trust table, E1, and section 6)."""

import logging
from io import BytesIO

import pytest
from django.db import InterfaceError, OperationalError
from django.template import TemplateDoesNotExist

from mmul import views
from tests.modes import break_front_page, in_production

pytestmark = pytest.mark.django_db

SECRET = "parola-che-non-deve-uscire"
TRACES = ("Traceback", "Exception", "Error:", ".py", "site-packages", "Django", "SELECT", "/work")


@pytest.fixture
def site(settings):
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    yield in_production(settings)
    logging.getLogger("django.request").setLevel(logging.ERROR)


def assert_italian_and_silent(response):
    page = response.text
    assert '<html lang="it">' in page
    assert page.count("<h1") == 1
    assert not [word for word in TRACES if word in page]
    assert SECRET not in page
    assert not response.cookies


def test_e1_a_broken_page_says_so_with_its_number(site, monkeypatch):
    break_front_page(monkeypatch, ValueError, SECRET)

    response = site.get("/")

    assert response.status_code == 500
    assert_italian_and_silent(response)
    assert "ed è colpa nostra" in response.text
    assert response.headers["X-Request-ID"] in response.text


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_e1_without_a_database_readers_are_asked_to_come_back(site, monkeypatch, error):
    break_front_page(monkeypatch, error, SECRET)

    response = site.get("/")

    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    assert_italian_and_silent(response)
    assert response.headers["X-Request-ID"] in response.text
    assert response.headers["Cache-Control"] == "no-store"


def test_e1_a_404_that_breaks_is_still_answered(site, monkeypatch):
    monkeypatch.setattr(views, "searched_words", lambda path: 1 / 0)

    response = site.get("/nessuna/")

    assert response.status_code == 500
    assert_italian_and_silent(response)


def test_e1_the_pages_for_trouble_need_no_database(site, django_assert_num_queries, monkeypatch):
    break_front_page(monkeypatch, ValueError)
    with django_assert_num_queries(0):
        for path, status in [("/", 500), ("/%FF/", 400), (f"/{'x' * 5000}", 414)]:
            assert site.get(path).status_code == status
        assert site.get("/", headers={"host": "evil.example"}).status_code == 400
        assert site.post("/").status_code == 405


@pytest.mark.parametrize(
    ("method", "path", "more", "status"),
    [
        ("GET", "/nessuna/", {}, 404),
        ("GET", "/%FF/", {}, 400),
        ("GET", f"/?q={'x' * 5000}", {}, 414),
        ("GET", "/", {"HTTP_X_LONG": "x" * 40_000}, 431),
        ("GET", "/", {f"HTTP_X_{n}": "x" for n in range(150)}, 431),
        ("POST", "/", {}, 405),
        ("POST", "/", {"CONTENT_LENGTH": "300000"}, 413),
        ("POST", "/admin/account/login/", {"CONTENT_LENGTH": "300000"}, 413),
        ("TRACE", "/", {}, 405),
        ("CONNECT", "/", {}, 405),
        ("PROPFIND", "/admin/", {}, 405),
        ("<script>", "/", {}, 405),
    ],
    ids=lambda value: str(value)[:20],
)
def test_e1_every_refusal_is_an_italian_page(site, method, path, more, status):
    response = site.generic(method, path, **more)

    assert response.status_code == status
    assert_italian_and_silent(response)
    assert "script>" not in response.text.replace("</script>", "").replace("defer></script>", "")


def test_e1_a_forged_form_is_refused_in_italian(settings):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    response = client.post("/admin/account/login/", {"login": "ada", "password": "x"})

    assert response.status_code == 403
    assert_italian_and_silent(response)


def test_a_staff_body_past_its_limit_is_refused_before_it_is_read(staff_client, settings):
    class Unread(BytesIO):
        def read(self, *args):
            raise AssertionError("the body was read")

    environ = {"CONTENT_LENGTH": str(30 * 2**20), "wsgi.input": Unread()}
    environ["CONTENT_TYPE"] = "multipart/form-data; boundary=x"

    assert staff_client.generic("POST", "/admin/articles/", **environ).status_code == 413


def test_health_says_when_the_database_is_away(site, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError(SECRET)

    assert site.get("/healthz").content == b"ok\n"
    monkeypatch.setattr("mmul.views.connection.cursor", away)
    response = site.get("/healthz")

    assert (response.status_code, response.content) == (503, b"database\n")


def test_e1_a_missing_template_of_an_error_page_is_not_a_second_error(site, monkeypatch):
    def missing(*args, **kwargs):
        raise TemplateDoesNotExist("500.html")

    break_front_page(monkeypatch, ValueError)
    monkeypatch.setattr(views, "render_to_string", missing)

    response = site.get("/")

    assert response.status_code == 500
    assert "<h1>" in response.text
    assert response.headers["X-Request-ID"] in response.text
