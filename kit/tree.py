"""A small tree of HTML: parse, look for, change, write out once."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

VOID = frozenset({"br", "hr", "img", "source", "wbr", "col", "input", "link", "meta"})


class Node:
    """One element. ``children`` are Nodes and plain strings (text, not yet escaped)."""

    __slots__ = ("attrs", "children", "tag")

    def __init__(self, tag, attrs=None, children=()):
        self.tag: str = tag  # "" for a fragment
        self.attrs: dict[str, str] = attrs or {}
        self.children: list[Node | str] = list(children)

    def __eq__(self, other):
        return isinstance(other, Node) and (
            (self.tag, self.attrs, self.children) == (other.tag, other.attrs, other.children)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self):
        return f"Node({self.tag!r}, {self.attrs!r}, {self.children!r})"

    @property
    def elements(self):
        return [child for child in self.children if isinstance(child, Node)]

    def walk(self) -> Iterator["Node"]:
        """This element and all below it, in the order of the text."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.elements))

    def find(self, tag, **attrs):
        """Return the first element below with this tag and attributes (``cls``: class), or None."""
        wanted = {name.replace("cls", "class"): value for name, value in attrs.items()}
        for node in self.walk():
            if node.tag == tag and node is not self and wanted.items() <= node.attrs.items():
                return node
        return None

    def text(self) -> str:
        parts: list[str] = []
        waiting: list[Node | str] = [self]
        while waiting:
            item = waiting.pop()
            if isinstance(item, str):
                parts.append(item)
            elif item.tag == "br":
                parts.append("\n")
            else:
                waiting.extend(reversed(item.children))
        return "".join(parts)

    def depth(self) -> int:
        """How many elements stand inside each other, this one not counted."""
        deepest, waiting = 0, [(self, 0)]
        while waiting:
            node, level = waiting.pop()
            deepest = max(deepest, level)
            waiting.extend((child, level + 1) for child in node.elements)
        return deepest


def parse(html: str) -> Node:
    """Return a fragment as an HTML5 parser reads it; comments are dropped.

    For HTML that was already cleaned: a hostile page can make any HTML5 parser grow with the
    square of its size (see shaping.py).
    """
    root = Node("")
    body = LexborHTMLParser(html).body
    waiting = [(body, root)] if body is not None else []
    while waiting:
        source, target = waiting.pop()
        child = source.first_child
        while child is not None:
            if child.is_text_node:
                target.children.append(child.text_content or "")
            elif child.is_element_node:
                attrs = {name: value or "" for name, value in child.attributes.items()}
                node = Node(child.tag, attrs)
                target.children.append(node)
                waiting.append((child, node))
            child = child.next
    return root


def write(node: Node) -> str:
    """Return the children of a fragment, or an element with its tags, as HTML."""
    out: list[str] = []
    waiting: list[tuple[Node | str, bool]] = [(node, False)]
    while waiting:
        item, ending = waiting.pop()
        if isinstance(item, str):
            out.append(escape(item))
        elif ending:
            out.append(f"</{item.tag}>")
        else:
            if item.tag:
                attrs = "".join(f' {n}="{escape(v, True)}"' for n, v in item.attrs.items())
                out.append(f"<{item.tag}{attrs}>")
            if item.tag in VOID:
                continue
            if item.tag:
                waiting.append((item, True))
            waiting.extend((child, False) for child in reversed(item.children))
    return "".join(out)


# Written as the HTML standard says, so that writing what a browser or nh3 wrote changes nothing.
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\xa0": "&nbsp;"})


def escape(text: str, attribute: bool = False) -> str:
    text = text.translate(_ESCAPES) if re.search("[&<>\xa0]", text) else text
    return text.replace('"', "&quot;") if attribute else text
