"""What a text becomes in a feed: no style sheet, no script, often no screen wider than a phone.

Figures keep their order and their ``lang``; what only our own pages understand is left out.
"""

from functools import lru_cache

from articles.feeds.entries import absolute
from kit import tree
from kit.tree import Node

KEPT = frozenset(
    "alt cite colspan datetime dir height href lang rowspan scope src start title width".split()
)
ADDRESSES = ("cite", "href", "src")
UNSEEN = {"unseen", "video__note"}  # said to who cannot see a page of ours, or about its script
SHELLS = {"div", "picture", "span"}  # nothing of their own once the classes are gone
LABEL, PLAY = "quotation__label", "video__play"


# A feed shows the bodies it showed before, and one story stands in several feeds: without this a
# third of a feed's cost is parsing them. 64 bodies are about a megabyte.
@lru_cache(maxsize=64)
def for_reader(html: str, page: str) -> str:
    """Return rendered HTML for a feed reader; ``page`` is the absolute address it stands at."""
    return tree.write(Node("", {}, inside(tree.parse(html), page)))


def inside(node, page):
    return [new for child in node.children for new in made(child, page)]


def made(node, page):
    if isinstance(node, str):
        return [node]
    css = node.attrs.get("class", "")
    if css in UNSEEN or node.tag == "source":
        return []
    content = inside(node, page)
    if node.tag in SHELLS and "lang" not in node.attrs:
        return content
    if css == LABEL:
        content = [Node("strong", {}, content)]
    elif node.tag == "figcaption":
        # Readers that know no figcaption would write it on the line of what stands above.
        content = [Node("p", {}, content)]
    new = Node(node.tag, attributes(node, page), content)
    return [Node("p", {}, [new])] if css == PLAY else [new]


def attributes(node, page):
    kept = {name: value for name, value in node.attrs.items() if name in KEPT}
    for name in ADDRESSES:
        if kept.get(name, "").startswith("#"):
            kept[name] = page + kept[name]
        elif name in kept:
            kept[name] = absolute(kept[name])
    return kept
