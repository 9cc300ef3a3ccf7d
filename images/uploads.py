"""The one door for uploaded pictures: ``receive``. Nothing passes untouched.

Bytes are counted, then the type is sniffed, then a child process reads the size from the header,
and only then decodes. What is kept is our own encoding. A refused file leaves nothing behind.
"""

import contextlib
import hashlib
import logging
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from images import files, sniffing, workshop
from images.models import Image

log = logging.getLogger("images")

LIMIT_BYTES = 20 * 1024 * 1024
KINDS = "JPEG, PNG, GIF, WebP o AVIF"

SENTENCES = {
    "pixels": "Questa figura è di {width} × {height} punti: il limite è 50 milioni di punti in "
    "tutto e 20.000 per lato. Riducila e caricala di nuovo.",
    "frames": "Questa animazione ha {frames} fotogrammi di {width} × {height} punti: il limite è "
    "200 fotogrammi e 50 milioni di punti in tutto.",
    "text": "Questo file porta con sé testi nascosti troppo grandi. Esportalo di nuovo senza "
    "metadati e ricaricalo.",
    "several": "Questo file contiene più foto in una (MPO). Esportala come JPEG semplice e "
    "ricaricala.",
    "broken": "Questo file è rovinato o incompleto: la figura non si apre fino in fondo.",
    "work": "Questa figura chiede troppo lavoro al server. Riducila o salvala in un altro formato "
    "e ricaricala.",
    "busy": "Il server sta lavorando a un’altra figura. Riprova tra qualche secondo.",
    "disk": "Il server non riesce a scrivere su disco: la figura non è stata salvata. Avvisa chi "
    "lo amministra.",
}


class Refused(ValidationError):
    """A file that was not kept; the message is an Italian sentence for the editor."""


@dataclass(frozen=True)
class Ready:
    """Our own encoding of an upload, and what its row will say."""

    content: bytes
    name: str
    width: int
    height: int
    animated: bool


def receive(file, *, title, alt="", credit="", licence="ours", **fields):
    """Keep an uploaded picture and return its row. ``file`` is a Django file.

    Errors: ``Refused`` if the file is no picture we keep or cannot be stored; a plain
    ``ValidationError`` if a text is over its limit. Neither leaves a file or a row.
    Cost: a child process, up to a few seconds of it.
    """
    image = Image(title=title, alt=alt, credit=credit, licence=licence, **fields)
    image.clean_fields(exclude=["name", "width", "height"])
    return keep(image, examine(file))


def examine(file):
    """Return a Ready for an upload; nothing is stored yet. Raises Refused."""
    with refusing(), workshop.bench() as folder:
        digest = spool(file, folder / "upload")
        check_type(folder / "upload")
        target = folder / "ours"
        made = workshop.work({"do": "normalise", "target": str(target)}, folder / "upload")
        return Ready(
            content=target.read_bytes(),
            name=files.new_name(digest, made["type"]),
            width=made["width"],
            height=made["height"],
            animated=made["animated"],
        )


@contextlib.contextmanager
def refusing():
    """Turn what may go wrong with a file into an Italian sentence."""
    try:
        yield
    except workshop.Broken as broken:
        raise refusal(broken.reason, **broken.facts) from None
    except OSError:
        log.exception("an uploaded picture could not be stored")
        raise refusal("disk") from None


def refusal(reason, **facts):
    numbers = {name: f"{number:,}".replace(",", ".") for name, number in facts.items()}
    return Refused(SENTENCES[reason].format(**numbers), code=reason)


def spool(file, target):
    """Copy the upload, counting bytes as they come; return the digest of its content."""
    digest, size = hashlib.sha256(), 0
    with open(target, "xb") as copy:
        for chunk in file.chunks():
            size += len(chunk)
            if size > LIMIT_BYTES:
                weight = max(size, file.size or 0) / 1024**2
                raise Refused(
                    f"Questo file pesa {weight:.1f} MB: il limite è 20 MB.".replace(".", ",", 1),
                    code="bytes",
                )
            digest.update(chunk)
            copy.write(chunk)
    if not size:
        raise Refused("Questo file è vuoto.", code="empty")
    return digest.hexdigest()


def check_type(source):
    with open(source, "rb") as file:
        head = file.read(sniffing.HEAD_BYTES)
    if sniffing.picture_format(head) is None:
        raise Refused(
            f"Questo file è {sniffing.stranger(head)}: qui entrano solo {KINDS}.", code="type"
        )


def keep(image, ready):
    """Give ``image`` its file and write the row: first the file, then what points to it."""
    image.name = ready.name
    image.width, image.height, image.animated = ready.width, ready.height, ready.animated
    if image.animated:
        image.rendered_at = timezone.now()  # a moving picture has no smaller copies
    with refusing(), workshop.bench() as folder:
        (folder / "ours").write_bytes(ready.content)
        files.place(folder / "ours", image.name)
    try:
        with transaction.atomic():
            image.save(force_insert=True)
    except BaseException:
        files.remove([image.name])
        raise
    return image
