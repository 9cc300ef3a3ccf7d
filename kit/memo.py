"""Pieces of pages that were made before, found again by everything they show.

A template gets nothing but ``facts``, and ``facts`` are the key: what changes on the page changes
the key, so nothing is ever stale and nobody forgets anything. In exchange a template rendered here
reads no context, no database and no clock.
"""

from functools import cache, lru_cache, wraps

from django.conf import settings
from django.template.loader import get_template

from kit.html import trusted

PIECES = 500  # of each template in each process; a card is about 1.5 kB
memories = []  # of the functions that are remembered


def rendered(template: str, **facts) -> str:
    """Return ``template`` as safe HTML of ``facts``, which are hashable: tuples, words, numbers.

    Plain words and safe HTML of the same letters are one key: a fact is always one or the other.
    """
    if settings.DEBUG:  # templates are being changed under the running server
        return render(template, facts)
    return pieces(template)(tuple(facts.items()))


@cache
def pieces(template):
    """A memory of its own for each template: a long discussion drives out no cards."""
    return lru_cache(PIECES)(lambda facts: render(template, dict(facts)))


def remembered(most):
    """The same for a function of hashable facts, in their order, with a memory of ``most``."""

    def decorate(make):
        kept = lru_cache(most)(make)
        memories.append(kept)

        @wraps(make)
        def found(*facts):
            return make(*facts) if settings.DEBUG else kept(*facts)

        found.memory = kept
        return found

    return decorate


def render(template, facts):
    return trusted(get_template(template).render(facts))  # a template's own output


def forget():
    """For tests, which change settings that never change while a site runs."""
    pieces.cache_clear()
    for memory in memories:
        memory.cache_clear()
