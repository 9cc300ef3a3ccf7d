"""The demo site without its drawings, for tests that read it."""

from contextlib import contextmanager

import pytest
from django.db import transaction

from images import files
from images.models import Image
from images.pictures import SIZES, best
from mmul.demo import loading
from tests.factories import make_image


class Rows(loading.Pictures):
    """A picture is a row without a file: to draw and encode seventy takes minutes."""

    def __init__(self, site, stories):
        self.drawn = {}

    def keep(self, motif, seed, size=(1600, 900), **texts):
        title = f"{motif} {seed} (demo)"
        return Image.objects.filter(title=title).first() or self.make(title=title, **texts)

    def make(self, **fields):
        return make_image(**fields)


class Tiny(Rows):
    """Each picture a few bytes."""

    def make(self, **fields):
        return with_file(make_image(**fields))


def small_demo(monkeypatch):
    monkeypatch.setattr(loading, "Pictures", Tiny)
    loading.load()


@contextmanager
def standing(blocker):
    """The demo for all tests of a module, in a transaction around theirs; yields what it said."""
    with blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "Pictures", Rows)
        yield loading.load()
        transaction.set_rollback(True)


def with_file(image):
    path = files.path(best(image, SIZES["feed"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\xff\xd8\xff")
    return image
