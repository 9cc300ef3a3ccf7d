"""What readers get from a stored body: a tree is parsed, changed and written out once.

The style sheet knows these shapes and no others (``[…]`` means: only if there is something):

link to elsewhere   <a href="https://…" target="_blank" rel="noopener">testo<span class="unseen">
                    (si apre in una nuova scheda)</span></a>
heading             <h2 id="sez-titolo">Titolo</h2>
code                <div class="code" [data-language="Python"]><pre class="code__text" tabindex="0"
                    role="region" aria-label="Codice Python"><code><span class="k">…
table               <div class="table-scroll" tabindex="0" role="region" aria-label="Tabella">
                    <table>…
picture             <figure class="picture"><picture>…</picture>[<figcaption
                    class="picture__caption">testo [<small class="picture__credit">credito,
                    licenza</small>]</figcaption>]</figure>
video               <figure class="video" [data-video-src="https://www.youtube-nocookie.com/embed/…"]>
                    <a class="video__play" href="https://www.youtube.com/watch?v=…" …>Guarda il
                    video su YouTube…</a><p class="video__note">…</p>[<figcaption
                    class="video__caption">…</figcaption>]</figure>
quotation           <figure class="quotation" aria-label="Citazione di …">
                    <div class="quotation__part quotation__part--translation">
                    <p class="quotation__label">In italiano</p>
                    <blockquote class="quotation__text" lang="it" [cite]><p>…</p></blockquote></div>
                    <div class="quotation__part quotation__part--original">
                    <p class="quotation__label">Originale in inglese</p>
                    <blockquote class="quotation__text" lang="en" [cite]><p>…</p></blockquote></div>
                    [<figcaption class="quotation__source"><cite class="quotation__speaker">…
                    </cite>, <a class="quotation__link" href="…" …>fonte: arstechnica.com…</a>,
                    <time class="quotation__date" datetime="2022-11-16">16 novembre
                    2022</time></figcaption>]</figure>
                    with one text only: class="quotation quotation--single"

``data-video-src`` is there only for hosts in EMBED_HOSTS; site.js puts a frame in the figure when
``.video__play`` is pressed. The two parts of a quotation stand in the order of QUOTATION_FIRST.
"""

import hashlib
from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from articles.figures import NEW_TAB, Figures, hint, is_ours, own_path
from articles.highlighting import coloured
from images.models import Image
from kit import tree
from kit.text import slugify
from kit.tree import Node
from pagecache.tags import purge_on_commit

RENDERER = 1  # raise it when the same body must give another page
BLOCKS = frozenset("p h2 h3 li td th blockquote figcaption figure table tr ul ol hr br".split())


class Rendered(NamedTuple):
    html: str
    words: int


def version() -> str:
    """What the rendering depends on besides the body: our rules, settings, addresses."""
    hosts = [settings.SITE_HOST, *settings.OTHER_HOSTS, settings.MEDIA_URL, *settings.EMBED_HOSTS]
    digest = hashlib.sha256(" ".join(hosts).encode()).hexdigest()[:12]
    return f"{RENDERER}-{settings.QUOTATION_FIRST}-{digest}"


def picture_ids(body: str) -> list[int]:
    """Return the numbers of the pictures a stored body shows, in its order."""
    return _picture_ids(tree.parse(body))


def _picture_ids(root):
    numbers = (node.attrs.get("data-image", "") for node in root.walk() if node.tag == "figure")
    return [int(number) for number in dict.fromkeys(numbers) if number]


def render(body: str) -> Rendered:
    """Return the page's HTML of a cleaned body, and its words. One query if it has pictures."""
    root = tree.parse(body)
    wanted = _picture_ids(root)
    page = Page(Image.objects.in_bulk(wanted) if wanted else {})
    html = tree.write(Node("", {}, page.inside(root)))
    return Rendered(html, count_words(root))


def count_words(root):
    """Count the words of the prose: what a reader reads, code not included."""
    parts, waiting = [], [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            parts.append(item)
        elif item.tag != "pre":
            waiting.extend(reversed(item.children))
            parts.append(" " if item.tag in BLOCKS else "")
    return sum(any(map(str.isalnum, word)) for word in "".join(parts).split())


class Page:
    """One rendering: what has been used up on this page (ids, names of regions)."""

    def __init__(self, images):
        self.figures = Figures(self, images)
        self.ids: set[str] = set()
        self.names: set[str] = set()

    def inside(self, node):
        return [new for child in node.children for new in self.rendered(child)]

    def rendered(self, node):
        """Return what a piece of the stored tree becomes, as a list of nodes."""
        if isinstance(node, str):
            return [node]
        if made := getattr(self, f"render_{node.tag}", None):
            return made(node)
        return [Node(node.tag, node.attrs, self.inside(node))]

    def render_figure(self, node):
        return self.figures.rendered(node)

    def render_a(self, node):
        href = node.attrs.get("href", "")
        if is_ours(href):
            return [Node("a", {"href": own_path(href)}, self.inside(node))]
        if not href.startswith(("http:", "https:")):
            return [Node("a", {"href": href}, self.inside(node))]
        return [Node("a", {"href": href} | NEW_TAB, [*self.inside(node), hint()])]

    def render_h2(self, node):
        name = f"sez-{slugify(node.text())[:60].strip('-')}"
        return [Node(node.tag, {"id": unique(name, self.ids, "-")}, self.inside(node))]

    render_h3 = render_h2

    def render_pre(self, node):
        code = node.find("code") or node
        language = code.attrs.get("class", "").removeprefix("language-")
        nodes, name = coloured(code.text(), language)
        attrs = {"class": "code__text"} | self.region(f"Codice {name}".strip())
        shown = Node("pre", attrs, [Node("code", {}, nodes)])
        label = {"data-language": name} if name else {}
        return [Node("div", {"class": "code"} | label, [shown])]

    def render_table(self, node):
        name_headers(node)
        attrs = {"class": "table-scroll"} | self.region("Tabella")
        return [Node("div", attrs, [Node("table", {}, self.inside(node))])]

    def region(self, name):
        """Attributes of a box that scrolls sideways: the keyboard reaches it, it has a name."""
        name = unique(name, self.names, " ")
        return {"tabindex": "0", "role": "region", "aria-label": name}


def unique(name, taken, joint):
    number, free = 2, name
    while free in taken:
        number, free = number + 1, f"{name}{joint}{number}"
    taken.add(free)
    return free


def name_headers(table):
    """Say which cells a header cell is for, where the editor did not."""
    for row_number, row in enumerate(node for node in table.walk() if node.tag == "tr"):
        cells = row.elements
        across = row_number == 0 and all(cell.tag == "th" for cell in cells)
        for number, cell in enumerate(cells):
            if cell.tag == "th" and (across or number == 0):
                cell.attrs.setdefault("scope", "col" if across else "row")


def refresh_due(limit=50, at=None):
    """Render again what older rules made or whose pictures changed since; return how many."""
    at = at or timezone.now()
    done = 0
    for name in ("Article", "Page"):
        model = apps.get_model("articles", name)
        done += sum(refresh(model, pk, at) for pk in stale(model, limit - done))
    return done


def stale(model, limit):
    """Return the keys of rows to be rendered again. Two queries."""
    # "Less or greater" instead of "not": only so the index is of use.
    now = version()
    by_rules = model.objects.filter(Q(rendered_with__lt=now) | Q(rendered_with__gt=now))
    by_picture = model.objects.filter(pictures__modified_at__gt=F("rendered_at"))
    keys = list(by_rules.order_by().values_list("pk", flat=True)[:limit])
    if len(keys) < limit:
        keys += by_picture.order_by().values_list("pk", flat=True)[:limit]
    return list(dict.fromkeys(keys))[:limit]


def refresh(model, pk, at):
    """Render one row; an editor who saves it meanwhile wins."""
    row = model.objects.only("body").filter(pk=pk).first()
    if row is None:
        return 0
    made = render(row.body)
    done = model.objects.filter(pk=pk, body=row.body).update(
        body_html=made.html, words=made.words, rendered_with=version(), rendered_at=at
    )
    if done:
        purge_on_commit(row.cache_tag)
    return done
