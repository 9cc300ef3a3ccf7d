"""The demo site without its drawings, for tests that read it."""

from images import files
from images.models import Image
from images.pictures import SIZES, best
from mmul.demo import loading
from tests.factories import make_image


def small_demo(monkeypatch):
    """The whole demo, each picture a few bytes: to draw and encode them takes minutes."""

    class Tiny(loading.Pictures):
        def __init__(self, site, stories):
            self.drawn = {}

        def keep(self, motif, seed, size=(1600, 900), **texts):
            title = f"{motif} {seed} (demo)"
            known = Image.objects.filter(title=title).first()
            return known or with_file(make_image(title=title, **texts))

    monkeypatch.setattr(loading, "Pictures", Tiny)
    loading.load()


def with_file(image):
    path = files.path(best(image, SIZES["feed"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\xff\xd8\xff")
    return image
