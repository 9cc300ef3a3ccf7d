"""How both databases go about what readers ask: from indexes, on a site of some size (V2)."""

import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Author
from articles import sitemaps
from articles.models import Article, Byline, Category, Listed, Related, Tag
from mmul.demo import corpus, crowd
from search import index
from search.models import Document

pytestmark = pytest.mark.django_db

STORIES, COMMENTS = 5200, 12_000
LARGE = {
    Article._meta.db_table,
    Listed._meta.db_table,
    Document._meta.db_table,
    Article.tags.through._meta.db_table,
    Article.categories.through._meta.db_table,
    "articles_byline",
    "articles_related",
    "articles_source",
    "comments_readercomment",
    "django_comments",
    "django_comments_xtd_xtdcomment",
}


@pytest.fixture(scope="module")
def archive(django_db_setup, django_db_blocker):
    """A site with enough of everything that a planner prefers an index where it has one."""
    with django_db_blocker.unblock(), transaction.atomic():
        bodies, corpus.BODIES = corpus.BODIES, 8
        corpus.generate(STORIES)
        corpus.BODIES = bodies
        crowd.generate(COMMENTS)
        rows = Article.objects.order_by("pk").values_list("pk", "title", "published_at")
        index.put(index.Entry("article", pk, when, title) for pk, title, when in rows)
        Related.objects.bulk_create(
            Related(article_id=pk, other_id=pk + rank, rank=rank)
            for pk, *_ in rows[: STORIES - 4]
            for rank in range(1, 5)
        )
        filed = Article.categories.through
        place = Category.objects.get(path="kernel").pk
        filed.objects.bulk_create(filed(article_id=pk, category_id=place) for pk, *_ in rows)
        connection.check_constraints()  # now, not within the time a test may take
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # As autovacuum does: until then the planner shuns an index of words.
                cursor.execute(
                    "SELECT gin_clean_pending_list(indexrelid) FROM pg_stat_user_indexes"
                    " JOIN pg_class ON pg_class.oid = indexrelid"
                    " JOIN pg_am ON pg_am.oid = relam WHERE amname = 'gin'"
                )
                cursor.execute("ANALYZE")
        yield
        transaction.set_rollback(True)


def addresses():
    story = Article.objects.visible().newest_first()[STORIES // 2]
    day = story.published_at
    return {
        "front": "/",
        "deep in the front page": "/page/200/",
        "category": Category.objects.get(path="kernel").get_absolute_url(),
        "deep in a category": "/category/kernel/page/20/",
        "tag": Tag.objects.first().get_absolute_url(),
        "author": "/author/firma-1/",
        "year": f"/{day.year}/",
        "month": f"/{day:%Y/%m}/",
        "story": story.get_absolute_url(),
        "story with comments": Article.objects.visible().newest_first()[0].get_absolute_url(),
        "feed": "/feed/",
        "feed of a tag": f"{Tag.objects.first().get_absolute_url()}feed/",
        "comments": "/comments/feed/",
        "comments of a story": f"{story.get_absolute_url()}feed/",
        "part of a map": f"/sitemap-articoli-{(story.pk - 1) // sitemaps.PER_PART + 1}.xml",
        "news": "/sitemap-news.xml",
        "search": "/cerca/?q=4711",
        "suggestions": "/cerca/suggerimenti/?q=ker",
    }


def asked(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200, address
    if connection.vendor == "postgresql":  # a search limits the rest of its transaction: ours
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
    return [query["sql"] for query in captured if query["sql"].startswith(("SELECT", "WITH"))]


def plan(sql, how="EXPLAIN"):
    how = how if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{how} {sql.replace('%', '%%')}", [])
        return [str(row[-1]) for row in cursor.fetchall()]


def read_whole(sql, lines):
    """Tables that a plan reads from the first row to the last, without an index."""
    if connection.vendor == "postgresql":
        return {m[1] for line in lines if (m := re.search(r"Seq Scan on (\w+)", line))}
    names = dict(re.findall(r'"(\w+)" (U\d|V\d|T\d|\w\d)\b', sql))
    names = {alias: table for table, alias in names.items()}
    scans = [m[1] for line in lines if (m := re.fullmatch(r"SCAN (\w+)", line))]
    return {names.get(name, name) for name in scans}


def test_v2_no_public_page_reads_a_large_table_from_end_to_end(client, archive, monkeypatch):
    monkeypatch.setattr(sitemaps, "PER_PART", 200)  # a part of many, as on a large site
    for name, address in addresses().items():
        for sql in asked(client, address):
            lines = plan(sql)
            assert not read_whole(sql, lines) & LARGE, (name, sql, lines)


def test_v2_no_public_page_counts_a_large_table(client, archive):
    """Counters are columns. What is counted is one story's, one week's, or a pool of hits."""
    for name, address in addresses().items():
        for sql in asked(client, address):
            whole = re.search(r'SELECT COUNT\(.*\) AS "__count" FROM "(\w+)"', sql)
            assert not (whole and whole[1] in LARGE), (name, sql)


def steps(rows):
    """What the database did for ``rows``: SQLite's machine steps, PostgreSQL's pages of 8 kB."""
    if connection.vendor == "postgresql":
        sql = compiled(rows)
        lines = plan(sql, "EXPLAIN (ANALYZE, BUFFERS)")
        return sum(map(int, re.findall(r"(?:hit|read)=(\d+)", lines[1])))
    done = 0

    def step():
        nonlocal done
        done += 1

    connection.connection.set_progress_handler(step, 1)
    try:
        list(rows)
    finally:
        connection.connection.set_progress_handler(None, 1)
    return done


def compiled(rows):
    with CaptureQueriesContext(connection) as captured:
        list(rows)
    return captured[0]["sql"]


SHELVES = {
    "front page": lambda: Article.objects.visible().front_page_order(),
    "archive": lambda: Article.objects.visible().newest_first(),
    "author": lambda: Listed.objects.visible().of_author(Author.objects.get(slug="firma-1")),
}


@pytest.mark.parametrize("shelf", SHELVES)
def test_v2_page_500_reads_no_story_but_its_own(archive, shelf):
    """What it passes over costs an entry of an index: six steps, two hundred to a page of 8 kB."""
    if shelf == "author":  # one list as long as the archive
        Byline.objects.update(author=Author.objects.get(slug="firma-1"))

    def page(number):
        start = (number - 1) * 10
        rows = SHELVES[shelf]().stories(start, start + 11).for_card()
        assert len(rows.all()) == 11
        return steps(rows)

    passed = 499 * 10
    most = passed / 50 if connection.vendor == "postgresql" else 6 * passed + 100
    assert page(500) - page(1) <= most
