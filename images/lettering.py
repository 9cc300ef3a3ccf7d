"""The card a story shows on a social site when no picture fits: title, category and our mark.

Run by child.py and imported by tests: standard library and Pillow only. Lengths are pixels of
the finished card.
"""

from functools import lru_cache
from itertools import accumulate, pairwise

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
MARGIN = 84
TOP, BOTTOM = 144, 496  # the title stands between these
LARGEST, SMALLEST, STEP = 112, 46, 2
LEADING = 1.13
MOST_LINES = 5
SHORT_LAST = 0.22  # of the widest line: a last line below it is a widow
OVERSAMPLING = 4  # of the mark: Pillow's polygons have hard edges

# As in static/css/site.css: the night of the footer, and the mark on it.
NIGHT, DEEP, INK, ACCENT, VERMILION = "#17202b", "#1d2835", "#f0eadc", "#ff8f70", "#e8573a"
BODY, SHEET, FOLD = "#46566b", "#f3ede0", "#b7aa8c"

# Small words that read better at the beginning of the next line.
LEANING = frozenset(
    """
    a al allo alla ai agli alle con da dal dallo dalla dai dagli dalle di del dello della dei degli
    delle e ed è fra i il in gli la le lo ma nel nello nella nei negli nelle non o per più su sul
    sullo sulla sui sugli sulle tra un una uno che chi the of and to for
    """.split()
)


def draw(job):
    """Return the card as an RGB picture; ``job`` has title, kicker, site and fonts (two paths)."""
    card = Image.new("RGB", (WIDTH, HEIGHT), NIGHT)
    mark(card, (WIDTH - 400, HEIGHT - 400), 520, ghost=True)
    pen = ImageDraw.Draw(card)
    serif, sans = job["fonts"]["serif"], job["fonts"]["sans"]
    kicker(pen, readable(job["kicker"], sans), sans)
    title(pen, readable(job["title"], serif), serif)
    imprint(card, pen, readable(job["site"], serif), serif)
    pen.rectangle((0, HEIGHT - 12, WIDTH, HEIGHT), fill=VERMILION)
    return card


def readable(text, path):
    """Return ``text`` without what the font has no sign for: an empty box tells nothing."""
    known = font(path, 40)
    missing = bytes(known.getmask("\uffff"))
    signs = (c if c == " " or bytes(known.getmask(c)) != missing else " " for c in text)
    return " ".join("".join(signs).split())


@lru_cache(maxsize=64)
def font(path, size):
    return ImageFont.truetype(path, size)


# --- the three lines of text ---------------------------------------------------


def kicker(pen, text, path):
    """The prompt of the mark, then the category in spaced capitals, shortened if it must be."""
    pen.line(((MARGIN + 2, 77), (MARGIN + 22, 91), (MARGIN + 2, 105)), fill=VERMILION, width=8)
    face, x = font(path, 32), MARGIN + 44
    spacing = 3
    for letter in text.upper():
        width = face.getlength(letter)
        if x + width > WIDTH - MARGIN:
            break
        pen.text((x, 91), letter, font=face, fill=ACCENT, anchor="lm")
        x += width + spacing


def title(pen, text, path):
    """The title as large as it can be, in balanced lines, centred in its room."""
    size, lines = fitted(text, path, WIDTH - 2 * MARGIN, BOTTOM - TOP)
    face, step = font(path, size), size * LEADING
    y = TOP + (BOTTOM - TOP - step * len(lines)) / 2 + step / 2
    for line in lines:
        pen.text((MARGIN - size * 0.04, y), line, font=face, fill=INK, anchor="lm")
        y += step


def imprint(card, pen, name, path):
    """The mark and the paper's name, with the cursor after it."""
    mark(card, (MARGIN, 524), 68)
    size = next((s for s in range(42, 20, -2) if font(path, s).getlength(name) < 700), 20)
    face, x = font(path, size), MARGIN + 88
    pen.text((x, 574), name, font=face, fill=INK, anchor="ls")
    x += face.getlength(name) + 12
    pen.rectangle((x, 574 - size * 0.66, x + size * 0.42, 574), fill=VERMILION)


# --- breaking a title into lines -----------------------------------------------


def fitted(text, path, width, height):
    """Return ``(size, lines)``: the largest size at which the title stands in the box well.

    A title too long even at the smallest size ends with an ellipsis on the last line.
    """
    for size in range(LARGEST, SMALLEST - 1, -STEP):
        most = min(MOST_LINES, int(height / (size * LEADING)))
        lines = broken(text, font(path, size).getlength, width, most)
        if lines and not (size > SMALLEST and has_widow(lines, font(path, size).getlength)):
            return size, lines
    return SMALLEST, shortened(text, font(path, SMALLEST).getlength, width)


def broken(text, measure, width, most):
    """Return the fewest lines that hold ``text``, as even as they can be; [] if ``most`` is few.

    ``measure`` gives the width of a text; a line is as wide as its words and the blanks between.
    """
    words = text.split()
    widths, blank = [measure(word) for word in words], measure(" ")
    if not words or max(widths) > width:
        return []
    for count in range(1, most + 1):
        if cuts := balanced(words, widths, blank, width, count):
            return [" ".join(words[start:end]) for start, end in pairwise(cuts)]
    return []


def balanced(words, widths, blank, width, count):
    """Return the cuts of exactly ``count`` lines with the least squared slack, or []."""
    ends = list(accumulate(widths, initial=0))
    total = ends[-1] + blank * (len(words) - 1)
    target = min(width, total / count)
    best = {0: (0.0, [0])}  # words used so far -> cost, cuts
    for _ in range(count):
        reached: dict = {}
        for start, (cost, cuts) in best.items():
            for end in range(start + 1, len(words) + 1):
                taken = ends[end] - ends[start] + blank * (end - start - 1)
                if taken > width:
                    break
                more = cost + (taken - target) ** 2
                if end < len(words) and words[end - 1].lower() in LEANING:
                    more += (width * 0.25) ** 2
                if end not in reached or more < reached[end][0]:
                    reached[end] = (more, [*cuts, end])
        best = reached
    return best.get(len(words), (0, []))[1]


def has_widow(lines, measure):
    """True if the last of several lines is one short word."""
    if len(lines) < 2 or " " in lines[-1]:
        return False
    return measure(lines[-1]) < SHORT_LAST * max(map(measure, lines))


def shortened(text, measure, width):
    """Return MOST_LINES full lines, the last one ending with an ellipsis if words are left."""
    lines, words = [], [piece for word in text.split() for piece in pieces(word, measure, width)]
    while words and len(lines) < MOST_LINES:
        taken = 1
        while taken < len(words) and measure(" ".join(words[: taken + 1])) <= width:
            taken += 1
        lines.append(" ".join(words[:taken]))
        words = words[taken:]
    if words:
        lines[-1] = ended(lines[-1], measure, width)
    return lines


def ended(line, measure, width):
    """Return a line with an ellipsis after its last full word, or letter if it is one word."""
    words = line.split()
    while len(words) > 1 and (words[-1].lower() in LEANING or measure(f"{line}…") > width):
        words.pop()
        line = " ".join(words).rstrip(",.;:–—")
    while measure(f"{line}…") > width:
        line = line[:-1]
    return f"{line}…"


def pieces(word, measure, width):
    """Return a word cut where it must be to stand in a line."""
    parts = [""]
    for letter in word:
        if measure(parts[-1] + letter) > width:
            parts.append("")
        parts[-1] += letter
    return parts


# --- the mark: the shapes of static/img/mark.svg -------------------------------


def mark(card, at, side, ghost=False):
    """Draw the mark with its upper left corner ``at``; a ghost is one shade above the ground."""
    scale = side * OVERSAMPLING / 64
    stamp = Image.new("RGBA", (side * OVERSAMPLING, side * OVERSAMPLING))
    pen = ImageDraw.Draw(stamp)
    for points, colour, width in shapes():
        spots = [(x * scale, y * scale) for x, y in points]
        if ghost:
            colour = NIGHT if colour in (SHEET, FOLD) else DEEP
        if width:
            pen.line(spots, fill=colour, width=round(width * scale), joint="curve")
        else:
            pen.polygon(spots, fill=colour)
    stamp = stamp.reduce(OVERSAMPLING)
    card.paste(stamp, at, stamp)


def shapes():
    """Return the mark as ``(points, colour, stroke)``; stroke 0 is a filled shape."""
    body = [
        (6, 56), *curve((6, 27), (6, 13), (16.5, 4), (29, 4)),
        *curve((29, 4), (41.5, 4), (50, 12.5), (50, 24)), (50, 56),
    ]  # fmt: skip
    sheet = [(20, 56), *curve((20, 32), (20, 27.5), (23.5, 25), (27.5, 25)), (47, 25), (47, 47)]
    eye = [point for turn in quarters(34, 16, 3) for point in turn]
    return [
        (body, BODY, 0),
        ([*sheet, (38, 56)], SHEET, 0),
        ([(38, 56), (38, 47), (47, 47)], FOLD, 0),
        ([(25.5, 32.5), (41.5, 32.5)], BODY, 2.5),
        ([(25.5, 38.5), (41.5, 38.5)], BODY, 2.5),
        ([(25.5, 44.5), (33.5, 44.5)], BODY, 2.5),
        (eye, SHEET, 0),
        ([(46.5, 10.5), (57.5, 18), (46.5, 25.5)], VERMILION, 5.5),
        ([(20, 56), (52, 56), (52, 61), (20, 61)], VERMILION, 0),
    ]


def curve(start, one, two, end, steps=24):
    """Return points of a cubic Bézier curve, both ends included."""
    points = []
    for step in range(steps + 1):
        t = step / steps
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        four = (start, one, two, end)
        points.append(
            tuple(sum(w * p[i] for w, p in zip(weights, four, strict=True)) for i in (0, 1))
        )
    return points


def quarters(x, y, r):
    """A circle as four curves."""
    k = r * 0.5523
    yield curve((x + r, y), (x + r, y + k), (x + k, y + r), (x, y + r))
    yield curve((x, y + r), (x - k, y + r), (x - r, y + k), (x - r, y))
    yield curve((x - r, y), (x - r, y - k), (x - k, y - r), (x, y - r))
    yield curve((x, y - r), (x + k, y - r), (x + r, y - k), (x + r, y))


def default():
    """The card of lists, and of a story that waits for its own: static/img/card.png is this."""
    card = Image.new("RGB", (WIDTH, HEIGHT), NIGHT)
    mark(card, (WIDTH - 400, HEIGHT - 400), 520, ghost=True)
    mark(card, ((WIDTH - 300) // 2, (HEIGHT - 320) // 2), 300)
    ImageDraw.Draw(card).rectangle((0, HEIGHT - 12, WIDTH, HEIGHT), fill=VERMILION)
    return card
