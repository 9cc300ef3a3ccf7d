"""Isometric blocks. x runs to the lower right, y to the lower left, z upwards."""

from images.drawings.palette import darker, lighter
from images.drawings.shapes import ellipse

COS30 = 0.866


class Iso:
    def __init__(self, canvas, x, y, unit):
        self.canvas, self.x, self.y, self.unit = canvas, x, y, unit

    def at(self, x, y, z=0.0):
        u = self.unit
        return (self.x + (x - y) * COS30 * u, self.y + (x + y) * 0.5 * u - z * u)

    def top(self, x, y, z, dx, dy):
        """A rectangle lying at height z."""
        corners = ((x, y), (x + dx, y), (x + dx, y + dy), (x, y + dy))
        return [self.at(cx, cy, z) for cx, cy in corners]

    def left(self, x, y, z, dx, dz):
        """A rectangle standing on the face that looks to the lower left."""
        corners = ((x, z), (x + dx, z), (x + dx, z + dz), (x, z + dz))
        return [self.at(cx, y, cz) for cx, cz in corners]

    def right(self, x, y, z, dy, dz):
        """A rectangle standing on the face that looks to the lower right."""
        corners = ((y, z), (y + dy, z), (y + dy, z + dz), (y, z + dz))
        return [self.at(x, cy, cz) for cy, cz in corners]

    def block(self, x, y, z, dx, dy, dz, colour, shade=True):
        """A solid block: light comes from the left."""
        left, right = self.left(x, y + dy, z, dx, dz), self.right(x + dx, y, z, dy, dz)
        canvas = self.canvas
        canvas.fill(left, colour)
        canvas.fill(right, darker(colour, 0.35))
        canvas.fill(self.top(x, y, z + dz, dx, dy), lighter(colour, 0.28))
        if shade:
            canvas.stipple(left, darker(colour, 0.5), 90, 0.55)
            canvas.stipple(right, darker(colour, 0.75), 90, 0.6)

    def cylinder(self, x, y, z, r, height, colour):
        canvas, (cx, base), (_, top) = self.canvas, self.at(x, y, z), self.at(x, y, z + height)
        rx, ry = r * self.unit * 1.22, r * self.unit * 0.71
        side = ellipse(cx, base, rx, ry, 0, 180) + ellipse(cx, top, rx, ry, 180, 0)
        canvas.blend(side, lighter(colour, 0.12), darker(colour, 0.42), 0)
        canvas.stipple(side, darker(colour, 0.6), 20, 0.55)
        canvas.fill(ellipse(cx, top, rx, ry), lighter(colour, 0.28))
        return cx, top, rx, ry

    def floor(self, x, y, dx, dy, step, colour, alpha):
        """A thin grid on the ground."""
        for n in range(int(dx / step) + 1):
            ends = [self.at(x + n * step, y), self.at(x + n * step, y + dy)]
            self.canvas.line(ends, colour, 1.6, alpha, caps=False)
        for n in range(int(dy / step) + 1):
            ends = [self.at(x, y + n * step), self.at(x + dx, y + n * step)]
            self.canvas.line(ends, colour, 1.6, alpha, caps=False)
