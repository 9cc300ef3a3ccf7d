"""The door to the outside web: what it asks, what it hands back, where it never goes (F1)."""

import ast
import gzip
import socket
import tomllib
import zlib
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from pathlib import Path

import brotli
import pytest
import zstandard
from django.conf import settings as configured

from kit import addresses, apps, fetch, freshness
from kit.fetch import Answer, FetchError
from tests.kit.loopback import ALLOW, Reply, client_context, redirect, serving

ROOT = Path(__file__).resolve().parent.parent.parent
FEED = b"<rss><channel><title>Notizie</title></channel></rss>"


@pytest.fixture
def _open(settings):
    settings.FETCH_ALLOW = ALLOW


@pytest.fixture
def _no_network(monkeypatch):
    """A connection that is tried at all fails the test."""

    def connect(*place, **options):
        raise AssertionError(f"connected to {place}")

    monkeypatch.setattr(socket, "create_connection", connect)


def named(monkeypatch, *answers):
    """Let the resolver say these addresses, one list a question; return the questions."""
    asked, answers = [], list(answers)

    def resolve(host, port):
        asked.append(host)
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (name, port)) for name in found]

    monkeypatch.setattr(fetch, "resolve", resolve)
    return asked


def refused(url, **options):
    with pytest.raises(FetchError) as caught:
        fetch.fetch(url, **options)
    return caught.value.kind


# --- What is asked and handed back -------------------------------------------


@pytest.mark.usefixtures("_open")
def test_an_answer_holds_the_body_and_what_the_headers_say():
    said = {"ETag": '"a"', "Last-Modified": "Mon, 02 Nov 2026 10:00:00 GMT"}
    said |= {"Cache-Control": "public, max-age=600", "Content-Type": "text/xml; charset=x"}
    with serving({"/feed": lambda request: Reply(FEED, headers=said)}) as base:
        found = fetch.fetch(f"{base}/feed#top")

    assert found == Answer(
        status=200,
        url=f"{base}/feed",
        body=FEED,
        content_type="text/xml; charset=x",
        etag='"a"',
        last_modified="Mon, 02 Nov 2026 10:00:00 GMT",
        cache_seconds=600,
    )


@pytest.mark.usefixtures("_open")
def test_we_say_who_we_are_and_send_no_cookie_and_no_referrer(settings):
    settings.SITE_URL = "https://www.example.org"
    with serving({"*": lambda request: FEED}) as base:
        fetch.fetch(f"{base}/a%20b/è?q=1&x=due parole&y=%3d", accept="text/html")
    (request,) = base.requests

    assert request.path == "/a%20b/%C3%A8"
    assert request.query == "q=1&x=due%20parole&y=%3d"
    assert request.headers == {
        "host": base.removeprefix("http://"),
        "user-agent": f"MMUL/{settings.VERSION} (+https://www.example.org/rassegna/fonti/)",
        "accept": "text/html",
        "accept-encoding": "gzip, deflate, br, zstd",
        "connection": "close",
    }


def test_the_version_we_present_is_the_version_we_have():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert project["project"]["version"] == configured.VERSION


@pytest.mark.usefixtures("_open")
@pytest.mark.parametrize("etag", ['"a"', 'W/"a"', "a", '"a-gzip"', '"è"', "'", '"a", "b"', "*"])
def test_f4_validators_go_back_exactly_as_received(etag):
    date = "Lunedi, 2 Nov 2026  10:00 +1"

    def feed(request):
        if "if-none-match" in request.headers:
            return Reply(b"", 304, {"ETag": etag})
        return Reply(FEED, headers={"ETag": etag, "Last-Modified": date})

    with serving({"/feed": feed}) as base:
        first = fetch.fetch(f"{base}/feed")
        second = fetch.fetch(f"{base}/feed", etag=first.etag, last_modified=first.last_modified)

    assert base.requests[1].headers["if-none-match"] == etag
    assert base.requests[1].headers["if-modified-since"] == date
    assert (second.status, second.not_modified, second.body) == (304, True, b"")
    assert second.etag == etag


@pytest.mark.usefixtures("_open")
@pytest.mark.parametrize("etag", ["a\r\nX-Evil: 1", "a\x00b", "€", "x" * 1001, ""])
def test_a_validator_that_is_no_header_is_not_sent(etag):
    with serving({"/feed": lambda request: FEED}) as base:
        fetch.fetch(f"{base}/feed", etag=etag)

    assert "if-none-match" not in base.requests[0].headers
    assert "x-evil" not in base.requests[0].headers


@pytest.mark.usefixtures("_open")
@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 500, 503, 300, 204])
def test_any_status_is_an_answer_without_their_bytes(status):
    body = b"" if status == 204 else b"parole loro"
    with serving({"/feed": lambda request: Reply(body, status, {"Retry-After": "120"})}) as base:
        found = fetch.fetch(f"{base}/feed")

    assert (found.status, found.body, found.retry_after) == (status, b"", 120)


def raw_deflate(data):
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(data) + machine.flush()


@pytest.mark.usefixtures("_open")
@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(FEED)),
        ("x-gzip", gzip.compress(FEED)),
        ("GZip", gzip.compress(FEED)),
        ("gzip", gzip.compress(FEED[:9]) + gzip.compress(FEED[9:])),
        ("gzip", gzip.compress(FEED) + b"\0\0\0"),
        ("deflate", zlib.compress(FEED)),
        ("deflate", raw_deflate(FEED)),
        ("br", brotli.compress(FEED)),
        ("zstd", zstandard.compress(FEED)),
        ("zstd", zstandard.compress(FEED[:9]) + zstandard.compress(FEED[9:])),
        ("identity", FEED),
        ("", FEED),
    ],
    ids=lambda value: value if isinstance(value, str) else "body",
)
def test_every_coding_we_ask_for_is_read(coding, packed):
    with serving({"*": lambda r: Reply(packed, headers={"Content-Encoding": coding})}) as base:
        assert fetch.fetch(base).body == FEED


@pytest.mark.usefixtures("_open")
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_an_empty_body_is_empty_whatever_the_coding(coding):
    with serving({"*": lambda r: Reply(b"", headers={"Content-Encoding": coding})}) as base:
        assert fetch.fetch(base).body == b""


@pytest.mark.usefixtures("_open")
def test_redirects_are_followed_and_only_lasting_ones_are_permanent():
    routes = {
        "/a": redirect("/b", 301),
        "/b": redirect("feed?x=è", 308),
        "/c": redirect("/b", 302),
        "/feed": lambda request: FEED,
    }
    with serving(routes) as base:
        lasting, passing, none = (fetch.fetch(f"{base}/{x}") for x in ("a", "c", "feed"))

    assert lasting.permanent == lasting.url == f"{base}/feed?x=%C3%A8"
    assert (passing.permanent, passing.url) == ("", f"{base}/feed?x=%C3%A8")
    assert none.permanent == ""
    assert lasting.body == passing.body == FEED


@pytest.mark.usefixtures("_open")
def test_from_https_to_http_is_followed_and_told(monkeypatch):
    monkeypatch.setattr(fetch, "tls", client_context)
    with serving({"/feed": lambda request: FEED}) as plain:
        with serving({"/a": redirect(f"{plain}/feed")}, tls=True) as safe:
            assert fetch.fetch(f"{safe}/a").downgraded
        assert not fetch.fetch(f"{plain}/feed").downgraded


@pytest.mark.usefixtures("_open")
def test_from_http_to_https_is_the_usual_way(monkeypatch):
    monkeypatch.setattr(fetch, "tls", client_context)
    with serving({"/feed": lambda request: FEED}, tls=True) as safe:
        route = redirect(f"{safe}/feed", 301)
        with serving({"/a": route}) as plain:
            found = fetch.fetch(f"{plain}/a")

    assert found.url == found.permanent == f"{safe}/feed"
    assert (found.body, found.downgraded) == (FEED, False)


@pytest.mark.usefixtures("_open")
def test_sixteen_threads_may_ask_at_once():
    with (
        serving({"*": lambda request: request.path.encode()}) as base,
        ThreadPoolExecutor(16) as pool,
    ):
        found = list(pool.map(fetch.fetch, [f"{base}/{n}" for n in range(200)]))

    assert [one.body for one in found] == [f"/{n}".encode() for n in range(200)]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Sun, 09 Sep 2001 01:47:40 GMT", 60),
        ("Sun, 09 Sep 2001 01:00:00 GMT", 0),
        ("99999999999", None),
        ("9999999999", 365 * 24 * 3600),
        ("-1", None),
        ("1.5", None),
        ("domani", None),
        ("Sun, 99 Sep 99999 01:47:40 GMT", None),
        ("٣", None),
        ("x" * 5000, None),
        ("", None),
    ],
)
def test_f4_retry_after_is_a_number_or_a_date(value, seconds):
    assert freshness.retry_after(value, now=1_000_000_000) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"cache-control": "max-age=60"}, 60),
        ({"cache-control": 'public,MAX-AGE="60"', "age": "20"}, 40),
        ({"cache-control": "max-age=60", "expires": "0"}, 60),
        ({"cache-control": "no-cache, max-age=60"}, 0),
        ({"cache-control": "s-maxage=60"}, 0),
        ({"cache-control": "max-age=-5"}, 0),
        ({"cache-control": "max-age=9999999999"}, 365 * 24 * 3600),
        ({"expires": "Sun, 09 Sep 2001 01:47:40 GMT"}, 60),
        ({"expires": "Sun, 09 Sep 2001 01:47:40 GMT", "date": "Sun, 09 Sep 2001 01:47:30 GMT"}, 10),
        ({"expires": "-1"}, 0),
    ],
)
def test_how_long_an_answer_stays_good(headers, seconds):
    assert freshness.cache_seconds(headers, now=1_000_000_000) == seconds


# --- Where it never goes: F1 -------------------------------------------------

SPELLINGS = """
127.0.0.1 127.0.0.1. 2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 127.1 127.0.1 0 0.0.0.0
00000.1 ①②⑦.0.0.1 127。0。0。1 １２７.0.0.1 localhost localhost. LOCALHOST 10.1.2.3 169.254.169.254
2852039166 0xa9fea9fe 0251.0376.0251.0376 100.100.100.200 192.168.1.1 172.16.0.1 255.255.255.255
[::] [::1] [0:0:0:0:0:0:0:1] [::127.0.0.1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:A9FE:A9FE]
[0:0:0:0:0:ffff:10.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::1] [2002:7f00:1::]
[2001:0:7f00:1::] [fe80::1] [fec0::1] [fc00::1] [fd00:ec2::254] [ff02::1] [2001:db8::1] [100::1]
""".split()


@pytest.mark.usefixtures("_no_network")
@pytest.mark.parametrize("host", SPELLINGS)
def test_f1_a_private_address_is_refused_in_every_spelling(host):
    assert refused(f"http://{host}/latest/meta-data/") == "private"
    assert refused(f"https://{host}:8443/") == "private"


# As written in the trust table; ranges.first and last must both be closed.
RANGES = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24
224.0.0.0/3 ::/127 ::ffff:0.0.0.0/104 ::ffff:192.168.0.0/112 64:ff9b::/96 64:ff9b:1::/48 100::/63
2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/9 ff00::/8
""".split()


@pytest.mark.usefixtures("_no_network")
@pytest.mark.parametrize("written", RANGES)
def test_f1_a_name_that_leads_into_a_private_range_is_refused(written, monkeypatch):
    ((network, _),) = addresses.ranges([written])
    for address in (network[0], network[-1], network[network.num_addresses // 2]):
        named(monkeypatch, [str(address)])
        assert refused("https://feeds.example.org/") == "private"


@pytest.mark.parametrize(
    "text",
    """1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
    169.253.255.255 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 198.17.255.255 198.20.0.0
    223.255.255.255 2001:200::1 2606:4700::1111 2a00::1 2003::1 ::ffff:1.1.1.1""".split(),
)
def test_f1_their_neighbours_are_public(text):
    assert addresses.may_reach(ip_address(text), 443, [])


@pytest.mark.usefixtures("_no_network")
def test_f1_every_address_of_a_name_must_be_public(monkeypatch):
    named(monkeypatch, ["1.1.1.1", "2606:4700::1111", "10.0.0.1"])

    assert refused("https://feeds.example.org/") == "private"


def test_f1_the_address_that_was_checked_is_the_one_connected_to(monkeypatch):
    asked = named(monkeypatch, ["1.2.3.4"], ["127.0.0.1"])
    tried = []

    def connect(place, timeout):
        tried.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)

    assert refused("https://feeds.example.org/") == "connect"
    assert asked == ["feeds.example.org"]
    assert tried == [("1.2.3.4", 443)]


@pytest.mark.usefixtures("_open")
def test_f1_a_name_that_changes_its_answer_is_judged_again_at_each_hop(monkeypatch):
    asked = named(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
    with serving({"/a": redirect("/b"), "/b": lambda request: FEED}) as base:
        port = base.rpartition(":")[2]
        assert refused(f"http://feeds.example.org:{port}/a") == "private"

    assert len(asked) == 2
    assert base.paths == ["/a"]
    assert base.requests[0].headers["host"] == f"feeds.example.org:{port}"


@pytest.mark.parametrize(
    ("to", "kind"),
    [
        ("http://127.0.0.2:9/", "private"),
        ("http://169.254.169.254/latest/meta-data/", "private"),
        ("http://[::ffff:169.254.169.254]/", "private"),
        ("//10.0.0.1/", "private"),
        ("file:///etc/passwd", "address"),
        ("gopher://example.org/", "address"),
        ("ftp://example.org/", "address"),
        ("javascript:alert(1)", "address"),
        ("https://ada:pw@example.org/", "address"),
        ("http://[::1", "protocol"),
    ],
)
def test_f1_a_redirect_is_judged_like_an_address(to, kind, settings):
    with serving({"/a": redirect(to)}) as base:
        settings.FETCH_ALLOW = addresses.ranges([f"127.0.0.1/32:{base.rpartition(':')[2]}"])
        assert refused(f"{base}/a") == kind


@pytest.mark.usefixtures("_no_network")
@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "example.org",
        "",
        "https://ada@example.org/",
        "https://ada:pw@example.org/",
        "https://example.org:22/",
        "https://example.org:6379/",
        "https://example.org:0/",
        "http://exa mple.org/",
        "http://example..org/",
        "http://1.1.1.1:25/",
        "x" * 100_000,
    ],
)
def test_f1_scheme_port_and_user_are_checked_before_anything_else(url, monkeypatch):
    asked = named(monkeypatch, ["1.1.1.1"])

    assert refused(url) == "address"
    assert asked == []


@pytest.mark.usefixtures("_no_network")
def test_f1_names_are_asked_for_in_ascii(monkeypatch):
    asked = named(monkeypatch, ["10.0.0.1"])
    refused("https://Perché.Example./")

    assert asked == ["xn--perch-fsa.example"]


@pytest.mark.usefixtures("_no_network")
def test_f1_our_own_hosts_are_refused(settings, monkeypatch):
    named(monkeypatch, ["1.1.1.1"])
    settings.SITE_HOST = "www.example.org"
    settings.OTHER_HOSTS = ["example.org", "old.example.net:8080"]

    for url in (
        "https://WWW.example.org/feed/",
        "http://example.org.:8080/",
        "http://old.example.net:8080",
    ):
        assert refused(url) == "private"


@pytest.mark.usefixtures("_no_network")
@pytest.mark.parametrize(
    ("words", "url", "kind"),
    [
        ([], "http://127.0.0.1:9000/", "address"),
        (["127.0.0.0/8:9000"], "http://127.0.0.1:9001/", "private"),
        (["127.20.0.0/16"], "http://127.0.0.1/", "private"),
        (["127.0.0.0/8"], "http://1.1.1.1:9000/", "address"),
        (["127.0.0.0/8"], "http://0177.0.0.1/", "private"),
    ],
)
def test_f1_a_range_opens_itself_and_no_more(words, url, kind, settings):
    settings.FETCH_ALLOW = addresses.ranges(words)

    assert refused(url) == kind


@pytest.mark.parametrize(
    "word", ["127.0.0.1", "127.0.0.1/8", "x/8", "10.0.0.0/8:0", "10.0.0.0/8:x", "10.0.0.0/99"]
)
def test_f1_a_range_that_cannot_be_read_stops_the_start(word):
    with pytest.raises(ValueError, match=r"127|10\.|'x"):
        addresses.ranges([word])


def test_f1_open_ranges_are_warned_about_in_production(settings):
    settings.PRODUCTION, settings.FETCH_ALLOW = True, ALLOW
    (warning,) = apps.private_ranges_are_closed(None)
    assert "127.0.0.0/8" in warning.msg

    settings.FETCH_ALLOW = []
    assert apps.private_ranges_are_closed(None) == []


@pytest.mark.usefixtures("_open")
def test_f1_the_certificate_must_be_good_for_the_name(monkeypatch):
    named(monkeypatch, ["127.0.0.1"])
    with serving({"/feed": lambda request: FEED}, tls=True) as base:
        port = base.rpartition(":")[2]
        assert refused(f"https://feeds.example.org:{port}/feed") == "tls"  # unknown authority

        monkeypatch.setattr(fetch, "tls", client_context)
        assert fetch.fetch(f"https://feeds.example.org:{port}/feed").body == FEED
        assert refused(f"https://other.example.org:{port}/feed") == "tls"
    assert base.requests[0].headers["host"] == f"feeds.example.org:{port}"


def test_f6_a_failure_is_told_in_our_words(settings):
    settings.FETCH_ALLOW = ALLOW
    route = redirect("http://10.0.0.1/?segreto")
    with serving({"/a": route}) as base, pytest.raises(FetchError) as caught:
        fetch.fetch(f"{base}/a?chiave=1")

    assert caught.value.sentence == fetch.SENTENCES["private"]
    assert caught.value.__cause__ is None


# --- V4 ----------------------------------------------------------------------


def imports(file):
    """The modules of ours that ``file`` imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files_of(module):
    path = ROOT.joinpath(*module.split("."))
    return [file for file in (path.with_suffix(".py"), path / "__init__.py") if file.exists()]


def test_v4_no_page_leads_to_a_fetch():
    """From mmul.urls on, whatever is imported, and the admin, which Django finds by itself."""
    waiting = [ROOT / "mmul" / "urls.py", ROOT / "mmul" / "middleware.py"]
    for pattern in (
        "*/admin.py",
        "*/admin/*.py",
        "*/views.py",
        "*/views/*.py",
        "*/templatetags/*.py",
    ):
        waiting += [file for file in ROOT.glob(pattern) if ".venv" not in file.parts]
    seen = {}
    while waiting:
        file = waiting.pop()
        for module in imports(file):
            for found in files_of(module):
                if found not in seen:
                    seen[found] = file
                    waiting.append(found)

    assert ROOT / "comments" / "moderation.py" in seen
    assert seen.get(ROOT / "kit" / "fetch.py") is None
