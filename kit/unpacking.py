"""Bodies of answers unpacked piece by piece: a bomb is never held, its counter sees it grow.

One coding only; a chain of them is refused (urllib3 CVE-2025-66418). Raises ``BadPacking``.
"""

import zlib

import brotli
import zstandard

OUTPUT = 64 * 1024  # bytes at most of one piece; zstd: 2 MB
MOST_MEMBERS = 100  # gzip and zstd bodies may be joined; thousands of empty ones only cost time
ZSTD_WINDOW = 8 * 1024 * 1024  # bytes; what RFC 9659 allows on the web
# Of a block of 128 kB, 4 bytes are enough: more input at once would be too much output.
ZSTD_INPUT = 64


class BadPacking(Exception):
    """A body that cannot be unpacked: damaged, cut off, or in a way we do not read."""


def unpacked(pieces, coding):
    """Give ``pieces`` of bytes unpacked, each of bounded size; ``coding`` as in the header."""
    if coding in ("", "identity"):
        yield from pieces
    elif coding in READERS:
        try:
            yield from READERS[coding](pieces)
        except (zlib.error, brotli.error, zstandard.ZstdError):
            raise BadPacking from None
    else:
        raise BadPacking


def from_gzip(pieces):
    yield from inflated(pieces, lambda start: 16 + zlib.MAX_WBITS, members=MOST_MEMBERS)


def from_deflate(pieces):
    """The standard says zlib; half of the servers that still send it leave its header out."""
    yield from inflated(pieces, lambda start: zlib.MAX_WBITS * (1 if has_header(start) else -1))


def has_header(start):
    return start[0] & 15 == 8 and int.from_bytes(start, "big") % 31 == 0


def inflated(pieces, window, members=0):
    machine, start = None, b""
    for piece in pieces:
        if machine is None:
            start += piece
            if len(start) < 2:
                continue
            piece, machine = start, zlib.decompressobj(window(start[:2]))
        while piece:
            if machine.eof:
                if not members or piece[0] != 0x1F:  # zeros, a line end: nobody wants them
                    return
                members -= 1
                if not members:
                    raise BadPacking
                machine = zlib.decompressobj(window(start))
            yield machine.decompress(piece, OUTPUT)
            piece = machine.unused_data if machine.eof else machine.unconsumed_tail
    if machine is None and start:
        raise BadPacking
    if machine is not None:
        yield machine.flush()
        if not machine.eof:
            raise BadPacking


def from_brotli(pieces):
    machine, started = brotli.Decompressor(), False
    for piece in pieces:
        started = True
        yield machine.process(piece, output_buffer_limit=OUTPUT)
        while not machine.can_accept_more_data():
            yield machine.process(b"", output_buffer_limit=OUTPUT)
        if machine.is_finished():
            return
    if started:
        raise BadPacking


def from_zstd(pieces):
    decompressor = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    machine, members = None, 0
    for piece in pieces:
        for start in range(0, len(piece), ZSTD_INPUT):
            part = piece[start : start + ZSTD_INPUT]
            while part:
                if machine is None or machine.eof:
                    machine, members = decompressor.decompressobj(), members + 1
                    if members > MOST_MEMBERS:
                        raise BadPacking
                yield machine.decompress(part)
                part = machine.unused_data if machine.eof else b""
    if machine is not None and not machine.eof:
        raise BadPacking


READERS = {
    "gzip": from_gzip,
    "x-gzip": from_gzip,
    "deflate": from_deflate,
    "br": from_brotli,
    "zstd": from_zstd,
}
CODINGS = ("gzip", "deflate", "br", "zstd")
