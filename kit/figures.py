"""The three figures of a story while they are being shaped: picture, video, bilingual quotation.

The functions are called by ``shaping.Shaper`` before its own rules; see its methods.
"""

from kit.text import nfc
from kit.tree import Node
from kit.vocabulary import Refused, thousands

PARTS = ("original", "translation")
PARAGRAPHS = frozenset({"p", "h2", "h3", "pre"})
GROUPS = frozenset({"ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "td", "th"})


def takes(shaper, tag, attrs):
    """Start a figure or a part of one; return False if ``tag`` is none of our business here."""
    if tag == "figure":
        start_figure(shaper, attrs)
    elif open_figure(shaper) is None:
        return False
    elif tag == "figcaption":
        shaper.pop_to(open_figure(shaper))
        shaper.push("figcaption")
    elif tag == "blockquote" and is_quotation(shaper.flow):
        start_part(shaper, attrs)
    elif tag in ("cite", "time") and in_caption(shaper) and is_quotation(shaper.stack[-2]):
        if tag == "cite":
            shaper.marks.start("cite", {})
        else:
            shaper.stack[-2].attrs |= shaper.vocabulary.keep("time", attrs)
            shaper.muted = "time"
    else:
        return False
    return True


def ends(shaper, tag):
    if tag == "cite":
        shaper.marks.end("cite")
    elif tag == "figure":
        shaper.close_text()
        if (place := open_figure(shaper)) is not None:
            shaper.pop_to(place - 1)
    else:
        return False
    return True


def open_figure(shaper):
    return shaper.nearest({"figure"})


def in_caption(shaper):
    return shaper.top.tag == "figcaption"


def is_quotation(node):
    return node.tag == "figure" and node.attrs["class"] == "quotation"


def start_figure(shaper, attrs):
    shaper.close_text()
    if open_figure(shaper) is not None:
        return
    kept = {}
    for name in attrs.get("class", "").split():
        if name in shaper.vocabulary.figures:
            kept = shaper.vocabulary.keep("figure", attrs | {"class": name})
    needed = {"picture": "data-image", "video": "data-video", "quotation": "class"}
    if kept and needed[kept["class"]] in kept:
        shaper.to_flow()
        wanted = ("class", needed[kept["class"]])
        shaper.push("figure", {name: kept[name] for name in dict.fromkeys(wanted)})


def start_part(shaper, attrs):
    shaper.close_text()
    figure = shaper.top
    taken = [part.attrs.get("class") for part in figure.elements if part.tag == "blockquote"]
    names = [name for name in attrs.get("class", "").split() if name in PARTS]
    free = [name for name in (names or PARTS) if name not in taken]
    kept = shaper.vocabulary.keep("blockquote", attrs)
    shaper.push("blockquote", (kept | {"class": free[0]}) if free else {})


def closed(figure, vocabulary):
    """Return the figure in its one shape, then what stood in it and does not belong there."""
    if is_quotation(figure):
        return closed_quotation(figure, vocabulary)
    captions = [part for part in figure.elements if part.tag == "figcaption"]
    others = [part for part in figure.elements if part.tag != "figcaption"]
    measure(vocabulary, "caption", "Una didascalia", captions[0] if captions else Node(""))
    others += [Node("p", {}, caption.children) for caption in captions[1:]]
    return [Node("figure", figure.attrs, captions[:1]), *others]


def closed_quotation(figure, vocabulary):
    parts = {name: Node("blockquote", {"class": name}) for name in PARTS}
    captions, others = [], []
    for child in figure.elements:
        if child.tag == "blockquote" and child.attrs:
            parts[child.attrs["class"]] = child
        else:
            (captions if child.tag == "figcaption" else others).append(child)
    caption = captions[0] if captions else Node("figcaption")
    others += [Node("p", {}, [plain(late)]) for late in captions[1:]]
    link = caption.find("a")
    for name, part in parts.items():
        part.children = paragraphs(part)
        lang = part.attrs.get("lang", "") if name == "original" else "it"
        cite = part.attrs.get("cite", "") if name == "original" else ""
        if name == "original" and not cite and link is not None:
            cite = vocabulary.keep("blockquote", {"cite": link.attrs["href"]}).get("cite", "")
        found = {"class": name, "lang": lang, "cite": cite}
        part.attrs = {key: value for key, value in found.items() if value}
        measure(vocabulary, "quotation", "Una citazione", part)
    quoted = Node("figure", {"class": "quotation"}, parts.values())
    if source := source_line(caption, figure.attrs.get("datetime"), vocabulary):
        quoted.children.append(source)
    says = source or "cite" in parts["original"].attrs or any(p.children for p in parts.values())
    return [*([quoted] if says else []), *others]


def source_line(caption, date, vocabulary):
    """Return ``<figcaption><cite>…</cite> <time datetime="…"></time></figcaption>``, or None."""
    cites = [mark.text() for mark in caption.walk() if mark.tag == "cite"]
    speaker = Node("cite", {}, ["".join(cites) or caption.text()])
    speaker.children = [plain(speaker)]
    measure(vocabulary, "speaker", "Il nome di chi parla in una citazione", speaker)
    found = [speaker] if speaker.children[0] else []
    found += [Node("time", {"datetime": date})] if date else []
    if not found:
        return None
    return Node("figcaption", {}, found if len(found) == 1 else [found[0], " ", found[1]])


def paragraphs(part):
    """Return the content of one text of a quotation as paragraphs and nothing else."""
    found: list[Node] = []
    waiting = list(reversed(part.children))
    loose: list[Node | str] = []
    while waiting:
        child = waiting.pop()
        block = isinstance(child, Node) and child.tag in PARAGRAPHS | GROUPS | {"hr", ""}
        if not block:
            loose.append(child)
            continue
        if loose:
            found.append(Node("p", {}, loose))
            loose = []
        if child.tag in PARAGRAPHS:
            content = [plain(child)] if child.tag == "pre" else child.children
            found.append(Node("p", {}, content))
        elif child.tag:
            waiting.append(Node(""))  # what stands around a group is not one text with it
            waiting.extend(reversed(child.children))
    return [*found, Node("p", {}, loose)] if loose else found


def plain(node):
    """Return the text of ``node`` on one line, in NFC."""
    return " ".join(nfc(node.text()).split())


def measure(vocabulary, limit, name, node):
    """Refuse a text longer than its limit, in characters as a reader sees them."""
    most, length = vocabulary.texts[limit], len("\n".join(p.text() for p in lines(node)))
    if length > most:
        raise Refused(
            f"{name} è troppo lunga: al massimo {thousands(most)} caratteri, "
            f"qui sono {thousands(length)}."
        )


def lines(node):
    return [part for part in node.elements if part.tag == "p"] or [node]
