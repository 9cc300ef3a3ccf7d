"""What a reader typed becomes HTML here: light Markdown, then the closed vocabulary.

Tags are not read as HTML: who writes about ``#include <stdio.h>`` finds it in the comment
(docs/adr/0012). The text itself is kept as typed; this is made anew when VERSION rises.
"""

import re
from functools import cache

from kit import html
from kit.html import Refused

VERSION = 1
NESTING = 8  # levels of quotation and lists inside each other; kit's own limit is beyond
# A mark that begins nothing costs its rule a look at all that follows: past so many it is text.
COSTLY = [("link", "[", 200), ("linkify", "://", 200)]
LINK = re.compile(r"<a ")
OFF = ["image", "heading", "lheading", "hr", "reference", "html_block", "html_inline"]
BOXES = ("blockquote", "bullet_list", "ordered_list")


@cache
def _parser(*off):
    from markdown_it import MarkdownIt  # sixty modules: a process that only shows pages needs none

    # markdown-it drops what is nested deeper than its own limit: ours is lower and says so.
    options = {"html": False, "breaks": True, "linkify": True, "maxNesting": 6 * NESTING}
    parser = MarkdownIt("commonmark", options).enable("linkify").disable([*OFF, *off])
    # "systemd.io" and "a@b.it" are words of a sentence, not links that somebody wrote.
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    for scheme in ("//", "ftp:", "mailto:"):  # the vocabulary would drop them, late and dearly
        parser.linkify.add(scheme, None)
    return parser


def render(text: str) -> str:
    """Return safe HTML of a comment. Raises ``Refused``, in Italian, if it is nested too deep."""
    parser = _parser(*[rule for rule, mark, most in COSTLY if text.count(mark) > most])
    tokens = parser.parse(text)
    if _depth(tokens) > NESTING:
        raise Refused(
            "Citazioni ed elenchi sono annidati troppo: al massimo "
            f"{NESTING} livelli, poi non si leggono più."
        )
    return html.clean(parser.renderer.render(tokens, parser.options, {}), "comment")


def _depth(tokens):
    """How many quotations and lists stand inside each other, at most."""
    deepest = here = 0
    for token in tokens:
        if token.type.startswith(BOXES):
            here += token.nesting
            deepest = max(deepest, here)
    return deepest


def links(made: str) -> int:
    """How many links stand in the HTML of a comment, addresses typed bare included."""
    return len(LINK.findall(made))
