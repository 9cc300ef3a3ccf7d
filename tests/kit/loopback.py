"""A web server on 127.0.0.1 for tests: well-behaved routes, and sockets that behave badly.

    with serving({"/feed": lambda request: Reply(b"<rss/>", headers={"ETag": '"1"'})}) as base:
        fetch(f"{base}/feed")
        assert base.requests[0].headers["accept"]

A route is a function of the ``Request``; it returns a ``Reply``, bytes (200) or a number (a status
without body). Made with ``raw`` it gets the open socket instead and sends what it likes. The route
"*" answers every other path; without it they get 404. ``fetch`` refuses 127.0.0.1 as it should:
a test sets ``settings.FETCH_ALLOW = ALLOW`` first.
"""

import contextlib
import socket
import ssl
import tempfile
import threading
import time
from dataclasses import dataclass, field

from kit import addresses

ALLOW = addresses.ranges(["127.0.0.0/8"])
FEED = "application/rss+xml; charset=utf-8"


@dataclass
class Request:
    path: str  # without the query
    query: str
    headers: dict  # names in lower case
    stopped: threading.Event  # set when the test is over: wait on it instead of sleeping
    method: str = "GET"
    body: bytes = b""
    at: float = field(default_factory=time.monotonic)


@dataclass
class Reply:
    body: bytes = b""
    status: int = 200
    headers: dict = field(default_factory=dict)

    def written(self):
        lines = {"Content-Type": FEED, "Content-Length": str(len(self.body))} | self.headers
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        start = f"HTTP/1.1 {self.status} Said\r\n{head}Connection: close\r\n\r\n"
        return start.encode("latin-1") + self.body


class Base(str):
    """The address of the server, ``http://127.0.0.1:PORT``, and what it was asked."""

    def __new__(cls, address):
        made = super().__new__(cls, address)
        made.requests = []
        return made

    @property
    def paths(self):
        return [request.path for request in self.requests]


def raw(function):
    """Mark a route that is called with ``(sock, request)`` and writes every byte itself."""
    function.raw = True
    return function


def redirect(to, status=302):
    return lambda request: Reply(status=status, headers={"Location": to})


def drip(data, every=0.02):
    """A route that sends ``data`` at once and then one byte ``every`` seconds, without end."""

    @raw
    def route(sock, request):
        sock.sendall(data)
        while not request.stopped.wait(every):
            sock.sendall(b"x")

    return route


def stall(data=b""):
    """A route that sends ``data`` and then nothing, holding the line."""

    @raw
    def route(sock, request):
        sock.sendall(data)
        request.stopped.wait(30)

    return route


def endless(head, piece):
    """A route that sends ``head`` and then ``piece`` for ever, as fast as it is read."""

    @raw
    def route(sock, request):
        sock.sendall(head)
        while not request.stopped.is_set():
            sock.sendall(piece)

    return route


@contextlib.contextmanager
def serving(routes, *, tls=False):
    """Serve ``routes`` on a free port; give the ``Base``. Nothing is left running afterwards."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        port = listener.getsockname()[1]
        server = Server(routes, Base(f"{'https' if tls else 'http'}://127.0.0.1:{port}"), tls)
        thread = threading.Thread(target=server.run, args=[listener], daemon=True)
        thread.start()
        try:
            yield server.base
        finally:
            server.stopped.set()
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
            thread.join(5)
            server.end()


class Server:
    def __init__(self, routes, base, tls):
        self.routes, self.base = routes, base
        self.context = server_context() if tls else None
        self.stopped = threading.Event()
        self.lines = {}  # socket -> thread
        self.lock = threading.Lock()

    def run(self, listener):
        while not self.stopped.is_set():
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self.serve, args=[sock], daemon=True)
            with self.lock:
                self.lines[sock] = thread
            thread.start()

    def end(self):
        with self.lock:
            lines = dict(self.lines)
        for sock in lines:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in lines.values():
            thread.join(5)

    def serve(self, plain):
        sock = plain
        try:
            plain.settimeout(30)
            if self.context:
                sock = self.context.wrap_socket(plain, server_side=True)
            self.answer(sock)
        except OSError:
            pass  # the client left, as it should when we misbehave
        finally:
            sock.close()
            with self.lock:
                self.lines.pop(plain, None)

    def answer(self, sock):
        request = self.read(sock)
        if request is None:
            return
        route = self.routes.get(request.path) or self.routes.get("*") or (lambda request: 404)
        if getattr(route, "raw", False):
            route(sock, request)
            return
        reply = route(request)
        if isinstance(reply, int):
            reply = Reply(status=reply)
        elif isinstance(reply, bytes):
            reply = Reply(reply)
        sock.sendall(reply.written())

    def read(self, sock):
        data = b""
        while b"\r\n\r\n" not in data:
            piece = sock.recv(65536)
            if not piece:
                return None
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, address = first.split(" ")[:2]
        path, _, query = address.partition("?")
        headers = {name.lower(): value for name, _, value in (x.partition(": ") for x in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            piece = sock.recv(65536)
            if not piece:
                return None
            body += piece
        request = Request(path, query, headers, self.stopped, method, body)
        self.base.requests.append(request)
        return request


def server_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(KEY + CERTIFICATE)
        file.flush()
        context.load_cert_chain(file.name)
    return context


def client_context():
    """What ``kit.fetch.tls`` returns where the certificate below is an authority."""
    return ssl.create_default_context(cadata=CERTIFICATE)


# For feeds.example.org, localhost and 127.0.0.1, up to the year 2126. It opens nothing.
KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgEiQj3L2hwUmlYFIy
lP4LB7x88EEPbsWE3USQoRz2GSqhRANCAASUDH2R7nc7TruhSdHe1YiCJksombqF
YcBDGVkWsrJUYaLQGhfib0cbjAvOBUrmncZRn2uF9h5qJ8+sE/UgEfsC
-----END PRIVATE KEY-----
"""
CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIB1zCCAX6gAwIBAgIUGaVz0Liby70M21krM2+Wjk+EIZEwCgYIKoZIzj0EAwIw
IDEeMBwGA1UEAwwVbG9vcGJhY2sgb2Ygb3VyIHRlc3RzMCAXDTI2MTEyNTE1NTYz
M1oYDzIxMjYxMTAxMTU1NjMzWjAgMR4wHAYDVQQDDBVsb29wYmFjayBvZiBvdXIg
dGVzdHMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASUDH2R7nc7TruhSdHe1YiC
JksombqFYcBDGVkWsrJUYaLQGhfib0cbjAvOBUrmncZRn2uF9h5qJ8+sE/UgEfsC
o4GTMIGQMB0GA1UdDgQWBBR1udZwcXsIQN+XDiDT+3N6egKXzzAfBgNVHSMEGDAW
gBR1udZwcXsIQN+XDiDT+3N6egKXzzAPBgNVHRMBAf8EBTADAQH/MC0GA1UdEQQm
MCSCEWZlZWRzLmV4YW1wbGUub3Jngglsb2NhbGhvc3SHBH8AAAEwDgYDVR0PAQH/
BAQDAgKEMAoGCCqGSM49BAMCA0cAMEQCIHpKJObKwXkXYxVCHx/kzsxz8IS82WHW
+/2Cgsc96t4IAiAyqdLU/d5dYLg1gCdm4SxDTcWBpDe9TCBYGuXIIqZncg==
-----END CERTIFICATE-----
"""
