"""Pages of a list without counting it: one row more than asked tells whether there is a next.

A page is cut out of an index, and only its own rows are read. A deep one begins in the month that
depth.py finds for it, so that page 5,000 costs as page 1.
"""

from dataclasses import dataclass

from django.http import Http404
from django.utils import timezone

from articles.lists import PER_PAGE
from articles.shown import cards


@dataclass(frozen=True)
class Paging:
    base: str  # address of page 1, ends with a slash
    number: int
    has_next: bool

    @property
    def has_previous(self):
        return self.number > 1

    @property
    def previous_url(self):
        return self.url(self.number - 1)

    @property
    def next_url(self):
        return self.url(self.number + 1)

    def url(self, number):
        return self.base if number <= 1 else f"{self.base}page/{number}/"


def cut(shelf, number, base, *, first_extra=0):
    """Return ``(cards, Paging)`` for page ``number``; Http404 beyond the last page. Two queries.

    ``shelf`` is one of lists.py, with all it wants but the clock and the offset. ``first_extra``
    stories more stand on page 1 (the lead story of the front page). A deep page asks one query
    more.
    """
    start = 0 if number == 1 else (number - 1) * PER_PAGE + first_extra
    length = PER_PAGE + first_extra if number == 1 else PER_PAGE
    rows = shelf(now=timezone.now(), start=start)
    if not rows and number > 1:
        raise Http404("beyond the last page")
    return cards(rows[:length]), Paging(base, number, has_next=len(rows) > length)
