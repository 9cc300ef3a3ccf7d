"""Addresses as text: when two are one page, and how one is shown."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kit.urls import canonical, clean, host, key

SAME = [
    ("https://example.org", "https://example.org/"),
    ("HTTP://Example.ORG/", "https://example.org/"),
    ("http://example.org:80/a", "https://example.org/a"),
    ("https://example.org:443/a", "https://example.org/a"),
    ("https://www.example.org/a", "https://example.org/a"),
    ("https://example.org./a", "https://example.org/a"),
    ("https://example.org/a/", "https://example.org/a"),
    ("https://example.org/a#commenti", "https://example.org/a"),
    ("https://example.org/a?", "https://example.org/a"),
    ("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2"),
    ("https://example.org/?a=1&&", "https://example.org/?a=1"),
    ("https://example.org/a?q=due+parole", "https://example.org/a?q=due%20parole"),
    ("https://example.org/a/./b/../c", "https://example.org/a/c"),
    ("https://example.org/../../a", "https://example.org/a"),
    ("https://example.org/a/%2E%2e/b", "https://example.org/b"),
    ("https://example.org/%7eada/%c3%a8", "https://example.org/~ada/è"),
    ("https://example.org/a b", "https://example.org/a%20b"),
    ("https://example.org/100%", "https://example.org/100%25"),
    ("https://example.org/index.html", "https://example.org/"),
    ("https://example.org/a/index.php/", "https://example.org/a"),
    ("https://example.org/index.php?p=7", "https://example.org/?p=7"),
    ("https://perché.example/", "https://xn--perch-fsa.example/"),
    ("https://PERCHÉ.example/", "https://perché.example/"),
    ("https://[2A00:0:0::1]/a", "https://[2a00::1]/a"),
    ("  https://example.org/a\n", "https://example.org/a"),
    ("https://exam\nple.org/\ta", "https://example.org/a"),
    ("https://example.org\\a\\b", "https://example.org/a/b"),
    ("https://example.org/a?utm_source=rss&utm_medium=feed", "https://example.org/a"),
    ("https://example.org/a?UTM_Source=rss", "https://example.org/a"),
    ("https://example.org/a?utm%5Fsource=rss", "https://example.org/a"),
    ("https://example.org/a?fbclid=1&id=7&gclid=2&mtm_campaign=3", "https://example.org/a?id=7"),
    ("https://example.org/a?at_medium=RSS&at_campaign=x&xtor=y", "https://example.org/a"),
]
OTHER = [
    ("https://example.org/a", "https://example.org/A"),
    ("https://example.org/a", "https://m.example.org/a"),
    ("https://example.org/a", "https://example.org/a/amp"),
    ("https://example.org/a", "https://example.org:8443/a"),
    ("https://example.org/a?id=1", "https://example.org/a?id=2"),
    ("https://example.org/a?x", "https://example.org/a"),
    ("https://example.org/#!/a", "https://example.org/#!/b"),
    ("https://example.org/a%2Fb", "https://example.org/a/b"),
    ("https://example.org/?a=%26b", "https://example.org/?a=&b"),
    ("https://www.org/", "https://org/"),
    ("https://example.org/a?source=rss", "https://example.org/a"),
    ("https://example.org/a?scm=git", "https://example.org/a"),
    ("https://example.org/a?ref=v6.20", "https://example.org/a"),
    ("https://example.org/a?utm=1", "https://example.org/a"),
]
NONE = [
    "",
    " ",
    "example.org",
    "//example.org/a",
    "/a",
    "http:",
    "http://",
    "http:///a",
    "http:example.org",
    "ftp://example.org/",
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "https://ada@example.org/",
    "https://ada:pw@example.org/",
    "https://example.org@evil.example/",
    "https://a..b/",
    "https://.example.org/",
    "https://exam ple.org/",
    "https://exam%70le.org/",
    "https://example.org:0/",
    "https://example.org:65536/",
    "https://example.org:x/",
    "https://example.org:٨٠/",
    "https://[::1/",
    "https://[fe80::1%25eth0]/",
    "https://[v1.x]/",
    f"https://{'a' * 64}.org/",
    f"https://{'a.' * 130}org/",
    f"https://example.org/{'a' * 9000}",
    None,
    b"https://example.org/",
]


@pytest.mark.parametrize(("one", "two"), SAME)
def test_two_spellings_of_one_page_have_one_canonical_form(one, two):
    assert canonical(one) == canonical(two) != ""
    assert key(one) == key(two)


@pytest.mark.parametrize(("one", "two"), OTHER)
def test_what_may_be_another_page_stays_another(one, two):
    assert canonical(one) != canonical(two)
    assert key(one) != key(two)


@pytest.mark.parametrize("url", NONE)
def test_what_is_no_web_address_gives_nothing(url):
    assert [canonical(url), key(url), clean(url), host(url)] == ["", "", "", ""]


def test_the_canonical_form_is_readable_and_the_key_has_64_digits():
    found = canonical("http://www.Example.org:80/a/?utm_source=x&b=%e8")

    assert found == "https://example.org/a?b=%E8"
    assert len(key(found)) == 64
    assert set(key(found)) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://www.example.org/A/?b=2&a=1#x", "http://www.example.org/A/?b=2&a=1#x"),
        ("https://example.org/a?utm_source=x", "https://example.org/a"),
        ("https://example.org/a?utm_source=x&id=7#due", "https://example.org/a?id=7#due"),
        ("https://example.org/a?q=due+parole&fbclid=1", "https://example.org/a?q=due+parole"),
        ("https://example.org/è", "https://example.org/è"),
        ("https://EXAMPLE.org/due parole", "https://example.org/due%20parole"),
        ('https://example.org/"<b>', "https://example.org/%22%3Cb%3E"),
        ("https://example.org/\u202egnp.exe", "https://example.org/%E2%80%AEgnp.exe"),
        ("https://ex\u200bample.org/", "https://example.org/"),
        ("https://example.org", "https://example.org"),
    ],
)
def test_only_tracking_parameters_leave_the_address_people_see(url, shown):
    assert clean(url) == shown


def test_an_address_may_be_too_long_only_because_of_its_tracking():
    assert clean(f"https://example.org/a?utm_source={'x' * 3000}") == "https://example.org/a"
    assert clean(f"https://example.org/{'a' * 2048}") == ""


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.example.org:8443/a", "example.org"),
        ("http://Blog.Example.org", "blog.example.org"),
        ("https://perché.example/", "xn--perch-fsa.example"),
        ("http://[::1]:8000/", "::1"),
        ("https://www.www.example.org/", "example.org"),
    ],
)
def test_the_host_is_the_name_of_the_site(url, name):
    assert host(url) == name


HOSTS = st.sampled_from(
    ["example.org", "www.www.it", "WWW.Èx.org.", "[::1]", "127.0.0.1:80", "x:443", "①.it"]
)
JUNK = st.text(alphabet="/.%2eE?&=#!+a;:@[]\\ è\u202e\ud800index.html", max_size=40)
WORDS = st.sampled_from(["/..", "/./", "index.html", "/index.php", "%2e", "utm_a=1", "&", "?", "%"])


@given(
    st.builds(
        lambda name, parts: f"http://{name}/" + "".join(parts),
        HOSTS,
        st.lists(JUNK | WORDS, max_size=8),
    )
)
@example("http://x.org/index.php/index.html//")
@example("http://x.org:443/%%34%31")
@example("http://x.org/a?=&==&%26")
def test_twice_is_once(url):
    once, shown = canonical(url), clean(url)

    assert once != ""
    assert canonical(once) == once
    assert clean(shown) == shown
    assert canonical(shown) == once
    assert once.isascii()


@given(st.text(max_size=200) | st.builds("http://{}".format, st.text(max_size=100)))
def test_nothing_raises(url):
    for function in (canonical, key, clean, host):
        assert isinstance(function(url), str)


@pytest.mark.parametrize(
    "piece", ["/..", "%", "&a", "&utm_a=1", "a.", "è", "/index.html", "@", "["]
)
def test_v1_the_longest_address_takes_a_moment(piece):
    url = ("http://example.org/?" + piece * 8000)[:8192]
    path = ("http://example.org/" + piece * 8000)[:8192]
    name = ("http://" + piece * 8000)[:8192]
    start = time.thread_time()
    for text in (url, path, name):
        canonical(text)
        clean(text)

    assert time.thread_time() - start < 0.25
