"""The site behind its page cache: what is kept, for whom, until when."""

import gzip
import re
from datetime import timedelta

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import badge
from articles import publishing
from articles.models import Article
from comments import moderation
from comments.models.comment import State
from kit.network import networks
from mmul import caching
from pagecache.models import Purge, Tally
from pagecache.tally import Writer
from tests.comments.writing import make_comment
from tests.factories import make_article, make_category, make_page
from tests.mmul.test_headers import EVERYWHERE, PUBLIC_POLICY, SHARED
from tests.modes import HOST, in_production
from tests.pagecache.asking import ask

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site():
    return caching.in_front_of(WSGIHandler(), inline=True)


def is_kept(site, path, query=""):
    """Ask twice: True if the second answer came from memory."""
    ask(site, path, query)
    return ask(site, path, query).word == "hit"


def test_every_kind_of_public_page_is_kept(site):
    story = make_article(main_category=make_category("Software"))
    make_page("Chi siamo")
    address = story.get_absolute_url()
    for path in (
        "/", "/feed/", "/comments/feed/", "/robots.txt", "/rassegna/", "/category/software/",
        f"/{story.published_at.year}/", "/chi-siamo/", address, f"{address}feed/", "/nessuna/",
        address.rstrip("/"),
    ):  # fmt: skip
        assert is_kept(site, path), path
        assert "Cache-Tags" not in ask(site, path).headers, path


def test_a_page_without_coding_is_unpacked_from_what_is_kept(site):
    """Two thirds of an entry would be a body that hardly anybody asks for."""
    story = make_article(body="<p>Perché no? Un testo lungo, e poi ancora.</p>" * 300)
    address = story.get_absolute_url()

    packed = ask(site, address, accept_encoding="gzip")
    for _ in range(2):
        plain = ask(site, address)
        assert plain.word == "hit"
        assert plain.body == gzip.decompress(packed.body)
        assert plain.headers["Content-Length"] == str(len(plain.body))
        assert "Content-Encoding" not in plain.headers
    assert site.store.bytes < len(plain.body)


def test_a_hit_asks_the_database_only_for_the_purge_log(site, django_assert_max_num_queries):
    ask(site)
    with django_assert_max_num_queries(2):  # both of the one look that is due
        for _ in range(50):
            assert ask(site).word == "hit"


def test_a_hit_touches_neither_middleware_nor_views(site, monkeypatch):
    ask(site)
    monkeypatch.setattr(site, "application", None)

    assert ask(site).status == 200


def test_a_kept_page_has_the_headers_of_the_trust_table(settings):
    in_production(settings)
    site = caching.in_front_of(WSGIHandler(), inline=True)
    fresh = ask(site, host=HOST)
    for answer in (ask(site, host=HOST), ask(site, host=HOST, if_none_match=fresh.headers["ETag"])):
        assert answer.word == "hit"
        assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
        assert answer.headers["Content-Security-Policy"] == PUBLIC_POLICY
        assert answer.headers["Cache-Control"] == SHARED
        assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert re.fullmatch(r"@\d{10}", answer.headers["X-Accel-Expires"])
        assert not {"X-Request-ID", "Set-Cookie", "Cache-Tags"} & set(answer.headers)


def test_only_kept_pages_may_be_kept_by_the_proxy(site):
    story = make_article().get_absolute_url()
    for path, query in (("/healthz", ""), ("/admin/", ""), (story, "replytocom=1")):
        for _ in range(2):
            assert "X-Accel-Expires" not in ask(site, path, query).headers


# --- changes ---


def test_a_change_is_seen_by_the_next_reader(site):
    story = make_article(title="Prima")
    ask(site)
    Article.objects.update(title="Dopo")
    assert b"Prima" in ask(site).body

    publishing.pin(Article.objects.all(), True)

    assert b"Dopo" in ask(site).body
    publishing.withdraw(Article.objects.filter(pk=story.pk))
    assert b"Dopo" not in ask(site).body
    assert ask(site, story.get_absolute_url()).status == 404


def test_k5_publication_forgets_what_was_missing(site):
    story = make_article(status="draft")
    path = f"/{timezone.localtime(story.published_at):%Y/%m}/{story.slug}/"
    assert ask(site, path).status == 404
    assert ask(site, path).word == "hit"

    publishing.publish(Article.objects.filter(pk=story.pk))

    assert ask(site, path).status == 200


def test_a_comment_forgets_its_story_and_leaves_the_others(site):
    one, two = make_article(title="Uno"), make_article(title="Due")
    for story in (one, two):
        ask(site, story.get_absolute_url())

    comment = make_comment(one, state=State.PENDING, text="Ciao a tutti")
    moderation.move(comment, State.PUBLISHED, expected=State.PENDING, via="queue")

    assert b"Ciao a tutti" in ask(site, one.get_absolute_url()).body
    assert ask(site, two.get_absolute_url()).word == "hit"


def test_another_process_is_heard_through_the_log_alone(site):
    """As a second process would do it: a row and a commit, without the signal and the bell."""
    ask(site)
    Purge.objects.create(tags="lists")
    site.listener.soft_until = 0.0

    assert ask(site).word == "fwd=uri-miss; stored"


def test_k6_a_story_saved_while_the_front_page_is_made_is_on_the_next_one(site, monkeypatch):
    make_article(title="Prima")
    inner = site.application

    def slowly(environ, start_response):
        result = inner(environ, start_response)
        Article.objects.update(title="Dopo")
        publishing.pin(Article.objects.all(), True)
        return result

    site.application = slowly
    assert ask(site).word == "fwd=uri-miss"
    site.application = inner

    assert b"Dopo" in ask(site).body


# --- the clock ---


def test_a_page_is_kept_no_longer_than_until_the_next_story_comes_out(site):
    now = timezone.now()
    make_article(published_at=now + timedelta(seconds=90))
    make_article(published_at=now + timedelta(days=2))
    make_article(status="draft", published_at=now + timedelta(seconds=5))
    shown = make_article()
    for path in ("/", "/feed/", shown.get_absolute_url()):
        ask(site, path)
        entry = site.store.entries[path]
        assert 80 < entry.expires - entry.made < 90, path
    ask(site, "/robots.txt")
    entry = site.store.entries["/robots.txt"]
    assert entry.expires - entry.made == 24 * 3600


def test_a_scheduled_story_appears_at_its_minute_without_a_worker(site):
    make_article(title="Puntuale", published_at=timezone.now() + timedelta(seconds=1.5))
    assert b"Puntuale" not in ask(site).body
    real = site.clock
    site.clock = lambda: real() + 1.6
    Article.objects.update(published_at=timezone.now() - timedelta(seconds=1))

    assert b"Puntuale" in ask(site).body


def test_the_next_publication_costs_one_query(django_assert_num_queries):
    now = timezone.now()
    for days in (3, 1, 2):
        make_article(published_at=now + timedelta(days=days))
    with django_assert_num_queries(1):
        assert publishing.next_publication(now) == now + timedelta(days=1)
    assert publishing.next_publication(now + timedelta(days=9)) is None


# --- staff ---


def test_k4_a_good_badge_passes_by_the_cache(site, settings):
    ask(site)
    cookie = f"a=b; {settings.STAFF_COOKIE_NAME}={badge.make()}"

    answer = ask(site, cookie=cookie)

    assert (answer.status, answer.word) == (200, "fwd=bypass")
    assert ask(site).word == "hit"


@pytest.mark.parametrize("value", ["", "1", "{}x", "x{}", "1:1aaaaa:" + "b" * 43, "x" * 5000, '"'])
def test_k4_an_invented_badge_changes_nothing(site, settings, value):
    ask(site)
    cookie = f"{settings.STAFF_COOKIE_NAME}={value.format(badge.make())}"

    assert ask(site, cookie=cookie).word == "hit"


def test_k2_staff_and_reader_in_turn_get_the_same_page(site, settings):
    story = make_article().get_absolute_url()
    cookie = f"{settings.STAFF_COOKIE_NAME}={badge.make()}"
    for path in ("/", story, "/feed/", "/nessuna/"):
        before = ask(site, path)
        staff = ask(site, path, cookie=cookie)
        after = ask(site, path)
        assert after.body == before.body
        assert after.word == "hit"
        form = rb'name="form" value="[^"]+"'
        assert re.sub(form, b"", staff.body) == re.sub(form, b"", before.body)


def test_k4_a_reply_page_is_made_each_time_and_not_kept(site):
    story = make_article().get_absolute_url()
    for _ in range(3):
        answer = ask(site, story, "replytocom=1")
        assert answer.word == "fwd=uri-miss"
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert is_kept(site, story)


# --- purge by hand, counters, off ---


def test_purge_by_hand_forgets_a_tag_or_everything(site, capsys):
    for path in ("/", "/robots.txt", "/rassegna/"):
        ask(site, path)
    call_command("purge", "--tag", "lists", "--tag", "rassegna")
    assert list(site.store.entries) == ["/robots.txt"]
    call_command("purge", "--all")
    assert site.store.entries == {}
    for wrong in ([], ["--all", "--tag", "x"]):
        with pytest.raises(CommandError):
            call_command("purge", *wrong)


def test_a_tally_is_one_row_of_a_process_and_at_most_one_write_a_minute(
    site, django_assert_num_queries
):
    for _ in range(3):
        ask(site)
    writer = Writer(site.counts, site.store)
    writer(1000.0)
    with django_assert_num_queries(0):
        writer(1059.9)
    ask(site)
    writer(1060.0)

    tally = Tally.objects.get()
    assert (tally.hits, tally.misses, tally.pages_kept) == (3, 1, 1)
    assert tally.bytes_kept == site.store.bytes
    assert tally.bytes_sent == site.counts.bytes_sent > 0


def test_zero_megabytes_keep_nothing(settings):
    settings.PAGE_CACHE_MB = 0
    site = caching.in_front_of(WSGIHandler(), inline=True)

    for path in ("/", "/nessuna/"):
        assert not is_kept(site, path)
        assert "Cache-Tags" not in ask(site, path).headers
    assert site.store.entries == {}


def test_health_tells_the_truth_and_is_never_kept(site, monkeypatch):
    assert ask(site, "/healthz").status == 200

    def away():
        raise OSError

    monkeypatch.setattr("mmul.views.connection.cursor", away)

    assert ask(site, "/healthz").status == 503


# --- reading rates ---


def test_who_asks_for_too_many_new_pages_waits_a_minute_and_kept_ones_go_on(settings):
    settings.READS_PER_MINUTE = 3
    site = caching.in_front_of(WSGIHandler(), inline=True)
    make_article()
    answers = [ask(site, f"/nessuna-{number}/") for number in range(4)]

    assert [answer.status for answer in answers] == [404, 404, 404, 429]
    assert answers[3].headers["Retry-After"] == "60"
    assert answers[3].headers["Cache-Control"] == "no-store"
    assert "Aspetta un minuto" in answers[3].body.decode()
    assert answers[3].word == "fwd=uri-miss"
    assert ask(site, "/nessuna-1/").word == "hit"
    assert ask(site, "/", REMOTE_ADDR="127.0.1.1").status == 200  # another network
    assert ask(site, "/").word == "hit"


def test_files_health_staff_and_posts_are_not_counted(settings):
    settings.READS_PER_MINUTE = 1
    site = caching.in_front_of(WSGIHandler(), inline=True)
    cookie = f"{settings.STAFF_COOKIE_NAME}={badge.make()}"
    for _ in range(3):
        assert ask(site, "/healthz").status == 200
        assert ask(site, "/static/css/site.css").status == 200
        assert ask(site, f"/media/ab/{'0' * 40}.jpg").status == 404
        assert ask(site, "/admin/account/login/").status == 200
        assert ask(site, "/", cookie=cookie).status == 200
        assert ask(site, "/", method="POST").status == 405
    assert ask(site, "/nessuna-1/").status == 404
    assert ask(site, "/nessuna-2/").status == 429


def test_h2_a_forged_address_is_the_same_network_and_a_proxy_s_word_counts(settings):
    settings.READS_PER_MINUTE = 1
    site = caching.in_front_of(WSGIHandler(), inline=True)
    assert ask(site, "/a-1/", x_forwarded_for="1.1.1.1").status == 404
    assert ask(site, "/a-2/", x_forwarded_for="2.2.2.2").status == 429
    settings.TRUSTED_PROXIES = networks(["127.0.0.0/8"])
    assert ask(site, "/a-3/", x_forwarded_for="3.3.3.3").status == 404
    assert ask(site, "/a-4/", x_forwarded_for="3.3.3.99").status == 429
    assert ask(site, "/a-5/", x_forwarded_for="3.3.4.99").status == 404


def test_a_feed_s_own_date_is_a_304_from_memory_and_another_date_is_not(site):
    make_article()
    kept = ask(site, "/feed/")
    date = kept.headers["Last-Modified"]

    assert ask(site, "/feed/", HTTP_IF_MODIFIED_SINCE=date).status == 304
    later = "Fri, 01 Jan 2100 00:00:00 GMT"
    assert ask(site, "/feed/", HTTP_IF_MODIFIED_SINCE=later).status == 200
    other = ask(site, "/feed/", HTTP_IF_MODIFIED_SINCE=date, HTTP_IF_NONE_MATCH='"x"')
    assert other.status == 200


def test_a_json_feed_is_packed_like_the_others(site):
    for _ in range(10):
        make_article(body=f"<p>{'Un testo lungo. ' * 50}</p>")

    assert ask(site, "/feed/json/", HTTP_ACCEPT_ENCODING="br").headers["Content-Encoding"] == "br"


def test_letters_beyond_ascii_in_a_query_open_no_way_past_the_cache(site):
    ask(site, "/")
    story = make_article().get_absolute_url()
    ask(site, story)

    assert ask(site, "/tag/nessuno/", "\xc3\xa0").word != "fwd=bypass"


def test_p1_a_withdrawn_story_takes_its_comments_out_of_their_feed_at_once(site):
    make_comment(make_article(title="Cormorano"))
    assert b"Cormorano" in ask(site, "/comments/feed/").body

    publishing.withdraw(Article.objects.all())

    assert b"Cormorano" not in ask(site, "/comments/feed/").body
