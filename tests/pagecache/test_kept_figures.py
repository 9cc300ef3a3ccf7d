"""The figures of the page cache on the admin's first page: sums, words, who sees them, cost."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mmul import caching
from pagecache.models import Tally
from pagecache.tally import ROW, Writer
from tests.factories import make_article, make_user
from tests.pagecache.asking import ask

pytestmark = pytest.mark.django_db

FIRST = "/admin/"
MB = 1024 * 1024


def write(process="a:1", minutes=1, **numbers):
    """A row that ends so many minutes ago."""
    at = timezone.now() - timedelta(minutes=minutes)
    row = dict.fromkeys(["hits", "misses", "stale", "passed", "bytes_sent"], 0)
    row |= {"bytes_kept": MB, "bytes_most": 10 * MB, "pages_kept": 10}
    return Tally.objects.create(process=process, since=at - ROW, at=at, **row | numbers)


def shown(client):
    """The text of the block, one space between two words."""
    page = client.get(FIRST).text
    block = re.search(r'<section class="module kept".*?</section>', page, re.DOTALL)
    words = re.sub(r"<[^>]+>", " ", block[0]).replace("&nbsp;", " ").replace("\xa0", " ")
    return " ".join(words.split())


def test_the_share_has_one_decimal_and_a_comma(staff_client):
    write(hits=1990, stale=5, misses=12)

    assert "Già pronte 99,4 % 99,4 %" in shown(staff_client)


def test_figures_are_sums_over_processes_and_nodes(staff_client):
    for process in ("a:1", "a:2", "b:1"):
        write(process, hits=1000, misses=100, stale=10, bytes_sent=MB)

    text = shown(staff_client)
    assert "Risposte 3.330 3.330" in text
    assert "Preparate da capo 300 300" in text
    assert "Scadute, date lo stesso 30 30" in text
    assert "Spedite 3,0 MB 3,0 MB" in text
    assert "In memoria: 30 pagine, 3,0 MB su 30,0 MB, in 3 processi." in text


def test_the_last_hour_and_the_last_day_are_told_apart(staff_client):
    write(minutes=2, hits=30, misses=10)
    write(minutes=300, hits=60)
    write(minutes=60 * 25, hits=10_000)

    text = shown(staff_client)
    assert "Già pronte 75,0 % 90,0 %" in text
    assert "Risposte 40 100" in text


def test_memory_is_told_by_the_newest_row_of_who_is_at_work(staff_client):
    write("a:1", minutes=4, pages_kept=500)
    write("a:1", minutes=1, pages_kept=1, hits=1)
    write("b:9", minutes=30, pages_kept=900)

    assert "In memoria: 1 pagina, 1,0 MB su 10,0 MB, in 1 processo." in shown(staff_client)


def test_a_quiet_hour_and_an_empty_table_say_so_in_words(staff_client):
    assert "Nelle ultime 24 ore nessuno ha chiesto una pagina." in shown(staff_client)

    write(minutes=90, hits=3, misses=1)
    text = shown(staff_client)
    assert "Già pronte — 75,0 %" in text
    assert "Negli ultimi cinque minuti nessun processo" in text


def test_real_requests_change_the_figures(staff_client):
    site = caching.in_front_of(WSGIHandler(), inline=True)
    address = make_article().get_absolute_url()
    writer = Writer(site.counts, site.store)
    for path in ("/", "/", "/", address, address):
        ask(site, path)
    writer(1000.0)
    assert "Già pronte 60,0 % 60,0 % Risposte 5 5" in shown(staff_client)

    for _ in range(5):
        ask(site, address)
    writer(1060.0)
    text = shown(staff_client)
    assert "Già pronte 80,0 % 80,0 % Risposte 10 10 Preparate da capo 2 2" in text
    assert "In memoria: 2 pagine, " in text
    assert "su 22,0 MB, in 1 processo." in text


def test_a_process_begins_a_new_row_after_ten_minutes_and_counts_nothing_twice():
    site = caching.in_front_of(WSGIHandler(), inline=True)
    clock = [datetime(2024, 8, 1, 12, tzinfo=UTC)]
    writer = Writer(site.counts, site.store, today=lambda: clock[0])
    for minute in range(25):
        ask(site)
        writer(60.0 * minute)
        clock[0] += timedelta(minutes=1)

    rows = Tally.objects.order_by("since").values_list("hits", "misses")
    assert [hits + misses for hits, misses in rows] == [11, 10, 4]
    assert sum(hits for hits, _ in rows) == site.counts.hits == 24


@pytest.mark.parametrize(("may", "sees"), [(True, True), (False, False)])
def test_only_who_may_see_the_tally_sees_the_block(client, may, sees):
    write(hits=1)
    person = make_user("tecnica", superuser=False)
    if may:
        person.user_permissions.add(Permission.objects.get(codename="view_tally"))
    client.force_login(person)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(FIRST).text

    assert ("Pagine tenute" in page) == sees
    assert any("pagecache_tally" in query["sql"] for query in asked) == sees


@pytest.mark.parametrize("rows", [1, 300])
def test_the_block_costs_two_queries_whatever_the_table_holds(staff_client, rows):
    for number in range(rows):
        write(f"a:{number}", minutes=number, hits=1)
    with CaptureQueriesContext(connection) as asked:
        staff_client.get(FIRST)

    assert len([query for query in asked if "pagecache_tally" in query["sql"]]) == 2
