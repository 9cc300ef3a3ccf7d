"""The limit of a Python server: a WSGI callable that answers the same few bytes to everybody."""

PAGE = b"Ciao\n"
HEADERS = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(PAGE)))]


def application(environ, start_response):
    start_response("200 OK", HEADERS)
    return [PAGE]
