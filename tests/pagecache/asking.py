"""Ask a WSGI application as a server does: an environ in, an answer out."""

from typing import NamedTuple
from wsgiref.util import setup_testing_defaults


class Answer(NamedTuple):
    status: int
    headers: dict
    body: bytes

    @property
    def word(self):
        """What the cache did: "hit", "fwd=bypass", ..."""
        return self.headers.get("Cache-Status", "").removeprefix("mmul; ")


def environ(path="/", query="", method="GET", **more):
    """``more``: headers with underscores, ``accept_encoding="br"``; whole names in capitals."""
    made = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}
    made |= {"HTTP_HOST": "127.0.0.1:8000", "REMOTE_ADDR": "127.0.0.1", "SERVER_NAME": "127.0.0.1"}
    for name, value in more.items():
        made[name if name.isupper() else f"HTTP_{name.upper()}"] = value
    setup_testing_defaults(made)
    return {name: value for name, value in made.items() if value is not None}


def ask(application, path="/", query="", method="GET", **more):
    said = []

    def start_response(status, headers, exc_info=None):
        said[:] = status, headers

    result = application(environ(path, query, method, **more), start_response)
    try:
        body = b"".join(result)
    finally:
        if hasattr(result, "close"):
            result.close()
    status, headers = said
    assert len({name.lower() for name, _ in headers}) == len(headers), headers
    return Answer(int(status.split()[0]), dict(headers), body)
