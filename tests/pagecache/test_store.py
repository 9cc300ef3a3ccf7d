"""Bounded memory: who stays, who goes, what a purge forgets, and who comes too late."""

import pytest

from pagecache import store as stores
from pagecache.store import ENTRY_BYTES, Entry, Limits, Store, Variant


def variant(length=0, coding=""):
    return Variant("200 OK", [], [b"x" * length], length, f'"{coding}"', [])


def entry(key, *tags, length=1000, area="pages", expires=100.0):
    return Entry(key, {"identity": variant(length)}, tags, made=0.0, expires=expires, area=area)


def cost(key, length=1000):
    return ENTRY_BYTES + 2 * len(key) + length


def make(**areas):
    return Store({"pages": Limits(10**6, 1000)} | areas)


def keys(store, area="pages"):
    return list(store.areas[area].order)


def test_what_is_kept_is_found_and_what_is_not_is_not():
    store = make()
    kept = entry("/a/", "lists")

    assert store.keep(kept, began=0) is True
    assert store.entries == {"/a/": kept}
    assert store.entries.get("/b/") is None


def test_bytes_are_counted_to_the_last_one():
    store = make()
    store.keep(entry("/a/", length=1000), 0)
    store.keep(entry("/bb/", length=50), 0)
    assert store.bytes == cost("/a/", 1000) + cost("/bb/", 50)

    store.keep(entry("/a/", length=10), 0)
    assert store.bytes == cost("/a/", 10) + cost("/bb/", 50)
    assert len(store.entries) == 2

    store.clear()
    assert (store.bytes, store.entries, store.by_tag) == (0, {}, {})


def test_codings_count_each_and_a_shared_one_once():
    plain, packed = variant(1000), variant(300)
    apart = Entry("/a/", {"identity": plain, "br": packed}, [], made=0, expires=1)
    shared = Entry("/a/", {"identity": plain, "br": plain}, [], made=0, expires=1)

    assert apart.size - shared.size == 300


def test_the_least_recently_used_goes_first_when_bytes_run_out():
    store = make(pages=Limits(8 * cost("/0/"), 1000))
    for number in range(8):
        store.keep(entry(f"/{number}/"), 0)
    store.touch(store.entries["/0/"])

    store.keep(entry("/8/"), 0)

    assert keys(store) == [f"/{number}/" for number in (2, 3, 4, 5, 6, 7, 0, 8)]
    assert store.bytes == store.areas["pages"].limits.bytes


def test_the_least_recently_used_goes_first_when_entries_run_out():
    store = make(pages=Limits(10**6, 2))
    for key in ("/a/", "/b/", "/c/"):
        store.keep(entry(key), 0)

    assert keys(store) == ["/b/", "/c/"]


def test_an_entry_that_pushes_others_out_takes_as_many_as_it_needs():
    store = make(pages=Limits(80_000, 1000))
    for number in range(20):
        store.keep(entry(f"/{number}/"), 0)
    store.keep(entry("/gross/", length=7000), 0)

    assert store.bytes <= 80_000
    assert "/gross/" in store.entries


def test_a_page_larger_than_an_eighth_of_its_area_is_refused():
    limits = Limits(8 * cost("/a/", 1000), 1000)
    store = make(pages=limits)

    assert store.keep(entry("/a/", length=1001), 0) is False
    assert store.entries == {}
    assert store.keep(entry("/a/", length=1000), 0) is True


def test_k5_a_flood_of_one_kind_pushes_out_its_own():
    store = make(brief=Limits(10**6, 3, brief=True), search=Limits(10**6, 2))
    store.keep(entry("/storia/"), 0)
    for number in range(50):
        store.keep(entry(f"/manca-{number}/", area="brief"), 0)
        store.keep(entry(f"/cerca/{number}", area="search"), 0)

    assert keys(store) == ["/storia/"]
    assert keys(store, "brief") == ["/manca-47/", "/manca-48/", "/manca-49/"]
    assert keys(store, "search") == ["/cerca/48", "/cerca/49"]


def test_k5_an_address_that_moves_to_another_area_is_counted_there_alone():
    store = make(brief=Limits(10**6, 3, brief=True))
    store.keep(entry("/a/", area="brief"), 0)
    store.keep(entry("/a/"), 0)

    assert (keys(store), keys(store, "brief"), store.areas["brief"].bytes) == (["/a/"], [], 0)


def test_a_purge_forgets_the_pages_that_show_the_tag_and_no_other():
    store = make()
    store.keep(entry("/uno/", "article:1", "lists"), 0)
    store.keep(entry("/due/", "article:2", "lists"), 0)
    store.keep(entry("/dodici/", "article:12"), 0)

    assert store.purge(["article:1"]) == 1
    assert keys(store) == ["/due/", "/dodici/"]
    assert store.by_tag == {"article:2": {"/due/"}, "lists": {"/due/"}, "article:12": {"/dodici/"}}
    assert store.purge(["lists", "article:2"]) == 1
    assert keys(store) == ["/dodici/"]


def test_all_forgets_everything():
    store = make(search=Limits(10**6, 9))
    store.keep(entry("/uno/", "article:1"), 0)
    store.keep(entry("/cerca/", "lists", area="search"), 0)

    assert store.purge(["all"]) == 2
    assert (store.entries, store.bytes) == ({}, 0)


def test_k5_any_purge_forgets_what_is_missing():
    store = make(brief=Limits(10**6, 9, brief=True))
    store.keep(entry("/manca/", area="brief"), 0)
    store.keep(entry("/storia/", "article:1"), 0)

    store.purge(["article:7"])

    assert list(store.entries) == ["/storia/"]


@pytest.mark.parametrize("tags", [["article:1"], ["lists", "article:1"], ["all"]])
def test_k6_a_page_whose_tag_was_purged_while_it_was_made_is_refused(tags):
    store = make()
    began = store.sequence
    store.purge(tags)

    assert store.keep(entry("/uno/", "article:1"), began) is False
    assert store.entries == {}
    assert store.keep(entry("/uno/", "article:1"), store.sequence) is True


def test_k6_another_page_is_kept_whatever_was_purged_meanwhile():
    store = make()
    began = store.sequence
    store.purge(["article:1"])

    assert store.keep(entry("/due/", "article:2"), began) is True


def test_k6_what_is_missing_is_refused_after_any_purge():
    store = make(brief=Limits(10**6, 9, brief=True))
    began = store.sequence
    store.purge(["article:1"])

    assert store.keep(entry("/manca/", area="brief"), began) is False
    assert store.keep(entry("/manca/", area="brief"), store.sequence) is True


def test_k6_a_cleared_store_refuses_what_was_begun_before():
    store = make()
    began = store.sequence
    store.clear()

    assert store.keep(entry("/uno/", "article:1"), began) is False


def test_k6_the_memory_of_purges_is_bounded_and_forgets_to_the_safe_side(monkeypatch):
    monkeypatch.setattr(stores, "MOST_TAGS_REMEMBERED", 3)
    store = make()
    began = store.sequence
    store.purge(["article:1"])
    second = store.sequence
    for number in range(2, 6):
        store.purge([f"article:{number}"])

    assert len(store._purged) == 3
    # Whether one of its tags was purged is no longer known: refused.
    assert store.keep(entry("/nove/", "article:9"), began) is False
    assert store.keep(entry("/nove/", "article:9"), second) is False
    assert store.keep(entry("/nove/", "article:9"), store.sequence) is True


def test_a_touch_of_what_has_just_gone_is_harmless():
    store = make()
    gone = entry("/a/")
    store.keep(gone, 0)
    store.purge(["all"])

    store.touch(gone)

    assert keys(store) == []
