"""Pages packed for the web: what comes out is what went in, and the same for every process."""

import gzip
import time

import brotli
import pytest

from kit import packing

PAGE = "<p>Una riga di prova, perché no?</p>\n".encode() * 500


@pytest.mark.parametrize("body", [b"", b"x", PAGE, bytes(range(256)) * 20])
def test_what_is_packed_is_what_comes_out(body):
    assert gzip.decompress(packing.gzip(body)) == body
    assert brotli.decompress(packing.brotli(body)) == body


def test_a_page_becomes_much_smaller():
    assert len(packing.gzip(PAGE)) < len(PAGE) // 10
    assert len(packing.brotli(PAGE)) < len(PAGE) // 10


def test_the_same_page_is_packed_into_the_same_bytes_at_any_time(monkeypatch):
    before = packing.gzip(PAGE)
    monkeypatch.setattr(time, "time", lambda: 4_000_000_000.0)

    assert packing.gzip(PAGE) == before
