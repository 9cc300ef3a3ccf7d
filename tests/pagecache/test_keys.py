"""Which request asks for which page: paths, parameters, codings, copies."""

import pytest

from pagecache import keys
from pagecache.keys import Codings, Rules, best_coding, has_it

RULES = Rules(
    passing=["/admin", "/static/"],
    parameters={"/cerca/": ["q", "page"], "/a/": ["p"]},
    areas={"/cerca/": "search"},
)


@pytest.mark.parametrize(
    ("path", "passes"),
    [
        ("/admin", True), ("/admin/", True), ("/admin/x.css", True), ("/admin;/", True),
        ("//admin/", True), ("///admin/x", True), ("/static/a.css", True), ("*", True), ("", True),
        ("/", False), ("/static", False), ("/2024/08/admin/", False), ("/x/static/", False),
        ("/Admin/", False),
    ],
)  # fmt: skip
def test_k3_addresses_of_the_newsroom_are_never_kept_however_they_are_written(path, passes):
    assert RULES.passes(path) is passes


@pytest.mark.parametrize(
    ("path", "query", "key"),
    [
        ("/", "", "/"),
        ("/", "utm_source=x&fbclid=y", "/"),
        ("/", "q=linux", "/"),
        ("/b/", "p=1", "/b/"),
        ("/a/", "p=1", ("/a/", "p=1")),
        ("/a/", "utm=2&p=1&x", ("/a/", "p=1")),
        ("/a/", "x=1;p=2", "/a/"),
        ("/a/", "p=1;x=2", ("/a/", "p=1%3Bx%3D2")),
        ("/a/", "P=1", "/a/"),
        ("/a/", "%70=1", ("/a/", "p=1")),
        ("/a/", "p", ("/a/", "p=")),
        ("/a/", "p=2&p=1", ("/a/", "p=2&p=1")),
        ("/cerca/", "page=2&q=red+hat", ("/cerca/", "page=2&q=red+hat")),
        ("/cerca/", "q=red%20hat&page=2", ("/cerca/", "page=2&q=red+hat")),
        ("/cerca/", "q=citt%C3%A0", ("/cerca/", "q=citt%C3%A0")),
        ("/cerca/", "q=%FF%00", ("/cerca/", "q=%FF%00")),
        ("/cerca/", "q=a%26page%3D9", ("/cerca/", "q=a%26page%3D9")),
    ],
)
def test_k1_only_known_parameters_are_in_the_key_and_left_for_the_site(path, query, key):
    asked = RULES.asked(path, query)

    assert asked.key == key
    assert asked.query == (key[1] if isinstance(key, tuple) else "")


def test_k1_a_question_mark_in_a_path_is_not_the_one_before_a_query():
    assert RULES.asked("/a/?p=1", "").key != RULES.asked("/a/", "p=1").key


def test_k1_a_known_query_means_itself():
    for query in ("q=%FF%00", "q=a+b&q=c", "page=2&q=%26"):
        left = RULES.asked("/cerca/", query).query
        assert RULES.asked("/cerca/", left).query == left


@pytest.mark.parametrize("query", ["p=" + "x" * 4095, "p=\xe0", "p=€"])
def test_a_query_that_cannot_be_judged_has_no_key(query):
    assert RULES.asked("/a/", query) is None


def test_the_longest_query_has_a_key():
    assert RULES.asked("/a/", "p=" + "x" * 4094).query == "p=" + "x" * 4094


def test_k5_searches_have_an_area_of_their_own():
    assert [RULES.area(path) for path in ("/cerca/", "/", "/x/cerca/")] == [
        "search",
        "pages",
        "pages",
    ]


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br", "br"), ("GZIP", "gzip"),
        ("", "identity"), ("identity", "identity"), ("zstd", "identity"), ("*", "br"),
        ("br;q=0, gzip", "gzip"), ("br;q=0.0,gzip;q=0", "identity"), ("br;q=0.001", "br"),
        ("gzip;q=1, br;q=0.5", "br"), ("*;q=0", "identity"), ("br;q=0, *", "gzip"),
        ("gzip;q=x", "identity"), ("gzip ; q=1", "gzip"), ("gzipx, brx", "identity"),
        ("identity, " * 20 + "br", "identity"),
    ],
)  # fmt: skip
def test_the_coding_is_the_best_that_the_reader_can_read(header, coding):
    assert best_coding(header) == coding
    assert Codings().choose(header) == coding


def test_no_header_means_the_page_as_it_is():
    assert Codings().choose(None) == "identity"


def test_the_memory_for_headers_is_bounded(monkeypatch):
    monkeypatch.setattr(keys, "MOST_REMEMBERED", 3)
    codings = Codings()
    for number in range(20):
        assert codings.choose(f"br, x{number}") == "br"
    codings.choose("gzip" + " " * 300)

    assert list(codings.remembered) == [None, "br, x0", "br, x1"]


def test_long_headers_are_read_and_not_remembered():
    codings = Codings()

    assert codings.choose("gzip," + "x" * 200) == "gzip"
    assert list(codings.remembered) == [None]


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        ('"a"', True), ('W/"a"', True), ('"b", "a"', True), ('"b",W/"a" ', True), ("*", True),
        (' * ', True), ('"b"', False), ("a", False), ('"a-br"', False), ("", False), ('w/"a"', False),
    ],
)  # fmt: skip
def test_a_reader_who_names_our_copy_has_it(header, answer):
    assert has_it(header, '"a"') is answer
