"""Odd addresses never break the site and never lead out of it (trust table, P3)."""

import random
from urllib.parse import quote, urlsplit

import pytest

from mmul import views
from tests.factories import make_article, make_page
from tests.modes import in_production

pytestmark = pytest.mark.django_db

HOW_MANY = 2000
HUGE = "9" * 30


@pytest.mark.parametrize(
    "path",
    [
        "/2022/13/x/", "/2022/0/x/", "/0000/01/x/", "/page/0/", "/page/999999999999/", "/page/abc/",
        "/page/-1/", "/page/٣/", f"/{HUGE}/", f"/2022/{HUGE}/", f"/page/{HUGE}/", "/2022/02/30/",
        "/9999/12/31/", "/0001/01/01/", "/x;x.css", "/a.b/", "/%00/", "/..%2f..%2fetc/passwd/",
        "/category/", "/category//", "/tag/x;y/", "/media/../settings.py", "/media/", "/static/",
        "/static/../mmul/settings.py", "/admin;/", "/admin/x.css", "/anteprima/", "/?p=1", "*",
        "/?" + "a=1&" * 900, "/wp-login.php", "/.git/config", "/.env",
    ],
)  # fmt: skip
def test_p3_known_odd_addresses_are_answered_calmly(site, path):
    response = ask(site, path)

    assert response.status_code in (200, 301, 302, 400, 404, 414), path


@pytest.mark.parametrize(
    "path", ["/\x00/", "/a\x00b", "/\n/", "/\x7f/", "/\x85/", "/?q=%00", "/?%00"]
)
def test_p3_control_characters_never_reach_the_database(site, path, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert ask(site, path).status_code == 400


@pytest.mark.parametrize("raw", [b"/\xff/", b"/\xc3/", b"/\xed\xa0\x80/", b"/a\xc0\xafb/"])
def test_p3_bytes_that_are_not_utf_8_get_a_400(site, raw):
    assert ask(site, raw.decode("latin-1"), encoded=True).status_code == 400


def test_p3_a_missing_slash_costs_one_redirect(client):
    article = make_article(title="Ubuntu 24.04")
    address = article.get_absolute_url()

    response = client.get(address.rstrip("/"), {"q": "a b"})

    assert (response.status_code, response.headers["Location"]) == (301, f"{address}?q=a+b")
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/feed", "/feed/"),
        ("//feed//", "/feed/"),
        ("/admin", "/admin/"),
        ("//evil.example", None),
        ("//example/", "/example/"),
        ("///example/x", None),
        ("/a.b", None),
        ("/\\evil.example", None),
        ("/nope.php", None),
    ],
)
def test_p3_a_redirect_goes_to_one_slash_and_an_address_of_ours(client, path, location):
    response = ask(client, path)

    assert response.headers.get("Location") == location
    assert response.status_code == (301 if location else 404)


def test_p3_redirects_end(client):
    make_page("Chi siamo")
    path = "//chi-siamo"
    for _ in range(2):
        response = ask(client, path)
        path = response.headers.get("Location", path)

    assert response.status_code == 200


def test_p1_redirects_do_not_tell_what_is_hidden(client):
    hidden = make_article(title="Segreto", status="draft", published_at=None).slug

    for path in ("/2026/11/{}", "/2026/11/{}/", "/{}", "/{}/", "//{}"):
        known, unknown = (ask(client, path.format(slug)) for slug in (hidden, "x" * len(hidden)))
        assert known.status_code == unknown.status_code
        assert len(known.content) == len(unknown.content)
        assert set(known.headers) == set(unknown.headers)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/2022/11/ubuntu-24-04/", "ubuntu 24 04"),
        ("/2022/11/18/ubuntu-24-04/", "ubuntu 24 04"),
        ("/tag/red-hat/", "red hat"),
        ("/2022/11/", "2022 11"),
        ("/città-più-bella/", "città più bella"),
        ("/<script>alert(1)</script>/", "script alert 1 script"),
        ("/Chiama ☎ +39-06-1234/", "Chiama 39 06 1234"),
        ("/" + "parola-" * 40, "parola " * 8 + "paro"),
        ("/___/", ""),
        ("/" + "x" * 200, "x" * 60),
    ],
)
def test_p3_the_page_repeats_only_letters_digits_and_blanks(path, words):
    found = views.searched_words(path)

    assert found == words
    assert len(found) <= views.WORDS_LENGTH
    assert all(char.isalnum() or char == " " for char in found)


def test_p3_generated_requests_never_break_the_site(site):
    """Odd methods, encodings, headers and bodies; the seed is fixed, the list is new for it."""
    make_article(), make_page("Chi siamo")
    dice = random.Random(20261124)
    for number in range(HOW_MANY):
        method, path, more = odd_request(dice)
        response = ask(site, path, method, encoded=True, **more)
        told = f"{number}: {method} {path!r} {more}"
        assert response.status_code < 500, told
        # Django reads the method in capitals.
        assert method.upper() in views.KNOWN_METHODS or response.status_code in (405, 414), told
        assert_stays_here(response, told)
        response.close()


def assert_stays_here(response, told):
    location = response.headers.get("Location")
    if location is None:
        return
    parts = urlsplit(location)
    ours = location.startswith("/") and not location.startswith(("//", "/\\"))
    assert ours or (parts.scheme, parts.netloc) == ("https", "www.example.org"), told
    assert location.isascii(), told
    assert location.isprintable(), told


PIECES = [
    "2022", "11", "13", "0", "page", "feed", "category", "tag", "author", "serie", "admin",
    "media", "static", "anteprima", "chi-siamo", "x", "..", ".", "", "", "%2e%2e", "%2f", "%5c",
    "%00", "%ff", "%c3%28", "%0d%0aX:%20y", "\\evil.example", "evil.example", ";x.css", "x.css",
    HUGE, "-1", "1e9", "٣", "città", "\u202e", "\ud7ff", "🐧", "<script>", "'\"", "{{7*7}}",
    "${x}", "account", "login", "a" * 300, "x" * 3900, "login.php", "~", "*", "@",
    "http://evil.example", "?", "#", "&", "=", "+",
]  # fmt: skip
METHODS = ["GET"] * 12 + [
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "PATCH",
    "get",
    "X-Y",
]
HEADERS = [
    ("HTTP_COOKIE", "sessionid=\x00; csrftoken=%00; a"), ("HTTP_COOKIE", ";" * 500),
    ("HTTP_IF_NONE_MATCH", '"x", W/"y", *'), ("HTTP_IF_MODIFIED_SINCE", "Sun, 99 Nov 9999"),
    ("HTTP_RANGE", "bytes=-1,99999999999999999999-"), ("HTTP_ACCEPT_LANGUAGE", "x" * 600),
    ("HTTP_X_FORWARDED_HOST", "evil.example"), ("HTTP_X_FORWARDED_FOR", "1.2.3.4"),
    ("HTTP_ACCEPT", "application/json"), ("HTTP_X_REQUESTED_WITH", "XMLHttpRequest"),
    ("CONTENT_TYPE", "multipart/form-data"), ("CONTENT_TYPE", "text/x; charset=nope"),
    ("CONTENT_LENGTH", "-5"), ("CONTENT_LENGTH", "x"), ("HTTP_ORIGIN", "null"),
    ("HTTP_HOST", "example.org"), ("HTTP_ACCEPT_ENCODING", "\xff"), ("REMOTE_ADDR", ""),
]  # fmt: skip


def odd_request(dice):
    """Return method, path as WSGI writes it, and more of the environment."""
    path = "/".join(["", *dice.choices(PIECES, k=dice.randint(1, 6))])
    if dice.random() < 0.4:
        path += "/"
    if dice.random() < 0.1:
        path = dice.choice(["/", "\\", "*"]) + path
    more = dict(dice.sample(HEADERS, k=dice.randint(0, 3)))
    if dice.random() < 0.3:
        pairs = [f"{dice.choice(['q', 'p', 'page', 'next', 'id'])}={dice.choice(PIECES)}"]
        more["QUERY_STRING"] = quote("&".join(pairs * dice.randint(1, 3)), safe="%&=;?/\\")
    # A server decodes the path once; what was encoded twice stays so.
    return dice.choice(METHODS), decoded(path), more


def decoded(path):
    from urllib.parse import unquote_to_bytes

    return unquote_to_bytes(path.encode("utf-8", "surrogatepass")).decode("latin-1")


@pytest.fixture
def site(settings, monkeypatch):
    """The site in production; a response that is closed leaves the test's connection alone."""
    way = "django.db.backends.base.base.BaseDatabaseWrapper.close_if_unusable_or_obsolete"
    monkeypatch.setattr(way, lambda connection: None)
    return in_production(settings)


def ask(client, path, method="GET", *, encoded=False, **environ):
    """Ask with this very path and query: the test client reads "//host" as a host."""
    if not encoded:
        path = path.encode().decode("latin-1")
    if "QUERY_STRING" not in environ:
        path, _, environ["QUERY_STRING"] = path.partition("?")
    data = b"x=1&y" if method in ("POST", "PUT", "PATCH") else b""
    return client.generic(method, "/", data, **{"PATH_INFO": path} | environ)
