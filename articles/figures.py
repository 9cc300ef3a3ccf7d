"""The three figures of a story as readers see them. The shapes are listed in rendering.py."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.formats import date_format

from articles import quotations
from images.pictures import picture_html
from kit import tree
from kit.tree import Node

NEW_TAB = {"target": "_blank", "rel": "noopener"}
# Name, address of the video on the host's site, address of the frame.
VIDEO_HOSTS = {
    "youtube": (
        "YouTube",
        "https://www.youtube.com/watch?v={}",
        "https://www.youtube-nocookie.com/embed/{}",
    ),
    "vimeo": ("Vimeo", "https://vimeo.com/{}", "https://player.vimeo.com/video/{}"),
}
LICENCES = {
    "cc0": "https://creativecommons.org/publicdomain/zero/1.0/deed.it",
    "cc-by": "https://creativecommons.org/licenses/by/4.0/deed.it",
    "cc-by-sa": "https://creativecommons.org/licenses/by-sa/4.0/deed.it",
}


def is_ours(href):
    if href.startswith("/"):
        return True
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    ours = (settings.SITE_HOST, *settings.OTHER_HOSTS)
    return parts.scheme in ("http", "https") and parts.netloc.lower() in ours


def own_path(href):
    """Return an address of ours without scheme and host. It begins with exactly one slash."""
    path = urlsplit(href)._replace(scheme="", netloc="").geturl()
    return "/" + path.lstrip("/\\") if path[:1] in ("/", "\\") else f"/{path}"


def hint():
    return Node("span", {"class": "unseen"}, [" (si apre in una nuova scheda)"])


def outside(href, text, css=""):
    """Return a link to another site: it opens a new tab, and says so to who cannot see it."""
    attrs = ({"class": css} if css else {}) | {"href": href} | NEW_TAB
    return Node("a", attrs, [text, hint()])


class Figures:
    def __init__(self, page, images):
        self.page, self.images = page, images

    def rendered(self, figure):
        kind = figure.attrs.get("class")
        if kind == "picture":
            return self.picture(figure)
        if kind == "video":
            return self.video(figure)
        return [self.quotation(quotations.read(figure))] if kind == "quotation" else []

    def caption(self, figure):
        caption = figure.find("figcaption")
        return self.page.inside(caption) if caption else []

    def picture(self, figure):
        image = self.images.get(int(figure.attrs["data-image"]))
        if image is None:  # deleted meanwhile
            return []
        caption, credit = self.caption(figure), credit_line(image)
        if credit:
            caption += [" "] if caption else []
            caption.append(Node("small", {"class": "picture__credit"}, credit))
        shown = tree.parse(picture_html(image, "body")).children
        if caption:
            shown.append(Node("figcaption", {"class": "picture__caption"}, caption))
        return [Node("figure", {"class": "picture"}, shown)]

    def video(self, figure):
        host, _, number = figure.attrs["data-video"].partition(":")
        name, page, frame = VIDEO_HOSTS[host]
        attrs, note = {"class": "video"}, f"Il video sta su {name}: il link ti porta lì."
        frame_host = urlsplit(frame).hostname
        if frame_host in settings.EMBED_HOSTS:
            attrs["data-video-src"] = frame.format(number)
            note = f"Se premi play, il tuo browser contatta {frame_host} ({name}). Prima no."
        play = outside(page.format(number), f"Guarda il video su {name}", "video__play")
        shown = [play, Node("p", {"class": "video__note"}, [note])]
        if caption := self.caption(figure):
            shown.append(Node("figcaption", {"class": "video__caption"}, caption))
        return [Node("figure", attrs, shown)]

    def quotation(self, quoted):
        """Return the figure of a bilingual quotation, in the order of QUOTATION_FIRST."""
        source = {"cite": quoted.link} if quoted.link else {}
        language = {"lang": quoted.language} if quoted.language else {}
        shown = []
        if quoted.translation_html:
            attrs = {"lang": "it"} | source
            shown.append(self.part("translation", "In italiano", attrs, quoted.translation_html))
        if quoted.original_html:
            label = f"Originale in {quoted.language_name}" if quoted.language_name else "Originale"
            label = "" if quoted.is_italian and not shown else label
            shown.append(self.part("original", label, language | source, quoted.original_html))
        if settings.QUOTATION_FIRST == "original":
            shown.reverse()
        css = "quotation" if len(shown) == 2 else "quotation quotation--single"
        name = f"Citazione di {quoted.speaker}" if quoted.speaker else "Citazione"
        if said := source_line(quoted):
            shown.append(Node("figcaption", {"class": "quotation__source"}, said))
        return Node("figure", {"class": css, "aria-label": name}, shown)

    def part(self, kind, label, attrs, html):
        content = self.page.inside(tree.parse(html))
        text = Node("blockquote", {"class": "quotation__text"} | attrs, content)
        named = [Node("p", {"class": "quotation__label"}, [label])] if label else []
        return Node("div", {"class": f"quotation__part quotation__part--{kind}"}, [*named, text])


def credit_line(image):
    """Return who made a picture and its licence, as nodes; [] if there is nothing to say."""
    line: list[Node | str] = []
    if image.credit_url:
        line.append(outside(image.credit_url, image.credit or "Fonte della figura"))
    elif image.credit:
        line.append(image.credit)
    if image.licence != "ours":
        line += [", "] if line else []
        name = image.get_licence_display()
        link = LICENCES.get(image.licence)
        line.append(outside(link, name) if link else name)
    return line


def source_line(quoted):
    pieces: list[Node | str] = []
    if quoted.speaker:
        pieces.append(Node("cite", {"class": "quotation__speaker"}, [quoted.speaker]))
    if quoted.link:
        pieces.append(outside(quoted.link, f"fonte: {quoted.host}", "quotation__link"))
    if quoted.date:
        attrs = {"class": "quotation__date", "datetime": quoted.date.isoformat()}
        pieces.append(Node("time", attrs, [date_format(quoted.date, "j F Y")]))
    return [new for piece in pieces for new in (", ", piece)][1:]
