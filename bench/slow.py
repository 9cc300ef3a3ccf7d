"""The site with one more address, ``/slow/``, that works for 10 ms and is never kept."""

import time

from mmul import wsgi

SECONDS = 0.010


def application(environ, start_response):
    if environ["PATH_INFO"] != "/slow/":
        return wsgi.application(environ, start_response)
    until = time.thread_time() + SECONDS
    while time.thread_time() < until:
        pass
    start_response("200 OK", [("Content-Length", "5")])
    return [b"lento"]
