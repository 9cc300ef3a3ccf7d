"""K1, K3, H1, H4: whatever a request says, the next clean reader gets the same bytes as before."""

import re

import pytest
from django.core.handlers.wsgi import WSGIHandler

from mmul import caching
from tests.factories import make_article
from tests.pagecache.asking import ask

pytestmark = [pytest.mark.django_db, pytest.mark.once]
EVIL = "evil.example"

HEADERS = [
    {"host": EVIL}, {"host": f"127.0.0.1:8000@{EVIL}"}, {"host": f"127.0.0.1:8000,{EVIL}"},
    {"host": ""}, {"host": f"127.0.0.1:8000.{EVIL}"}, {"host": "LOCALHOST:1"}, {"host": "[::1]"},
    {"x_forwarded_host": EVIL}, {"x_forwarded_proto": "https"}, {"x_forwarded_port": "444"},
    {"x_forwarded_scheme": "nothttps"}, {"x_forwarded_prefix": "/evil"}, {"x_forwarded_for": EVIL},
    {"x_forwarded_server": EVIL}, {"forwarded": f"host={EVIL}"}, {"x_host": EVIL},
    {"x_original_url": "/admin/"}, {"x_rewrite_url": "/admin/"}, {"x_original_host": EVIL},
    {"x_http_method_override": "POST"}, {"x_method_override": "DELETE"}, {"via": EVIL},
    {"accept_language": "en"}, {"accept": "application/json"}, {"user_agent": f"<script>{EVIL}"},
    {"referer": f"https://{EVIL}/"}, {"origin": f"https://{EVIL}"}, {"range": "bytes=0-10"},
    {"cookie": "sessionid=x; csrftoken=y"}, {"cookie": "staff=invented"}, {"dnt": "1"},
    {"cookie": "staff=1:1abcde:" + "x" * 43}, {"cookie": "x" * 9000}, {"authorization": "Basic eA=="},
    {"if_none_match": "*"}, {"if_modified_since": "Wed, 25 Nov 2037 00:00:00 GMT"},
    {"accept_encoding": "identity;q=0"}, {"accept_encoding": "x" * 5000}, {"te": "trailers"},
    {"x_big": "x" * 40_000}, {"cache_control": "no-cache"}, {"pragma": "no-cache"},
    {"expect": "100-continue"}, {"upgrade": "h2c"}, {"sec_fetch_site": "cross-site"},
    {"x_requested_with": "XMLHttpRequest"}, {"SCRIPT_NAME": ""}, {"CONTENT_LENGTH": "5"},
    {"save_data": "on"}, {"purpose": "prefetch"}, {"x_forwarded_for": "1.1.1.1\r\nX-Evil: 1"},
]  # fmt: skip
METHODS = [
    "POST",
    "PUT",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PATCH",
    "get",
    "PURGE",
    "GET /",
    "",
]
# Of the moment in which it was asked for, not of the page.
OF_ONE_ANSWER = {"Age": "", "Cache-Status": "", "X-Accel-Expires": ""}
QUERIES = [
    "utm_source=evil.example", "p=1;q=2", "q=a&q=b", "replytocom", "replytocom=", "replytocom=1",
    "replytocom=1;utm=2", "utm=1;replytocom=2", "%72eplytocom=1", "_method=DELETE", "callback=evil",
    "x=" + "y" * 4200, "%00", "%0d%0aX-Evil:1", "replytocom=%0d%0aX-Evil:1", "a[]=1", "?", "&&&", "=",
    "#x", "p=%FF", "\xe0", "replytocom=1&replytocom=2",
]  # fmt: skip


@pytest.fixture
def site():
    return anew()


@pytest.fixture
def story():
    return make_article(title="Kernel").get_absolute_url()


def clean(site, path):
    """The page as a reader without any trick gets it, packed and not."""
    answers = [ask(site, path, accept_encoding=coding) for coding in (None, "gzip", "br")]
    return [(a.status, a.body, a.headers | OF_ONE_ANSWER) for a in answers]


def without_time(pages):
    """The page as it is, without the form's signature: two renders may fall in two seconds."""
    status, body, headers = pages[0]
    return status, re.sub(rb'name="form" value="[^"]+"', b"", body), headers | {"ETag": ""}


def test_k1_no_header_changes_a_page(story):
    for headers, tricked in each_trick(story, HEADERS, lambda site, it: ask(site, story, **it)):
        assert tricked.status in (200, 304, 400, 431), headers
        assert "X-Evil" not in tricked.headers, headers


def each_trick(story, tricks, play):
    """Play each on a page that is kept, and as the very first request of one that is not.

    Yields each trick with its answer; the next clean reader has then seen the page as it was.
    """
    kept = anew()
    expected = clean(kept, story)
    for trick in tricks:
        yield trick, play(kept, trick)
        assert clean(kept, story) == expected, trick
    for trick in tricks:
        new = anew()
        yield trick, play(new, trick)
        after = clean(new, story)
        assert after[0][0] == 200, trick
        assert EVIL not in str(after), trick
        assert without_time(after) == without_time(expected), trick  # two renders


def anew():
    return caching.in_front_of(WSGIHandler(), inline=True)


def test_k1_no_method_changes_a_page(story):
    tricks = each_trick(story, METHODS, lambda site, it: ask(site, story, method=it))
    for method, tricked in tricks:
        # Django reads "get" as GET; the cache does not.
        assert tricked.status == (200 if method == "get" else 405), method
        assert tricked.word == "fwd=bypass", method


def test_k1_no_parameter_changes_a_page(story):
    for query, tricked in each_trick(story, QUERIES, lambda site, it: ask(site, story, it)):
        assert tricked.status in (200, 400, 414), query
        assert "X-Evil" not in tricked.headers, query


def test_k1_an_unknown_parameter_is_nowhere_in_the_page(site, story):
    assert ask(site, story, f"utm_source={EVIL}").body == ask(site, story).body
    assert ask(site, story, "utm_source=x").word == "hit"


def test_k1_a_redirect_forgets_the_parameters_it_does_not_know(site, story):
    moved = ask(site, story.rstrip("/"), f"utm={EVIL}&replytocom=3")

    assert (moved.status, moved.headers["Location"]) == (301, f"{story}?replytocom=3")


@pytest.mark.parametrize(
    "trick",
    [
        "/{}", "//{}", "/./{}", "/x/../{}", "/{};x.css", "/{};/", "/{}x.css", "/{}%2f", "/{}%00",
        "/{}?x=1", "/{}\x00", "/{}\n", "/{}#x", "\\{}", "/{}/", "/{}.", "/{} ",
    ],
)  # fmt: skip
def test_k3_another_path_is_another_page(site, story, trick):
    expected = clean(site, story)
    path = trick.format(story.strip("/") + "/" if trick == "/{}x.css" else story.strip("/"))
    tricked = ask(site, path)

    assert tricked.status in (200, 301, 400, 404)
    if tricked.status == 200:
        assert path == story
    assert clean(site, story) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/x.css",
        "/admin;/",
        "//admin/",
        "/admin",
        "/admin/account/login/",
        "///admin/x",
    ],
)
def test_k3_the_newsroom_is_never_kept(site, path):
    for _ in range(2):
        answer = ask(site, path)
        assert answer.word == "fwd=bypass"
        assert "X-Accel-Expires" not in answer.headers
    assert site.store.entries == {}


def test_h1_another_name_never_sees_a_kept_page(site, story):
    ask(site, story)

    for host in (EVIL, "", f"127.0.0.1:8000,{EVIL}", f"127.0.0.1:8000.{EVIL}"):
        answer = ask(site, story, host=host)
        assert answer.status == 400
        assert EVIL.encode() not in answer.body


def test_h1_other_spellings_of_our_name_share_one_entry(site, story):
    page = ask(site, story)

    for host in ("LOCALHOST:1234", "[::1]:8000", "127.0.0.1"):
        answer = ask(site, story, host=host)
        assert (answer.word, answer.body) == ("hit", page.body)
    assert len(site.store.entries) == 1


def test_h4_no_header_of_a_kept_page_could_end_early(site, story):
    for path in ("/", story, "/feed/", story.rstrip("/"), "/nessuna\r\nX-Evil: 1/", "/città/"):
        for answer in (ask(site, path), ask(site, path)):
            for name, value in answer.headers.items():
                assert not {"\r", "\n", "\0"} & set(name + value), (path, name)
                assert max(map(ord, value), default=0) < 256
