"""From the bytes of a feed to XML that cannot hurt, however it was written (trust table, F3).

What leaves here is text without ``<!`` and ``<?``: no DOCTYPE, so no entity that could grow or
reach outside; comments gone, CDATA sections written as plain text. On the way the commonest
mistakes are mended (HTML's entities, bare ampersands, control characters), because a strict parser
reads four times as fast as feedparser's loose one.
"""

import codecs
import re
from html.entities import html5

from kit.text import CONTROLS

MOST_BYTES = 15 * 1024 * 1024
MOST_ENTRIES = 1000
HEAD = 5000  # characters in which the root element has to begin

PAGE = "È una pagina web, non un feed."
BOMB = "Il feed contiene definizioni di entità, che qui non si leggono per sicurezza."
TOO_HARD = "Il feed è troppo complicato da leggere: ci vorrebbe troppo tempo o troppa memoria."
NOT_A_FEED = "Non è un feed: non c’è né RSS, né Atom, né JSON Feed."


class Unreadable(Exception):
    """A body that is no feed we can read. ``sentence`` tells an editor why, in Italian."""

    def __init__(self, sentence):
        super().__init__(sentence)
        self.sentence = sentence


# --- bytes to text -----------------------------------------------------------

# Only what feeds are written in: some of Python's other codecs run code or need squares of time.
CODECS = re.compile(
    r"utf-?8|utf-?16(le|be)?|utf-?32(le|be)?|(us-)?ascii|iso-?8859-?\d{1,2}|latin-?[1-9]|"
    r"windows-?125\d|cp-?125\d|koi8-?[ru]|mac-?roman|gb2312|gbk|gb18030|big5(-?hkscs)?|"
    r"shift-?jis|euc-?(jp|kr)|iso-?2022-?jp|tis-?620"
)
WIDER = {"gb2312": "gb18030"} | dict.fromkeys(
    ["iso-8859-1", "iso8859-1", "latin-1", "latin1", "ascii", "us-ascii"], "windows-1252"
)
MARKS = [  # UTF-32 before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
UNMARKED = [
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
]
DECLARED = re.compile(rb"""(?:encoding|charset)\s{0,9}=\s{0,9}["']?([A-Za-z0-9_.:-]{3,40})""")
IN_HEADER = re.compile(r"""charset\s{0,9}=\s{0,9}["']?([A-Za-z0-9_.:-]{3,40})""", re.IGNORECASE)
MOST_MENDED = 1000  # stray bytes in a text of UTF-8; with more it is no UTF-8
WINDOWS = {code: bytes([code]).decode("windows-1252", "ignore") for code in range(0x80, 0xA0)}


def decode(body: bytes, content_type: str = "") -> str:
    """Return ``body`` as text, lines ended by ``\\n``, without control characters. Never raises.

    A mark at the start is believed; then bytes that are UTF-8 are UTF-8, whatever is declared;
    then what the document and what the server declare; a byte that fits nowhere is windows-1252.
    """
    text = _decoded(body, content_type).lstrip("\ufeff\u200b \t\r\n\0")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and not CONTROLS.search(text):
        return text
    return CONTROLS.sub("", text.translate(WINDOWS) if re.search("[\x80-\x9f]", text) else text)


def _decoded(body, content_type):
    for mark, codec in MARKS:
        if body.startswith(mark):
            return body.removeprefix(mark).decode(codec, "replace")
    start = body[:1024].lstrip()
    for opening, codec in UNMARKED:
        if start.startswith(opening):
            return body.decode(codec, "replace")
    found = DECLARED.search(body[:1024])
    header = IN_HEADER.search(content_type[:300])
    declared = [found.group(1).decode()] if found else []
    declared += [header.group(1)] if header else []
    names = [name for name in map(_codec, declared) if name]
    if not any(name.startswith("iso-2022") for name in names):  # whose bytes are all ASCII
        names.insert(0, "utf-8")
    for name in names:
        try:
            return body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    if body.decode("utf-8", "replace").count("\ufffd") > MOST_MENDED:
        return body.decode("windows-1252", "replace")
    return body.decode("utf-8", "feed-windows-1252")


def _codec(name):
    name = name.lower().replace("_", "-")
    if not CODECS.fullmatch(name):
        return ""
    # The mark of these two was looked for and is not there: somebody's template says so in vain.
    return "" if name.startswith(("utf-16", "utf16", "utf-32", "utf32")) else WIDER.get(name, name)


def _as_windows(error):
    return error.object[error.start : error.end].decode("windows-1252", "replace"), error.end


codecs.register_error("feed-windows-1252", _as_windows)

# --- text to XML that cannot hurt --------------------------------------------

MARKUP = re.compile(r"<[!?]")
ENTITY = re.compile(r"<!ENTITY\b", re.IGNORECASE)
DOCTYPE = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)
REFERENCE = re.compile(
    r"&(?!(?:lt|gt|amp|quot|apos);)"
    r"(?:#(?P<ten>[0-9]{1,8});|#[xX](?P<hex>[0-9a-fA-F]{1,8});|(?P<name>[A-Za-z][A-Za-z0-9]{1,31});)?"
)
CDATA = "<![CDATA["
BARE = re.compile(r"<(?!/?[A-Za-z_])")
ANY_TAG = re.compile(r"<(/)?[A-Za-z_][^<>]*?(/)?>")
LONG_TAG = re.compile(r"<[^<>]{100000}")  # 100,000 attributes, or one of 8 MB
DEEPEST = 5000
ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
ROOT = re.compile(r"<((?:[A-Za-z][\w.-]{0,30}:)?(?:rss|feed|rdf|channel))(?=[\s/>])", re.IGNORECASE)
FIRST_TAG = re.compile(r"<([A-Za-z_][^\s/>]{0,60})")
WEB_PAGE = re.compile(r"<(?:!doctype\s{1,9}html|html)[\s>]", re.IGNORECASE)
ITEM_START = re.compile(r"<(?:[A-Za-z][\w.-]{0,30}:)?(?:item|entry)[\s>]", re.IGNORECASE)
ITEM_END = re.compile(r"</(?:[A-Za-z][\w.-]{0,30}:)?(?:item|entry)\s{0,9}>", re.IGNORECASE)


def root_of(text: str) -> str:
    """Return "rss", "feed", "rdf" or "channel" if that is what begins in ``text``, or ""."""
    found = ROOT.search(text[:HEAD])
    if found is None:
        return ""
    first = FIRST_TAG.search(text)
    if first.start() != found.start() and WEB_PAGE.search(text[: found.start()]):
        return ""
    return found.group(1).rpartition(":")[2].lower()


def harmless(text: str) -> str:
    """Return the XML of ``text`` from its root element on, mended, without ``<!`` and ``<?``.

    Raises ``Unreadable``: a web page, something that is no feed, a definition of entities, tags
    that no feed needs. Time: linear.
    """
    if not root_of(text) and WEB_PAGE.search(text[:HEAD]):
        raise Unreadable(PAGE)
    find, out, at = finder(text), [], 0
    for found in MARKUP.finditer(text):
        start = found.start()
        if start < at:
            continue  # inside what was just taken away
        out.append(mended(text[at:start]))
        if text.startswith(CDATA, start):
            inside, at = section(text, start + len(CDATA), find)
            out.append(inside)
        else:
            at = end_of(text, start, find)
    out.append(mended(text[at:]))
    safe = "".join(out)
    begin = ROOT.search(safe[:HEAD])  # a licence in a comment may be longer, but is gone
    if begin is None:
        raise Unreadable(NOT_A_FEED)
    if LONG_TAG.search(safe) or too_deep(safe):
        raise Unreadable(TOO_HARD)
    return safe[begin.start() :]


def finder(text):
    """Return ``text.find``, which here does not look again for what is not there any more."""
    last = {mark: text.rfind(mark) for mark in ("]]>", "-->", "?>", ">")}
    return lambda mark, start: text.find(mark, start) if start <= last[mark] else -1


def section(text, start, find):
    """Return a CDATA section as escaped text, and where it ends; unclosed, only its mark goes."""
    end = find("]]>", start)
    if end < 0:
        return "", start
    inside = text[start:end].replace(CDATA, "").replace("&", "&amp;")
    return inside.replace("<", "&lt;").replace(">", "&gt;"), end + 3


def end_of(text, start, find):
    """Return where the comment, instruction or declaration at ``start`` ends."""
    if ENTITY.match(text, start):
        raise Unreadable(BOMB)
    closing = "-->" if text.startswith("<!--", start) else "?>" if text[start + 1] == "?" else ">"
    end = find(closing, start + 2)
    if end < 0:
        closing, end = ">", find(">", start)
    if DOCTYPE.match(text, start) and "[" in text[start : end if end >= 0 else len(text)]:
        raise Unreadable(BOMB)
    return end + len(closing) if end >= 0 else start + 2


def too_deep(xml):
    """Whether elements stand in each other more deeply than a broken feed's unclosed ones would."""
    if xml.count("<") < DEEPEST:
        return False
    depth = 0
    for found in ANY_TAG.finditer(xml):
        depth += -1 if found[1] else 1
        if depth > DEEPEST:
            return True
        if found[2]:
            depth -= 1
    return False


def mended(text):
    """Return text and tags with the references XML knows; bare ``&`` and ``<`` are written out."""
    if "&" in text:
        text = REFERENCE.sub(_reference, text)
    text = BARE.sub("&lt;", text)
    return text.replace("]]>", "")  # the end of a section in a section


def _reference(found):
    if name := found["name"]:
        character = html5.get(f"{name};", "")
        if character and not re.search("[<>&\"']", character):
            return character
    elif found["ten"] or found["hex"]:
        code = int(found["ten"]) if found["ten"] else int(found["hex"], 16)
        if code in WINDOWS:
            return WINDOWS[code]
        if code < 0x110000 and not CONTROLS.match(chr(code)):
            return found.group()
        return ""
    return "&amp;" + found.group()[1:]


def first_entries(xml: str) -> tuple[str, int]:
    """Return the XML with its first 1,000 items or entries, and how many there were.

    One that the document breaks off in is left for the next time: without its address it would
    come again as another.
    """
    ends = [found.end() for found in ITEM_END.finditer(xml)]
    if not ends:
        return xml, 0
    if cut_off := ITEM_START.search(xml, ends[-1]):
        xml = xml[: cut_off.start()]
    if len(ends) > MOST_ENTRIES:
        xml = xml[: ends[MOST_ENTRIES - 1]] + xml[ends[-1] :]
    return xml, len(ends)
