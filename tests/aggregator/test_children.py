"""Strangers' documents in child processes: limits that hold, and a pool that goes on serving."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from aggregator import children
from aggregator.children import Pool
from aggregator.decoding import BOMB, TOO_HARD
from aggregator.parsing import Unreadable, parse

ADDRESS = "https://sito.example/feed"


def feed(inside="", title="Una notizia"):
    return (
        '<rss version="2.0"><channel><title>Sito</title><ttl>60</ttl><item>'
        f"<title>{title}</title><link>https://sito.example/1</link><category>Linux</category>"
        f"<pubDate>Thu, 01 Aug 2024 09:05:00 GMT</pubDate>{inside}</item></channel></rss>"
    ).encode()


GOOD = feed('<description>Vedi &lt;a href="https://altro.example/"&gt;qui&lt;/a&gt;</description>')


@pytest.fixture(scope="module")
def pool():
    with Pool(size=2, wall_seconds=10) as pool:
        yield pool


def outcome(pool, body):
    try:
        return len(pool.parse(body, ADDRESS).entries)
    except Unreadable as error:
        return error.sentence


def children_of(pool):
    return [child for child in pool.free.queue if child is not None]


def test_a_child_says_what_parsing_says(pool):
    assert pool.parse(GOOD, ADDRESS) == parse(GOOD, ADDRESS)


def test_a_child_reads_the_declared_type(pool):
    body = feed(title="Ядро").decode().encode("windows-1251")

    parsed = pool.parse(body, ADDRESS, "text/xml; charset=windows-1251")

    assert parsed.entries[0].title == "Ядро"


def test_a_child_serves_many_documents(pool):
    outcome(pool, GOOD)
    before = {child.process.pid for child in children_of(pool)}

    assert [outcome(pool, GOOD) for _ in range(50)] == [1] * 50
    assert before == {child.process.pid for child in children_of(pool)}


def test_what_cannot_be_read_does_not_cost_the_child(pool):
    outcome(pool, GOOD)
    before = {child.process.pid for child in children_of(pool)}

    assert outcome(pool, b"<html><body>") == "È una pagina web, non un feed."
    assert outcome(pool, b"") == "La fonte ha risposto con un documento vuoto."
    assert before == {child.process.pid for child in children_of(pool)}


def test_callers_wait_for_a_free_child(pool):
    with ThreadPoolExecutor(16) as threads:
        bodies = [feed(title=f"Notizia {n}") for n in range(100)]
        found = list(threads.map(lambda body: pool.parse(body, ADDRESS), bodies))

    assert [one.entries[0].title for one in found] == [f"Notizia {n}" for n in range(100)]
    assert len(children_of(pool)) <= 2


ENTITY = "<!ENTITY a '" + "x" * 100_000 + "'>"
LAUGHS = "<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {this} '{f'&{before};' * 10}'>"
    for before, this in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = {
    "one entity used 20,000 times": (
        f"<!DOCTYPE rss [{ENTITY}]>".encode()
        + feed(f"<description>{'&a;' * 20_000}</description>"),
        BOMB,
    ),
    "a billion laughs": (f"<!DOCTYPE rss [{LAUGHS}]>".encode() + feed("&i;"), BOMB),
    "laughs in UTF-16": (
        f"\ufeff<!DOCTYPE rss [{LAUGHS}]>".encode("utf-16-le")
        + feed().decode().encode("utf-16-le"),
        BOMB,
    ),
    "200,000 levels": (feed("<a>" * 200_000 + "</a>" * 200_000), TOO_HARD),
    "200,000 levels never closed": (feed("<a>" * 200_000), TOO_HARD),
    "100,000 attributes": (
        feed("<x " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>"),
        TOO_HARD,
    ),
    "a name of 8 MB": (feed("<" + "a" * 8_000_000 + "/>"), TOO_HARD),
    "an attribute of 8 MB": (feed('<x a="' + "a" * 8_000_000 + '"/>'), TOO_HARD),
    "a tag of 8 MB never closed": (feed('<x a="' + "a" * 8_000_000), TOO_HARD),
    "a text of 8 MB": (feed(f"<description>{'testo ' * 1_300_000}</description>"), 1),
    "200,000 sections never closed": (feed("<![CDATA[" * 200_000), 1),
    "100,000 openings": (feed(f"<description>{'&lt;' * 100_000}</description>"), 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_f3_a_hostile_document_costs_only_itself(pool, name):
    body, expected = HOSTILE[name]

    assert outcome(pool, body) == expected
    assert outcome(pool, GOOD) == 1


def test_f3_the_other_feeds_of_the_run_arrive(pool):
    bodies = [body for body, _ in list(HOSTILE.values())[:5]] + [GOOD] * 40

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda body: outcome(pool, body), bodies))

    assert found[5:] == [1] * 40


def test_f3_of_5000_items_the_first_1000_are_read(pool):
    items = "".join(f"<item><link>https://sito.example/{n}</link></item>" for n in range(5000))
    body = f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()

    parsed = pool.parse(body, ADDRESS)

    assert len(parsed.entries) == 1000
    assert parsed.entries[-1].url == "https://sito.example/999"
    assert parsed.sentences == ("Il feed ha 5.000 notizie: ho letto le prime 1.000.",)


def test_f3_a_child_that_takes_too_long_is_killed_and_replaced():
    with Pool(size=1, wall_seconds=1) as pool:
        assert outcome(pool, GOOD) == 1
        first = children_of(pool)[0].process

        assert outcome(pool, feed(f"<description>{'&' * 14_000_000}</description>")) == TOO_HARD
        assert first.returncode is not None
        pool.wall_seconds = 10
        assert outcome(pool, GOOD) == 1


def limited(monkeypatch, **limits):
    """Let children start with other limits than ours."""
    sets = "; ".join(f"children.{name} = {value}" for name, value in limits.items())
    start = f"import sys; sys.path[:0] = sys.argv[1:]; from aggregator import children; {sets}; "
    monkeypatch.setattr(children, "START", start + "children.serve()")


def test_f3_cpu_seconds_are_counted_for_each_document(monkeypatch):
    limited(monkeypatch, CPU_SECONDS=1)
    slow = feed(f"<description>{'&' * 14_000_000}</description>")

    with Pool(size=1, wall_seconds=20) as pool:
        assert outcome(pool, slow) == TOO_HARD
        assert [outcome(pool, GOOD) for _ in range(3)] == [1, 1, 1]


def test_f3_memory_is_limited(monkeypatch):
    size = "int(open('/proc/self/statm').read().split()[0]) * 4096"
    limited(monkeypatch, MEMORY=f"{size} + 30 * 1024**2")
    heavy = feed("<description>" + "€" * 4_500_000 + "</description>")

    with Pool(size=1) as pool:
        assert outcome(pool, heavy) == TOO_HARD
        assert outcome(pool, GOOD) == 1


def test_a_child_that_died_between_documents_is_replaced(pool):
    outcome(pool, GOOD)
    for child in children_of(pool):
        os.kill(child.process.pid, 9)
        child.process.wait()

    assert outcome(pool, GOOD) == 1


def test_after_its_share_of_documents_a_child_makes_room_for_a_fresh_one(monkeypatch):
    monkeypatch.setattr(children, "DOCUMENTS", 2)
    with Pool(size=1) as pool:
        seen = []
        for _ in range(4):
            assert outcome(pool, GOOD) == 1
            seen.append(children_of(pool)[0].process.pid)

    assert seen[0] == seen[1] != seen[2] == seen[3]


def test_a_child_knows_no_secret(monkeypatch):
    monkeypatch.setenv("MMUL_SECRET_KEY", "segretissima")
    with Pool(size=1) as pool:
        outcome(pool, GOOD)
        pid = children_of(pool)[0].process.pid
        with open(f"/proc/{pid}/environ", "rb") as file:
            assert b"segretissima" not in file.read()


def test_a_closed_pool_leaves_no_process_and_no_thread():
    before = threading.active_count()
    with Pool(size=1) as pool:
        outcome(pool, GOOD)
        process = children_of(pool)[0].process

    assert process.returncode is not None
    assert threading.active_count() == before
    with pytest.raises(RuntimeError):
        pool.parse(GOOD, ADDRESS)
