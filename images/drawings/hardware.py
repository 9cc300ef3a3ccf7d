"""Machines: racks, chips, boards, keyboards, laptops, game pads."""

from itertools import pairwise

from images.drawings import scene
from images.drawings.iso import Iso
from images.drawings.palette import darker, lighter, mix
from images.drawings.shapes import box, disc, ellipse, mirrored


def racks(canvas):
    """Two rows of cabinets in a datacentre."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas)
    scene.sun(canvas, rng.choice((-380, 380)), -150, 250)
    scene.pattern(canvas, "rules", 0.16)
    iso = Iso(canvas, -60, 60, 98)
    canvas.glow(iso.top(-2.6, -2.2, 0, 7.4, 5.4), p.dark, 40, 0.4)
    slab = mix(p.bottom, p.body, 0.45)
    iso.block(-2.8, -2.2, -0.25, 7.2, 5.0, 0.25, slab)
    iso.floor(-2.8, -2.2, 7, 5, 1, lighter(slab, 0.6), 0.35)
    for y in (-1.7, 0.9):
        for n in range(5):
            _rack(iso, -2.4 + n * 1.25, y, 2.5 + rng.choice((0, 0, 0.25)))


def _rack(iso, x, y, height):
    canvas, p, rng = iso.canvas, iso.canvas.palette, iso.canvas.rng
    iso.block(x, y, 0, 1.08, 1.1, height, p.body)
    front = y + 1.1
    canvas.fill(iso.left(x + 0.1, front, 0.12, 0.88, height - 0.24), p.dark)
    rows = int((height - 0.3) / 0.17)
    for row in range(rows):
        z = 0.18 + row * 0.17
        if rng.random() < 0.12:
            colour = rng.choice((p.accent, p.warm))
            canvas.fill(iso.left(x + 0.14, front, z, 0.8, 0.12), colour)
            continue
        canvas.fill(iso.left(x + 0.14, front, z, 0.8, 0.12), mix(p.dark, p.body, 0.75))
        for light in range(rng.randint(1, 5)):
            colour = rng.choice((p.accent, p.warm, p.cool, p.cool, p.light))
            canvas.fill(iso.left(x + 0.2 + light * 0.09, front, z + 0.035, 0.05, 0.05), colour)
        canvas.fill(iso.left(x + 0.68, front, z + 0.04, 0.2, 0.03), p.cool, 0.5)


def chip(canvas):
    """A processor on its board, tracks running out to the edges."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas)
    scene.sun(canvas, 0, -120, 330)
    iso = Iso(canvas, 0, -40, 100)
    canvas.glow(iso.top(-3, -3, -0.4, 7, 7), p.dark, 45, 0.45)
    board = mix(p.cool, p.body, 0.45)
    iso.block(-3.3, -3.3, -0.5, 6.6, 6.6, 0.35, board)
    for n in range(9):
        for side in range(4):
            _track(iso, n, side, rng)
    iso.block(-1.7, -1.7, -0.15, 3.4, 3.4, 0.3, p.dark)
    for n in range(11):
        for z, end in ((-0.1, 0.12),):
            at = -1.55 + n * 0.29
            canvas.fill(iso.left(at, 1.7, z, end, 0.2), p.warm)
            canvas.fill(iso.right(1.7, at, z, end, 0.2), darker(p.warm, 0.25))
    iso.block(-1.25, -1.25, 0.15, 2.5, 2.5, 0.28, p.body)
    canvas.glow(iso.top(-0.8, -0.8, 0.5, 1.6, 1.6), p.accent, 40, 0.7)
    iso.block(-0.8, -0.8, 0.43, 1.6, 1.6, 0.18, p.accent)
    for a in range(4):
        for b in range(4):
            tone = rng.choice((p.light, p.warm, lighter(p.accent, 0.35), darker(p.accent, 0.2)))
            canvas.fill(iso.top(-0.66 + a * 0.34, -0.66 + b * 0.34, 0.61, 0.28, 0.28), tone)


def _track(iso, n, side, rng):
    """One track on the board: straight, bent, straight, a pad at the end."""
    canvas, p = iso.canvas, iso.canvas.palette
    start = -1.5 + n * 0.375
    reach = 2.1 + rng.random() * 0.6
    bend = start * (1.25 + 0.45 * rng.random())
    path = [(start, 1.7), (start, 1.9), (bend, reach), (bend, reach + 0.4)]
    turn = {0: (1, 1, 0), 1: (1, -1, 0), 2: (1, 1, 1), 3: (1, -1, 1)}[side]
    points = []
    for u, v in path:
        x, y = (u, v * turn[1]) if not turn[2] else (v * turn[1], u)
        points.append(iso.at(x, y, -0.15))
    colour = p.warm if rng.random() < 0.7 else p.light
    canvas.line(points, colour, 4.5)
    x, y = points[-1]
    canvas.fill(ellipse(x, y, 11, 6.5), colour)
    canvas.fill(ellipse(x, y, 5, 3), p.dark)


def keyboard(canvas):
    """A keyboard seen from above a corner, a few keys lit."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas)
    scene.sun(canvas, 420, -210, 210)
    scene.pattern(canvas, alpha=0.18)
    iso = Iso(canvas, -170, -130, 88)
    canvas.glow(iso.top(-2.4, -2.2, -0.6, 9.6, 5.3), p.dark, 46, 0.5)
    iso.block(-2.6, -2.2, -0.55, 9.4, 5.2, 0.45, p.body)
    canvas.fill(iso.top(-2.4, -2.0, -0.1, 9.0, 4.8), p.dark)
    widths = ((1,) * 11, (1.4, *(1,) * 8, 1.6), (1.7, *(1,) * 7, 2.3), (2.2, *(1,) * 6, 2.8))
    for row, keys in enumerate((*widths, (1.2, 1.2, 5, 1.2, 1.2, 1.2))):
        x = -2.33
        for number, width in enumerate(keys):
            width *= 8.9 / sum(keys)
            _key(iso, x, -1.9 + row * 0.94, width - 0.1, _key_colour(p, rng, row, number))
            x += width


def _key_colour(p, rng, row, number):
    if (row, number) in ((2, 8), (0, 0)):
        return p.accent
    if row == 4 or number == 0 or rng.random() < 0.1:
        return rng.choice((p.warm, p.cool))
    return mix(p.light, p.warm, 0.06 * rng.random())


def _key(iso, x, y, width, colour):
    iso.block(x, y, -0.1, width, 0.84, 0.3, colour, shade=False)
    iso.canvas.stipple(iso.left(x, y + 0.84, -0.1, width, 0.3), darker(colour, 0.5), 90, 0.6)
    face = iso.top(x + 0.12, y + 0.1, 0.2, width - 0.24, 0.6)
    iso.canvas.blend(face, lighter(colour, 0.55), lighter(colour, 0.2), 60)


def laptop(canvas):
    """A laptop at work on a desk, a mug beside it."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas)
    scene.sun(canvas, rng.choice((-250, 250)), -130, 300)
    scene.pattern(canvas, alpha=0.16)
    scene.ground(canvas, 270, 0.3)
    scene.shadow(canvas, box(-470, 280, 940, 40, 20), 22, 22, 0.5)
    screen = box(-390, -290, 780, 520, 26)
    canvas.fill(screen, p.dark)
    inner = box(-362, -262, 724, 458, 10)
    canvas.blend(inner, mix(p.body, p.dark, 0.35), darker(p.body, 0.55), 60)
    _listing(canvas, rng)
    canvas.fill([(130, -262), (362, -262), (362, 30)], p.light, 0.07, within=inner)
    base = [(-390, 230), (390, 230), (470, 300), (-470, 300)]
    canvas.blend(base, lighter(p.body, 0.45), lighter(p.body, 0.2), 90)
    canvas.fill(box(-470, 298, 940, 24, 12), darker(p.body, 0.2))
    canvas.fill(box(-90, 276, 180, 16, 6), darker(p.body, 0.05), 0.8)
    for row in range(3):
        reach = 330 + row * 17
        for n in range(14):
            left = -reach + n * reach / 7
            canvas.fill(box(left, 236 + row * 13, reach / 7 - 6, 9, 3), p.dark, 0.75)
    _mug(canvas, 590, 190)


def _listing(canvas, rng):
    """Indented bars of code in the screen."""
    p, indent = canvas.palette, 0
    for row in range(12):
        y = -234 + row * 34
        canvas.fill(box(-340, y, 16, 12, 6), p.light, 0.25)
        x = -300 + indent * 40
        for _ in range(rng.randint(1, 4)):
            width = rng.randint(40, 150)
            colour = rng.choice((p.light, p.cool, p.warm, p.accent, p.cool))
            canvas.fill(box(x, y, width, 14, 7), colour)
            x += width + 16
            if x > 180:
                break
        indent = max(0, min(3, indent + rng.choice((-1, 0, 1, 1))))


def _mug(canvas, x, y):
    p = canvas.palette
    scene.shadow(canvas, box(x - 60, y + 100, 130, 24, 12), 14, 12, 0.5)
    canvas.line(ellipse(x + 68, y + 56, 34, 34), darker(p.accent, 0.2), 15)
    body = box(x - 62, y, 130, 128, 20)
    canvas.blend(body, lighter(p.accent, 0.12), darker(p.accent, 0.2), 0)
    canvas.stipple(body, darker(p.accent, 0.6), 20, 0.5)
    canvas.fill(ellipse(x + 3, y + 6, 65, 15), lighter(p.accent, 0.3))
    canvas.fill(ellipse(x + 3, y + 8, 54, 10), p.dark)
    for n in (-26, 6, 38):
        points = [(x + n + 9 * (k % 2), y - 22 - k * 20) for k in range(4)]
        canvas.line(points, p.line, 5, 0.35)


def gamepad(canvas):
    """A game controller before a pixelled sun."""
    p = canvas.palette
    scene.sky(canvas)
    scene.sun(canvas, 0, -130, 320)
    for n in range(6):
        canvas.fill(box(-400, -20 + n * 36, 800, 5 + n * 4), mix(p.top, p.bottom, 0.55 + n * 0.07))
    scene.pattern(canvas, "crosses", 0.25)
    grip = [(0, -118), (-190, -122), (-350, -150), (-450, -70), (-500, 170), (-490, 320)]
    grip = _round([*grip, (-380, 330), (-280, 170), (-120, 158), (0, 158)])
    hull = grip + mirrored(grip)[::-1]
    scene.shadow(canvas, hull, 50, 34, 0.5)
    canvas.blend(hull, lighter(p.body, 0.22), darker(p.body, 0.12), 90)
    canvas.stipple(hull, p.dark, 90, 0.7)
    canvas.fill(box(-300, -10, 150, 50, 12), p.dark)
    canvas.fill(box(-250, -60, 50, 150, 12), p.dark)
    spots = ((225, -62, p.warm), (225, 78, p.accent), (155, 8, p.cool), (295, 8, p.light))
    for x, y, colour in spots:
        canvas.fill(disc(x, y + 6, 38), p.dark, 0.55)
        canvas.fill(disc(x, y, 36), colour)
        canvas.fill(ellipse(x - 6, y - 12, 18, 9), p.light, 0.3)
    for x in (-105, 105):
        canvas.fill(disc(x, 118, 62), darker(p.body, 0.4))
        canvas.blend(disc(x, 110, 46), lighter(p.body, 0.3), p.dark, 70)
    for x in (-46, 14):
        canvas.fill(box(x, -40, 34, 14, 7), p.light, 0.75)


def _round(points, passes=3):
    """Cut the corners of an open outline until they are round."""
    for _ in range(passes):
        cut = [points[0]]
        for (ax, ay), (bx, by) in pairwise(points):
            cut += [(ax * 0.75 + bx * 0.25, ay * 0.75 + by * 0.25)]
            cut += [(ax * 0.25 + bx * 0.75, ay * 0.25 + by * 0.75)]
        points = [*cut, points[-1]]
    return points


PAINTERS = {
    "racks": racks,
    "chip": chip,
    "keyboard": keyboard,
    "laptop": laptop,
    "gamepad": gamepad,
}
