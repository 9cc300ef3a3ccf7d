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
                    [<figcaption class="quotation__source"><cite class="quotation__speaker">…</cite>,
                    <a class="quotation__link" href="…" …>fonte: arstechnica.com…</a>,
                    <time class="quotation__date" datetime="2022-11-16">16 novembre
                    2022</time></figcaption>]</figure>
                    with one text only: class="quotation quotation--single"

``data-video-src`` is there only for hosts in EMBED_HOSTS; site.js puts a frame in the figure when
``.video__play`` is pressed. The two parts of a quotation stand in the order of QUOTATION_FIRST.
"""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join

from articles import quotations
from articles.highlighting import coloured
from images.models import Image
from images.pictures import picture_html
from kit import tree
from kit.html import trusted
from kit.text import slugify
from kit.tree import Node
from pagecache.tags import purge_on_commit

RENDERER = 1  # raise it when the same body must give another page
VIDEOS = {
    "youtube": (
        "YouTube",
        "https://www.youtube.com/watch?v={}",
        "https://www.youtube-nocookie.com/embed/{}",
    ),
    "vimeo": ("Vimeo", "https://vimeo.com/{}", "https://player.vimeo.com/video/{}"),
}
WORD = re.compile(r"\w+(?:[’'-]\w+)*")
REGION = {"tabindex": "0", "role": "region"}


class Rendered(NamedTuple):
    html: str
    words: int


def version():
    """What the rendering depends on besides the body: our rules and two settings."""
    return f"{RENDERER}:{settings.QUOTATION_FIRST[0]}:{','.join(settings.EMBED_HOSTS)}"[:64]


def picture_ids(body):
    """The numbers of the pictures a stored body shows."""
    return [
        int(node.attrs["data-image"])
        for node in tree.parse(body).walk()
        if node.tag == "figure" and "data-image" in node.attrs
    ]


def render(body):
    """Return the page's HTML of a cleaned body and its words. One query if it has pictures."""
    root = tree.parse(body)
    words = sum(len(WORD.findall(t)) for n in root.walk() for t in n.children if isinstance(t, str))
    wanted = picture_ids(body)
    Page(Image.objects.in_bulk(wanted) if wanted else {}).change(root)
    return Rendered(tree.write(root), words)


class Page:
    """Turns the tree of a stored body into the page's, from the leaves up."""

    def __init__(self, images):
        self.images = images
        self.heading_ids = set()

    def change(self, parent):
        parent.children = [new for child in parent.children for new in self.changed(child)]

    def changed(self, node):
        """Return what stands on the page in the place of ``node``."""
        if isinstance(node, str):
            return [node]
        if node.tag == "pre":
            return [code(node)]
        self.change(node)
        if node.tag == "a":
            link(node)
        elif node.tag in ("h2", "h3"):
            node.attrs["id"] = self.heading_id(node.text())
        elif node.tag == "table":
            return [
                Node("div", {"class": "table-scroll"} | REGION | {"aria-label": "Tabella"}, [node])
            ]
        elif node.tag == "figure":
            return self.figure(node)
        return [node]

    def heading_id(self, text):
        wanted = slug = f"sez-{slugify(text)[:60]}"
        number = 2
        while slug in self.heading_ids:
            slug, number = f"{wanted}-{number}", number + 1
        self.heading_ids.add(slug)
        return slug

    def figure(self, figure):
        kind = figure.attrs.get("class")
        if kind == "quotation":
            return nodes(quotation_html(quotations.read(figure)))
        if kind == "video":
            return nodes(video_html(figure))
        image = self.images.get(int(figure.attrs.get("data-image", 0)))
        return nodes(picture_figure(figure, image)) if image else []


def nodes(html):
    return tree.parse(html).children


def link(node):
    parts = urlsplit(node.attrs.get("href", ""))
    if parts.scheme not in ("http", "https"):
        return
    if parts.netloc.lower() in (settings.SITE_HOST, *settings.OTHER_HOSTS):
        node.attrs["href"] = parts._replace(scheme="", netloc="").geturl() or "/"
        return
    node.attrs |= {"target": "_blank", "rel": "noopener"}
    node.children.append(Node("span", {"class": "unseen"}, [" (si apre in una nuova scheda)"]))


def code(pre):
    inner = pre.find("code")
    css = inner.attrs.get("class", "") if inner else ""
    html, name = coloured(pre.text(), css.removeprefix("language-") or "text")
    label = REGION | {"aria-label": f"Codice {name}".strip()}
    block = Node("pre", {"class": "code__text"} | label, [Node("code", {}, nodes(html))])
    return Node("div", {"class": "code"} | ({"data-language": name} if name else {}), [block])


def caption_of(figure):
    caption = figure.find("figcaption")
    return trusted("".join(inner(child) for child in caption.children)) if caption else ""


def inner(child):
    return tree.escape(child) if isinstance(child, str) else tree.write(child)


def picture_figure(figure, image):
    caption = caption_of(figure)
    credit = f"{image.credit}, {image.get_licence_display()}" if image.credit else ""
    small = format_html(' <small class="picture__credit">{}</small>', credit) if credit else ""
    text = format_html('<figcaption class="picture__caption">{}{}</figcaption>', caption, small)
    shown = text if caption or small else ""
    return format_html('<figure class="picture">{}{}</figure>', picture_html(image, "body"), shown)


def video_html(figure):
    host, _, number = figure.attrs.get("data-video", "").partition(":")
    name, page, frame = VIDEOS[host]
    frame = frame.format(number)
    inside = urlsplit(frame).hostname in settings.EMBED_HOSTS
    source = format_html(' data-video-src="{}"', frame) if inside else ""
    caption = caption_of(figure)
    text = format_html('<figcaption class="video__caption">{}</figcaption>', caption)
    return format_html(
        '<figure class="video"{}><a class="video__play" href="{}" target="_blank" rel="noopener">'
        "Guarda il video su {}</a>"
        '<p class="video__note">Se lo avvii, il tuo browser contatta {}. Prima no.</p>{}</figure>',
        source,
        page.format(number),
        name,
        name,
        text if caption else "",
    )


def quotation_html(quotation):
    """The figure of a bilingual quotation, in the order of QUOTATION_FIRST."""
    parts = [
        ("translation", "In italiano", "it", quotation.translation),
        (
            "original",
            f"Originale in {quotation.language_name}",
            quotation.language,
            quotation.original,
        ),
    ]
    if settings.QUOTATION_FIRST == "original":
        parts.reverse()
    parts = [part for part in parts if part[3]]
    cite = format_html(' cite="{}"', quotation.link) if quotation.link else ""
    rows = format_html_join(
        "",
        '<div class="quotation__part quotation__part--{}"><p class="quotation__label">{}</p>'
        '<blockquote class="quotation__text" lang="{}"{}>{}</blockquote></div>',
        ((kind, label, lang, cite, trusted(text)) for kind, label, lang, text in parts),
    )
    who = f"Citazione di {quotation.speaker}" if quotation.speaker else "Citazione"
    return format_html(
        '<figure class="quotation{}" aria-label="{}">{}{}</figure>',
        "" if len(parts) == 2 else " quotation--single",
        who,
        rows,
        source_line(quotation),
    )


def source_line(quotation):
    pieces = []
    if quotation.speaker:
        pieces.append(format_html('<cite class="quotation__speaker">{}</cite>', quotation.speaker))
    if quotation.link:
        host = (urlsplit(quotation.link).hostname or "").removeprefix("www.")
        pieces.append(
            format_html(
                '<a class="quotation__link" href="{}" target="_blank" rel="noopener">fonte: {}</a>',
                quotation.link,
                host,
            )
        )
    if quotation.date:
        pieces.append(
            format_html(
                '<time class="quotation__date" datetime="{}">{}</time>',
                quotation.date.isoformat(),
                date_format(quotation.date, "j F Y"),
            )
        )
    if not pieces:
        return ""
    return format_html(
        '<figcaption class="quotation__source">{}</figcaption>',
        format_html_join(", ", "{}", ((piece,) for piece in pieces)),
    )


def absolute_links(body):
    """Feed readers have no base address: what begins with a slash gets ours."""
    root = tree.parse(body)
    for node in root.walk():
        for name in ("href", "src"):
            value = node.attrs.get(name, "")
            if value.startswith("/") and not value.startswith("//"):
                node.attrs[name] = settings.SITE_URL + value
        if srcset := node.attrs.get("srcset"):
            node.attrs["srcset"] = re.sub(r"(^|, )/(?!/)", rf"\1{settings.SITE_URL}/", srcset)
    return tree.write(root)


def refresh_due(limit=100, at=None):
    """Render again what older rules made or whose pictures changed; return how many.

    A narrow UPDATE conditional on the body: an editor who saves meanwhile wins.
    """
    return sum(
        refresh(model, limit, at or timezone.now())
        for model in (apps.get_model("articles", "Article"), apps.get_model("articles", "Page"))
    )


def refresh(model, limit, at):
    old = ~Q(rendered_with=version()) | Q(pictures__modified_at__gt=F("rendered_at"))
    done = 0
    for row in model.objects.filter(old).distinct().only("pk", "body")[:limit]:
        html, words = render(row.body)
        done += model.objects.filter(pk=row.pk, body=row.body).update(
            body_html=html, words=words, rendered_with=version(), rendered_at=at
        )
        purge_on_commit(row.cache_tag)
    return done
