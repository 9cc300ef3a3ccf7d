"""What readers get through the shipped nginx: the application's own headers, files, refusals."""

import gzip
import re
import ssl
import subprocess

import brotli
import pytest

from bench import shipped
from images.files import NAME
from pagecache.keys import best_coding
from tests.deploy.stage import HOST, OTHER

# Of one answer, of the connection, or said anew by each cache that has a word in it.
OWN = {
    "date",
    "expires",
    "server",
    "connection",
    "age",
    "cache-status",
    "x-request-id",
    "x-accel-expires",
}
FIXED = (
    "X-Content-Type-Options", "X-Frame-Options", "Cross-Origin-Opener-Policy", "Permissions-Policy",
    "Strict-Transport-Security", "Referrer-Policy", "Cross-Origin-Resource-Policy",
    "Content-Security-Policy",
)  # fmt: skip
ADDRESSES = [
    "/", "/feed/", "/robots.txt", "/healthz", "/chi-siamo", "/nessuna/", "/%FF/", f"/{'x' * 5000}/",
    "/static/nessuno.css", f"/media/ab/{'0' * 40}.jpg", "/media/altro.txt",
    "/admin/", "/admin/account/login/",
]  # fmt: skip
# Accept-Encoding as browsers, feed readers, tools and mischief write it.
HEADERS = [
    None, "", "gzip, deflate, br, zstd", "gzip, deflate, br", "gzip, deflate", "gzip", "br", "BR",
    "identity", "deflate", "br;q=0", "br;q=0, gzip", "gzip;q=0", "br; q=0.0", "br;q=0.5, gzip;q=1",
    "br ; q=1.0", "gzip;q=0.001", "xbr, brx", "x-gzip", "zstd, br", "gzip,br", "gzip;q=1;br",
]  # fmt: skip


def comparable(answer):
    return sorted(
        (name.lower(), re.sub(r"'nonce-[^']+'|(?<=csrftoken=)[^;]+|expires=[^;]+", "R", value))
        for name, value in answer.headers.items()
        if name.lower() not in OWN
    )


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda a: a[:30])
@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
def test_headers_of_the_trust_table_arrive_unchanged(site, address, coding):
    direct = site.ask_application(address, Accept_Encoding=coding)
    # Twice: made, and kept.
    for _ in range(2):
        answer = site.ask(address, Accept_Encoding=coding)
        assert answer.status == direct.status
        assert comparable(answer) == comparable(direct)
        assert answer.headers["Server"] == "nginx"
        assert "X-Accel-Expires" not in answer.headers


@pytest.mark.parametrize("header", HEADERS)
def test_proxy_and_application_choose_the_same_coding(site, header):
    more = {} if header is None else {"Accept_Encoding": header}
    answer = site.ask("/", **more)

    # Where the proxy reads less out of an odd header than we do, the page goes out as it is.
    chosen = answer.headers.get("Content-Encoding", "identity")
    assert chosen in {best_coding(header or ""), "identity"}
    if not header or re.fullmatch(r"[\w, -]+", header):
        assert chosen == best_coding(header or "")


def test_a_reader_who_has_the_page_gets_a_304(site):
    answer = site.ask("/", Accept_Encoding="br")
    again = site.ask("/", Accept_Encoding="br", If_None_Match=answer.headers["ETag"])

    assert (again.status, again.body) == (304, b"")
    assert again.headers["Content-Security-Policy"] == answer.headers["Content-Security-Policy"]


def test_http_2_is_offered(site):
    connection = site.connect(protocols=["h2", "http/1.1"])
    assert connection.sock.selected_alpn_protocol() == "h2"
    connection.close()


def test_a_shared_link_is_the_page_and_an_odd_parameter_never_answers_for_another(site):
    page = site.ask("/").body
    for query in ("utm_source=x&fbclid=1", "%75tm_source=1", "x=1", "p", "replytocom=1", "%70=1"):
        site.ask(f"/?{query}")
    assert site.ask("/").body == page
    assert "nginx; hit" in said(site.ask("/?fbclid=mai-visto"))


def said(answer):
    return ", ".join(answer.headers.get_all("Cache-Status", []))


def stylesheet(site):
    return re.search(r'href="(/static/css/pages\.[^"]+\.css)"', site.ask("/").text)[1]


@pytest.mark.parametrize(
    ("coding", "unpack"), [("gzip", gzip.decompress), ("br", brotli.decompress)]
)
def test_static_files_come_packed_from_the_proxy_and_stay_a_year(site, coding, unpack):
    if coding == "br" and not shipped.BROTLI.exists():
        pytest.skip("no brotli module: install libnginx-mod-http-brotli-static")
    address = stylesheet(site)
    file = site.folder / "state" / address.lstrip("/")
    answer = site.ask(address, Accept_Encoding=coding)

    assert answer.status == 200
    assert "Cache-Status" not in answer.headers  # the application was not asked
    assert answer.headers["Content-Encoding"] == coding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"].startswith("text/css")
    assert unpack(answer.body) == file.read_bytes()


@pytest.mark.parametrize("hashed", [True, False])
def test_files_from_the_proxy_carry_the_headers_the_application_would_send(site, hashed):
    address = stylesheet(site) if hashed else "/static/css/site.css"
    mine, theirs = site.ask(address), site.ask_application(address)

    for name in (*FIXED, "Cache-Control"):
        assert mine.headers.get_all(name) == theirs.headers.get_all(name), name


def test_a_picture_comes_from_the_proxy_and_can_do_nothing(site):
    name = f"ab/{'1' * 40}-640.jpg"
    assert re.fullmatch(NAME, name)
    file = site.folder / "state" / "media" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"\xff\xd8\xff")
    mine, theirs = site.ask(f"/media/{name}"), site.ask_application(f"/media/{name}")

    assert mine.body == theirs.body == b"\xff\xd8\xff"
    assert "Cache-Status" not in mine.headers
    for header in (*FIXED, "Cache-Control", "Content-Type"):
        assert mine.headers.get_all(header) == theirs.headers.get_all(header), header


def test_what_is_no_picture_never_leaves_the_media_folder(site):
    media = site.folder / "state" / "media"
    (media / "ab").mkdir(parents=True, exist_ok=True)
    (media / "ab" / "x.html").write_text("<script>1</script>")
    (media / "nota.txt").write_text("nota")

    for address in ("/media/ab/x.html", "/media/nota.txt", "/media/../site.sqlite3",
                    "/static/../site.sqlite3", "/static/%2e%2e/site.sqlite3", "/static../purges"):  # fmt: skip
        assert site.ask(address).status in (400, 404), address


def test_h1_unknown_empty_and_malformed_hosts_get_nothing(site):
    for host in ("evil.example", "127.0.0.1", f"{HOST}.evil.example", "a b", "", f"{HOST}/x"):
        answer = site.ask("/", host=host)
        assert answer.status == 400, host
        assert b"evil" not in answer.body
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    for request in (
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    ):
        answer = site.bytes_of(request, site.port)
        assert b" 400 " in answer.splitlines()[0]
        assert b"evil" not in answer
    with pytest.raises(ssl.SSLError):
        site.connect("evil.example")


def test_h1_our_other_names_are_one_redirect(site):
    answer = site.ask("/2024/03/x/?a=1", host=OTHER)
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/2024/03/x/?a=1")
    plain = site.bytes_of(
        f"GET /x/ HTTP/1.1\r\nHost: {OTHER}\r\nConnection: close\r\n\r\n".encode(), site.port
    )
    assert f"\r\nLocation: https://{HOST}/x/\r\n".encode() in plain


def test_h1_the_host_in_capitals_or_with_its_port_is_still_ours(site):
    assert site.ask("/", host="WWW.Example.org").status == 200
    assert site.ask("/", host=f"{HOST}:443").status == 200


def test_the_proxys_own_refusals_speak_italian_and_carry_the_headers(site):
    large = site.ask("/", method="POST", body=b"x" * 400_000)
    long = site.ask(f"/{'x' * 20_000}")
    many = site.ask("/", Cookie="a" * 30_000)

    assert [large.status, long.status, many.status] == [413, 414, 431]
    for answer in (large, long, many):
        assert '<html lang="it">' in answer.text
        assert {name for name in FIXED if not answer.headers.get(name)} == set()
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_picture_of_the_newsroom_may_be_large(site):
    answer = site.ask("/admin/account/login/", method="POST", body=b"x" * 400_000)
    # The application's own word: who is not logged in may not send so much. It speaks before it
    # has read all, so that nginx may lose the answer and say 503; its own 413 it never says here.
    assert answer.status in (413, 503)
    assert answer.status == 503 or "Cache-Status" in answer.headers


def test_g1_no_reader_and_no_token_is_written_down_by_the_proxy(site):
    site.kill_application()
    try:
        assert site.ask("/segreto-marcato/", Cookie="x=segreto-marcato").status == 503
    finally:
        site.start_application()

    logs = list((site.folder / "log").iterdir())
    assert logs
    for file in logs:
        text = file.read_text()
        assert "segreto-marcato" not in text
        assert "client:" not in text, file


def test_the_shipped_file_has_no_word_nginx_refuses(site):
    done = subprocess.run(
        [shipped.nginx(), "-t", "-c", str(site.main)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr
