"""From anybody's HTML to a tree that follows one vocabulary, however broken the HTML is.

HTML5's own rules reopen unclosed marks in every new block: 1,200 unclosed ``<b>`` and 1,200
``<p>``, 15 kB in all, cost nh3 and every other HTML5 parser 700 MB. So the dirty text never
meets one. Here marks are a state, not elements: a text is kept with the marks that hold, and a
tree is made from that. Time and memory are linear in the text.
"""

import re

from kit import figures
from kit.prose import Marks, Prose, headless, visible
from kit.text import CONTROLS, nfc
from kit.tokens import End, Start, tokens
from kit.tree import Node
from kit.vocabulary import Refused, Vocabulary

LISTS = frozenset({"ul", "ol"})
ROWS = frozenset({"table", "thead", "tbody", "tr"})
SECTIONS = {"thead": "thead", "tbody": "tbody", "tfoot": "tbody"}
CELLS = frozenset({"td", "th"})
# A list does not reach out of these to an outer list, nor a table out of a figure.
WALLS = CELLS | {"blockquote", "figure"}
OWN_MARKS = CELLS | {"figure", "figcaption"}  # an unclosed mark stays outside, or inside
# Elements we do not keep, but whose ends are ends of a paragraph.
BREAKS = frozenset(
    "address article aside body center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form header hgroup html legend main menu nav option search section summary li ul ol "
    "table caption thead tbody tfoot tr td th blockquote pre hr p h1 h2 h3 h4 h5 h6".split()
)
MUTED = frozenset({"svg", "math", "select", "template"})  # with everything inside
PLAIN_STYLE = re.compile(r"font-(?:weight\s*:\s*(?:normal|[1-4]00)|style\s*:\s*normal)", re.I)


def shape(html: str, vocabulary: Vocabulary) -> Node:
    """Return a fragment that holds only what the vocabulary names, where it may stand.

    ``Refused`` if something is nested too deep or over its limit.
    """
    shaper = Shaper(vocabulary)
    for token in tokens(html):
        if isinstance(token, Start):
            shaper.start(token.tag, token.attrs)
        elif isinstance(token, End):
            shaper.end(token.tag)
        else:
            shaper.text(token.text)
    return shaper.finish()


class Shaper:
    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self.root = Node("")
        self.stack = [self.root]  # the elements open here; a text block only on top
        self.prose: Prose | None = None  # of the text block on top
        self.code: list[str] | None = None  # of the <pre> on top
        self.marks = Marks()
        self.outer_marks: list[Marks] = []  # of the OWN_MARKS around
        self.muted = ""

    @property
    def top(self):
        return self.stack[-1]

    @property
    def flow(self):
        """The innermost open element that is no paragraph."""
        return self.stack[-2] if self.prose is not None or self.code is not None else self.top

    # --- tokens ---

    def text(self, text):
        if self.muted:
            return
        text = CONTROLS.sub("", text)
        if self.code is not None:
            self.code.append(text.replace("\r\n", "\n").replace("\r", "\n"))
            return
        if self.prose is None:
            if not text.strip(" \t\n\r\f"):
                return
            self.to_flow()
            implied = "p" if self.top.tag in ("", "blockquote", "figure") else "inline"
            self.push(implied)
        self.prose.add(text, self.marks.now())

    def start(self, tag, attrs):
        if self.muted and not self.unmutes(tag):
            return
        if self.code is not None:
            self.start_in_code(tag, attrs)
        elif tag in MUTED:
            self.muted = tag
        elif tag == "br":
            if self.prose is not None:
                self.prose.add_break(self.marks.now())
        elif figures.takes(self, tag, attrs):
            pass
        elif tag in self.vocabulary.marks:
            self.start_mark(self.vocabulary.marks[tag], attrs)
        elif tag in BREAKS:
            self.close_text()
            self.start_block(tag, attrs)

    def end(self, tag):
        if self.muted and tag == self.muted:
            self.muted = ""
        elif self.muted and not self.unmutes(tag):
            pass
        elif self.code is not None and tag != "pre":
            if tag in BREAKS and self.code and not self.code[-1].endswith("\n"):
                self.code.append("\n")
        elif figures.ends(self, tag):
            pass
        elif tag in self.vocabulary.marks:
            self.marks.end(self.vocabulary.marks[tag])
        elif tag in BREAKS:
            self.close_text()
            self.close(SECTIONS.get(tag, tag))

    def unmutes(self, tag):
        """A drawing or a date that was never closed ends with the paragraph, as in a browser."""
        if tag in BREAKS and self.muted in ("svg", "math", "time"):
            self.muted = ""
        return not self.muted

    def finish(self):
        while len(self.stack) > 1:
            self.pop()
        return self.root

    # --- marks and code ---

    def start_mark(self, tag, attrs):
        if tag in ("strong", "em") and PLAIN_STYLE.search(attrs.get("style", "")):
            return  # Google Docs wraps a whole page in <b style="font-weight:normal">
        if figures.in_caption(self) and tag not in self.vocabulary.caption_marks:
            return
        kept = self.vocabulary.keep(tag, attrs if tag in ("a", "abbr") else {})
        if tag not in ("a", "abbr") or kept:
            self.marks.start(tag, kept)
        elif tag == "a":
            self.marks.end("a")

    def start_in_code(self, tag, attrs):
        if tag == "br":
            self.code.append("\n")
        elif tag == "code":
            self.top.attrs = self.top.attrs or code_language(self.vocabulary, attrs)

    # --- blocks ---

    def start_block(self, tag, attrs):
        kept = self.vocabulary.containers
        if tag in self.vocabulary.blocks:
            self.to_flow()
            self.push(self.vocabulary.blocks[tag])
        elif tag == "li":
            self.start_item()
        elif tag == "hr" and tag in kept:
            self.to_flow()
            self.top.children.append(Node("hr"))
        elif tag in ROWS | CELLS | SECTIONS.keys() | {"caption"}:
            if "table" in kept:
                self.start_table_part(tag, attrs)
        elif tag in LISTS & kept:
            self.start_list(tag, attrs)
        elif tag in kept:
            self.to_flow()
            node = code_language(self.vocabulary, attrs) if tag == "pre" else {}
            self.push(tag, node)

    def start_list(self, tag, attrs):
        if self.top.tag in LISTS and self.top.children:
            self.stack.append(self.top.children.pop())  # <ul><li>…</li><ul>: inside that item
        else:
            self.to_flow()
        self.push(tag, self.vocabulary.keep(tag, attrs))

    def start_item(self):
        if (place := self.nearest(LISTS, WALLS)) is not None:
            self.pop_to(place)
            self.push("li")

    def start_table_part(self, tag, attrs):
        if tag == "table":
            if self.top.tag in ROWS:
                self.pop_to(self.nearest({"table"}) - 1)
            self.to_flow()
            self.push("table")
            return
        table = self.nearest({"table"}, {"figure"})
        if table is None:
            return
        if tag in SECTIONS or tag == "caption":
            self.pop_to(table)
            self.push(SECTIONS.get(tag, tag))
            return
        self.pop_to(self.nearest(ROWS if tag in CELLS else ROWS - {"tr"}))
        if self.top.tag == "table":
            self.push("tbody")
        if tag in CELLS:
            if self.top.tag != "tr":
                self.push("tr")
            self.push(tag, self.vocabulary.keep(tag, attrs))
        else:
            self.push("tr")

    def to_flow(self):
        """Make the top an element in which a paragraph may stand."""
        self.close_text()
        if self.top.tag in LISTS:
            self.push("li")
        elif self.top.tag in ROWS:
            self.start_table_part("td", {})

    # --- the stack ---

    def nearest(self, tags, walls=frozenset()):
        """Return where in the stack the innermost of ``tags`` stands, or None behind a wall."""
        for place in range(len(self.stack) - 1, 0, -1):
            if self.stack[place].tag in tags:
                return place
            if self.stack[place].tag in walls:
                return None
        return None

    def push(self, tag, attrs=None):
        if len(self.stack) > self.vocabulary.depth:
            raise too_deep(self.vocabulary)
        self.stack.append(Node(tag, attrs))
        if tag in OWN_MARKS:
            self.outer_marks.append(self.marks)
            self.marks = Marks()
        if tag == "pre":
            self.code = []
        elif tag in ("p", "h2", "h3", "inline", "caption", "figcaption"):
            self.prose = Prose()

    def close(self, tag):
        walls = {"figure"} | ({"table"} if tag in ROWS | CELLS else WALLS)
        place = self.nearest({tag}, walls - {tag})
        if place is not None:
            self.pop_to(place - 1)

    def close_text(self):
        if self.prose is not None or self.code is not None:
            self.pop()

    def pop_to(self, place):
        while len(self.stack) > place + 1:
            self.pop()

    def pop(self):
        node = self.stack.pop()
        if node.tag in OWN_MARKS:
            self.marks = self.outer_marks.pop()
        self.top.children.extend(self.closed(node))

    def closed(self, node):
        """Return what an element that ends here becomes: itself, its content, or nothing."""
        if self.prose is not None:
            node.children, self.prose = self.prose.nodes(), None
            if node.tag == "inline":
                return self.closed_inline(node)
        elif self.code is not None:
            code, self.code = nfc("".join(self.code)), None
            code = headless(code, skip="\n").rstrip()
            return [Node("pre", {}, [Node("code", node.attrs, [code])])] if code else []
        elif node.tag == "figure":
            return figures.closed(node, self.vocabulary)
        elif node.tag == "table":
            return closed_table(node)
        part = node.tag in CELLS or "class" in node.attrs  # stays, even empty
        return [node] if node.children or part else []

    def closed_inline(self, node):
        """Text straight in a list item or cell; a second one makes paragraphs of both."""
        before = self.top.children
        start = len(before)
        while start and is_inline(before[start - 1]):
            start -= 1
        if start == len(before) or not node.children:
            return node.children
        before[start:] = [Node("p", {}, before[start:])]
        return [Node("p", {}, node.children)]


def is_inline(child):
    return isinstance(child, str) or child.tag not in BREAKS


def code_language(vocabulary, attrs):
    """Return ``{"class": "language-x"}`` if one of the classes says so, else nothing."""
    for name in attrs.get("class", "").lower().split():
        name = re.sub(r"^lang-", "language-", name)
        if kept := vocabulary.keep("code", {"class": name}):
            return kept
    return {}


def closed_table(node):
    captions = [Node("p", {}, part.children) for part in node.children if part.tag == "caption"]
    node.children = [part for part in node.children if part.tag != "caption"]
    readable = node.children and visible(node.text())
    holds_more = any(part.tag == "figure" for part in node.walk())
    return captions + ([node] if readable or holds_more else [])


def too_deep(vocabulary):
    return Refused(
        f"Il testo ha troppi elementi uno dentro l’altro: al massimo {vocabulary.depth} livelli."
    )
