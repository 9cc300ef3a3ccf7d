"""Portraits: an invented person in the middle, hair, glasses and clothes by seed."""

from images.drawings import scene
from images.drawings.palette import darker, lighter, mix
from images.drawings.shapes import arc, bezier, box, disc, ellipse, mirrored

SKINS = ("#F2C7A5", "#E3A982", "#C98A62", "#9C6242", "#7A4A34", "#F0CDB4")
FAIR = (SKINS[0], SKINS[1], SKINS[5])
HAIR = ("#1F1A1C", "#3A2418", "#6B3A20", "#A8481F", "#C9A36A", "#B9B4AE")


def portrait(canvas):
    """Head and shoulders; made for squares, good in any shape."""
    p, rng = canvas.palette, canvas.rng
    scene.sky(canvas)
    scene.pattern(canvas, "dots", 0.16)
    scene.sun(canvas, 0, -40, 350)
    skin = rng.choice(SKINS)
    hair = rng.choice(HAIR if skin in FAIR else (*HAIR[:2], HAIR[-1]))
    style = rng.choice(("short", "long", "bun", "curly", "bald"))
    cloth = rng.choice((p.accent, p.cool, p.body, p.warm))
    _hair_behind(canvas, style, hair)
    _shoulders(canvas, cloth, skin)
    face = bezier((0, 130), (-150, 128), (-158, -40), (-142, -120))
    face += bezier((-142, -120), (-120, -270), (120, -270), (142, -120))
    face += bezier((142, -120), (158, -40), (150, 128), (0, 130))
    for side in (1, -1):
        canvas.fill(ellipse(side * 146, -52, 26, 40), darker(skin, 0.1))
    canvas.blend(face, lighter(skin, 0.16), skin, 90)
    canvas.stipple(face, mix(skin, "#A33A22", 0.5), 20, 0.5)
    for side in (1, -1):
        canvas.fill(ellipse(side * 86, 6, 34, 22), p.accent, 0.14)
    if style in ("bald", "short") and rng.random() < 0.6:
        _beard(canvas, face, hair)
    _features(canvas, skin, hair, rng)
    _hair_front(canvas, style, hair, face)


def _shoulders(canvas, cloth, skin):
    p = canvas.palette
    body = bezier((-330, 520), (-320, 250), (-180, 220), (-60, 190))
    body += mirrored(body)[::-1]
    body = [*body, (400, 800), (-400, 800)]
    scene.shadow(canvas, body, 6, 30, 0.35)
    canvas.blend(body, lighter(cloth, 0.12), darker(cloth, 0.2), 90)
    canvas.stipple(body, darker(cloth, 0.6), 70, 0.6)
    neck = box(-68, 60, 136, 190, 60)
    canvas.fill(neck, darker(skin, 0.16))
    canvas.stipple(neck, mix(skin, "#5A2417", 0.7), -90, 0.7)
    collar = [(-104, 196), (0, 268), (104, 196), (70, 330), (0, 284), (-70, 330)]
    canvas.fill(collar, mix(p.light, cloth, 0.12))


def _features(canvas, skin, hair, rng):
    p = canvas.palette
    for side in (1, -1):
        canvas.fill(ellipse(side * 58, -52, 15, 17), "#1D1B22")
        canvas.dot(side * 58 + 5, -58, 5, p.light)
        brow = arc(side * 58, -56, 44, 228, 312)
        canvas.line([(x, y * 0.8 - 22) for x, y in brow], darker(hair, 0.2), 9)
    nose = bezier((2, -40), (8, -6), (34, 20), (0, 24))
    canvas.line(nose, darker(skin, 0.32), 7)
    canvas.line(ellipse(0, 48, 52, 30, 25, 155), mix(p.accent, "#6A1B14", 0.4), 9)
    glasses = rng.choice(("none", "round", "square"))
    if glasses == "none":
        return
    for side in (1, -1):
        lens = disc(side * 64, -48, 54)
        if glasses == "square":
            lens = box(side * 64 - 56, -90, 112, 84, 24)
        canvas.fill(lens, p.light, 0.22)
        canvas.line([*lens, lens[0], lens[1]], p.dark, 8)
        canvas.line([(side * 118, -56), (side * 150, -64)], p.dark, 8)
    canvas.line(arc(0, -40, 16, 200, 340), p.dark, 8)


def _hair_behind(canvas, style, hair):
    if style == "long":
        shape = bezier((0, -300), (-280, -300), (-190, 60), (-226, 270))
        shape += mirrored(shape)[::-1]
        canvas.blend(shape, lighter(hair, 0.08), darker(hair, 0.2), 90)
    if style == "bun":
        canvas.fill(disc(0, -300, 84), hair)
        canvas.stipple(disc(0, -300, 84), darker(hair, 0.6), 60, 0.6)
    if style == "curly":
        for x, y in arc(0, -110, 176, 150, 390)[::9]:
            canvas.fill(disc(x, y, 66), hair)
        canvas.fill(disc(0, -120, 180), hair)


def _hair_front(canvas, style, hair, face):
    if style == "bald":
        canvas.fill(ellipse(-40, -200, 50, 16), "#FFFFFF", 0.25, within=face)
        return
    if style == "curly":
        for n, (x, y) in enumerate(arc(0, -80, 150, 200, 340)[::8]):
            canvas.fill(disc(x, y, 52), lighter(hair, 0.05 * (n % 3)))
        return
    cap = bezier((-158, -70), (-200, -310), (190, -330), (160, -70))
    sweep = bezier((160, -70), (140, -190), (40, -150), (-30, -186))
    sweep += bezier((-30, -186), (-90, -160), (-140, -150), (-158, -70))
    shape = cap + sweep
    canvas.blend(shape, lighter(hair, 0.16), hair, 70)
    canvas.stipple(shape, darker(hair, 0.7), 40, 0.6)


def _beard(canvas, face, hair):
    shape = bezier((-156, -20), (-140, 60), (-90, 30), (0, 22))
    shape += mirrored(shape)[::-1]
    shape = [*shape, (170, 200), (-170, 200)]
    canvas.fill(shape, lighter(hair, 0.06), within=face)
    canvas.stipple(shape, darker(hair, 0.6), 90, 0.5, within=face)
