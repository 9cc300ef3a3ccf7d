"""Sites that answer too much, too slowly or falsely: each ends soon, small and in our words (F2)."""

import contextlib
import gzip
import os
import socket
import threading
import time
import zlib
from functools import cache
from http import client

import brotli
import pytest
import zstandard

from kit import fetch
from kit.fetch import MOST_BYTES, FetchError
from tests.kit.loopback import ALLOW, Reply, drip, endless, raw, redirect, serving, stall

MB = 1024 * 1024
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
PACKINGS = ["gzip", "deflate", "raw deflate", "br", "zstd"]
BOMB = 80 * MB


@pytest.fixture(autouse=True)
def _open(settings):
    settings.FETCH_ALLOW = ALLOW


def fails(route, *, within=3, path="/", **options):
    """Fetch from ``route``, which must fail inside ``within`` seconds; return the kind."""
    with serving({"*": route}) as base:
        start = time.monotonic()
        with pytest.raises(FetchError) as caught:
            fetch.fetch(f"{base}{path}", **options)
        took = time.monotonic() - start
    assert took < within, took
    assert caught.value.sentence in fetch.SENTENCES.values()
    assert caught.value.__cause__ is None
    return caught.value.kind


def wire(*parts):
    """A route that sends these bytes and closes."""

    @raw
    def route(sock, request):
        for part in parts:
            sock.sendall(part)

    return route


@contextlib.contextmanager
def memory():
    """Give a list; afterwards it holds by how many bytes this process grew at its largest."""

    def now():
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def watch():
        while not over.wait(0.002):
            peak[0] = max(peak[0], now() - before)

    over, before, peak = threading.Event(), now(), [0]
    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


@cache
def bomb(packing):
    """Return ``BOMB`` zeros, packed; never held unpacked."""
    if packing == "br":
        machine = brotli.Compressor(quality=1)
        feed, end = machine.process, machine.finish
    else:
        bits = {"gzip": 31, "deflate": 15, "raw deflate": -15}
        machine = (
            zlib.compressobj(1, wbits=bits[packing])
            if packing in bits
            else zstandard.ZstdCompressor(level=1).compressobj()
        )
        feed, end = machine.compress, machine.flush
    zeros = bytes(MB)
    return b"".join([feed(zeros) for _ in range(BOMB // MB)] + [end()])


# --- Packing -----------------------------------------------------------------


@pytest.mark.parametrize("packing", PACKINGS)
def test_f2_a_bomb_is_stopped_at_the_limit_and_never_held(packing):
    body = bomb(packing)
    assert len(body) < 1.5 * MB
    coding = packing.removeprefix("raw ")

    with memory() as grown:
        kind = fails(lambda r: Reply(body, headers={"Content-Encoding": coding}), within=10)

    assert kind == "big"
    assert grown[0] < 2.5 * MOST_BYTES


@pytest.mark.parametrize("packing", PACKINGS)
def test_f2_memory_follows_the_limit_and_not_the_bomb(packing):
    body = bomb(packing)
    with memory() as grown:
        coding = packing.removeprefix("raw ")
        kind = fails(lambda r: Reply(body, headers={"Content-Encoding": coding}), most=MB, within=5)

    assert kind == "big"
    assert grown[0] < 14 * MB  # a window of 8 MB, an output of 2


def doubled():
    return gzip.compress(gzip.compress(b"<rss/>"))


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Encoding: gzip, gzip\r\n",
        b"Content-Encoding: gzip,br\r\n",
        b"Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n",
        b"Content-Encoding: identity, gzip\r\n",
        b"Content-Encoding: compress\r\n",
        b"Content-Encoding: gzip" + b", gzip" * 5000 + b"\r\n",
    ],
    ids=["twice", "mixed", "two lines", "identity first", "unknown", "5000"],
)
def test_f2_more_than_one_coding_is_refused(headers):
    assert fails(wire(OK, headers, b"\r\n", doubled())) == "encoding"


def test_f2_a_body_packed_twice_is_unpacked_once():
    with serving({"*": lambda r: Reply(doubled(), headers={"Content-Encoding": "gzip"})}) as base:
        assert fetch.fetch(base).body == gzip.decompress(doubled())


def far_back():
    """Return zstd that asks for a window of 128 MB."""
    parameters = zstandard.ZstdCompressionParameters(window_log=27)
    machine = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return machine.compress(b"<rss/>" * 1000) + machine.flush()


PACKED = {
    "gzip": gzip.compress(b"<rss/>" * 1000),
    "deflate": zlib.compress(b"<rss/>" * 1000),
    "br": brotli.compress(os.urandom(1000)),
    "zstd": zstandard.compress(b"<rss/>" * 1000),
}


@pytest.mark.parametrize("coding", PACKED)
def test_f2_a_damaged_or_cut_packing_is_told(coding):
    whole = PACKED[coding]
    for body in (whole[: len(whole) // 2], whole[:-1], whole[:1], b"<rss/>", b"\xff" * 100):
        route = wire(OK, f"Content-Encoding: {coding}\r\n\r\n".encode(), body)
        assert fails(route) == "encoding", body


def test_f2_a_window_of_128_mb_is_refused():
    assert fails(lambda r: Reply(far_back(), headers={"Content-Encoding": "zstd"})) == "encoding"


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_f2_thousands_of_empty_members_are_refused(pack):
    coding = "gzip" if pack is gzip.compress else "zstd"
    body = pack(b"") * 200_000
    kind = fails(lambda r: Reply(body, headers={"Content-Encoding": coding}), within=3)

    assert kind == "encoding"


# --- Size and length ---------------------------------------------------------


def test_f2_fifty_megabytes_are_refused_by_their_length_alone():
    assert fails(wire(OK, b"Content-Length: 52428800\r\n\r\n", b"x" * 1000), within=3) == "big"


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (OK + b"\r\n", b"x" * 65536),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"),
        (OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(os.urandom(4 * MB))),
        (OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"")),
        (OK + b"Content-Encoding: deflate\r\n\r\n", b"\x00\x00\x00\xff\xff" * 10_000),
    ],
    ids=["no length", "chunks", "packed", "empty members", "empty blocks"],
)
def test_f2_an_endless_body_ends_at_the_limit(head, piece):
    with memory() as grown:
        kind = fails(endless(head, piece), within=8)

    assert kind in ("big", "encoding")
    assert grown[0] < 2.5 * MOST_BYTES


def test_f2_the_limit_itself_is_allowed_and_one_byte_more_is_not():
    with serving({"*": lambda r: b"x" * 1000, "/packed": lambda r: packed_thousand()}) as base:
        assert len(fetch.fetch(base, most=1000).body) == 1000
        assert len(fetch.fetch(f"{base}/packed", most=1000).body) == 1000
        for path in ("", "/packed"):
            with pytest.raises(FetchError):
                fetch.fetch(base + path, most=999)


def test_f2_the_limit_counts_before_unpacking_too():
    blocks = b"\x00\x00\x00\xff\xff" * 400 + b"\x03\x00"  # 2 kB that hold nothing
    with serving({"*": wire(OK, b"Content-Encoding: deflate\r\n\r\n", blocks)}) as base:
        assert fetch.fetch(base).body == b""
        with pytest.raises(FetchError) as caught:
            fetch.fetch(base, most=1000)
    assert caught.value.kind == "big"


def packed_thousand():
    return Reply(gzip.compress(b"x" * 1000), headers={"Content-Encoding": "gzip"})


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (b"Content-Length: 100\r\n\r\n<rss/>", "protocol"),
        (b"Content-Length: 6, 7\r\n\r\n<rss/>", "protocol"),
        (b"Content-Length: 6\r\nContent-Length: 7\r\n\r\n<rss/>", "protocol"),
        (b"Transfer-Encoding: chunked\r\n\r\n100\r\n<rss/>", "protocol"),
        (b"Transfer-Encoding: chunked\r\n\r\n6\r\n<rss/>\r\n", "protocol"),
        (b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n<rss/>", "protocol"),
        (b"Transfer-Encoding: chunked\r\n\r\nzz\r\n<rss/>", "protocol"),
        (b"Transfer-Encoding: chunked\r\n\r\n-6\r\n<rss/>", "protocol"),
        (b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 70_000 + b"\r\n", "protocol"),
    ],
)
def test_f2_a_body_shorter_than_it_says_is_no_answer(sent, kind):
    assert fails(wire(OK, sent)) == kind


@pytest.mark.parametrize(
    "length", [b"3", b"-1", b"x", b"", b"0x6"], ids=["less", "negative", "word", "none", "hex"]
)
def test_f2_a_lying_length_never_gives_more_than_was_sent(length):
    with serving({"*": wire(OK, b"Content-Length: " + length + b"\r\n\r\n<rss/>")}) as base:
        try:
            assert fetch.fetch(base).body in (b"<rs", b"<rss/>")
        except FetchError as error:
            assert error.kind == "protocol"  # noqa: PT017 - either is right


def test_f2_a_body_in_chunks_of_one_byte_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(fetch, "MOST_PIECES", 5000)
    route = endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 5000)

    assert fails(route) == "protocol"


def test_f2_an_endless_trailer_ends():
    head = OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n"

    assert fails(endless(head, b"x: y\r\n" * 10_000), within=3, seconds=1) in ("big", "timeout")


# --- Headers -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", "big"),
        (b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n", "big"),
        (b"HTTP/1.1 200 OK\r\n" + (b"X: " + b"x" * 1000 + b"\r\n") * 90 + b"\r\n", "big"),
        (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 101 + b"\r\n", "protocol"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000, "big"),
        (b"HTTP/1.1 abc OK\r\n\r\n", "protocol"),
        (b"HTTP/1.1 99999 OK\r\n\r\n", "protocol"),
        (b"ICY 200 OK\r\n\r\n", "protocol"),
        (b"<rss/>", "protocol"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "protocol"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "protocol"),
        (b"", "protocol"),
    ],
)
def test_f2_headers_that_are_too_long_or_none_are_no_answer(head, kind):
    assert fails(wire(head)) == kind


def test_f2_headers_of_64_kb_are_read():
    head = b"HTTP/1.1 200 OK\r\n" + (b"X: " + b"x" * 995 + b"\r\n") * 60 + b"\r\n"
    with serving({"*": wire(head, b"<rss/>")}) as base:
        assert fetch.fetch(base).body == b"<rss/>"


def test_f2_strange_headers_are_not_handed_on():
    said = (
        b"ETag: a\x00b\r\nLast-Modified: \x1b[31m\r\nContent-Type: x\x07y\r\nRetry-After: 1e9\r\n"
    )
    with serving({"*": wire(b"HTTP/1.1 200 OK\r\n", said, b"\r\n<rss/>")}) as base:
        found = fetch.fetch(base)

    assert (found.etag, found.last_modified, found.content_type) == ("", "", "")
    assert found.retry_after is None


def test_f2_their_headers_are_not_logged(caplog):
    route = wire(b"HTTP/1.1 200 OK\r\nloro parole\r\nX: y\r\n\r\n<rss/>")
    with serving({"*": route}) as base, contextlib.suppress(FetchError):
        fetch.fetch(f"{base}/?segreto")

    assert caplog.text == ""


# --- Redirects ---------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_f2_five_redirects_are_followed_and_six_are_not(status):
    routes = {f"/{n}": redirect(f"/{n - 1}", status) for n in range(1, 8)} | {"/0": lambda r: b"x"}
    with serving(routes) as base:
        assert fetch.fetch(f"{base}/5").body == b"x"
        with pytest.raises(FetchError) as caught:
            fetch.fetch(f"{base}/6")
    assert caught.value.kind == "redirects"
    assert base.paths[-1] == "/1"


def test_f2_a_loop_of_redirects_ends():
    assert fails(redirect("/"), path="/a") == "redirects"


def test_f2_a_redirect_without_a_place_is_an_answer():
    with serving({"*": lambda r: Reply(b"x", 302)}) as base:
        assert fetch.fetch(base).status == 302


@pytest.mark.parametrize("status", [302, 404])
def test_f2_the_body_of_a_redirect_or_an_error_is_not_read(status):
    head = f"HTTP/1.1 {status} X\r\nLocation: /good\r\nContent-Encoding: gzip\r\n\r\n".encode()
    routes = {"/": endless(head, b"\0" * 65536), "/good": lambda r: b"<rss/>"}
    with serving(routes) as base, memory() as grown:
        found = fetch.fetch(f"{base}/")

    assert found.body == (b"<rss/>" if status == 302 else b"")
    assert grown[0] < 8 * MB


# --- Slow --------------------------------------------------------------------


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX: ",
        OK + b"\r\n",
        OK + b"Content-Length: 1000\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n",
        OK + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\0",
    ],
    ids=["status", "header", "body", "length", "chunk size", "packed"],
)
def test_f2_one_byte_at_a_time_ends_with_the_time_we_gave(start):
    kind = fails(drip(start), seconds=0.4, within=3)

    assert kind in ("timeout", "encoding")
    assert kind == "timeout" or b"gzip" in start


@pytest.mark.parametrize("start", [b"", OK, OK + b"\r\n<rss>"], ids=["first", "header", "body"])
def test_f2_a_stall_ends_with_the_time_we_gave(start):
    assert fails(stall(start), seconds=0.3, within=3) == "timeout"


def test_f2_the_first_byte_has_its_own_limit(monkeypatch):
    monkeypatch.setattr(fetch, "FIRST_BYTE_SECONDS", 0.2)

    assert fails(stall(), within=3) == "timeout"


def test_f2_slow_but_steady_is_an_answer(monkeypatch):
    monkeypatch.setattr(fetch, "FIRST_BYTE_SECONDS", 0.5)

    @raw
    def route(sock, request):
        for piece in (OK, b"\r\n", b"<rss", b"/>"):
            sock.sendall(piece)
            request.stopped.wait(0.2)

    with serving({"*": route}) as base:
        assert fetch.fetch(base).body == b"<rss/>"


def test_f2_redirects_share_the_time():
    def slow(request):
        request.stopped.wait(0.15)
        return redirect("/")(request)

    assert fails(slow, seconds=0.4, within=3) == "timeout"


def test_f2_a_handshake_that_never_comes_ends(monkeypatch):
    monkeypatch.setattr(fetch, "FIRST_BYTE_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(FetchError) as caught:
            fetch.fetch(f"https://127.0.0.1:{port}/")
    assert caught.value.kind == "timeout"


def test_f2_a_resolver_that_does_not_answer_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(fetch, "CONNECT_SECONDS", 0.2)
    over = threading.Event()
    monkeypatch.setattr(fetch, "resolve", lambda host, port: over.wait(10) and [])
    start = time.monotonic()
    with pytest.raises(FetchError) as caught:
        fetch.fetch("https://feeds.example.org/")
    took = time.monotonic() - start
    over.set()

    assert caught.value.kind == "dns"
    assert took < 3


def test_f2_a_name_that_does_not_exist_is_told(monkeypatch):
    def resolve(host, port):
        raise socket.gaierror(socket.EAI_NONAME, "loro parole")

    monkeypatch.setattr(fetch, "resolve", resolve)
    with pytest.raises(FetchError) as caught:
        fetch.fetch("https://feeds.example.org/")
    assert caught.value.kind == "dns"


def test_f2_an_address_that_is_away_leaves_time_for_the_next(monkeypatch):
    monkeypatch.setattr(fetch, "CONNECT_SECONDS", 8)
    waited = []

    def connect(place, timeout):
        waited.append(round(timeout, 1))
        raise TimeoutError

    places = [(0, 0, 0, "", (f"1.1.1.{n}", 443)) for n in range(9)]
    monkeypatch.setattr(fetch, "resolve", lambda host, port: places)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(FetchError) as caught:
        fetch.fetch("https://feeds.example.org/")

    assert caught.value.kind == "timeout"
    assert waited == [2, 2.7, 4, 8]


def test_f2_a_closed_port_is_told():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(FetchError) as caught:
        fetch.fetch(f"http://127.0.0.1:{port}/")
    assert caught.value.kind == "connect"


def test_a_connection_that_fails_is_closed(monkeypatch):
    """Warnings are errors here: a socket left open would be one. And nothing is left waiting."""
    opened = []
    connect = socket.create_connection
    monkeypatch.setattr(
        socket, "create_connection", lambda *a, **k: opened.append(connect(*a, **k)) or opened[-1]
    )
    fails(wire(b"nonsense"))
    fails(redirect("/"))

    assert len(opened) == 2 + fetch.REDIRECTS
    assert all(sock.fileno() == -1 for sock in opened)
    assert client._MAXHEADERS == 100  # what a test above stands on
