"""A sheet to draw on: twice the size asked for, with gradients, stippled shade and soft light.

Coordinates are drawing units with the origin in the middle and y downwards. A 16:9 picture shows
1600 by 900 of them; another shape is covered and cropped, so subjects stand in the middle.
"""

from io import BytesIO
from math import cos, radians, sin

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from images.drawings.palette import rgb
from images.drawings.shapes import stroke

OVERSAMPLING = 2
GLOW_SCALE = 8  # soft light is blurred this many times smaller: it has no detail to lose
DOTS = [0] + [255] * 255  # noise weaker than the ramp becomes a full dot
GRAIN = 11  # levels of the paper's own grain, out of 255


class Canvas:
    def __init__(self, size, palette, rng):
        self.size, self.palette, self.rng = size, palette, rng
        self.big = (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING)
        self.scale = max(self.big[0] / 1600, self.big[1] / 900)
        self.image = Image.new("RGB", self.big, rgb(palette.top))
        self.pen = ImageDraw.Draw(self.image, "RGBA")
        dust = Image.frombytes("L", size, rng.randbytes(size[0] * size[1]))
        self.dust = dust
        self.noise = dust.resize(self.big, Image.Resampling.NEAREST)

    def pixels(self, points):
        cx, cy = self.big[0] / 2, self.big[1] / 2
        return [(cx + x * self.scale, cy + y * self.scale) for x, y in points]

    def fill(self, points, colour, alpha=1.0, within=None):
        if within is None:
            self.pen.polygon(self.pixels(points), fill=(*rgb(colour), round(alpha * 255)))
        elif part := self._stencil(points, within):
            mask, bounds = part
            self.image.paste(rgb(colour), bounds, mask.point(lambda v: round(v * alpha)))

    def blend(self, points, start, end, angle=90.0, within=None):
        """Fill with a gradient from ``start`` to ``end`` along ``angle`` (90: downwards)."""
        if part := self._stencil(points, within):
            mask, bounds = part
            ramp = _ramp(mask.size, angle)
            first, last = Image.new("RGB", mask.size, rgb(start)), Image.new("RGB", mask.size)
            last.paste(rgb(end), (0, 0, *mask.size))
            self.image.paste(Image.composite(last, first, ramp), bounds, mask)

    def stipple(self, points, colour, angle=90.0, strength=0.7, within=None):
        """Shade with dots of ``colour``, denser along ``angle``: the printed look of the house."""
        if part := self._stencil(points, within):
            mask, bounds = part
            ramp = _ramp(mask.size, angle, lambda v: round(v * v / 255 * strength))
            dots = ImageChops.subtract(ramp, self.noise.crop(bounds)).point(DOTS)
            self.image.paste(rgb(colour), bounds, ImageChops.multiply(dots, mask))

    def glow(self, points, colour, blur, alpha=0.5):
        """Soft light or shadow of a shape; ``blur`` in drawing units."""
        small = [(x / GLOW_SCALE, y / GLOW_SCALE) for x, y in self.pixels(points)]
        blur *= self.scale / GLOW_SCALE
        edge = round(blur * 3) + 1
        limits = [n // GLOW_SCALE + 1 for n in self.big]
        low = [max(-edge, int(min(p[i] for p in small)) - edge) for i in (0, 1)]
        high = [min(limits[i] + edge, int(max(p[i] for p in small)) + edge + 1) for i in (0, 1)]
        if low[0] >= high[0] or low[1] >= high[1]:
            return
        mask = Image.new("L", (high[0] - low[0], high[1] - low[1]))
        spot = [(x - low[0], y - low[1]) for x, y in small]
        ImageDraw.Draw(mask).polygon(spot, fill=round(alpha * 255))
        mask = mask.filter(ImageFilter.GaussianBlur(blur))
        mask = mask.resize([n * GLOW_SCALE for n in mask.size], Image.Resampling.BILINEAR)
        left, top = low[0] * GLOW_SCALE, low[1] * GLOW_SCALE
        bounds = (left, top, left + mask.width, top + mask.height)
        self.image.paste(rgb(colour), bounds, mask)

    def line(self, points, colour, width, alpha=1.0, caps=True):
        pixels, thick = self.pixels(points), width * self.scale
        ink = (*rgb(colour), round(alpha * 255))
        if len(points) > 12:
            self.pen.polygon(stroke(pixels, max(1, thick)), fill=ink)
        else:
            self.pen.line(pixels, fill=ink, width=max(1, round(thick)), joint="curve")
        if caps and thick > 3 and alpha == 1:
            for x, y in (pixels[0], pixels[-1]):
                r = thick / 2 - 0.5
                self.pen.ellipse((x - r, y - r, x + r, y + r), fill=ink)

    def dot(self, x, y, r, colour, alpha=1.0):
        ((x, y),) = self.pixels([(x, y)])
        r *= self.scale
        self.pen.ellipse((x - r, y - r, x + r, y + r), fill=(*rgb(colour), round(alpha * 255)))

    def bytes(self):
        """Return the finished picture: smaller, with the paper's grain, as JPEG."""
        image = self.image.reduce(OVERSAMPLING)
        low = 128 - GRAIN // 2
        grain = self.dust.point(lambda v: low + v * GRAIN // 255)
        grain = Image.merge("RGB", (grain, grain, grain))
        image = ImageChops.add(image, grain, 1, -128)
        out = BytesIO()
        image.save(out, "JPEG", quality=93, subsampling=0, optimize=False)
        return out.getvalue()

    def _stencil(self, points, within):
        """Return ``(mask, bounds)`` of a shape cut to the sheet, or None outside it."""
        pixels = self.pixels(points)
        xs, ys = [x for x, _ in pixels], [y for _, y in pixels]
        left, top = max(0, int(min(xs))), max(0, int(min(ys)))
        right = min(self.big[0], int(max(xs)) + 2)
        bottom = min(self.big[1], int(max(ys)) + 2)
        if right <= left or bottom <= top:
            return None
        mask = Image.new("L", (right - left, bottom - top))
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in pixels], fill=255)
        if within is not None:
            cut = Image.new("L", mask.size)
            around = [(x - left, y - top) for x, y in self.pixels(within)]
            ImageDraw.Draw(cut).polygon(around, fill=255)
            mask = ImageChops.multiply(mask, cut)
        return mask, (left, top, right, bottom)


def _ramp(size, angle, curve=lambda v: v):
    """Return an L image from 0 to 255 along ``angle``, passed through ``curve``."""
    w, h = size
    dx, dy = cos(radians(angle)), sin(radians(angle))
    ends = [x * dx + y * dy for x in (0, w) for y in (0, h)]
    low, span = min(ends), max(max(ends) - min(ends), 1)
    step = 252 / span
    matrix = (0, 0, 128, dx * step, dy * step, 2 - low * step)
    ramp = Image.linear_gradient("L").point(curve)
    return ramp.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
