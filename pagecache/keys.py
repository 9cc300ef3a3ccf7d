"""Which request asks for which page. Pure: text in, text out.

A key is the decoded path alone, or ``(path, query)`` where this address knows parameters. Scheme
and host have no place in it, because only requests to our one name get this far; the coding
chooses a variant of the entry (trust table, K1).
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

QUERY_LENGTH = 4096  # what is longer is refused by the site itself
ACCEPT_LENGTH = 200
MOST_REMEMBERED = 1000  # Accept-Encoding headers whose meaning is kept
CODINGS = ("br", "gzip")  # the best first


class Asked(NamedTuple):
    key: str | tuple[str, str]
    query: str  # what the site sees of the reader's


class Rules:
    """``passing``: beginnings of paths that are never kept. ``parameters``: known to an address,
    by its whole path (``exact``) or by the beginning of its path, the first that fits; everybody
    else knows none. ``areas``: which part of the memory an address may fill, "pages" for others.
    """

    def __init__(
        self,
        passing: Iterable[str] = (),
        parameters: Mapping[str, Iterable[str]] | None = None,
        areas: Mapping[str, str] | None = None,
        exact: Mapping[str, Iterable[str]] | None = None,
    ):
        self.passing = tuple(passing)
        self.parameters = {begin: frozenset(names) for begin, names in (parameters or {}).items()}
        self.exact = {path: frozenset(names) for path, names in (exact or {}).items()}
        self.areas = dict(areas or {})

    def area(self, path: str) -> str:
        return next((a for begin, a in self.areas.items() if path.startswith(begin)), "pages")

    def passes(self, path: str) -> bool:
        """True for an address that is never kept, however many slashes stand before it."""
        return not path.startswith("/") or f"/{path.lstrip('/')}".startswith(self.passing)

    def asked(self, path: str, query: str) -> Asked | None:
        """Return the key and the query that is left, or None for one that cannot be judged."""
        if len(query) > QUERY_LENGTH:
            return None
        if not query.isascii():  # a page that knows no parameter is the same page
            return None if self.names(path) else Asked(path, "")
        query = self.known(path, query)
        return Asked((path, query) if query else path, query)

    def names(self, path: str) -> frozenset[str]:
        if path in self.exact:
            return self.exact[path]
        fitting = (n for begin, n in self.parameters.items() if path.startswith(begin))
        return next(fitting, frozenset())

    def known(self, path: str, query: str) -> str:
        """Only the parameters this address knows, in the order of their names.

        ``;`` separates nothing (CVE-2021-23336). What stands twice stays twice: what the site
        sees and what the key says are the same text.
        """
        names = self.names(path)
        if not query or not names:
            return ""
        pairs = parse_qsl(query, keep_blank_values=True, encoding="latin-1", separator="&")
        return urlencode(
            sorted((pair for pair in pairs if pair[0] in names), key=lambda pair: pair[0]),
            encoding="latin-1",
        )


class Codings:
    """The coding for an Accept-Encoding header; browsers send few, so answers are remembered."""

    def __init__(self):
        self.remembered: dict[str | None, str] = {None: "identity"}

    def choose(self, header: str | None) -> str:
        try:
            return self.remembered[header]
        except KeyError:
            coding = best_coding(header or "")
            if len(self.remembered) < MOST_REMEMBERED and len(header or "") <= ACCEPT_LENGTH:
                self.remembered[header] = coding
            return coding


def best_coding(header: str) -> str:
    """Return "br", "gzip" or "identity": the best one with a weight above zero (RFC 9110, 12.5.3).

    We always have the page as it is, so a header we cannot read means that.
    """
    weights: dict[str, float] = {}
    for item in header[:ACCEPT_LENGTH].lower().split(","):
        name, _, weight = item.partition(";")
        name, weight = name.strip(), weight.strip()
        try:
            weights[name] = float(weight.removeprefix("q=")) if weight else 1.0
        except ValueError:
            weights[name] = 0.0
    for coding in CODINGS:
        if weights.get(coding, weights.get("*", 0.0)) > 0:
            return coding
    return "identity"


def has_it(header: str, etag: str) -> bool:
    """True if an If-None-Match header names ``etag``. Weak and strong compare alike (13.1.2)."""
    if header == etag or header.strip() == "*":
        return True
    return any(part.strip().removeprefix("W/") == etag for part in header.split(","))
