"""What is kept and on what terms, and what a kept page says of itself."""

import logging

import pytest

from tests.pagecache.asking import ask
from tests.pagecache.stage import HOST, SHARED, App, Log, make


@pytest.fixture
def app():
    return App()


@pytest.fixture
def cache(app):
    return make(app)


def test_a_kept_page_is_made_once(cache, app):
    first, second = ask(cache), ask(cache)

    assert (first.word, second.word) == ("fwd=uri-miss; stored", "hit")
    assert first.body == second.body == app.body
    assert len(app.seen) == 1
    assert app.bodies[0].closed == 1


def test_the_reader_sees_every_header_but_those_that_are_ours_or_one_request_s(cache, app):
    app.more = [("Referrer-Policy", "no-referrer"), ("Vary", "Accept-Encoding")]
    expected = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": SHARED[1],
        "Referrer-Policy": "no-referrer",
        "Vary": "Accept-Encoding",
        "X-Accel-Expires": "@1700000000",
        "ETag": '"e"',
        "Content-Length": str(len(app.body)),
        "Age": "0",
    }

    assert ask(cache).headers == expected | {"Cache-Status": "mmul; fwd=uri-miss; stored"}
    assert ask(cache).headers == expected | {"Cache-Status": "mmul; hit"}


def test_age_counts_whole_seconds_since_the_page_was_made(cache):
    ask(cache)
    cache.clock.now += 41.9

    assert ask(cache).headers["Age"] == "41"


def test_each_coding_is_ready_with_its_own_etag_and_length(cache, app):
    for header, coding, body in [
        ("br, gzip", "br", b"br" + app.body[:50]),
        ("gzip", "gzip", b"gz" + app.body[:60]),
    ]:
        answer = ask(cache, accept_encoding=header)
        assert answer.body == body
        assert answer.headers["Content-Encoding"] == coding
        assert answer.headers["ETag"] == f'"e-{coding}"'
        assert answer.headers["Content-Length"] == str(len(body))
        assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in ask(cache, accept_encoding="zstd").headers
    assert len(app.seen) == 1


@pytest.mark.parametrize(
    ("kind", "length", "packed"),
    [
        ("text/html; charset=utf-8", 512, True), ("text/plain", 512, True), ("text/html", 511, False),
        ("application/rss+xml; charset=utf-8", 600, True), ("application/json", 600, True),
        ("image/svg+xml", 600, True), ("image/png", 600, False), ("font/woff2", 600, False),
    ],
)  # fmt: skip
def test_only_text_of_some_length_is_packed(cache, app, kind, length, packed):
    app.body, app.kind = b"x" * length, kind

    assert ("Content-Encoding" in ask(cache, accept_encoding="br").headers) is packed


def test_a_packed_page_that_is_no_smaller_is_sent_as_it_is(app):
    cache = make(app, packers={"br": lambda body: body + b"!"})

    answer = ask(cache, accept_encoding="br")

    assert (answer.body, answer.headers.get("Content-Encoding")) == (app.body, None)
    assert answer.headers["ETag"] == '"e"'


def test_who_has_the_page_gets_a_304_without_a_body(cache, app):
    page = ask(cache, accept_encoding="br")
    again = ask(cache, accept_encoding="br", if_none_match=page.headers["ETag"])

    assert (again.status, again.body) == (304, b"")
    for name in ("ETag", "Vary", "Cache-Control", "X-Accel-Expires"):
        assert again.headers[name] == page.headers[name], name
    assert not {"Content-Type", "Content-Length", "Content-Encoding"} & set(again.headers)
    assert ask(cache, accept_encoding="gzip", if_none_match=page.headers["ETag"]).status == 200
    assert ask(cache, if_none_match='"other"').status == 200


def test_a_304_may_be_the_first_answer_of_all_and_the_page_is_kept_whole(cache, app):
    assert ask(cache, if_none_match='"e"').status == 304
    assert ask(cache).body == app.body


def test_head_is_the_page_without_its_body_also_when_it_comes_first(cache, app):
    for _ in range(2):
        head = ask(cache, method="HEAD", accept_encoding="br")
        page = ask(cache, accept_encoding="br")
        assert (head.status, head.body) == (200, b"")
        assert head.headers["Content-Length"] == page.headers["Content-Length"] == "52"
    assert [environ["REQUEST_METHOD"] for environ in app.seen] == ["GET"]


@pytest.mark.parametrize("method", ["POST", "PUT", "TRACE", "get", "PURGE", "OPTIONS", ""])
def test_other_methods_pass_and_change_nothing(cache, app, method):
    page = ask(cache)
    app.body = b"changed"

    passed = ask(cache, method=method)

    assert (passed.body, passed.word) == (b"changed", "fwd=bypass")
    assert "Cache-Tags" not in passed.headers
    assert ask(cache).body == page.body


@pytest.mark.parametrize(
    "change",
    [
        {"status": "302 Found"}, {"status": "500 No"}, {"status": "503 No"}, {"status": "403 No"},
        {"status": "206 Partial"}, {"status": "410 Gone"}, {"tags": ""}, {"seconds": None},
        {"seconds": 0}, {"control": ("Cache-Control", "private, no-store")},
        {"control": ("Cache-Control", "no-store")}, {"control": ("X", "no word")},
        {"control": ("Cache-Control", "public, max-age=31536000, immutable")},
        {"more": [("Set-Cookie", "a=1")]}, {"more": [("set-cookie", "a=1")]},
        {"more": [("Vary", "Cookie")]}, {"more": [("Vary", "Accept-Encoding, Cookie")]},
        {"more": [("Vary", "*")]}, {"more": [("Content-Encoding", "gzip")]},
    ],
    ids=str,
)  # fmt: skip
def test_k2_what_is_not_plainly_shared_is_never_kept(cache, app, change):
    for name, value in change.items():
        setattr(app, name, value)

    for _ in range(2):
        answer = ask(cache)
        assert answer.word == "fwd=uri-miss"
        assert "Cache-Tags" not in answer.headers
        assert "X-Accel-Expires" not in answer.headers
        assert answer.body == app.body
    assert len(app.seen) == 2
    assert cache.store.entries == {}


@pytest.mark.parametrize("header", [("Set-Cookie", "csrftoken=x"), ("Vary", "Cookie")])
def test_k2_a_page_that_says_shared_and_is_not_is_refused_and_said(cache, app, header, caplog):
    app.more = [header]
    with caplog.at_level(logging.ERROR, "pagecache"):
        ask(cache)

    assert "lists article:1" in caplog.text
    assert "csrftoken" not in caplog.text


def test_a_stream_is_handed_on_untouched(cache, app):
    def stream(environ, start_response):
        start_response("200 OK", [SHARED, ("Cache-Tags", "lists")])
        return (piece for piece in (b"a", b"b"))

    cache.application = stream

    assert ask(cache).body == b"ab"
    assert cache.store.entries == {}


@pytest.mark.parametrize("status", ["404 Not Found", "301 Moved"])
def test_what_is_missing_or_moved_is_kept_for_half_a_minute(cache, app, status):
    app.status, app.tags, app.seconds = status, "", None
    ask(cache, "/manca/")
    cache.clock.now += 29.9
    assert ask(cache, "/manca/").word == "hit"
    cache.clock.now += 0.1

    assert ask(cache, "/manca/").word == "fwd=uri-miss; stored"
    assert list(cache.store.areas["brief"].order) == ["/manca/"]


def test_a_redirect_that_a_view_declared_is_kept_as_a_page(cache, app):
    app.status = "301 Moved"
    ask(cache)

    assert list(cache.store.areas["pages"].order) == ["/"]


def test_a_404_is_brief_whatever_a_view_declared(cache, app):
    app.status = "404 Not Found"
    ask(cache)

    assert list(cache.store.areas["brief"].order) == ["/"]


def test_k5_searches_are_kept_in_their_own_area(cache):
    ask(cache, "/cerca/", "q=linux")

    assert list(cache.store.areas["search"].order) == [("/cerca/", "q=linux")]


def test_a_page_expires_after_its_seconds(cache, app):
    ask(cache)
    cache.clock.now += 299.9
    assert ask(cache).word == "hit"
    cache.clock.now += 0.1
    app.body = b"new"

    assert ask(cache).body == b"new"


def test_the_clock_of_what_is_shown_may_end_a_page_earlier(app):
    asked = []

    def until(tags, since):
        asked.append(tags)
        return 10.0

    cache = make(app, until=until)
    ask(cache)
    cache.clock.now += 9.9
    assert ask(cache).word == "hit"
    cache.clock.now += 0.1
    assert ask(cache).word == "fwd=uri-miss; stored"
    assert asked == [["lists", "article:1"]] * 2


@pytest.mark.parametrize("seconds", [0.0, -5.0])
def test_what_came_out_while_the_page_was_made_keeps_it_from_being_kept(app, seconds):
    cache = make(app, until=lambda tags, since: seconds)

    assert ask(cache).word == "fwd=uri-miss"
    assert cache.store.entries == {}


def test_a_page_is_sent_and_not_kept_when_nobody_knows_for_how_long(app, caplog):
    def until(tags, since):
        raise OSError("away")

    cache = make(app, until=until)

    assert (ask(cache).body, ask(cache).word) == (app.body, "fwd=uri-miss")
    assert "OSError" in caplog.text
    assert app.bodies[0].closed == 1


def test_what_is_missing_may_come_by_the_clock(app):
    cache = make(app, until=lambda tags, since: 5.0 if "lists" in tags else None)
    app.status, app.tags, app.seconds = "404 Not Found", "", None
    ask(cache, "/domani/")
    cache.clock.now += 5

    assert ask(cache, "/domani/").word == "fwd=uri-miss; stored"


def test_nothing_is_kept_before_the_log_was_read_once(app):
    log = Log()
    log.trouble = OSError("away")
    cache = make(app, log)

    assert ask(cache).word == "fwd=uri-miss"
    assert cache.store.entries == {}


def test_counters_tell_what_happened(cache, app):
    for _ in range(3):
        ask(cache)
    ask(cache, if_none_match='"e"')
    ask(cache, method="POST")
    counts = cache.counts

    assert (counts.misses, counts.hits, counts.passed, counts.stale) == (1, 3, 1, 0)
    assert counts.bytes_sent == 3 * len(app.body)


def test_k1_the_site_is_asked_in_words_every_reader_would_use(cache, app):
    ask(
        cache,
        query="utm_source=x",
        host="localhost:8000",
        cookie="a=1",
        if_none_match='"x"',
        if_modified_since="Wed, 25 Nov 2037 00:00:00 GMT",
        range="bytes=0-1",
        method="HEAD",
    )
    seen = app.seen[0]

    assert (seen["REQUEST_METHOD"], seen["HTTP_HOST"], seen["QUERY_STRING"]) == ("GET", HOST, "")
    hidden = {"HTTP_COOKIE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE"}
    assert not hidden & set(seen)


def test_k4_who_passes_by_is_asked_for_in_his_own_words(cache, app):
    answer = ask(cache, query="x=1", cookie="badge=good", if_none_match='"x"')

    assert answer.word == "fwd=bypass"
    seen = app.seen[0]
    assert (seen["QUERY_STRING"], seen["HTTP_COOKIE"]) == ("x=1", "badge=good")
    assert seen["HTTP_IF_NONE_MATCH"] == '"x"'
