"""The smaller copies of a picture, made by the worker and never while a page renders.

Names follow from the picture's own, so a copy made twice is one file; a worker killed half-way
loses its claim after ten minutes and the next one makes the same files again.
"""

import logging

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from images import crops, files, workshop
from images.models import TRIES, Image
from pagecache.tags import purge_on_commit

log = logging.getLogger("images")

WIDTHS = (320, 640, 960, 1280, 1920)  # the closed list: no address asks for another one
AVIF = "image/avif"


def plan(image):
    """Return the copies a picture gets, smallest first. Never larger than the picture.

    AVIF also in the picture's own width up to the longest of the list: a browser that takes
    AVIF sees no other format, and would blow up the one before.
    """
    if image.animated:
        return []
    kind = files.type_of(image.name)
    smaller = [width for width in WIDTHS if width < image.width]
    full = min(image.width, WIDTHS[-1])
    wanted = [(width, AVIF) for width in dict.fromkeys([*smaller, full])]
    wanted += [(width, kind) for width in smaller]
    return [
        {"width": width, "type": kind, "name": files.copy_name(image.name, width, kind)}
        for width, kind in sorted(wanted)
    ]


def make_due(limit=5, now=None):
    """Make the copies of at most ``limit`` waiting pictures; return how many were tried."""
    tried = 0
    for image in Image.objects.due(now).order_by("pk")[:limit]:
        if claim(image, now):
            make(image)
            tried += 1
    return tried


def claim(image, now=None):
    """Take the picture for ten minutes. False if another worker was faster."""
    now = now or timezone.now()
    mine = Image.objects.due(now).filter(pk=image.pk)
    return mine.update(claimed_at=now, failures=F("failures") + 1) == 1


def make(image):
    """Make the copies of one picture and note them, or the reason why not, on its row."""
    copies = plan(image)
    try:
        write_copies(image, copies)
    except (workshop.Broken, OSError) as error:
        note_failure(image, f"{type(error).__name__}: {error}"[:500])
        return
    now = timezone.now()
    with transaction.atomic():
        kept = Image.objects.filter(pk=image.pk).update(
            renditions=copies,
            rendered_at=now,
            modified_at=now,
            claimed_at=None,
            failures=0,
            error="",
        )
        purge_on_commit(image.cache_tag)
    if not kept:  # deleted meanwhile
        files.remove([image.name, *(copy["name"] for copy in copies)])


def write_copies(image, copies):
    if not copies:
        return
    with workshop.bench() as folder:
        job = [
            {"width": copy["width"], "type": copy["type"], "target": str(folder / str(number))}
            for number, copy in enumerate(copies)
        ]
        workshop.work({"do": "copies", "copies": job}, files.at_hand(image.name, folder))
        for number, copy in enumerate(copies):
            files.place(folder / str(number), copy["name"])


def note_failure(image, error):
    Image.objects.filter(pk=image.pk).update(error=error)
    image.refresh_from_db(fields=["failures"])
    if image.failures >= TRIES:
        log.error("picture %s: no copies after %s tries (%s)", image.pk, TRIES, error)


def begin_again(images):
    """Have the worker make the copies of these pictures anew; return how many."""
    still = images.filter(animated=False)
    return still.update(rendered_at=None, claimed_at=None, failures=0, error="")


def forget_files(instance, **signal):
    """Remove the files of a deleted picture once the deletion is durable."""
    # Planned names too: a worker may have been killed between its files and its row.
    planned = [*plan(instance), *crops.plan(instance)]
    names = {*instance.file_names, *(copy["name"] for copy in planned)}
    transaction.on_commit(lambda: files.remove(names))
    purge_on_commit(instance.cache_tag)
