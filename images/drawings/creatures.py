"""Animals and people: penguins of ours, beetles, robots, portraits."""

from images.drawings import scene
from images.drawings.palette import darker, lighter, mix
from images.drawings.people import portrait
from images.drawings.shapes import bezier, box, disc, ellipse, mirrored, moved, turned


def penguin(canvas):
    """Our own bird, cut from a few curves, on the ice."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas)
    scene.sun(canvas, rng.choice((-300, 280)), -110, 290)
    scene.pattern(canvas, "rules", 0.14)
    sea = mix(p.bottom, p.cool, 0.55)
    canvas.blend(box(-1000, 200, 2000, 900), sea, mix(sea, p.dark, 0.45), 90)
    for n in range(14):
        x, y = rng.uniform(-780, 600), 225 + n * 16
        canvas.line([(x, y), (x + rng.uniform(60, 240), y)], p.light, 3, 0.35)
    ice = [(-640, 330), (-520, 262), (-180, 236), (260, 246), (560, 270), (660, 330), (420, 372)]
    ice += [(60, 384), (-360, 372)]
    canvas.fill([(x, y + 34) for x, y in ice], mix(p.light, p.cool, 0.55))
    canvas.blend(ice, p.light, mix(p.light, p.cool, 0.25), 80)
    flock = [(-330, 300, 0.62, 1), (300, 306, 0.52, -1)][: rng.randint(1, 2)]
    for x, y, scale, way in [*flock, (0, 318, 1.0, rng.choice((1, -1)))]:
        _bird(canvas, x, y, scale, way)


def _bird(canvas, x, y, scale, way):
    p = canvas.palette

    def place(points):
        points = moved(points, x, y, scale)
        return points if way > 0 else mirrored(points, x)

    back = bezier((-20, -560), (-190, -560), (-200, -120), (-150, 0))
    front = bezier((120, 0), (200, -160), (150, -560), (-20, -560))
    body = back + front
    canvas.glow(place(ellipse(0, 4, 190, 24)), p.dark, 14, 0.4)
    for foot in (-70, 60):
        canvas.fill(place(ellipse(foot + 24, 0, 70, 20)), p.warm)
    canvas.fill(place([(-140, -60), (-230, 6), (-90, -4)]), p.dark)
    coat = mix(p.body, p.dark, 0.6)
    canvas.blend(place(body), lighter(coat, 0.12), coat, 40 if way > 0 else 140)
    belly = bezier((60, -6), (-140, -40), (-110, -350), (40, -400))
    belly += bezier((40, -400), (240, -330), (190, -60), (60, -6))
    canvas.blend(place(belly), p.light, mix(p.light, p.warm, 0.35), 90, within=place(body))
    canvas.stipple(place(belly), mix(p.warm, p.accent, 0.4), 100, 0.4, within=place(body))
    canvas.fill(place(ellipse(64, -446, 62, 52)), p.light, within=place(body))
    canvas.fill(place(disc(66, -462, 17)), p.dark)
    canvas.fill(place(disc(72, -468, 6)), p.light)
    canvas.fill(place([(104, -480), (232, -432), (106, -408)]), p.accent)
    canvas.fill(place([(104, -440), (232, -432), (106, -408)]), darker(p.accent, 0.25))
    wing = bezier((-60, -360), (-210, -300), (-190, -90), (-110, -50))
    wing += bezier((-110, -50), (-40, -120), (10, -280), (-60, -360))
    canvas.fill(place(wing), lighter(coat, 0.2))
    canvas.stipple(place(wing), p.dark, 80, 0.6)
    scarf = [(-150, -392), (128, -372), (126, -322), (-160, -340)]
    canvas.fill(place(scarf), p.accent, within=place(body))
    canvas.fill(place([(-70, -350), (-20, -346), (-38, -214), (-86, -222)]), darker(p.accent, 0.15))


def bug(canvas):
    """A beetle on a leaf-grid, seen from above."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas, 45)
    scene.sun(canvas, 0, 0, 390)
    scene.pattern(canvas, "arcs", 0.18)
    angle = rng.uniform(-38, 38)

    def place(points):
        return turned(points, angle)

    canvas.glow(place(ellipse(14, 70, 220, 280)), p.dark, 34, 0.45)
    for side in (1, -1):
        for n, (y, reach) in enumerate(((-110, -150), (30, 20), (150, 190))):
            leg = [(side * 120, y), (side * 300, y + reach * 0.35 - 30), (side * 390, y + reach)]
            canvas.line(place(leg), p.dark, 22 - n)
        feeler = bezier(
            (side * 40, -270), (side * 60, -380), (side * 150, -380), (side * 190, -420)
        )
        canvas.line(place(feeler), p.dark, 11)
        canvas.fill(place(disc(side * 190, -420, 17)), p.accent)
    canvas.fill(place(ellipse(0, -232, 96, 84)), p.dark)
    for side in (1, -1):
        canvas.fill(place(disc(side * 52, -268, 20)), p.light)
        canvas.fill(place(disc(side * 56, -274, 9)), p.dark)
    shield = ellipse(0, -140, 168, 92)
    canvas.blend(place(shield), lighter(p.body, 0.2), p.body, 90 + angle)
    for side in (1, -1):
        _wing_case(canvas, place, side, rng)
    canvas.line(place([(0, -120), (0, 318)]), p.dark, 8)


def _wing_case(canvas, place, side, rng):
    p = canvas.palette
    half = ellipse(0, 90, 214, 236, -90, 90)
    half = half if side > 0 else mirrored(half)
    half = place(half)
    canvas.blend(half, lighter(p.accent, 0.16), darker(p.accent, 0.12), 70)
    canvas.stipple(half, darker(p.accent, 0.65), 70, 0.65)
    for x, y, r in ((82, -40, 38), (130, 90, 44), (60, 150, 28), (80, 250, 32)):
        spot = place(disc(side * x, y, r * rng.uniform(0.85, 1.1)))
        canvas.fill(spot, p.dark, within=half)
    shine = ellipse(side * 120, -20, 30, 84)
    canvas.fill(place(turned(shine, -side * 24, side * 120, -20)), p.light, 0.22)


def robot(canvas):
    """A friendly machine from the waist up."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas)
    scene.sun(canvas, 0, -90, 340)
    scene.pattern(canvas, alpha=0.2)
    for side in (1, -1):
        shoulder = box(side * 250 - 70, 210, 140, 500, 66)
        canvas.blend(shoulder, lighter(p.body, 0.1), darker(p.body, 0.3), 90)
    chest = box(-230, 170, 460, 600, 70)
    scene.shadow(canvas, chest, 10, 26, 0.4)
    canvas.blend(chest, lighter(p.cool, 0.14), darker(p.cool, 0.18), 60)
    canvas.stipple(chest, darker(p.cool, 0.6), 60, 0.55)
    canvas.fill(box(-130, 250, 260, 120, 22), p.dark)
    for n in range(7):
        height = rng.randint(20, 84)
        canvas.fill(box(-112 + n * 33, 354 - height, 22, height, 5), (p.warm, p.accent)[n % 2])
    canvas.fill(box(-60, 110, 120, 90, 10), darker(p.body, 0.2))
    canvas.line([(0, -280), (0, -372)], p.dark, 14)
    canvas.glow(disc(0, -384, 34), p.accent, 22, 0.7)
    canvas.fill(disc(0, -384, 30), p.accent)
    _robot_head(canvas, rng)


def _robot_head(canvas, rng):
    p = canvas.palette
    for side in (1, -1):
        canvas.fill(box(side * 268 - 34, -130, 68, 150, 26), p.warm)
        canvas.stipple(box(side * 268 - 34, -130, 68, 150, 26), darker(p.warm, 0.5), 90, 0.6)
    head = box(-260, -280, 520, 410, 110)
    scene.shadow(canvas, head, 24, 26, 0.4)
    canvas.blend(head, p.light, mix(p.light, p.warm, 0.3), 60)
    canvas.stipple(head, mix(p.warm, p.accent, 0.45), 60, 0.5)
    visor = box(-196, -190, 392, 190, 84)
    canvas.fill(visor, p.dark)
    look = rng.choice((-14, 0, 14))
    for x in (-94, 94):
        canvas.glow(disc(x + look, -96, 44), p.cool, 18, 0.6)
        canvas.fill(disc(x + look, -96, 44), lighter(p.cool, 0.25))
        canvas.fill(disc(x + look * 1.6, -96, 20), p.dark)
        canvas.fill(disc(x + look * 1.6 + 8, -106, 8), p.light)
    for n in range(5):
        canvas.fill(box(-78 + n * 34, 44, 20, 36, 8), p.accent if n % 2 else p.body)


PAINTERS = {"penguin": penguin, "bug": bug, "robot": robot, "portrait": portrait}
