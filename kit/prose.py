"""Text and its marks while a paragraph is being read: see shaping.py."""

import re

from kit.text import INVISIBLE, MARKS, nfc
from kit.tree import Node

BLANKS = re.compile(r"[ \t\n\r\f]+")


class Marks:
    """The marks that hold here, each once, in the order they were opened."""

    def __init__(self):
        self.open: dict[str, int] = {}
        self.attrs: dict[str, tuple] = {}

    def start(self, tag, attrs):
        if tag == "a":  # a link ends where another begins
            self.open.pop(tag, None)
            self.attrs.pop(tag, None)
        self.open[tag] = self.open.get(tag, 0) + 1
        self.attrs.setdefault(tag, tuple(attrs.items()))

    def end(self, tag):
        if self.open.get(tag, 0) > 1:
            self.open[tag] -= 1
        else:
            self.open.pop(tag, None)
            self.attrs.pop(tag, None)

    def now(self):
        return tuple(self.attrs.items())


class Run:
    """A text, or a line break (``text`` is None), with its marks."""

    __slots__ = ("marks", "parts", "text")

    def __init__(self, text, marks):
        self.parts, self.text, self.marks = [text], text, marks


class Prose:
    """The inside of one paragraph, heading or caption."""

    def __init__(self):
        self.runs: list[Run] = []
        self.after_blank = True

    def add(self, text, marks):
        text = BLANKS.sub(" ", text)
        last = self.runs[-1] if self.runs else None
        joins = last is not None and last.text is not None and last.marks == marks
        blank = " " if self.after_blank else ""
        text = text.removeprefix(blank) if joins else headless(text, skip=blank)
        if not text:
            return
        self.after_blank = text.endswith(" ")
        if joins:
            last.parts.append(text)
        else:
            self.runs.append(Run(text, marks))

    def add_break(self, marks):
        if self.runs:
            self._trim()
            self.runs.append(Run(None, marks))
            self.after_blank = True

    def _trim(self):
        """Take one blank off the end."""
        if self.runs and self.runs[-1].text is not None:
            last = self.runs[-1]
            if last.parts[-1].endswith(" "):
                last.parts[-1] = last.parts[-1][:-1]
                if not any(last.parts):
                    self.runs.pop()

    def nodes(self):
        """Return text and marks as a list of nodes; empty if there is nothing to read."""
        self._trim()
        while self.runs and self.runs[-1].text is None:
            self.runs.pop()
            self._trim()
        for run in self.runs:
            if run.text is not None:
                run.text = nfc("".join(run.parts))
        if not any(visible(run.text) for run in self.runs if run.text is not None):
            return []
        return nested(self.runs)


def headless(text, skip=""):
    """Drop marks (and ``skip``) at the start: in NFC U+0338 melts with the ``>`` before it."""
    text = text.lstrip(skip)
    while text and (mark := MARKS.match(text)):
        text = text[mark.end() :].lstrip(skip)
    return text


def visible(text):
    return bool(text.translate(INVISIBLE).strip())


def nested(runs):
    """Return runs as nodes: marks that neighbours share are opened once."""
    root = Node("")
    stack: list[tuple[tuple | None, Node]] = [(None, root)]
    for run in runs:
        shared = 0
        for (mark, _), wanted in zip(stack[1:], run.marks, strict=False):
            if mark != wanted:
                break
            shared += 1
        del stack[shared + 1 :]
        for tag, attrs in run.marks[shared:]:
            node = Node(tag, dict(attrs))
            stack[-1][1].children.append(node)
            stack.append(((tag, attrs), node))
        stack[-1][1].children.append(Node("br") if run.text is None else run.text)
    return root.children
