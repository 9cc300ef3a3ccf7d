"""Kept pages in bounded memory: by key to answer, by tag to forget, by age of use to make room."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from threading import Lock
from typing import NamedTuple

# What an entry costs beside its bytes: objects, header texts, places in the indexes.
ENTRY_BYTES = 2048
MOST_TAGS_REMEMBERED = 10_000


class Unpacked:
    """The plain body of a page whose packed one is kept: made for the few who ask for it."""

    __slots__ = ("packed", "unpack")

    def __init__(self, packed: bytes, unpack: Callable[[bytes], bytes]):
        self.packed, self.unpack = packed, unpack

    def __iter__(self) -> Iterator[bytes]:
        yield self.unpack(self.packed)


class Variant(NamedTuple):
    """One page in one coding, ready to be sent."""

    status: str
    headers: list[tuple[str, str]]
    body: list[bytes] | Unpacked  # a list of one, as WSGI wants it
    length: int  # of what is sent
    etag: str | None
    unchanged: list[tuple[str, str]]  # headers of a 304
    modified: str | None = None  # Last-Modified, as it is sent


class Limits(NamedTuple):
    bytes: int
    entries: int
    brief: bool = False  # any purge forgets all of it: these pages show what is missing


class Area:
    """Entries that make room for each other, so that a flood of one kind costs the others none."""

    def __init__(self, limits: Limits):
        self.limits = limits
        self.bytes = 0
        self.order: OrderedDict[Hashable, None] = OrderedDict()  # the least recently used first

    def is_over(self) -> bool:
        return self.bytes > self.limits.bytes or len(self.order) > self.limits.entries


class Entry:
    __slots__ = ("area", "expires", "key", "made", "size", "tags", "variants")

    def __init__(
        self,
        key: Hashable,
        variants: Mapping[str, Variant],
        tags: Iterable[str],
        *,
        made: float,
        expires: float,
        area: str = "pages",
    ):
        self.key, self.variants, self.tags, self.area = key, variants, frozenset(tags), area
        self.made, self.expires = made, expires  # seconds of the monotonic clock
        # Codings that change nothing share one variant.
        distinct = {id(v): v.length for v in variants.values() if isinstance(v.body, list)}
        self.size = ENTRY_BYTES + len(str(key)) * 2 + sum(distinct.values())


class Store:
    """Reading takes no lock: a dict look-up is one step. Whoever changes something takes it."""

    def __init__(self, areas: Mapping[str, Limits]):
        self.areas = {name: Area(limits) for name, limits in areas.items()}
        self.entries: dict[Hashable, Entry] = {}
        self.by_tag: dict[str, set[Hashable]] = {}
        self.lock = Lock()
        self.sequence = 0  # of purges; a render notes it before it begins
        self._purged: OrderedDict[str, int] = OrderedDict()
        self._floor = 0  # a render that began before it may have missed any purge

    @property
    def bytes(self) -> int:
        return sum(area.bytes for area in self.areas.values())

    @property
    def bytes_most(self) -> int:
        return sum(area.limits.bytes for area in self.areas.values())

    def touch(self, entry: Entry) -> None:
        """Count a use. Without the lock: another thread may just have dropped the entry."""
        try:  # noqa: SIM105 - suppress() costs as much as the rest of a hit
            self.areas[entry.area].order.move_to_end(entry.key)
        except KeyError:
            pass

    def keep(self, entry: Entry, began: int) -> bool:
        """Keep an entry whose render began at the sequence ``began``; False if it is refused.

        A purge of one of its tags since then wins (trust table, K6). A page larger than an
        eighth of its area would push out too many others.
        """
        area = self.areas[entry.area]
        with self.lock:
            if entry.size > area.limits.bytes // 8 or self._is_late(entry, area, began):
                return False
            self._drop(entry.key)
            self.entries[entry.key] = entry
            area.order[entry.key] = None
            area.bytes += entry.size
            for tag in entry.tags:
                self.by_tag.setdefault(tag, set()).add(entry.key)
            while area.is_over():
                self._drop(next(iter(area.order)))
        return True

    def was_purged(self, tags: Iterable[str], began: int) -> bool:
        """True if one of ``tags`` was purged after the sequence ``began``, or might have been."""
        return began < self._floor or any(self._purged.get(tag, 0) > began for tag in tags)

    def purge(self, tags: Iterable[str]) -> int:
        """Forget every page that shows one of ``tags``, and what is missing; return how many."""
        with self.lock:
            self.sequence += 1
            before = len(self.entries)
            if "all" in tags:
                self._clear()
            for tag in tags:
                self._remember(tag)
                for key in list(self.by_tag.get(tag, ())):
                    self._drop(key)
            for area in self.areas.values():
                if area.limits.brief:
                    for key in list(area.order):
                        self._drop(key)
            return before - len(self.entries)

    def clear(self) -> None:
        with self.lock:
            self.sequence += 1
            self._clear()

    def _clear(self):
        self._floor = self.sequence
        for key in list(self.entries):
            self._drop(key)

    def _is_late(self, entry, area, began):
        if area.limits.brief and began != self.sequence:
            return True
        return self.was_purged(entry.tags, began)

    def _remember(self, tag):
        self._purged[tag] = self.sequence
        self._purged.move_to_end(tag)
        if len(self._purged) > MOST_TAGS_REMEMBERED:
            self._floor = max(self._floor, self._purged.popitem(last=False)[1])

    def _drop(self, key):
        entry = self.entries.pop(key, None)
        if entry is None:
            return
        area = self.areas[entry.area]
        area.bytes -= entry.size
        del area.order[key]
        for tag in entry.tags:
            keys = self.by_tag[tag]
            keys.discard(key)
            if not keys:
                del self.by_tag[tag]
