"""The cache in the real server: two processes, a bell between them, exact bytes on the wire."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from mmul.server import granian
from tests.postgres import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def environment(tmp_path_factory, collected, migrated):
    folder, port = tmp_path_factory.mktemp("site"), free_port()
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MMUL_", "DATABASE_URL"))}
    shutil.copy(migrated, folder / "site.sqlite3")
    return clean | {
        "MMUL_MODE": "production",
        "MMUL_SECRET_KEY": "x" * 60,
        "MMUL_SITE_URL": f"http://127.0.0.1:{port}",
        "MMUL_STATIC_ROOT": str(collected),
        "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
        "PORT": str(port),
    }


def manage(environment, *arguments):
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def site(environment):
    with served(environment) as port:
        yield port


@contextmanager
def served(environment):
    port = int(environment["PORT"])
    process = subprocess.Popen(granian(port, workers=2), cwd=ROOT, env=environment)
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
        process.send_signal(signal.SIGTERM)
        start = time.monotonic()
        assert process.wait(20) == 0
        assert time.monotonic() - start < 8, "a worker had to be killed"
    finally:
        process.kill()
        process.wait()


def ask(port, path="/", method="GET", **headers):
    """One connection each time, so that both processes are asked."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=names)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, dict(response.getheaders()), body


def word(answer):
    return answer[1]["cache-status"].removeprefix("mmul; ")


def warm(port, path="/"):
    """Ask until both processes keep the page."""
    for _ in range(200):
        if [word(ask(port, path)) for _ in range(12)] == ["hit"] * 12:
            return
    raise AssertionError("the page is not kept")


def raw(port, request):
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer


def test_a_page_is_kept_packed_and_confirmed_over_the_wire(site):
    warm(site)
    status, headers, body = ask(site, accept_encoding="br")
    assert (status, headers["content-encoding"]) == (200, "br")
    assert int(headers["content-length"]) == len(body)
    again = ask(site, accept_encoding="br", if_none_match=headers["etag"])
    assert (again[0], again[2]) == (304, b"")
    head = ask(site, method="HEAD", accept_encoding="br")
    assert (head[0], head[2], head[1]["content-length"]) == (200, b"", headers["content-length"])


def test_a_purge_by_another_program_is_seen_by_the_next_reader_in_every_process(site, environment):
    warm(site)
    manage(environment, "purge", "--tag", "lists")

    words = [word(ask(site)) for _ in range(16)]

    assert words.count("fwd=uri-miss; stored") <= 2
    ages = [int(ask(site)[1]["age"]) for _ in range(8)]
    assert words[0] == "fwd=uri-miss; stored"
    assert max(ages) <= 2


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET /%2e%2e/%2E/ HTTP/1.1", 301), ("GET //admin/ HTTP/1.1", 301),
        ("GET /admin;/ HTTP/1.1", 404), ("GET /%61dmin/x.css HTTP/1.1", 302),
        ("GET /?%0d%0aX-Evil:1 HTTP/1.1", 200), ("GET http://evil.example/ HTTP/1.1", 200),
        ("GET /%0d%0aX-Evil:%201 HTTP/1.1", 400), ("TRACE / HTTP/1.1", 405),
        ("GET /;x.css HTTP/1.1", 404), ("GET /%3Fq=1 HTTP/1.1", 404),
    ],
)  # fmt: skip
def test_k3_tricks_with_the_path_leave_the_page_as_it_is(site, line, status):
    warm(site)
    before = ask(site)
    answer = raw(
        site, f"{line}\r\nHost: 127.0.0.1:{site}\r\nConnection: close\r\n\r\n".encode()
    ).decode()
    after = ask(site)

    assert answer.startswith(f"HTTP/1.1 {status}")
    assert "x-evil" not in answer.partition("\r\n\r\n")[0].lower()
    assert (after[0], after[2], after[1]["etag"]) == (before[0], before[2], before[1]["etag"])


@pytest.mark.parametrize(
    "host", ["evil.example", "{ours}\r\nHost: evil.example", "", "{ours},evil"]
)
def test_h1_two_names_or_a_wrong_one_get_a_400_and_no_kept_page(site, host):
    warm(site)
    name = host.format(ours=f"127.0.0.1:{site}")
    answer = raw(site, f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 400")
    assert b"evil" not in answer


def test_kept_pages_go_on_without_the_database_and_health_says_so(environment, tmp_path):
    """Everything that is kept, also past its time; the rest is a 503."""
    file = Path(environment["DATABASE_URL"].removeprefix("sqlite:///"))
    port = free_port()
    changed = environment | {"PORT": str(port), "MMUL_SITE_URL": f"http://127.0.0.1:{port}"}
    changed["MMUL_DB_KEEP_SECONDS"] = "0"  # an open file would go on being read
    with served(changed):
        warm(port)
        for part in file.parent.glob(f"{file.name}*"):
            part.rename(tmp_path / part.name)
        file.mkdir()  # what cannot be opened
        try:
            wait_for(lambda: word(ask(port)) == "hit; detail=database-away")
            assert ask(port)[0] == 200
            wait_for(lambda: ask(port, "/healthz")[0] == 503)
            assert ask(port, "/altra-pagina/")[0] == 503
        finally:
            file.rmdir()
            for part in tmp_path.glob(f"{file.name}*"):
                part.rename(file.parent / part.name)
        wait_for(lambda: word(ask(port)) == "hit")
        assert ask(port, "/healthz")[0] == 200


def wait_for(condition):
    for _ in range(200):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it never came")
