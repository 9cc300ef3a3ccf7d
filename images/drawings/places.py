"""Places: sea, mountains, maps, orbit."""

from itertools import pairwise
from math import sin

from images.drawings import scene
from images.drawings.palette import darker, lighter, mix
from images.drawings.shapes import (
    arc,
    bezier,
    box,
    dashes,
    disc,
    ellipse,
    ridge,
    turned,
    wobble,
)


def ship(canvas):
    """A container ship at dusk."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas)
    scene.sun(canvas, rng.choice((-260, 120)), 60, 280)
    scene.pattern(canvas, "rules", 0.15)
    _waves(canvas, 215, 0)
    colours = (p.accent, p.warm, p.cool, p.light, p.body)
    for column in range(9):
        for row in range(rng.choice((3, 4, 4, 5))):
            x, y = -440 + column * 92, 82 - row * 46
            colour = rng.choice(colours)
            canvas.fill(box(x, y, 88, 44), colour)
            canvas.stipple(box(x, y, 88, 44), darker(colour, 0.6), 20, 0.5)
            for n in range(7):
                canvas.line([(x + 10 + n * 11, y + 5), (x + 10 + n * 11, y + 39)], p.dark, 2, 0.25)
    _bridge(canvas)
    hull = [(-640, 96), (560, 126), (640, 60), (720, 60), (640, 290), (-560, 290)]
    canvas.blend(hull, lighter(p.body, 0.1), p.dark, 90)
    canvas.stipple(hull, p.dark, 90, 0.7)
    canvas.fill([(-602, 220), (666, 220), (640, 290), (-560, 290)], p.accent)
    canvas.stipple([(-602, 220), (666, 220), (640, 290), (-560, 290)], p.dark, 90, 0.5)
    for n in range(11):
        canvas.dot(-480 + n * 92, 168, 8, p.warm)
    _waves(canvas, 270, 1)


def _bridge(canvas):
    p = canvas.palette
    canvas.fill(box(-600, -180, 118, 290), p.light)
    canvas.stipple(box(-600, -180, 118, 290), mix(p.cool, p.light, 0.2), 10, 0.8)
    canvas.fill(box(-624, -214, 160, 44, 8), p.light)
    for n in range(5):
        canvas.fill(box(-608 + n * 28, -202, 18, 18, 3), p.dark)
    for row in range(4):
        for n in range(3):
            canvas.fill(box(-582 + n * 34, -130 + row * 50, 16, 18, 4), p.body)
    canvas.fill(box(-570, -290, 50, 80), p.accent)
    canvas.fill(box(-570, -290, 50, 20), p.dark)
    for n in range(5):
        canvas.fill(disc(-560 - n * 46, -320 - n * 22, 22 + n * 9), p.light, 0.28 - n * 0.04)


def _waves(canvas, y, part):
    p = canvas.palette
    for n in range(2 if part == 0 else 4):
        sea = mix(p.cool, p.dark, 0.18 + 0.16 * (n + 2 * part))
        top = y + n * 48
        crest = [(x, top + 12 * sin(x / 58 + n * 1.9 + part)) for x in range(-900, 901, 12)]
        shape = [*crest, (900, 900), (-900, 900)]
        canvas.fill(shape, sea)
        canvas.stipple([*crest, (900, top + 120), (-900, top + 120)], darker(sea, 0.4), 90, 0.4)
        canvas.line(crest, lighter(sea, 0.3), 3, 0.6)


def mountains(canvas):
    """Ridges in the evening, antennas on top, signals in the air."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas)
    x = rng.choice((-300, 60, 320))
    scene.sun(canvas, x, 10, 230)
    for n in range(4):
        y = -270 + n * 60 + rng.uniform(-20, 20)
        left = rng.uniform(-700, 300)
        width = rng.uniform(160, 380)
        canvas.fill(box(left, y, width, 16, 8), p.light, 0.35)
        canvas.fill(box(left + 60, y + 24, width * 0.7, 12, 6), p.light, 0.22)
    far, near = mix(mix(p.bottom, p.sun, 0.3), p.cool, 0.35), mix(p.body, p.dark, 0.75)
    tops = []
    for n in range(5):
        shape = ridge(rng, 90 + n * 78, 120 - n * 12, 1.05)
        colour = mix(far, near, n / 4)
        canvas.blend(shape, lighter(colour, 0.12), colour, 90)
        canvas.stipple([(a, min(b, 470)) for a, b in shape], mix(colour, p.dark, 0.5), 90, 0.4)
        tops.append(shape[:-2])
    for place, height in ((16, 210), (44, 150), (50, 90)):
        _antenna(canvas, *tops[2 if height > 100 else 3][place], height)
    for n in range(5):
        bx, by = x - 120 + n * 58, -120 - 22 * (n % 3)
        canvas.line([(bx - 16, by - 6), (bx, by), (bx + 16, by - 6)], p.line, 4)


def _antenna(canvas, x, y, height):
    p, top = canvas.palette, y - height
    for side in (-1, 1):
        canvas.line([(x + side * height * 0.13, y + 40), (x, top)], p.dark, 6)
    for n in range(5):
        z, half = y - height * n / 5, height * 0.12 * (1 - n / 5)
        canvas.line([(x - half, z), (x + half, z - height / 6)], p.dark, 4)
    canvas.glow(disc(x, top, 16), p.accent, 14, 0.9)
    canvas.dot(x, top, 10, p.accent)
    for n in range(1, 4):
        for start in (-40, 140):
            canvas.line(arc(x, top, 26 * n, start, start + 80), p.light, 5, 0.95 - n * 0.2)


def chart(canvas):
    """A folded map: contour lines, a river, a dashed route, pins."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas, 60)
    scene.pattern(canvas, "crosses", 0.2)
    sheet = box(-660, -350, 1320, 700)
    scene.shadow(canvas, sheet, 26, 34, 0.5)
    canvas.fill(sheet, mix(p.light, p.cool, 0.28))
    for x, y, rx, ry in ((-330, -60, 390, 300), (330, 120, 380, 270), (420, -280, 240, 130)):
        for n in range(5):
            land = mix(mix(p.light, p.warm, 0.3), mix(p.warm, p.accent, 0.3), n / 5)
            shape = wobble(rng, x + n * 9, y - n * 7, rx * (1 - n * 0.19), ry * (1 - n * 0.19))
            canvas.fill(shape, land, within=sheet)
            if n == 0:
                canvas.stipple(shape, darker(land, 0.35), 60, 0.3, within=sheet)
    river = bezier((-660, 190), (-300, 60), (-120, 330), (60, 60))
    river += bezier((60, 60), (180, -120), (60, -200), (220, -350))
    canvas.line(river, mix(p.cool, p.light, 0.15), 20, caps=False)
    for n in range(1, 4):
        x = -660 + n * 330
        canvas.stipple(box(x - 110, -350, 110, 700), mix(p.body, p.warm, 0.55), 0, 0.2)
        canvas.line([(x, -350), (x, 350)], p.light, 4, 0.8, caps=False)
    stops = [(-470, 130), (-250, -150), (40, 30), (300, -60), (480, 160)]
    route = []
    for (ax, ay), (bx, by) in pairwise(stops):
        route += bezier((ax, ay), (ax + 90, ay - 60), (bx - 90, by + 60), (bx, by))
    for piece in dashes(route, 22, 16):
        canvas.line(piece, p.accent, 8)
    for n, (x, y) in enumerate(stops):
        _pin(canvas, x, y, (p.accent, p.body)[n % 2], 1.25 if n == 2 else 0.85)


def _pin(canvas, x, y, colour, s):
    p = canvas.palette
    canvas.glow(ellipse(x + 12, y, 36 * s, 14 * s), p.dark, 9, 0.6)
    head = arc(x, y - 92 * s, 46 * s, 150, 390)
    shape = [*head, (x, y)]
    canvas.blend(shape, lighter(colour, 0.2), darker(colour, 0.15), 20)
    canvas.fill(disc(x, y - 92 * s, 19 * s), p.light)


def satellite(canvas):
    """A satellite over a planet, sending."""
    p, rng = canvas.palette, canvas.rng
    canvas.blend(box(-1000, -1000, 2000, 2000), darker(p.body, 0.62), mix(p.body, p.dark, 0.2), 70)
    scene.stars(canvas, 110, p.light)
    planet = disc(-260, 760, 700)
    canvas.glow(disc(-260, 760, 740), p.sun, 70, 0.75)
    canvas.blend(planet, p.sun, darker(p.accent, 0.5), 70)
    for n in range(4):
        spot = wobble(rng, -520 + n * 210, 260 + rng.uniform(-40, 150), 150, 60, 0.25)
        canvas.fill(spot, mix(p.sun, p.light, 0.45), 0.8, within=planet)
    canvas.stipple(planet, p.dark, 40, 0.9)
    for n in range(3):
        canvas.line(arc(-260, 760, 830 + n * 150, 180, 360), p.light, 2.5, 0.3, caps=False)
    _craft(canvas, 230, -110, rng.uniform(-34, -16))
    canvas.fill(disc(-560, -270, 74), p.light)
    canvas.stipple(disc(-560, -270, 74), mix(p.body, p.dark, 0.4), 30, 0.9)


def _craft(canvas, x, y, angle):
    p = canvas.palette

    def place(points):
        return turned([(x + a, y + b) for a, b in points], angle, x, y)

    canvas.line(place([(-330, 0), (330, 0)]), p.light, 12)
    for side in (-1, 1):
        for n in range(4):
            left = side * (130 + n * 66) - (62 if side < 0 else 0)
            panel = place(box(left, -84, 60, 168))
            canvas.blend(panel, lighter(p.cool, 0.3), darker(p.cool, 0.3), 40)
            canvas.line(place([(left, 0), (left + 60, 0)]), p.light, 4, 0.8)
            canvas.line(place([(left + 30, -84), (left + 30, 84)]), p.light, 3, 0.5)
    trunk = place(box(-92, -104, 184, 208, 22))
    canvas.blend(trunk, p.light, mix(p.warm, p.light, 0.3), angle + 60)
    canvas.stipple(trunk, mix(p.warm, p.accent, 0.6), angle + 60, 0.65)
    canvas.fill(place(box(-56, -64, 112, 58, 8)), p.accent)
    canvas.fill(place(box(-56, 16, 112, 16, 6)), p.body)
    canvas.fill(place(box(-56, 46, 70, 16, 6)), p.body)
    canvas.line(place([(0, 100), (0, 164)]), p.light, 10)
    canvas.fill(place(ellipse(0, 176, 86, 42, 0, 180)), p.light)
    canvas.fill(place(ellipse(0, 176, 86, 16)), p.warm)
    for n in range(1, 5):
        wave = place(arc(0, 190, 60 + 44 * n, 60, 120))
        canvas.line(wave, p.warm, 8, 1.0 - 0.2 * n, caps=False)


PAINTERS = {"ship": ship, "mountains": mountains, "map": chart, "satellite": satellite}
