"""Things on a table: padlocks, calendars, books, scales, letters, lighthouses."""

from images.drawings import scene
from images.drawings.palette import darker, lighter, mix
from images.drawings.shapes import arc, bezier, box, disc, ellipse, mirrored, turned, wedge


def padlock(canvas):
    """A padlock in front of its rings of defence."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas, 70)
    scene.pattern(canvas, "dots", 0.14)
    for n, colour in enumerate((p.sun, mix(p.sun, p.bottom, 0.35), mix(p.sun, p.light, 0.25))):
        r = 420 - n * 74
        turn = rng.uniform(0, 360)
        for piece in range(3):
            reach = rng.uniform(70, 110)
            ring = wedge(0, 0, r - 34, r, turn + piece * 120, turn + piece * 120 + reach)
            canvas.fill(ring, colour)
        canvas.line(arc(0, 0, r - 17, 0, 360), p.line, 2, 0.35, caps=False)
    shackle = [(-124, 20), (-124, -90), *arc(0, -96, 124, 180, 360), (124, -90), (124, 20)]
    canvas.glow([(x, y + 20) for x, y in box(-190, -10, 380, 330, 40)], p.dark, 40, 0.6)
    canvas.line(shackle, darker(p.body, 0.3), 62)
    canvas.line([(x - 5, y - 4) for x, y in shackle], lighter(p.body, 0.35), 38)
    canvas.line([(x - 12, y - 8) for x, y in shackle], lighter(p.body, 0.7), 8, 0.6)
    body = box(-205, -20, 410, 330, 48)
    canvas.blend(body, lighter(p.accent, 0.14), darker(p.accent, 0.1), 70)
    canvas.stipple(body, darker(p.accent, 0.65), 60, 0.65)
    for y in (36, 254):
        canvas.line([(-160, y), (160, y)], p.light, 5, 0.5)
    canvas.fill(disc(0, 116, 46), p.dark)
    canvas.fill([(-22, 140), (22, 140), (36, 222), (-36, 222)], p.dark)
    canvas.fill(wedge(0, 116, 34, 46, 200, 290), p.light, 0.5)


def calendar(canvas):
    """A wall calendar with some days ringed."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas, 110)
    scene.sun(canvas, rng.choice((-430, 430)), -60, 240)
    scene.pattern(canvas, alpha=0.18)
    tilt = rng.uniform(-5, 5)

    def place(points):
        return turned(points, tilt)

    for n, colour in ((2, p.cool), (1, p.warm), (0, p.light)):
        sheet = turned(box(-340, -330, 680, 680, 20), tilt + n * 4.5)
        scene.shadow(canvas, sheet, 20, 22, 0.3)
        canvas.blend(sheet, colour, mix(colour, p.warm, 0.14), 80)
    head = place(box(-340, -330, 680, 150, 20))
    canvas.blend(head, lighter(p.accent, 0.1), darker(p.accent, 0.1), 90)
    canvas.stipple(head, darker(p.accent, 0.6), 90, 0.5)
    canvas.fill(place(box(-290, -268, 260, 34, 12)), p.light)
    canvas.fill(place(box(170, -268, 120, 34, 12)), p.warm)
    for n in range(6):
        x = -260 + n * 104
        canvas.fill(place(disc(x, -312, 17)), p.dark)
        canvas.line(place([(x, -316), (x, -372)]), p.line, 11)
    first, last = rng.randint(0, 4), rng.randint(30, 32)
    marks = set(rng.sample(range(first, last), 5))
    for cell in range(35):
        x, y = -296 + cell % 7 * 86, -146 + cell // 7 * 92
        if cell < first or cell > last:
            continue
        colour = mix(p.light, p.body, 0.16)
        if cell in marks:
            colour = rng.choice((p.accent, p.cool, p.warm, p.body))
        canvas.fill(place(box(x, y, 74, 78, 14)), colour)
        canvas.fill(place(box(x + 12, y + 12, 24, 9, 4)), p.dark, 0.55)
    spot = sorted(marks)[2]
    cx, cy = -259 + spot % 7 * 86, -107 + spot // 7 * 92
    canvas.line(place(ellipse(cx, cy, 64, 56, -30, 318)), p.accent, 9)


def library(canvas):
    """Shelves with books of every height, and a plant."""
    p, rng = canvas.palette, canvas.rng
    wall = mix(p.top, p.bottom, 0.5)
    canvas.blend(box(-1000, -1000, 2000, 2000), lighter(wall, 0.1), darker(wall, 0.12), 60)
    scene.sun(canvas, rng.choice((-300, 300)), -60, 380)
    wood = mix(p.body, "#6B3A20", 0.35)
    for row, y in enumerate((-150, 150, 450)):
        x = -790 + rng.uniform(0, 40)
        while x < 760:
            if rng.random() < 0.05:
                x = _gap(canvas, x, y, row)
                continue
            x = _book(canvas, x, y, rng)
        canvas.fill(box(-1000, y + 26, 2000, 26), p.dark, 0.25)
        canvas.blend(box(-1000, y, 2000, 30), lighter(wood, 0.25), wood, 90)
        canvas.stipple(box(-1000, y, 2000, 30), darker(wood, 0.5), 90, 0.5)


def _gap(canvas, x, y, row):
    """Something that is not a book: a pot or a ball."""
    p = canvas.palette
    if row == 1:
        for n in range(7):
            leaf = turned(ellipse(x + 80, y - 150, 17, 74), -54 + n * 18, x + 80, y - 70)
            canvas.fill(leaf, mix(p.cool, p.dark, 0.1 * (n % 3)))
        pot = [(x + 34, y - 84), (x + 126, y - 84), (x + 110, y), (x + 50, y)]
        canvas.blend(pot, lighter(p.accent, 0.2), p.accent, 0)
        canvas.stipple(pot, p.dark, 20, 0.5)
    else:
        ball = disc(x + 84, y - 66, 66)
        canvas.blend(ball, lighter(p.warm, 0.3), p.warm, 50)
        canvas.stipple(ball, darker(p.warm, 0.6), 45, 0.7)
    return x + 176


def _book(canvas, x, y, rng):
    p = canvas.palette
    w, h = rng.randint(34, 82), rng.randint(170, 262)
    colour = rng.choice((p.accent, p.warm, p.cool, p.body, p.light, darker(p.accent, 0.35)))
    lean = rng.choice((0, 0, 0, 0, 0, 9))
    foot = x + w

    def place(points):
        return turned(points, lean, foot, y) if lean else points

    spine = place(box(x, y - h, w, h, 5))
    canvas.blend(spine, lighter(colour, 0.14), darker(colour, 0.14), 0)
    canvas.stipple(spine, darker(colour, 0.6), 30, 0.5)
    trim = p.light if colour != p.light else p.accent
    canvas.fill(place(box(x, y - h + 26, w, 9)), trim, 0.9)
    canvas.fill(place(box(x, y - 40, w, 9)), trim, 0.9)
    if rng.random() < 0.6:
        canvas.fill(place(box(x + w / 2 - 7, y - h + 58, 14, h * 0.4, 6)), trim, 0.75)
    return x + w + (5 if not lean else h * 0.17)


def scales(canvas):
    """A pair of scales: a feather-light licence against a heavy block."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas)
    scene.sun(canvas, 0, -60, 350)
    scene.pattern(canvas, alpha=0.18)
    scene.ground(canvas, 300, 0.2)
    metal = p.body
    scene.shadow(canvas, ellipse(0, 350, 220, 40), 20, 20, 0.5)
    canvas.fill(box(-18, -290, 36, 630), metal)
    canvas.stipple(box(-18, -290, 36, 630), p.dark, 0, 0.7)
    foot = bezier((-190, 350), (-150, 290), (-40, 300), (0, 250))
    canvas.fill(foot + mirrored(foot)[::-1], metal)
    tilt = rng.choice((-9, 9))
    ends = turned([(-420, -260), (420, -260)], tilt, 0, -260)
    canvas.line(ends, darker(metal, 0.1), 26)
    canvas.fill(disc(0, -262, 44), p.accent)
    canvas.fill(disc(0, -262, 18), p.light)
    for n, (x, y) in enumerate(ends):
        for side in (-1, 1):
            canvas.line([(x, y), (x + side * 150, y + 330)], p.line, 4, 0.8)
        bowl = ellipse(x, y + 330, 176, 96, 0, 180)
        _load(canvas, x, y + 330, heavy=(tilt > 0) == (n == 1))
        canvas.blend(bowl, lighter(p.warm, 0.25), darker(p.warm, 0.15), 80)
        canvas.stipple(bowl, darker(p.warm, 0.65), 70, 0.6)
        canvas.dot(x, y, 17, p.accent)


def _load(canvas, x, y, heavy):
    p = canvas.palette
    if heavy:
        for n, colour in enumerate((p.cool, p.accent, p.dark)):
            block = box(x - 110 + n * 22, y - 76 - n * 74, 220 - n * 44, 76, 8)
            canvas.blend(block, lighter(colour, 0.15), darker(colour, 0.15), 0)
            canvas.stipple(block, darker(colour, 0.6), 30, 0.5)
        return
    for n in (2, 1, 0):
        sheet = turned(box(x - 76, y - 190, 152, 200, 8), -14 + n * 12, x, y)
        canvas.fill(sheet, mix(p.light, p.warm, 0.18 * n))
    for n in range(5):
        bar = turned(box(x - 52, y - 160 + n * 30, 104 - 20 * (n % 2), 10, 5), -14, x, y)
        canvas.fill(bar, p.dark, 0.6)


def mail(canvas):
    """Letters taking off from an open envelope."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas)
    scene.sun(canvas, rng.choice((-240, 240)), -100, 300)
    scene.pattern(canvas, "dots", 0.18)
    back = box(-330, -60, 660, 400, 20)
    scene.shadow(canvas, back, 34, 40, 0.5)
    canvas.fill([(-330, -50), (0, -300), (330, -50)], darker(p.warm, 0.3))
    canvas.fill(back, darker(p.warm, 0.22))
    letter = box(-270, -240, 540, 500, 14)
    canvas.blend(letter, p.light, mix(p.light, p.warm, 0.25), 90)
    canvas.fill(box(-220, -196, 200, 30, 10), p.accent)
    for n in range(5):
        canvas.fill(box(-220, -136 + n * 34, 440 - 90 * (n % 2), 12, 6), p.dark, 0.5)
    for side in (1, -1):
        flap = [(side * 330, -50), (side * 330, 330), (side * 20, 140)]
        canvas.fill(flap, lighter(p.warm, 0.12))
        canvas.stipple(flap, darker(p.warm, 0.4), 90 + side * 60, 0.5)
    front = [(-326, 338), (0, 96), (326, 338)]
    canvas.blend(front, lighter(p.warm, 0.35), p.warm, 90)
    canvas.stipple(front, darker(p.warm, 0.5), 90, 0.4)
    for x, y, s in ((470, -250, 1.3), (-520, -140, 0.9), (610, 40, 0.7)):
        _plane(canvas, x, y, s)


def _plane(canvas, x, y, s):
    p = canvas.palette
    trail = bezier((x - 320 * s, y + 260 * s), (x - 260 * s, y), (x - 140 * s, y + 160 * s), (x, y))
    for n in range(0, len(trail) - 12, 4):
        canvas.line(trail[n : n + 3], p.line, 4, 0.5, caps=False)
    nose, tail = (x + 90 * s, y - 60 * s), (x - 16 * s, y + 30 * s)
    canvas.fill([nose, (x - 90 * s, y + 6 * s), tail], p.light)
    under = [nose, tail, (x + 20 * s, y + 84 * s)]
    canvas.fill(under, p.accent)
    canvas.stipple(under, darker(p.accent, 0.5), 90, 0.6)


def lighthouse(canvas):
    """A lighthouse that keeps watch at night."""
    p, rng = canvas.palette, canvas.rng
    dusk = mix(p.body, p.dark, 0.55)
    canvas.blend(box(-1000, -1000, 2000, 2000), dusk, mix(p.sun, p.body, 0.35), 90)
    scene.stars(canvas, 70, p.light, high=60)
    x, way = rng.choice(((-210, 1), (210, -1)))
    for width, alpha in ((0.3, 0.12), (0.17, 0.16), (0.07, 0.22)):
        for end in (way * 1500, -way * 1500):
            rise = 120 if end * way < 0 else -60
            high, low = -214 + rise - 1500 * width, -214 + rise + 1500 * width
            canvas.fill([(x, -214), (x + end, high), (x + end, low)], p.warm, alpha)
    canvas.glow(disc(x, -214, 90), p.warm, 50, 0.9)
    sea = mix(p.cool, p.dark, 0.45)
    canvas.blend(box(-1000, 230, 2000, 900), lighter(sea, 0.15), darker(sea, 0.4), 90)
    for _ in range(30):
        a, b = rng.uniform(-780, 700), rng.uniform(250, 440)
        canvas.line([(a, b), (a + rng.uniform(40, 190), b)], p.warm, 3, 0.35)
    rock = [(x - 360, 330), (x - 250, 236), (x - 120, 190), (x + 120, 180), (x + 270, 250)]
    canvas.blend([*rock, (x + 360, 330)], mix(p.body, p.dark, 0.3), p.dark, 90)
    tower = [(x - 62, -150), (x + 62, -150), (x + 108, 200), (x - 108, 200)]
    canvas.fill(tower, p.light)
    for n in range(3):
        top = -100 + n * 110
        band = [(x - 200, top), (x + 200, top), (x + 200, top + 56), (x - 200, top + 56)]
        canvas.fill(band, p.accent, within=tower)
    canvas.stipple(tower, p.dark, 0 if way < 0 else 180, 0.75)
    canvas.fill(box(x - 88, -164, 176, 22, 6), p.dark)
    canvas.fill(box(x - 46, -262, 92, 100), p.warm)
    canvas.fill(disc(x, -214, 24), p.light)
    for n in (-46, -16, 14, 44):
        canvas.line([(x + n, -262), (x + n, -164)], p.dark, 6)
    canvas.fill([(x - 66, -258), (x + 66, -258), (x, -336)], p.accent)


PAINTERS = {
    "padlock": padlock,
    "calendar": calendar,
    "library": library,
    "scales": scales,
    "mail": mail,
    "lighthouse": lighthouse,
}
