"""Outlines as lists of points, in drawing units. Everything a canvas fills is made of them."""

from itertools import pairwise
from math import cos, hypot, pi, radians, sin, tau


def ellipse(x, y, rx, ry, start=0, end=360, steps=120):
    """Points of an ellipse, or of its part between two angles (degrees, clockwise from east)."""
    span = radians(end - start)
    count = max(8, round(steps * abs(span) / tau))
    angles = [radians(start) + span * n / count for n in range(count + 1)]
    return [(x + rx * cos(a), y + ry * sin(a)) for a in angles]


def disc(x, y, r):
    return ellipse(x, y, r, r)


def arc(x, y, r, start, end):
    return ellipse(x, y, r, r, start, end, steps=180)


def wedge(x, y, inner, outer, start, end):
    """A piece of a ring."""
    return arc(x, y, outer, start, end) + arc(x, y, inner, start, end)[::-1]


def box(x, y, w, h, radius=0.0):
    """A rectangle from its left top corner, with round corners if asked."""
    r = min(radius, w / 2, h / 2)
    if r <= 0:
        return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
    corners = ((x + w - r, y + r, 270), (x + w - r, y + h - r, 0), (x + r, y + h - r, 90))
    points = []
    for cx, cy, start in (*corners, (x + r, y + r, 180)):
        points += ellipse(cx, cy, r, r, start, start + 90, steps=48)
    return points


def bezier(a, b, c, d, steps=40):
    """A cubic curve from ``a`` to ``d``."""
    points = []
    for n in range(steps + 1):
        t, s = n / steps, 1 - n / steps
        weights = (s**3, 3 * s * s * t, 3 * s * t * t, t**3)
        points.append(
            tuple(sum(w * p[i] for w, p in zip(weights, (a, b, c, d), strict=True)) for i in (0, 1))
        )
    return points


def gear(x, y, r, teeth, depth, turn=0.0):
    """A toothed wheel; ``turn`` in teeth."""
    points = []
    for n in range(teeth):
        for share, reach in ((0.0, -depth), (0.2, 0), (0.5, 0), (0.7, -depth)):
            a = tau * (n + share + turn) / teeth
            points.append((x + (r + reach) * cos(a), y + (r + reach) * sin(a)))
    return points


def wobble(rng, x, y, rx, ry, roughness=0.12, steps=96):
    """A soft closed shape around a point: an island, a lawn, a contour line."""
    waves = [(n, rng.uniform(0, tau), rng.uniform(0.3, 1) / n) for n in range(2, 6)]
    points = []
    for n in range(steps):
        a = tau * n / steps
        swell = 1 + roughness * sum(size * sin(k * a + phase) for k, phase, size in waves)
        points.append((x + rx * swell * cos(a), y + ry * swell * sin(a)))
    return points


def ridge(rng, y, height, rough, left=-900, right=900, steps=60):
    """A line of hills closed at the bottom of the picture."""
    waves = [(n, rng.uniform(0, tau), rng.uniform(0.4, 1) / n**rough) for n in range(1, 9)]
    points = []
    for n in range(steps + 1):
        t = n / steps
        swell = sum(size * sin(k * pi * t * 1.6 + phase) for k, phase, size in waves)
        points.append((left + (right - left) * t, y - height * swell))
    return [*points, (right, 1200), (left, 1200)]


def stroke(points, width):
    """The outline of a smooth line of many points."""
    one, other = [], []
    for n, (x, y) in enumerate(points):
        (ax, ay), (bx, by) = points[max(n - 1, 0)], points[min(n + 1, len(points) - 1)]
        size = hypot(bx - ax, by - ay) or 1.0
        dx, dy = (by - ay) / size * width / 2, (ax - bx) / size * width / 2
        one.append((x + dx, y + dy))
        other.append((x - dx, y - dy))
    return one + other[::-1]


def turned(points, angle, x=0.0, y=0.0):
    """Points turned clockwise by ``angle`` degrees around ``(x, y)``."""
    c, s = cos(radians(angle)), sin(radians(angle))
    return [(x + (px - x) * c - (py - y) * s, y + (px - x) * s + (py - y) * c) for px, py in points]


def moved(points, dx, dy, scale=1.0):
    return [(px * scale + dx, py * scale + dy) for px, py in points]


def mirrored(points, x=0.0):
    return [(2 * x - px, py) for px, py in points]


def dashes(points, length, gap):
    """Cut a line into short ones."""
    pieces, piece, left, drawing = [], [points[0]], length, True
    for (ax, ay), (bx, by) in pairwise(points):
        size, done = hypot(bx - ax, by - ay), 0.0
        while size - done > left:
            done += left
            spot = (ax + (bx - ax) * done / size, ay + (by - ay) * done / size)
            if drawing:
                pieces.append([*piece, spot])
            drawing, piece = not drawing, [spot]
            left = length if drawing else gap
        left -= size - done
        piece.append((bx, by))
    return [*pieces, piece] if drawing and len(piece) > 1 else pieces
