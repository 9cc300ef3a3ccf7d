"""Bytes packed for the web: once for a page that is kept, so a little patience pays."""

import gzip as gzip_module

import brotli as brotli_module

# Beyond these the time doubles for a hundredth of the size.
GZIP_LEVEL = 6
BROTLI_QUALITY = 5


def gzip(body):
    """The same bytes for the same body: no time inside, or two processes would differ."""
    return gzip_module.compress(body, GZIP_LEVEL, mtime=0)


def gunzip(packed):
    """What ``gzip`` was given. For our own bytes: a stranger's are for unpacking.py."""
    return gzip_module.decompress(packed)


def brotli(body):
    return brotli_module.compress(body, quality=BROTLI_QUALITY)
