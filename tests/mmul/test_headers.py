"""The headers of every kind of answer, to the letter of the trust table's section 2."""

import pytest
from django.test import Client

from articles.models import PreviewLink
from tests.factories import PASSWORD, make_article, make_user
from tests.modes import break_front_page, in_production

pytestmark = [pytest.mark.django_db, pytest.mark.once]

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Strict-Transport-Security": "max-age=31536000",
}
PUBLIC_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "frame-src https://www.youtube-nocookie.com https://player.vimeo.com; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
STAFF_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-R'; style-src 'self' 'nonce-R'; "
    "img-src 'self' data:; font-src 'self'; media-src 'self'; connect-src 'self'; "
    "frame-src 'none'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'"
)
BARE_POLICY = "default-src 'none'; frame-ancestors 'none'"
MEDIA_POLICY = "default-src 'none'; sandbox"
SHARED = "public, max-age=0, must-revalidate"
MISSING_PICTURE = f"/media/ab/{'0' * 40}.jpg"

# Address, status, policy, Cache-Control, Cross-Origin-Resource-Policy, Referrer-Policy.
PUBLIC = ("same-origin", "strict-origin-when-cross-origin")
SPREAD = ("cross-origin", "strict-origin-when-cross-origin")
ANSWERS = [
    ("/", 200, PUBLIC_POLICY, SHARED, *PUBLIC),
    ("/feed/", 200, BARE_POLICY, SHARED, *SPREAD),
    ("/feed/json/", 200, BARE_POLICY, SHARED, *SPREAD),
    ("/robots.txt", 200, BARE_POLICY, SHARED, *PUBLIC),
    ("/sitemap.xml", 200, BARE_POLICY, SHARED, *SPREAD),
    ("/healthz", 200, BARE_POLICY, "no-store", *PUBLIC),
    ("/static/css/site.css", 200, BARE_POLICY, SHARED, *SPREAD),
    ("/chi-siamo", 301, PUBLIC_POLICY, SHARED, *PUBLIC),
    ("/nessuna/", 404, PUBLIC_POLICY, SHARED, *PUBLIC),
    (MISSING_PICTURE, 404, PUBLIC_POLICY, SHARED, *PUBLIC),
    ("/static/nessuno.css", 404, PUBLIC_POLICY, SHARED, *PUBLIC),
    ("/%FF/", 400, PUBLIC_POLICY, "no-store", *PUBLIC),
    (f"/{'x' * 5000}/", 414, PUBLIC_POLICY, "no-store", *PUBLIC),
    ("/admin/", 302, STAFF_POLICY, "private, no-store", "same-origin", "same-origin"),
    ("/admin/account/login/", 200, STAFF_POLICY, "private, no-store", "same-origin", "same-origin"),
    (
        "/admin/account/signup/",
        404,
        STAFF_POLICY,
        "private, no-store",
        "same-origin",
        "same-origin",
    ),
]


@pytest.fixture
def site(settings):
    return in_production(settings)


def policy(response):
    """The policy with R in place of the nonce."""
    text = response.headers["Content-Security-Policy"]
    _, found, rest = text.partition("'nonce-")
    nonce = rest.partition("'")[0]
    return text.replace(nonce, "R") if found else text


@pytest.mark.parametrize(
    ("address", "status", "csp", "keep", "embed", "referrer"), ANSWERS, ids=lambda v: str(v)[:40]
)
def test_every_kind_of_answer_has_its_headers(site, address, status, csp, keep, embed, referrer):
    response = site.get(address)
    response.close()

    assert response.status_code == status
    assert {name: response.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert policy(response) == csp
    assert response.headers["Cache-Control"] == keep
    assert response.headers["Cross-Origin-Resource-Policy"] == embed
    assert response.headers["Referrer-Policy"] == referrer
    unlisted = address.startswith(("/admin/", "/sitemap"))
    assert response.headers.get("X-Robots-Tag") == ("noindex" if unlisted else None)


def test_a_broken_page_keeps_all_its_headers(site, monkeypatch):
    break_front_page(monkeypatch, ZeroDivisionError)

    response = site.get("/")

    assert response.status_code == 500
    assert {name: response.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert policy(response) == PUBLIC_POLICY
    assert response.headers["Cache-Control"] == "no-store"


def test_an_answer_to_a_post_is_private(site):
    response = site.post("/")

    assert (response.status_code, response.headers["Cache-Control"]) == (405, "private, no-store")
    assert response.headers["Allow"] == "GET, HEAD"


def test_a_picture_is_kept_for_a_year_and_can_do_nothing(site, settings):
    name = f"ab/{'0' * 40}.jpg"
    file = settings.MEDIA_ROOT / name
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\xff\xd8\xff")

    response = site.get(f"/media/{name}")
    response.close()
    again = site.get(f"/media/{name}", headers={"if-none-match": response.headers["ETag"]})

    assert (response.status_code, again.status_code) == (200, 304)
    for answer in (response, again):
        assert policy(answer) == MEDIA_POLICY
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_hashed_static_files_are_kept_for_a_year(settings):
    headers = {"Cache-Control": "max-age=315360000, public, immutable"}

    settings.WHITENOISE_ADD_HEADERS_FUNCTION(headers, "", "")

    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_p4_a_preview_leaves_no_trace(site):
    article = make_article(status="draft", published_at=None)
    token = PreviewLink.objects.issue(article, make_user())
    for address, status in [(f"/anteprima/{token}/", 200), ("/anteprima/inventata/", 404)]:
        response = site.get(address)
        assert response.status_code == status
        assert response.headers["Cache-Control"] == "private, no-store"
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert response.headers["Referrer-Policy"] == "no-referrer"


def test_a_reset_address_does_not_leave_in_a_referer(site):
    response = site.get("/admin/account/password/reset/key/1-abc-def/")

    assert response.status_code == 200
    assert response.headers["Referrer-Policy"] == "no-referrer"
    # The page with the form has no key in its address, and needs its Origin header to post.
    form = site.get("/admin/account/password/reset/key/1-set-password/")
    assert form.headers["Referrer-Policy"] == "same-origin"


def test_every_staff_page_has_a_nonce_of_its_own(client):
    first, second = (client.get("/admin/account/login/") for _ in range(2))

    assert first.headers["Content-Security-Policy"] != second.headers["Content-Security-Policy"]
    assert len(first.headers["Content-Security-Policy"].partition("nonce-")[2][:24]) == 24


def test_a_reader_who_has_the_page_gets_a_304_with_the_policy_of_the_page(site):
    make_article()
    page = site.get("/")
    again = site.get("/", headers={"if-none-match": page.headers["ETag"]})

    assert page.headers["ETag"].startswith('"')
    assert page.headers["Vary"] == "Accept-Encoding"
    assert (again.status_code, again.content) == (304, b"")
    for name in ("ETag", "Vary", "Cache-Control", "Content-Security-Policy"):
        assert again.headers[name] == page.headers[name]
    assert again.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_changed_page_is_sent_again(site):
    make_article()
    old = site.get("/").headers["ETag"]
    make_article()

    assert site.get("/", headers={"if-none-match": old}).status_code == 200


def test_readers_get_no_cookie_even_if_they_bring_some(site):
    make_user("ada")
    site.cookies["__Host-sessionid"] = "a" * 32
    for address in ("/", "/feed/", "/nessuna/", "/healthz", "/chi-siamo", "/%FF/"):
        response = site.get(address)
        assert not response.cookies
        assert "cookie" not in response.headers.get("Vary", "").lower()


def test_staff_cookies_are_bound_to_this_host(settings):
    make_user("ada")
    site = in_production(settings)
    site.get("/admin/account/login/", secure=True)
    login = {"login": "ada", "password": PASSWORD}
    response = site.post("/admin/account/login/", login, secure=True)

    assert set(site.cookies) == {"__Host-sessionid", "__Host-csrftoken", "__Host-staff"}
    for cookie in response.cookies.values():
        assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax")
        assert cookie["secure"]
        assert cookie["httponly"]
    assert response.cookies["__Host-sessionid"]["max-age"] == 14 * 24 * 3600


def test_development_says_nothing_of_strict_transport(client):
    assert "Strict-Transport-Security" not in client.get("/healthz").headers


def test_h2_a_forwarded_host_changes_nothing(settings):
    site = in_production(settings)
    make_article()
    page = site.get("/")
    forged = {"x-forwarded-host": "evil.example", "x-original-url": "/admin/", "x-host": "evil"}

    assert site.get("/", headers=forged).content == page.content


def test_clients_without_a_host_header_get_nothing_in_production(settings):
    in_production(settings)

    assert Client().get("/").status_code == 400


def test_every_answer_says_how_long_it_is(site):
    for address in ("/", "/feed/", "/nessuna-pagina/", "/admin/account/login/"):
        response = site.get(address)
        assert response.headers["Content-Length"] == str(len(response.content)), address
