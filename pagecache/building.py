"""From an answer of Django's to an entry: may it be kept, on what terms, in which codings."""

import logging
from typing import NamedTuple

from pagecache.store import Entry, Unpacked, Variant

log = logging.getLogger("pagecache")

BRIEF_SECONDS = 30  # for what is missing or has moved, where no view said more
BRIEF_TAGS = ["lists"]  # what is missing may come, by a purge or by the clock
WORTH_PACKING = 512  # bytes
PACKED = (
    "text/",
    "application/json",
    "application/feed+json",
    "application/ld+json",
    "application/manifest+json",
)
# Of one request, or made anew for each coding.
DROPPED = {"cache-tags", "content-length", "etag", "vary", "x-request-id", "age", "date"}


class Terms(NamedTuple):
    tags: list[str]
    seconds: float
    brief: bool  # shows what is missing: any change may end it


def verdict(status, headers, result):
    """Return the ``Terms`` on which an answer may be kept, or None (trust table, K2).

    A view that declares a page and then makes it one reader's own is a mistake of ours: said.
    """
    code = status[:3]
    said = {name.lower(): value for name, value in headers}
    if code not in ("200", "301", "404") or getattr(result, "streaming", False):
        return None
    tags, seconds = said.get("cache-tags", "").split(), getattr(result, "keep_seconds", None)
    varies = said.get("vary", "accept-encoding").lower()
    private = "set-cookie" in said or varies != "accept-encoding"
    if private or not is_shared(said.get("cache-control", "")):
        if tags and private:
            log.error("a page declared as shared is one reader's own: %s", " ".join(tags))
        return None
    if "content-encoding" in said:
        return None
    if code == "404" or (code == "301" and not tags):
        return Terms(tags or BRIEF_TAGS, BRIEF_SECONDS, brief=True)
    return Terms(tags, seconds, brief=False) if tags and seconds else None


def is_shared(control):
    return control.startswith("public, max-age=0")


def make_entry(key, answer, terms, *, area, packers, unpackers, now):
    """Build the entry for an ``answer``, a ``(status, headers, body)``, packed in each coding.

    The plain body is not kept beside one that can be unpacked: it is two thirds of an entry.
    """
    status, headers, body = answer
    etag = next((value for name, value in headers if name == "ETag"), None)
    fixed = [pair for pair in headers if pair[0].lower() not in DROPPED]
    fixed.append(("Vary", "Accept-Encoding"))
    plain = variant(status, fixed, body, "", etag)
    variants = {"identity": plain}
    kind = next((value for name, value in headers if name == "Content-Type"), "")
    for coding, pack in packers.items():
        packed = pack(body) if is_worth_packing(kind, body) else body
        smaller = len(packed) < len(body)
        variants[coding] = variant(status, fixed, packed, coding, etag) if smaller else plain
        if smaller and coding in unpackers:
            body_again = Unpacked(packed, unpackers[coding])
            variants["identity"] = plain._replace(body=body_again)
    return Entry(key, variants, terms.tags, made=now, expires=now + terms.seconds, area=area)


def is_worth_packing(kind, body):
    return len(body) >= WORTH_PACKING and (kind.startswith(PACKED) or "xml" in kind)


def variant(status, fixed, body, coding, etag):
    """One page in one coding. Its ETag is its own: the bytes differ (RFC 9110, 8.8.3)."""
    named = [("ETag", etag := f'{etag[:-1]}-{coding}"' if coding else etag)] if etag else []
    headers = [*fixed, *named, ("Content-Length", str(len(body)))]
    if coding:
        headers.append(("Content-Encoding", coding))
    unchanged = [pair for pair in [*fixed, *named] if not pair[0].startswith("Content-Type")]
    modified = next((value for name, value in fixed if name == "Last-Modified"), None)
    return Variant(status, headers, [body], len(body), etag, unchanged, modified)
