"""The only door to the outside web, for the worker and for commands (trust table, F1 and F2).

Every hop: the name is resolved once, every address it has must be public, and the connection
goes to one of those. Nothing is believed about lengths, speed or packing; all is counted.
"""

import contextlib
import io
import logging
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException
from ipaddress import ip_address
from urllib.parse import quote, urljoin

from django.conf import settings
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as PoolTimeout

from kit import addresses, urls
from kit.freshness import cache_seconds, one_line, retry_after
from kit.unpacking import CODINGS, BadPacking, unpacked

FEED_TYPES = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
PAGE_TYPES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
MOST_BYTES = 15 * 1024 * 1024  # of a body, before and after decompression
HEADER_BYTES = 64 * 1024
CONNECT_SECONDS = 5  # to resolve and to connect
FIRST_BYTE_SECONDS = 10
REDIRECTS = 5
PIECE = 64 * 1024  # bytes read at once
MOST_PIECES = 200_000  # a body in chunks of one byte would cost 20 s of CPU
LOOKUPS = threading.BoundedSemaphore(64)  # at once; a stuck one cannot be stopped
SAFE = "%/?!$&'()*+,;=:@~[]{}|^`"  # of a target: sent as it was written

SENTENCES = {
    "address": "L’indirizzo non si può usare: serve http o https, senza utente né porte insolite.",
    "private": "L’indirizzo porta a una rete privata o a questo stesso sito: non viene aperto.",
    "dns": "Il nome del sito non esiste o in questo momento non si trova.",
    "connect": "Il sito non accetta il collegamento o lo ha chiuso.",
    "tls": "Non si riesce ad aprire un collegamento sicuro con il sito.",
    "certificate": "Il certificato di sicurezza del sito non è valido o è scaduto.",
    "timeout": "Il sito è troppo lento: la risposta non è arrivata in tempo.",
    "big": "La risposta del sito è troppo grande.",
    "encoding": "La risposta del sito è compressa in un modo che non si riesce a leggere.",
    "redirects": "Il sito rimanda troppe volte da un indirizzo all’altro.",
    "protocol": "La risposta del sito è incompleta o non rispetta le regole del web.",
}
# urllib3 logs headers it cannot read, with the address and their bytes.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


class FetchError(Exception):
    """No answer. ``kind``: address, private, dns, connect, tls, timeout, big, encoding,
    redirects, protocol. ``sentence``: Italian, ours, without any of their bytes.
    """

    def __init__(self, kind, sentence=""):
        self.kind, self.sentence = kind, sentence or SENTENCES[kind]
        super().__init__(self.sentence)


@dataclass(frozen=True)
class Answer:
    """What a site said. Any status is an answer; only a 2xx to a GET has a body."""

    status: int
    url: str  # the last one, after redirects
    body: bytes = b""
    content_type: str = ""
    etag: str = ""  # as received; "" if none or unusable
    last_modified: str = ""
    retry_after: int | None = None  # seconds
    cache_seconds: int = 0  # by Cache-Control or Expires
    permanent: str = ""  # ``url`` when every redirect on the way was a 301 or 308
    downgraded: bool = False  # a redirect led from https to http

    @property
    def not_modified(self):
        return self.status == 304


def fetch(url, *, etag="", last_modified="", accept=FEED_TYPES, seconds=20, most=MOST_BYTES):
    """Ask ``url`` once, following redirects; return an ``Answer`` or raise ``FetchError``.

    ``seconds`` is for everything together, ``most`` in bytes. Blocks, safe in threads. ``etag``
    and ``last_modified`` are sent as given: hand back what an earlier answer held.
    """
    end = time.monotonic() + seconds
    headers = request_headers(accept, etag, last_modified)
    here, statuses, downgraded = parsed(url), [], False
    while True:
        with exchange(here, headers, end) as response:
            there = redirected(here, response)
            if there is None:
                lasting = bool(statuses) and set(statuses) <= {301, 308}
                return answer(here, response, most, end, lasting=lasting, downgraded=downgraded)
            statuses.append(response.status)
        if len(statuses) > REDIRECTS:
            raise FetchError("redirects")
        downgraded |= (here.scheme, there.scheme) == ("https", "http")
        here = there


def post(url, data, *, content_type, seconds=20):
    """Send ``data`` (bytes) to ``url`` once; return an ``Answer`` or raise ``FetchError``.

    The same door as ``fetch``, with two differences: a redirect is not followed, so what we say
    is heard by nobody else, and the body of the answer is not read: the status is the answer.
    """
    end = time.monotonic() + seconds
    headers = request_headers("*/*") | {"Content-Type": content_type}
    here = parsed(url)
    with exchange(here, headers, end, data) as response:
        return answer(here, response, None, end, lasting=False, downgraded=False)


def request_headers(accept, etag="", last_modified=""):
    """Return what we say about ourselves. A validator that no header can hold is left out."""
    headers = {
        "User-Agent": f"MMUL/{settings.VERSION} (+{settings.SITE_URL}/rassegna/fonti/)",
        "Accept": accept,
        "Accept-Encoding": ", ".join(CODINGS),
        "Connection": "close",
    }
    validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return headers | {name: value for name, value in validators.items() if one_line(value)}


# --- Where to: F1 ------------------------------------------------------------


def parsed(url):
    """Return the ``urls.Parts`` of an address we may try, its port filled in."""
    parts = urls.split(url)
    if parts is None:
        raise FetchError("address")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if port not in addresses.PORTS and not settings.FETCH_ALLOW:
        raise FetchError("address")
    if addresses.is_one_of(parts.host, port, [settings.SITE_HOST, *settings.OTHER_HOSTS]):
        raise FetchError("private")
    return parts._replace(port=port)


def target(parts):
    """Return path and query as they are asked for, in ASCII."""
    query = f"?{parts.query}" if parts.query else ""
    return quote((parts.path or "/") + query, safe=SAFE, errors="replace")


def whole(parts):
    port = "" if parts.port == (443 if parts.scheme == "https" else 80) else f":{parts.port}"
    return f"{parts.scheme}://{urls.bracketed(parts.host)}{port}{target(parts)}"


def redirected(here, response):
    """Return where a redirect leads, or None if the answer is none."""
    location = response.headers.get("location")
    if response.status not in (301, 302, 303, 307, 308) or not location:
        return None
    # On the wire it is bytes; http.client reads them as Latin-1, servers mean UTF-8.
    with contextlib.suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    return parsed(urljoin(whole(here), location))


def vetted(parts, end):
    """Return the addresses of a host, every one of which we may reach on this port."""
    try:
        alone = addresses.literal(parts.host)
        found = [alone] if alone else look_up(parts.host, parts.port, left(end))
    except ValueError:  # 0177.1, 2130706433: a spelling that only hides an address
        raise FetchError("private") from None
    for address in found:
        if not addresses.may_reach(address, parts.port, settings.FETCH_ALLOW):
            raise FetchError("address" if addresses.is_public(address) else "private")
    return found


def look_up(host, port, seconds):
    """Ask the resolver of the system once, in a thread: it has no time limit of its own."""
    answers = []

    def work():
        try:
            with contextlib.suppress(OSError, UnicodeError):
                answers.extend(resolve(host, port))
        finally:
            LOOKUPS.release()

    end = time.monotonic() + seconds
    if not LOOKUPS.acquire(timeout=seconds):
        raise FetchError("dns")
    thread = threading.Thread(target=work, daemon=True, name="look-up")
    thread.start()
    thread.join(max(end - time.monotonic(), 0))
    if thread.is_alive():
        raise FetchError("dns")
    found = list(dict.fromkeys(ip_address(place[0].partition("%")[0]) for *_, place in answers))
    if not found:
        raise FetchError("dns")
    return found


def resolve(host, port):
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


# --- The connection: F2 ------------------------------------------------------


def left(end):
    """Return the seconds up to ``end``; there are none: no answer."""
    seconds = end - time.monotonic()
    if seconds <= 0:
        raise FetchError("timeout")
    return seconds


@contextlib.contextmanager
def exchange(parts, headers, end, data=None):
    """Give the response to one GET (a POST of ``data``), its body unread; close afterwards."""
    with contextlib.ExitStack() as opened:
        try:
            soon = min(end, time.monotonic() + CONNECT_SECONDS)
            sock = opened.enter_context(dial(vetted(parts, soon), parts.port, soon))
            first = min(end, time.monotonic() + FIRST_BYTE_SECONDS)
            sock.settimeout(left(first))
            if parts.scheme == "https":
                sock = tls().wrap_socket(sock, server_hostname=parts.host)
                opened.enter_context(sock)
            yield ask(parts, headers, Line(sock, first, end), data)
        except FetchError:
            raise
        except (TimeoutError, PoolTimeout):
            raise FetchError("timeout") from None
        except ssl.SSLCertVerificationError:
            raise FetchError("tls", SENTENCES["certificate"]) from None
        except ssl.SSLError:
            raise FetchError("tls") from None
        except BadPacking:
            raise FetchError("encoding") from None
        except (HTTPException, HTTPError, ValueError):
            raise FetchError("protocol") from None
        except OSError:
            raise FetchError("connect") from None


def dial(found, port, end):
    """Connect to the first of four addresses that answers; each has its share of the time."""
    found = found[:4]
    for waiting, address in zip(range(len(found), 0, -1), found, strict=True):
        try:
            return socket.create_connection((str(address), port), timeout=left(end) / waiting)
        except OSError:
            if waiting == 1:
                raise
    raise FetchError("dns")


@cache
def tls():
    """Checks certificate and name. Made once: reading the authorities takes 20 ms."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def ask(parts, headers, line, data):
    """Send the request on a connection that stands, return the response, its body unread."""
    connection = HTTPConnection(parts.host, parts.port, timeout=None)
    connection.default_port = 443 if parts.scheme == "https" else 80  # for the header Host
    connection.sock = line
    method = "GET" if data is None else "POST"
    connection.request(method, target(parts), data, headers, preload_content=False)
    response = connection.getresponse()
    line.wire.allowance += 2 * MOST_BYTES  # the rest is counted by ``pieces``
    return response


class Line:
    """Stands before the socket where http.client expects one; it lives until ``exchange`` ends."""

    def __init__(self, sock, first, end):
        self.sock, self.wire = sock, Wire(sock, first, end)

    def sendall(self, data):
        self.sock.settimeout(left(self.wire.deadline))
        self.sock.sendall(data)

    def makefile(self, mode):
        return io.BufferedReader(self.wire, PIECE)

    def settimeout(self, seconds):
        """The deadline rules."""

    def close(self):
        """``exchange`` does."""


class Wire(io.RawIOBase):
    """What comes from a socket, counted, and never past the deadline however it drips."""

    def __init__(self, sock, first, end):
        self.sock, self.deadline, self.end = sock, first, end
        self.allowance = HEADER_BYTES

    def readable(self):
        return True

    def readinto(self, buffer):
        if self.allowance <= 0:
            raise FetchError("big")
        self.sock.settimeout(left(self.deadline))
        count = self.sock.recv_into(memoryview(buffer)[: self.allowance])
        self.allowance -= count
        self.deadline = self.end
        return count


# --- The answer --------------------------------------------------------------


def answer(here, response, most, end, *, lasting, downgraded):
    headers, address = response.headers, whole(here)
    read = most is not None and 200 <= response.status < 300
    return Answer(
        status=response.status,
        url=address,
        body=body(response, most, end) if read else b"",
        content_type=one_line(headers.get("content-type", "")),
        etag=one_line(headers.get("etag", "")),
        last_modified=one_line(headers.get("last-modified", "")),
        retry_after=retry_after(headers.get("retry-after", "")),
        cache_seconds=cache_seconds(headers),
        permanent=address if lasting else "",
        downgraded=downgraded,
    )


def body(response, most, end):
    coding = response.headers.get("content-encoding", "").strip().lower()
    kept = io.BytesIO()
    for piece in unpacked(pieces(response, most), coding):
        left(end)
        if kept.tell() + len(piece) > most:
            raise FetchError("big")
        kept.write(piece)
    return kept.getvalue()


def pieces(response, most):
    """Give the body as it is on the wire, without chunk marks; too much of it raises."""
    if (response.length_remaining or 0) > most:
        raise FetchError("big")
    taken = 0
    for _ in range(MOST_PIECES):
        piece = response.read1(PIECE, decode_content=False)
        if not piece:
            return
        taken += len(piece)
        if taken > most:
            raise FetchError("big")
        yield piece
    raise FetchError("protocol")
