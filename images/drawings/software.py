"""Software made visible: terminals, windows, packages, clouds."""

from images.drawings import scene
from images.drawings.iso import Iso
from images.drawings.palette import darker, lighter, mix
from images.drawings.shapes import box, dashes, disc, ellipse


def frame(canvas, x, y, w, h, bar, face, dark=False):
    """A window: shadow, title bar with three buttons, an empty face."""
    p = canvas.palette
    outline = box(x, y, w, h, 22)
    scene.shadow(canvas, outline, 26, 30, 0.45)
    canvas.blend(outline, face, mix(face, p.dark if dark else p.warm, 0.16), 70)
    canvas.fill(box(x, y, w, 60, 22), bar)
    canvas.fill(box(x, y + 30, w, 26), bar)
    canvas.fill(box(x, y + 56, w, 8), face)
    for n, colour in enumerate((p.accent, p.warm, p.cool)):
        canvas.dot(x + 34 + n * 32, y + 27, 9.5, colour)
    return outline


def terminal(canvas):
    """A terminal at work: prompts, coloured output, a waiting cursor."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas)
    scene.sun(canvas, rng.choice((-420, 430)), -150, 250)
    scene.pattern(canvas, alpha=0.18)
    lean = rng.choice((-1, 1))
    frame(canvas, -400 + lean * 170, -330, 800, 520, mix(p.light, p.warm, 0.45), p.light)
    for n in range(6):
        width = rng.randint(120, 500)
        canvas.fill(box(-350 + lean * 330, -240 + n * 40, width, 14, 7), p.warm, 0.5)
    x, y = -480 - lean * 70, -250
    face = mix(p.dark, p.body, 0.14)
    frame(canvas, x, y, 960, 590, mix(p.body, p.dark, 0.25), face, dark=True)
    _session(canvas, x + 46, y + 96, rng)


def _session(canvas, x, y, rng):
    p = canvas.palette
    for row in range(10):
        top = y + row * 47
        if row in (0, 4, 9):
            _prompt(canvas, x, top)
            left = x + 60
            words = (p.light, p.warm) if row < 9 else ()
            for colour in words:
                width = rng.randint(90, 210)
                canvas.fill(box(left, top, width, 17, 8), colour)
                left += width + 20
            if row == 9:
                canvas.glow(box(left, top - 8, 26, 36), p.accent, 16, 0.7)
                canvas.fill(box(left, top - 8, 26, 36, 3), p.accent)
            continue
        left = x + rng.choice((0, 0, 40))
        for _ in range(rng.randint(2, 4)):
            width = rng.randint(60, 230)
            if left + width > x + 860:
                break
            colour = rng.choice((p.cool, p.cool, mix(p.light, p.dark, 0.45), p.warm, p.accent))
            canvas.fill(box(left, top, width, 17, 8), colour, 0.92)
            left += width + 20


def _prompt(canvas, x, y):
    canvas.line([(x, y - 3), (x + 17, y + 9), (x, y + 21)], canvas.palette.accent, 7)


def windows(canvas):
    """A desktop with windows one over the other."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas, 50)
    scene.sun(canvas, 80, 30, 330)
    scene.pattern(canvas, "arcs", 0.14)
    canvas.fill(box(-1000, -450, 2000, 44), p.dark, 0.85)
    for n in range(4):
        canvas.fill(box(-770 + n * 96, -434, 66 - n * 6, 12, 6), p.light, 0.7)
    canvas.dot(760, -428, 8, p.accent)
    canvas.dot(728, -428, 8, p.warm)
    spots = [(-640, -320), (40, -350), (-180, -130)]
    if rng.random() < 0.5:
        spots = [(-60, -350), (-690, -250), (-120, -110)]
    for (x, y), content in zip(spots, (_chart, _landscape, _letter), strict=True):
        frame(canvas, x, y, 620, 430, mix(p.light, p.body, 0.85), p.light)
        content(canvas, x + 34, y + 88, 552, 308, rng)
    dock = box(-250, 372, 500, 66, 26)
    canvas.fill(dock, p.dark, 0.7)
    for n, colour in enumerate((p.accent, p.warm, p.cool, p.light, p.body, p.accent)):
        canvas.fill(box(-228 + n * 78, 382, 46, 46, 13), colour)


def _chart(canvas, x, y, w, h, rng):
    p = canvas.palette
    for n in range(5):
        canvas.line([(x, y + n * h / 4), (x + w, y + n * h / 4)], p.dark, 2, 0.16)
    for n in range(9):
        tall = h * rng.uniform(0.25, 0.95)
        left = x + 12 + n * w / 9
        colour = (p.accent, p.cool, p.warm)[n % 3]
        canvas.blend(box(left, y + h - tall, 38, tall, 6), lighter(colour, 0.2), colour, 90)


def _landscape(canvas, x, y, w, h, rng):
    p = canvas.palette
    sheet = box(x, y, w, h, 10)
    canvas.blend(sheet, mix(p.warm, p.light, 0.4), mix(p.accent, p.warm, 0.4), 90)
    canvas.fill(disc(x + w * rng.uniform(0.25, 0.75), y + 120, 64), p.light, within=sheet)
    for n, colour in enumerate((p.cool, p.body, p.dark)):
        base = y + h * (0.6 + 0.14 * n)
        peaks = [(x + w * k / 5, base - rng.uniform(-10, 90 - 20 * n)) for k in range(6)]
        canvas.fill([*peaks, (x + w, y + h + 20), (x, y + h + 20)], colour, within=sheet)


def _letter(canvas, x, y, w, h, rng):
    p = canvas.palette
    canvas.fill(box(x, y, w * 0.62, 30, 8), p.accent)
    for n in range(7):
        width = w * rng.uniform(0.7, 1.0) if n != 3 else w * 0.4
        canvas.fill(box(x, y + 58 + n * 34, width, 13, 6), p.dark, 0.5)


def packages(canvas):
    """Boxes piled up, taped and labelled, one still open and lit."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas)
    scene.sun(canvas, rng.choice((-300, 320)), -160, 260)
    scene.pattern(canvas, "dots", 0.18)
    scene.ground(canvas, 150, 0.16)
    iso = Iso(canvas, 0, 140, 108)
    canvas.glow(iso.top(-2, -2, 0, 5, 5), p.dark, 50, 0.45)
    card = mix(p.warm, "#B9783F", 0.45)
    plan = [
        (-1.9, -1.9, 0, 1.7, card), (0.0, -1.9, 0, 1.5, p.cool), (-1.9, 0.0, 0, 1.6, p.body),
        (-1.7, -1.75, 1.7, 1.2, p.accent), (1.7, -1.7, 0, 1.0, card), (0.0, 0.0, 0, 1.45, card),
        (-1.7, 1.8, 0, 0.95, p.accent), (0.15, 0.1, 1.45, 0.85, p.light),
    ]  # fmt: skip
    for x, y, z, side, colour in sorted(plan, key=lambda b: b[0] + b[1] + 0.2 * b[2]):
        _parcel(iso, x, y, z, side, colour)
    _open_box(iso, 1.75, 0.2, 1.05, card)


def _parcel(iso, x, y, z, side, colour):
    canvas, p = iso.canvas, iso.canvas.palette
    iso.block(x, y, z, side, side, side * 0.95, colour)
    tape, high, mid = lighter(colour, 0.6), side * 0.95, side * 0.42
    canvas.fill(iso.top(x + mid, y, z + high, side * 0.16, side), tape, 0.8)
    canvas.fill(iso.left(x + mid, y + side, z + high * 0.7, side * 0.16, high * 0.3), tape, 0.8)
    canvas.fill(iso.left(x + side * 0.1, y + side, z + 0.12, side * 0.28, side * 0.24), p.light)
    for n in range(2):
        bar = iso.left(x + side * 0.14, y + side, z + 0.18 + n * 0.09, side * 0.2, 0.035)
        canvas.fill(bar, p.dark, 0.7)
    for n in range(2):
        spot = iso.right(x + side, y + side * (0.55 + n * 0.18), z + high * 0.62, side * 0.12, 0.16)
        canvas.fill(spot, p.light, 0.55)


def _open_box(iso, x, y, side, colour):
    canvas, p = iso.canvas, iso.canvas.palette
    canvas.fill(iso.top(x, y, 0, side, side), darker(colour, 0.6))
    canvas.fill(iso.left(x, y, 0, side, 0.8), darker(colour, 0.45))
    canvas.fill(iso.right(x, y, 0, side, 0.8), darker(colour, 0.3))
    canvas.glow(iso.top(x + 0.1, y + 0.1, 0.7, side - 0.2, side - 0.2), p.warm, 26, 0.95)
    for n, tone in enumerate((p.accent, p.light, p.cool)):
        cx, cy = iso.at(x + 0.3 + 0.2 * n, y + 0.7 - 0.2 * n, 1.0 + 0.45 * n)
        canvas.fill(disc(cx, cy, 17 - 3 * n), tone)
    canvas.fill(iso.left(x, y + side, 0, side, 0.8), colour)
    canvas.stipple(iso.left(x, y + side, 0, side, 0.8), darker(colour, 0.5), 90, 0.5)
    canvas.fill(iso.right(x + side, y, 0, side, 0.8), darker(colour, 0.35))
    flap = [iso.at(x, y + side, 0.8), iso.at(x + side, y + side, 0.8)]
    flap += [iso.at(x + side, y + side + 0.35, 0.6), iso.at(x, y + side + 0.35, 0.6)]
    canvas.fill(flap, lighter(colour, 0.25))


def cloud(canvas):
    """A cloud with its cables: somebody else's computer."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas)
    scene.sun(canvas, rng.choice((-300, 300)), -190, 250)
    scene.pattern(canvas, "rules", 0.14)
    for n in range(7):
        _cable(canvas, -330 + n * 110, rng.randint(230, 350), n)
    back = mix(p.light, p.cool, 0.5)
    _puff(canvas, 150, -130, 0.9, back)
    _puff(canvas, -20, 0, 1.2, p.light)


def _cable(canvas, x, y, n):
    p = canvas.palette
    colour = (p.accent, p.warm, p.cool)[n % 3]
    for piece in dashes([(x, 40), (x, y - 30)], 20, 14) if n % 2 else [[(x, 40), (x, y - 30)]]:
        canvas.line(piece, p.line, 5, 0.8)
    shape = box(x - 42, y - 34, 84, 68, 16)
    scene.shadow(canvas, shape, 12, 12, 0.4)
    canvas.blend(shape, lighter(colour, 0.15), darker(colour, 0.15), 70)
    canvas.stipple(shape, darker(colour, 0.6), 60, 0.5)
    for k in range(3):
        canvas.fill(box(x - 27, y - 18 + k * 16, 38, 6, 3), p.light, 0.85)
        canvas.dot(x + 25, y - 15 + k * 16, 4, p.dark)


def _puff(canvas, x, y, s, colour):
    """A cloud of discs on a flat base, shaded as one body."""
    lumps = ((-230, 10, 120), (-110, -90, 150), (70, -120, 175), (230, -10, 135), (0, -40, 150))
    floor = box(x - 350 * s, y + 2 * s, 715 * s, 132 * s, 66 * s)
    canvas.glow(ellipse(x, y + 50 * s, 330 * s, 150 * s), canvas.palette.dark, 40, 0.4)
    shade = mix(colour, canvas.palette.cool, 0.6)
    for lx, ly, r in lumps:
        canvas.fill(disc(x + lx * s, y + ly * s, r * s), colour)
    canvas.fill(floor, colour)
    for lx, ly, r in lumps:
        inner = ellipse(x + lx * s + 14, y + ly * s + 14, r * s * 0.9, r * s * 0.9)
        canvas.stipple(inner, shade, 60, 0.36)
    canvas.stipple(floor, shade, 90, 0.8)


PAINTERS = {"terminal": terminal, "windows": windows, "packages": packages, "cloud": cloud}
