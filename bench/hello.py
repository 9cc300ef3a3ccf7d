"""The limits of a Python server: a WSGI callable that answers the same few bytes to everybody, and
one that answers as much as a kept page does, headers included, without looking at the request.
"""

PAGE = b"Ciao\n"
HEADERS = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(PAGE)))]


def application(environ, start_response):
    start_response("200 OK", HEADERS)
    return [PAGE]


BODY = [b"x" * 3800]
LONG = [(f"X-Header-Number-{number}", "v" * 40) for number in range(14)]
LONG += [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", "3800")]


def page(environ, start_response):
    start_response("200 OK", LONG)
    return BODY
