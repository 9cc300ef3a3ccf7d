"""Real feed readers read the demo: feedparser every feed of it, newsboat the running site."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from accounts.models import Author
from articles.models import Article, Category, Tag
from kit import tree
from tests.articles.subscribing import subscribe
from tests.small_demo import small_demo

pytestmark = pytest.mark.once

NEWSBOAT = shutil.which("newsboat")
CI = os.environ.get("CI", "").lower() == "true"


def places():
    """Every place of the site that has a feed."""
    shown = Article.objects.visible()
    yield from ("/", "/comments/")
    for row in (
        *Category.objects.all(),
        *Tag.objects.filter(articles__in=shown).distinct(),
        *Author.objects.filter(articles__in=shown).distinct(),
        *shown,
    ):
        yield row.get_absolute_url()


@pytest.mark.django_db
def test_feedparser_finds_nothing_to_repair_in_any_feed_of_the_demo(client, monkeypatch):
    small_demo(monkeypatch)
    entries = 0
    for number, place in enumerate(places()):
        # feedparser reads no JSON Feed; what we look at there is of one make in all of them.
        for name in ("rss2", "atom", "json") if number < 12 else ("rss2", "atom"):
            found = subscribe(client, f"{place}feed/{name}/")
            entries += len(found["items"] if name == "json" else found.entries)
    assert not subscribe(client, "/rassegna/feed/").bozo
    assert entries > 800


@pytest.fixture
def running_demo(live_server, settings, monkeypatch):
    settings.SITE_URL = live_server.url
    settings.SITE_HOST = urlsplit(live_server.url).netloc
    small_demo(monkeypatch)
    return live_server.url


def newsboat(folder, *commands):
    """Run newsboat without a terminal in ``folder``, which holds its urls and its cache."""
    names = {"-u": "urls", "-c": "cache.db", "-C": "config", "-d": "log"}
    options = [word for flag, name in names.items() for word in (flag, str(folder / name))]
    return subprocess.run(
        [NEWSBOAT, *options, "-l", "2", "-x", *commands],
        env={"HOME": str(folder), "PATH": os.defpath, "LC_ALL": "C.UTF-8", "no_proxy": "*"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def reader(tmp_path):
    if not NEWSBOAT:
        if CI:
            pytest.fail("no newsboat on this machine")
        pytest.skip("no newsboat: install Debian's to read the feeds with it")
    folder = tmp_path / "newsboat"
    folder.mkdir()
    (folder / "config").write_text("download-retries 1\ndownload-timeout 30\n")
    return folder


def read_by_newsboat(folder, *addresses):
    """Return ``{address: title}`` and ``{(address, guid): (title, author, url, content)}``.

    newsboat keeps one item a GUID, whatever the feed: ``addresses`` may not share stories.
    """
    (folder / "urls").write_text("".join(f"{address}\n" for address in addresses))
    done = newsboat(folder, "reload")
    assert (done.returncode, done.stderr, (folder / "log").read_text()) == (0, "", ""), done
    with closing(sqlite3.connect(folder / "cache.db")) as cache:
        titles = dict(cache.execute("SELECT rssurl, title FROM rss_feed"))
        rows = cache.execute("SELECT feedurl, guid, title, author, url, content FROM rss_item")
        return titles, {(feed, guid): tuple(rest) for feed, guid, *rest in rows}


@pytest.mark.django_db(transaction=True)
def test_newsboat_reads_the_running_site_its_lists_and_one_story(reader, running_demo):
    for kind in ("", "atom/"):
        folder = reader / (kind or "rss")
        shutil.copytree(reader, folder, ignore=shutil.ignore_patterns("rss", "atom", "[0-9]"))
        check_the_feeds_of_the_site(folder, running_demo, kind)
    check_the_feeds_of_lists_and_of_one_story(reader, running_demo)


def check_the_feeds_of_the_site(reader, running_demo, kind):
    story = Article.objects.visible().newest_first().first()
    site, talk = f"{running_demo}/feed/{kind}", f"{running_demo}/comments/feed/{kind}"

    titles, items = read_by_newsboat(reader, site, talk)

    assert set(titles) == {site, talk}
    assert all(titles.values())
    assert [len([1 for feed, _ in items if feed == one]) for one in (site, talk)] == [10, 10]
    title, author, url, content = items[site, f"{running_demo}/?p={story.pk}"]
    assert (title, url) == (story.title, running_demo + story.get_absolute_url())
    assert story.signatures[0].name in author
    assert tree.parse(content).text()[:40] in tree.parse(story.body_html).text()

    # Asked again nothing is new, and the reader says so itself.
    assert read_by_newsboat(reader, site, talk) == (titles, items)
    assert newsboat(reader, "print-unread").stdout.split()[0] == "20"


def check_the_feeds_of_lists_and_of_one_story(reader, running_demo):
    story = Article.objects.visible().filter(comment_count__gt=0).newest_first().first()
    lists = [story.main_category, story.tags.first(), story.signatures[0], story]
    for number, row in enumerate(lists):
        address = f"{running_demo}{row.get_absolute_url()}feed/{['', 'atom/'][number % 2]}"
        folder = reader / str(number)
        shutil.copytree(reader, folder, ignore=shutil.ignore_patterns("rss", "atom", "[0-9]"))

        _titles, items = read_by_newsboat(folder, address)

        assert items, address
