"""Saying something to another site: the same door as asking, and no way around it (F1, F2)."""

import socket
import threading
import time

import pytest

from kit import fetch
from kit.fetch import Answer, FetchError
from tests.kit.loopback import ALLOW, Reply, client_context, drip, endless, raw, serving, stall
from tests.kit.test_fetch import SPELLINGS, named

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def _open(settings):
    settings.FETCH_ALLOW = ALLOW


def said(url, data=b"a=1", **options):
    return fetch.post(url, data, content_type=FORM, **options)


def refused(url, **options):
    start = time.monotonic()
    with pytest.raises(FetchError) as caught:
        said(url, **options)
    assert time.monotonic() - start < 3
    assert caught.value.sentence in fetch.SENTENCES.values()
    return caught.value.kind


def test_the_other_site_gets_the_bytes_their_type_and_who_we_are(settings):
    settings.SITE_URL = "https://www.example.org"
    with serving({"*": lambda request: 202}) as base:
        found = said(f"{base}/hub?x=1", b'{"a": "\xc3\xa8"}')
    (request,) = base.requests

    assert found == Answer(status=202, url=f"{base}/hub?x=1", content_type=request_type())
    assert (request.method, request.path, request.query) == ("POST", "/hub", "x=1")
    assert request.body == b'{"a": "\xc3\xa8"}'
    assert request.headers == {
        "host": base.removeprefix("http://"),
        "user-agent": f"MMUL/{settings.VERSION} (+https://www.example.org/rassegna/fonti/)",
        "accept": "*/*",
        "accept-encoding": "gzip, deflate, br, zstd",
        "connection": "close",
        "content-type": FORM,
        "content-length": "11",
    }


def request_type():
    return Reply().written().split(b"Content-Type: ")[1].split(b"\r\n")[0].decode()


def test_a_large_body_arrives_whole_and_an_empty_one_is_said_to_be_empty():
    large = b"x" * 900_000
    with serving({"*": lambda request: 204}) as base:
        assert [said(base, data).status for data in (large, b"")] == [204, 204]

    assert [request.body for request in base.requests] == [large, b""]
    assert base.requests[1].headers["content-length"] == "0"


def test_over_tls_the_certificate_is_checked(monkeypatch):
    with serving({"*": lambda request: 204}, tls=True) as base:
        assert refused(base) == "tls"
        assert base.requests == []
        monkeypatch.setattr(fetch, "tls", client_context)
        assert said(base).status == 204


@pytest.mark.parametrize("status", [400, 403, 422, 429, 500, 503])
def test_any_status_is_an_answer_with_its_retry_after(status):
    with serving({"*": lambda r: Reply(b"parole", status, {"Retry-After": "120"})}) as base:
        found = said(base)

    assert (found.status, found.body, found.retry_after) == (status, b"", 120)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_f1_what_we_say_is_not_carried_to_another_place(status):
    routes = {"/": lambda request: Reply(status=status, headers={"Location": "/b"})}
    with serving(routes) as base:
        assert said(f"{base}/").status == status

    assert base.paths == ["/"]


@pytest.mark.parametrize("host", SPELLINGS)
def test_f1_nothing_is_said_to_a_private_address(host, settings, monkeypatch):
    def connect(*place, **options):
        raise AssertionError(f"connected to {place}")

    settings.FETCH_ALLOW = []
    monkeypatch.setattr(socket, "create_connection", connect)

    assert refused(f"http://{host}/hub") == "private"


def test_f1_nothing_is_said_to_a_name_that_leads_inside_or_to_ourselves(settings, monkeypatch):
    settings.FETCH_ALLOW, settings.SITE_HOST = [], "www.example.org"
    named(monkeypatch, ["1.1.1.1", "10.0.0.1"])

    assert refused("https://hub.example.org/") == "private"
    assert refused("http://www.example.org/") == "private"
    assert refused("https://ada:password@hub.example.org/") == "address"
    assert refused("https://hub.example.org:25/") == "address"


@pytest.mark.parametrize("line", ["/\r\nX-Evil: 1", "/ HTTP/1.1", "/\x00", "/\u2028x"])
def test_f1_an_address_cannot_write_headers(line):
    with serving({"*": lambda request: 204}) as base:
        said(f"{base}{line}")
    (request,) = base.requests

    assert "x-evil" not in request.headers
    assert request.method == "POST"


def test_f2_the_body_of_the_answer_is_not_read():
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
    with serving({"*": endless(head, b"x" * 65536)}) as base:
        found = said(base)

    assert (found.status, found.body) == (200, b"")


@pytest.mark.parametrize(
    "route",
    [stall(), drip(b""), drip(b"HTTP/1.1 200 OK\r\nX: ")],
    ids=["silence", "drip", "headers without end"],
)
def test_f2_a_site_that_does_not_answer_in_time_is_left(route):
    with serving({"*": route}) as base:
        assert refused(base, seconds=0.5) == "timeout"


def test_f2_a_site_that_does_not_take_what_we_say_is_left():
    """It accepts the connection and reads nothing: our buffers fill, then the time is up."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        assert refused(url, data=b"x" * 30_000_000, seconds=0.7) == "timeout"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"", "protocol"),
        (b"SSH-2.0-OpenSSH\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000, "protocol"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000, "protocol"),
    ],
    ids=["nothing", "no http", "headers", "one header"],
)
def test_f2_what_is_no_answer_is_told(answer, kind):
    @raw
    def route(sock, request):
        sock.sendall(answer)

    with serving({"*": route}) as base:
        assert refused(base) in (kind, "big")


def test_a_site_that_is_away_is_told():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    assert refused(f"http://127.0.0.1:{port}/") == "connect"


def test_f2_a_connection_is_closed_whatever_happens(monkeypatch):
    opened, dial = [], fetch.dial

    def kept(*options):
        opened.append(dial(*options))
        return opened[-1]

    monkeypatch.setattr(fetch, "dial", kept)
    with serving({"/": lambda request: 204, "/slow": stall()}) as base:
        said(f"{base}/")
        refused(f"{base}/slow", seconds=0.3)

    assert [sock.fileno() for sock in opened] == [-1, -1]
    assert not [t for t in threading.enumerate() if t.name == "look-up" and t.is_alive()]
