"""One second, and no longer: what the shipped nginx keeps, for whom, and with the application away."""

import re
import subprocess
import sys
import time
from contextlib import suppress
from threading import Event, Thread

from bench import shipped
from tests.deploy.stage import HOST, RETITLE, Readers


def said(answer):
    return ", ".join(answer.headers.get_all("Cache-Status", []))


def test_a_kept_page_is_the_proxys_for_a_second(site):
    site.ask("/")
    assert "nginx; hit" in said(site.ask("/"))
    time.sleep(1.2)
    # Looked at again with its ETag: the same page, and nothing was sent twice.
    assert "nginx; hit; fwd-status=304" in said(site.ask("/"))


def test_a_page_the_application_does_not_mark_is_never_kept(site):
    for _ in range(3):
        assert "nginx; hit" not in said(site.ask("/healthz"))
        assert "nginx; hit" not in said(site.ask("/admin/account/login/"))


def test_k6_a_purge_is_seen_within_a_second_and_a_half_under_load(site):
    paths = ["/", site.article]
    process = subprocess.Popen(
        [sys.executable, "-c", RETITLE], cwd=shipped.ROOT, env=site.environment(),
        text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout.readline() == "ready\n"
    with process, Readers(site, paths, how_many=4) as readers:
        for title in ("Seconda", "Terza", "Quarta"):
            process.stdin.write(f"{title}\n")
            process.stdin.flush()
            changed = float(process.stdout.readline())
            for path in paths:
                while title not in site.ask(path).text:
                    assert time.time() - changed < 1.5, (title, path)
            time.sleep(0.4)  # another part of the second for the next one
        process.stdin.close()

    assert readers.trouble == []
    assert readers.answers > 100


def test_k2_a_page_with_a_staff_session_is_never_kept_nor_answered_from_the_kept(site):
    for path in ("/", site.article):
        for _ in range(2):
            staff = site.ask(path, Cookie=site.staff)
            assert "nginx; hit" not in said(staff)
            assert "mmul; fwd=bypass" in said(staff)
            assert "mmul; fwd=bypass" not in said(site.ask(path))
    inside = site.ask("/admin/", Cookie=site.staff)
    assert (inside.status, inside.headers["Cache-Control"]) == (200, "private, no-store")
    assert site.ask("/admin/").status == 302


def test_k1_what_a_stranger_sends_colours_no_page(site):
    page = site.ask("/nessuna-1/").body
    tricks = {
        "X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "http", "X_Original_URL": "/admin/",
        "X_Rewrite_URL": "/admin/", "Forwarded": "host=evil.example", "Range": "bytes=0-3",
        "If_None_Match": "*", "X_HTTP_Method_Override": "POST", "Accept_Language": "en",
        "Cookie": "sessionid2=1", "Authorization": "Basic eDp5",
    }  # fmt: skip
    for number, (name, value) in enumerate(tricks.items(), start=2):
        site.ask(f"/nessuna-{number}/", **{name: value})
        clean = site.ask(f"/nessuna-{number}/")
        assert clean.status == 404, name
        assert b"evil" not in clean.body
        more = 2 * (len(str(number)) - 1)  # the words stand in a sentence and in the search box
        assert len(clean.body) == len(page) + more, name


def test_head_asks_once_and_sends_no_body(site):
    head, page = site.ask("/", method="HEAD"), site.ask("/")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(page.body))


def test_the_application_killed_under_load_gives_readers_no_error(site):
    paths = ["/", site.article, "/feed/"]
    with Readers(site, paths) as readers:
        time.sleep(1.5)
        site.kill_application()
        try:
            before = readers.answers
            time.sleep(3)
            kept, missing = site.ask("/", Accept_Encoding="br"), site.ask("/mai-vista/")
            style = site.ask("/static/css/site.css")
        finally:
            site.start_application()
        time.sleep(1.5)

    assert kept.status == style.status == 200
    # One reader finds that nobody answers; who asks in that moment gets the page meanwhile.
    assert re.search("nginx; hit; detail=(application-away|updating)", said(kept))
    assert readers.trouble == []
    assert readers.answers - before > 300
    assert "detail=application-away" not in said(site.ask("/", Accept_Encoding="br"))
    assert (missing.status, missing.headers["Retry-After"]) == (503, "30")
    assert missing.headers["Cache-Control"] == "no-store"
    assert "Torniamo tra pochissimo" in missing.text


def test_a_comment_sent_while_the_application_is_away_is_never_a_yes(site):
    site.kill_application()
    try:
        answer = site.ask(site.article, method="POST", body=b"text=ciao")
    finally:
        site.start_application()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")


def test_h2_a_forged_address_does_not_make_another_reader(site):
    site.restart_application(MMUL_READS_PER_MINUTE="20", MMUL_WEB_WORKERS="1")
    try:
        answers = [
            site.ask(f"/nessuna-h2-{n}/", X_Forwarded_For=f"203.0.{n}.7, 198.51.{n}.1").status
            for n in range(60)
        ]
    finally:
        site.restart_application()
    # Two processes count apart: 20 pages each at most, then no more.
    assert answers.count(404) <= 40
    assert answers[-10:] == [429] * 10


def test_h3_200_slow_clients_stop_nobody(site):
    slow, done = [], Event()
    head = f"POST {site.article} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 200\r\n\r\n".encode()

    def drip():
        while not done.wait(2):
            for connection in slow:
                with suppress(OSError):
                    connection.sock.send(b"x")

    thread = Thread(target=drip)
    try:
        for number in range(200):
            connection = site.connect()
            # A third of them never finish their headers.
            connection.sock.sendall(head if number % 3 else head[:-20])
            slow.append(connection)
        thread.start()
        for number in range(20):
            began = time.monotonic()
            assert site.ask(f"/nessuna-h3-{number}/").status == 404
            assert site.ask("/healthz").status == 200
            assert time.monotonic() - began < 10
    finally:
        done.set()
        thread.join()
        for connection in slow:
            connection.close()
