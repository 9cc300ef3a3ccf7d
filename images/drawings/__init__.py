"""Editorial illustrations drawn by code: same motif, seed and size, same bytes.

Used for the demo stories, so that the house ships pictures of its own. Pillow only, no fonts.
"""

import random
from zlib import crc32

from images.drawings import creatures, hardware, objects, places, software, systems
from images.drawings.canvas import Canvas
from images.drawings.palette import PALETTES

_PAINTERS = {
    name: painter
    for shelf in (hardware, systems, software, creatures, places, objects)
    for name, painter in shelf.PAINTERS.items()
}
MOTIFS = tuple(_PAINTERS)


def draw(motif: str, seed: int = 0, size: tuple[int, int] = (1600, 900)) -> bytes:
    """Return a picture of ``motif`` as high quality JPEG bytes. About one second at 1600 x 900.

    The seed chooses palette, light and details. Raises ValueError for an unknown motif.
    """
    if motif not in _PAINTERS:
        raise ValueError(f"unknown motif {motif!r}: choose one of {', '.join(MOTIFS)}")
    rng = random.Random(f"{motif}:{seed}")  # noqa: S311 - the same picture twice, not a secret
    palette = PALETTES[(crc32(motif.encode()) + seed) % len(PALETTES)]
    canvas = Canvas(size, palette, rng)
    _PAINTERS[motif](canvas)
    return canvas.bytes()
