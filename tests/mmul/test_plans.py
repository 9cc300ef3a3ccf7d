"""How both databases go about what readers ask: from indexes, on a site of some size (V2)."""

import re
from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Author
from articles import depth, listing, lists, pages, sitemaps, tallies
from articles.models import Article, Byline, Category, Listed, Related, Tag, Tally
from mmul.demo import corpus, crowd
from search import index
from search.models import Document

pytestmark = pytest.mark.django_db

STORIES, COMMENTS = 5200, 12_000
# A node of PostgreSQL's plan that reads rows, as it went.
SCAN = re.compile(r"(\w+ Only)? Scan .*actual .*rows=([\d.]+) loops=(\d+)")
LARGE = {
    Article._meta.db_table,
    Listed._meta.db_table,
    Tally._meta.db_table,
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
        sum_up()
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


def sum_up():
    """As the worker does, in one go; and what autovacuum does after so many changes."""
    listing.run(connection, [*tallies.anew(connection.vendor), "ANALYZE"])


def addresses():
    story = Article.objects.visible().newest_first()[STORIES // 2]
    day = story.published_at
    return {
        "front": "/",
        "deep in the front page": "/page/500/",
        "category": Category.objects.get(path="kernel").get_absolute_url(),
        "deep in a category": "/category/kernel/page/500/",
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


def steps(ask):
    """What the database did for a question: SQLite's machine steps, PostgreSQL's rows read.

    Of these an entry of an index counts 1, a row of a table 10. Not pages: until somebody cleans
    up, which no test's transaction can, an index does not know whether its entries still hold.
    """
    if connection.vendor == "postgresql":
        return sum(map(rows_read, compiled(ask)))
    done = 0

    def step():
        nonlocal done
        done += 1

    connection.connection.set_progress_handler(step, 1)
    try:
        ask()
    finally:
        connection.connection.set_progress_handler(None, 1)
    return done


def rows_read(sql):
    # As the planner thinks of an index once autovacuum was there.
    listing.run(connection, [f"SET LOCAL enable_{way}scan = off" for way in ("seq", "bitmap")])
    nodes = filter(None, map(SCAN.search, plan(sql, "EXPLAIN ANALYZE")))
    return sum(float(n[2]) * int(n[3]) * (1 if n[1] else 10) for n in nodes)


def compiled(ask):
    with CaptureQueriesContext(connection) as captured:
        ask()
    return [query["sql"] for query in captured]


def front():
    return lists.on_front


def author():
    """One list as long as the archive."""
    key = Author.objects.get(slug="firma-1").pk
    Byline.objects.update(author=key)
    sum_up()
    return partial(lists.under, kind=Listed.Kind.AUTHOR, label=key)


def period():
    first, end = (datetime(year, 1, 1, tzinfo=UTC) for year in (1970, 2100))
    return partial(lists.of_period, first=first, end=end)


def cost(shelf, number):
    ask = partial(shelf, now=timezone.now(), start=(number - 1) * 10)
    assert len(ask()) == lists.WINDOW
    return steps(ask)


def entries(passed):
    """So many of an index cost seven steps each of SQLite's, and no row of a table."""
    return passed + 200 if connection.vendor == "postgresql" else 7 * passed + 100


@pytest.mark.parametrize("shelf", [front, author])
def test_v2_page_500_costs_as_page_2_and_the_counts_of_the_months(archive, shelf):
    """It passes over the part of one month that stands above it."""
    ask = shelf()
    month = Tally.objects.filter(kind=Tally.FRONT).order_by("-stories").first().stories
    assert month * 5 < 4990
    assert cost(ask, 500) - cost(ask, 2) <= entries(month)


@pytest.mark.parametrize("shelf", [front, author, period])
def test_v2_a_deep_page_reads_no_story_but_its_own(archive, shelf, monkeypatch):
    """In an archive of a period, and in a list whose counts are of no use."""
    monkeypatch.setattr(depth, "DEEP", STORIES)
    ask = shelf()
    assert cost(ask, 500) - cost(ask, 1) <= entries(4990)


def test_v2_the_neighbours_of_an_old_story_are_found_from_where_it_stands(archive):
    newest = list(Article.objects.visible().newest_first().values_list("slug", flat=True))

    def story(place):
        ask = partial(pages.story_at, newest[place])
        assert ask().older_id
        return steps(ask)

    assert story(-10) - story(10) <= entries(50)
