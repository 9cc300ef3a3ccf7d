"""What stands behind a subject: sky, sun and one quiet pattern."""

from images.drawings.palette import lighter, mix
from images.drawings.shapes import arc, box, disc


def sky(canvas, angle=90.0):
    p = canvas.palette
    full = [(x / canvas.scale, y / canvas.scale) for x, y in _corners(canvas)]
    canvas.blend(full, p.top, p.bottom, angle)


def _corners(canvas):
    w, h = canvas.big[0] / 2 + 2, canvas.big[1] / 2 + 2
    return [(-w, -h), (w, -h), (w, h), (-w, h)]


def sun(canvas, x, y, r, colour=None):
    """The large disc, with light around it and stippled towards the ground."""
    p = canvas.palette
    colour = colour or p.sun
    shape = disc(x, y, r)
    canvas.glow(disc(x, y, r * 1.12), lighter(colour, 0.3), r * 0.28, 0.32)
    canvas.blend(shape, lighter(colour, 0.16), colour, 80)
    canvas.stipple(shape, mix(colour, p.bottom, 0.6), 75, 0.6)


def pattern(canvas, kind=None, alpha=0.2):
    """One quiet pattern of thin strokes, chosen by the seed if not named."""
    kind = kind or canvas.rng.choice(("dots", "arcs", "rules", "crosses", "none"))
    PATTERNS.get(kind, lambda *_: None)(canvas, canvas.palette.line, alpha)


def dots(canvas, colour, alpha):
    x = canvas.rng.choice((-720, 330))
    for column in range(10):
        for row in range(7):
            canvas.dot(x + column * 42, -370 + row * 42, 3.2 + 0.25 * row, colour, alpha)


def arcs(canvas, colour, alpha):
    x, y = canvas.rng.choice(((-800, 450), (800, 450), (-800, -450), (800, -450)))
    for n in range(9):
        canvas.line(arc(x, y, 160 + n * 46, 0, 360), colour, 2.2, alpha, caps=False)


def rules(canvas, colour, alpha):
    y = canvas.rng.choice((-400, -330))
    for n in range(8):
        reach = 260 + (n * 97) % 330
        canvas.line([(-760, y + n * 26), (-760 + reach, y + n * 26)], colour, 2.4, alpha)
        canvas.line([(760, y + n * 26), (760 - reach, y + n * 26)], colour, 2.4, alpha)


def crosses(canvas, colour, alpha):
    for _ in range(26):
        x, y = canvas.rng.uniform(-780, 780), canvas.rng.uniform(-430, 100)
        canvas.line([(x - 8, y), (x + 8, y)], colour, 2.4, alpha)
        canvas.line([(x, y - 8), (x, y + 8)], colour, 2.4, alpha)


PATTERNS = {"dots": dots, "arcs": arcs, "rules": rules, "crosses": crosses}


def ground(canvas, y, share=0.12, colour=None):
    """A flat ground from ``y`` down, a little darker than the sky above it."""
    p = canvas.palette
    colour = colour or mix(p.bottom, p.body, share)
    shape = box(-1000, y, 2000, 900)
    canvas.blend(shape, colour, mix(colour, p.body, 0.22), 90)
    canvas.stipple(box(-1000, y, 2000, 470), mix(colour, p.dark, 0.4), 90, 0.4)


def shadow(canvas, points, dy=26, blur=26, alpha=0.35):
    canvas.glow([(x, y + dy) for x, y in points], canvas.palette.dark, blur, alpha)


def stars(canvas, count, colour, low=-440, high=200):
    for _ in range(count):
        x, y = canvas.rng.uniform(-790, 790), canvas.rng.uniform(low, high)
        canvas.dot(x, y, canvas.rng.choice((1.5, 2, 2.8, 3.6)), colour, canvas.rng.uniform(0.4, 1))
