"""A small face for every writer, drawn here: no service is asked and no address leaves.

Sixteen hexadecimal digits of a keyed hash choose a colour and fifteen squares, mirrored. Without
the key nobody finds the mail address behind a face (trust table, R2).
"""

from functools import lru_cache

from django.utils.crypto import salted_hmac
from django.utils.html import format_html

COLOURS = 8  # .face--0 to .face--7 in comments.css
SIDE = 5


def face_of(email, name):
    """Return the face of an address; of a name, where there is no address any more."""
    return salted_hmac("comments.face", email or f"name:{name}", algorithm="sha256").hexdigest()[
        :16
    ]


@lru_cache(maxsize=4096)
def draw(face):
    """Return the face as inline SVG. It says nothing, so it is hidden from screen readers."""
    bits = int(face or "0", 16)
    path = []
    for cell in range(SIDE * 3):
        if bits >> cell & 1:
            x, y = divmod(cell, SIDE)
            path += [f"M{column} {y}h1v1h-1z" for column in {x, SIDE - 1 - x}]
    return format_html(
        '<svg class="face face--{}" viewBox="-1 -1 7 7" aria-hidden="true"><path d="{}"/></svg>',
        bits >> 60 & COLOURS - 1,
        "".join(sorted(path)),
    )
