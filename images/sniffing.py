"""What a file is, by its first bytes and never by its name. Pure."""

import re

HEAD_BYTES = 4096

AVIF_BRANDS = {b"avif", b"avis"}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}

STRANGERS = (
    (b"%PDF-", "un PDF"),
    (b"%!PS", "un PostScript"),
    (b"PK\x03\x04", "un archivio ZIP o un documento d’ufficio"),
    (b"\x1f\x8b", "un archivio gzip"),
    (b"7z\xbc\xaf", "un archivio 7z"),
    (b"Rar!", "un archivio RAR"),
    (b"\xfd7zXZ", "un archivio xz"),
    (b"II*\x00", "un TIFF"),
    (b"MM\x00*", "un TIFF"),
    (b"BM", "un BMP"),
    (b"8BPS", "un documento di Photoshop"),
    (b"gimp xcf", "un documento di GIMP"),
    (b"\xff\x0a", "un JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "un JPEG XL"),
    (b"\x00\x00\x01\x00", "un’icona (ICO)"),
    (b"\x7fELF", "un programma"),
    (b"MZ", "un programma"),
    (b"\x1aE\xdf\xa3", "un video"),
    (b"OggS", "un audio o un video"),
    (b"ID3", "un audio"),
    (b"SIMPLE  =", "un FITS"),
)
SVG = re.compile(rb"<(?:[\w-]+:)?svg[\s>]", re.IGNORECASE)
HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe)[\s>]", re.IGNORECASE)


def picture_format(head):
    """Return "JPEG", "PNG", "GIF", "WEBP" or "AVIF", or None if it begins like none of them."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    return "AVIF" if brands(head) & AVIF_BRANDS else None


def brands(head):
    """Return what an ISO media file says it is, or the empty set (ISO/IEC 14496-12, 4.3)."""
    if head[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(head[:4], "big"), 256)
    return {head[8:12]} | {head[at : at + 4] for at in range(16, end, 4)}


def stranger(head):
    """Return in Italian, with its article, what a file is that is no picture of ours."""
    for start, name in STRANGERS:
        if head.startswith(start):
            return name
    if found := brands(head):
        return "un HEIC, il formato delle foto di iPhone" if found & HEIC_BRANDS else "un video"
    text = head.replace(b"\x00", b"")  # UTF-16 hides its letters between zeros
    if SVG.search(text):
        return "un SVG"
    if HTML.search(text):
        return "una pagina HTML"
    if text.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<?xml"):
        return "un XML"
    if b"%PDF-" in head[:1024]:
        return "un PDF"
    return "un testo" if is_text(head) else "di un formato che non conosciamo"


def is_text(head):
    try:
        # The last bytes may be the first half of a letter.
        head[: max(len(head) - 3, 1)].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\x00" not in head
