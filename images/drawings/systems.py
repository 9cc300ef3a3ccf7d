"""Systems: networks, circuits, concentric kernels, git branches, clouds, gears."""

from images.drawings import scene
from images.drawings.iso import Iso
from images.drawings.palette import darker, lighter, mix
from images.drawings.shapes import arc, bezier, box, dashes, disc, gear, wedge


def network(canvas):
    """Islands joined by dashed lines, each with something that computes on it."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas)
    scene.sun(canvas, -330, -190, 210)
    scene.pattern(canvas, "dots", 0.22)
    iso = Iso(canvas, 0, 10, 92)
    spots = [(-3.4, -0.4), (-0.4, -3.2), (3.2, -2.6), (-2.6, 3.1), (3.0, 1.0), (0.9, 3.3)]
    rng.shuffle(spots)
    ring = sorted([*spots, (0, 0)], key=sum)
    for x, y in spots:
        points = [iso.at(0, 0), iso.at(x, 0) if abs(x) < abs(y) else iso.at(0, y), iso.at(x, y)]
        canvas.line(points, mix(p.bottom, p.body, 0.35), 14)
        for piece in dashes(points, 16, 14):
            canvas.line(piece, p.light, 4)
    for n, (x, y) in enumerate(ring):
        _island(iso, x, y, n, big=(x, y) == (0, 0))


def _island(iso, x, y, number, big):
    canvas, p = iso.canvas, iso.canvas.palette
    r = 1.25 if big else 0.85
    canvas.glow([(a, b + 18) for a, b in disc(*iso.at(x, y), r * 100)], p.dark, 20, 0.3)
    iso.cylinder(x, y, -0.12, r, 0.22, p.light)
    colour = (p.accent, p.cool, p.warm, p.body)[number % 4]
    if big:
        for z, tone in ((0.1, p.body), (0.72, p.body), (1.34, p.accent)):
            iso.cylinder(x, y, z, 0.72, 0.5, tone)
        return
    if number % 2:
        iso.block(x - 0.42, y - 0.42, 0.1, 0.84, 0.84, 0.95, colour)
        for n in range(3):
            canvas.fill(iso.left(x - 0.28, y + 0.42, 0.3 + n * 0.24, 0.4, 0.08), p.light, 0.8)
    else:
        iso.cylinder(x, y, 0.1, 0.42, 0.8, colour)


def circuits(canvas):
    """Tracks of a printed board running towards a warm core."""
    p, rng = canvas.palette, canvas.rng
    board = mix(p.body, p.dark, 0.35)
    canvas.blend(box(-1000, -1000, 2000, 2000), darker(board, 0.15), mix(board, p.cool, 0.3), 60)
    scene.pattern(canvas, "dots", 0.12)
    cx, cy = rng.choice((-260, 0, 260)), 0
    canvas.glow(disc(cx, cy, 260), p.accent, 110, 0.55)
    for n in range(64):
        _lane(canvas, cx, cy, n)
    for n, colour in enumerate((p.body, p.dark, p.accent)):
        side = 330 - n * 90
        shape = box(cx - side / 2, cy - side / 2, side, side, 26)
        if n == 0:
            scene.shadow(canvas, shape, 22, 28, 0.6)
        canvas.blend(shape, lighter(colour, 0.18), darker(colour, 0.12), 70)
        canvas.stipple(shape, p.dark, 70, 0.45)
    for a in range(3):
        for b in range(3):
            canvas.fill(box(cx - 54 + a * 39, cy - 54 + b * 39, 30, 30, 6), p.light, 0.9)


def _lane(canvas, cx, cy, n):
    """One of sixteen tracks on a side: out, a bend of 45 degrees, out."""
    p, rng = canvas.palette, canvas.rng
    side, place = n % 4, n // 4
    start = -142 + place * 19
    out = 165 + 26 * abs(7.5 - place) + rng.uniform(0, 30)
    drift = (1 if start > 0 else -1) * (70 + 12 * abs(start) ** 0.8) * rng.uniform(0.6, 1.1)
    far = out + abs(drift) + rng.choice((40, 90, 200, 420, 900))
    path = [(start, 150), (start, out), (start + drift, out + abs(drift)), (start + drift, far)]
    points = []
    for u, v in path:
        v = v if side % 2 else -v
        points.append((cx + u, cy + v) if side < 2 else (cx + v, cy + u))
    colour = rng.choice((p.warm, p.cool, p.cool, p.light, p.accent))
    canvas.line(points, colour, 5.5)
    x, y = points[-1]
    canvas.dot(x, y, 13, colour)
    canvas.dot(x, y, 6, p.dark)


def kernel(canvas):
    """Concentric rings around a bright core, like the section of a fruit."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas)
    scene.pattern(canvas, "arcs", 0.14)
    x = rng.choice((-180, 0, 180))
    scene.shadow(canvas, disc(x, 0, 390), 30, 44, 0.45)
    colours = [p.body, p.cool, p.light, p.warm, p.body]
    for n, colour in enumerate(colours):
        outer, inner = 400 - n * 62, 338 - n * 62
        canvas.blend(disc(x, 0, outer), lighter(colour, 0.14), darker(colour, 0.12), 60)
        canvas.stipple(disc(x, 0, outer), darker(colour, 0.5), 60, 0.5)
        start = rng.uniform(0, 360)
        for piece in range(rng.randint(3, 6)):
            a = start + piece * 360 / 6
            tone = rng.choice((p.accent, p.warm, p.dark, p.cool, p.light))
            reach = rng.uniform(18, 52)
            canvas.fill(wedge(x, 0, inner + 14, outer - 14, a, a + reach), tone)
    canvas.glow(disc(x, 0, 100), p.accent, 40, 0.9)
    canvas.blend(disc(x, 0, 92), lighter(p.accent, 0.45), p.accent, 60)
    canvas.stipple(disc(x, 0, 92), darker(p.accent, 0.5), 50, 0.6)
    for n in range(3):
        r = 440 + n * 70
        canvas.line(arc(x, 0, r, 0, 360), p.line, 2, 0.3, caps=False)
        spot = arc(x, 0, r, 0, 360)[rng.randrange(100)]
        canvas.dot(*spot, 15 - n * 3, (p.accent, p.warm, p.cool)[n])


def branches(canvas):
    """Branches that leave, meet, and go on, with a commit at every stop."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas, 20)
    scene.sun(canvas, rng.choice((-420, 420)), -120, 230)
    scene.pattern(canvas, "dots", 0.16)
    lanes = (-270, -90, 90, 270)
    colours = (p.cool, p.accent, p.body, p.warm)
    shift = rng.choice((0, 120))
    trips = (
        (0, -480, -240, 2, 1), (0, 0 + shift, 900, 1, 2), (1, -600, 240 + shift, 2, 2),
        (3, -360, 0, 2, 2), (3, 240, 480, 2, 2),
    )  # fmt: skip
    canvas.line([(-900, lanes[2] + 14), (900, lanes[2] + 14)], p.dark, 26, 0.14, caps=False)
    for lane, start, end, source, target in trips:
        points = _branch(lanes, lane, start, end, source, target)
        canvas.line([(x, y + 14) for x, y in points], p.dark, 22, 0.12, caps=False)
        canvas.line(points, colours[lane], 22)
    canvas.line([(-900, lanes[2]), (900, lanes[2])], colours[2], 26, caps=False)
    for lane, y in enumerate(lanes):
        for x in range(-720, 800, 120):
            if _busy(trips, lane, x):
                _commit(canvas, x, y, colours[lane], 34 if lane == 2 else 28)


def _branch(lanes, lane, start, end, source, target):
    y, low, back = lanes[lane], lanes[source], lanes[target]
    out = bezier((start - 120, low), (start - 40, low), (start - 80, y), (start, y), 24)
    return out + bezier((end, y), (end + 80, y), (end + 40, back), (end + 120, back))


def _busy(trips, lane, x):
    return lane == 2 or any(t[0] == lane and t[1] - 5 <= x <= t[2] + 5 for t in trips)


def _commit(canvas, x, y, colour, r):
    p = canvas.palette
    canvas.glow(disc(x, y + 10, r), p.dark, 8, 0.3)
    canvas.fill(disc(x, y, r), colour)
    canvas.fill(disc(x, y, r - 9), p.light)
    if canvas.rng.random() < 0.45:
        canvas.fill(disc(x, y, r - 16), colour)


def gears(canvas):
    """Toothed wheels that mesh, large and small."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas, 60)
    scene.sun(canvas, -40, -40, 340)
    scene.pattern(canvas, alpha=0.16)
    turn = rng.random()
    wheels = (
        (-520, 230, 210, 14, p.warm, 0.5), (-190, -40, 260, 18, p.body, 0.0),
        (200, 190, 215, 14, p.accent, 0.31), (520, -110, 250, 16, p.cool, 0.1),
        (205, -262, 150, 10, p.light, 0.2),
    )  # fmt: skip
    for x, y, r, teeth, colour, offset in wheels:
        shape = gear(x, y, r, teeth, 30, turn + offset)
        scene.shadow(canvas, shape, 20, 22, 0.42)
        canvas.blend(shape, lighter(colour, 0.2), darker(colour, 0.1), 65)
        canvas.stipple(shape, darker(colour, 0.55), 65, 0.55)
        canvas.line(arc(x, y, r * 0.72, 0, 360), darker(colour, 0.3), 5, 0.6, caps=False)
        for n in range(5):
            a = turn * 90 + n * 72
            hole = wedge(x, y, r * 0.3, r * 0.6, a, a + 50)
            canvas.fill(hole, mix(p.top, p.bottom, 0.6) if n % 2 else darker(colour, 0.35))
        canvas.fill(disc(x, y, r * 0.2), darker(colour, 0.45))
        canvas.fill(disc(x, y, r * 0.1), p.light)


PAINTERS = {
    "network": network,
    "circuits": circuits,
    "kernel": kernel,
    "branches": branches,
    "gears": gears,
}
