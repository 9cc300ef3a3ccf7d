"""A picture in the shapes other sites show it in: cut around its focus, never enlarged.

Made on demand (``articles/cards.py`` asks for the pictures of stories), by the worker. A name
follows from the picture, the shape and the focus: cut again with the same focus, same file.
"""

from django.db import transaction

from images import files, workshop
from images.models import Image
from pagecache.tags import purge_on_commit

# Pixels at most. Search engines ask for the first three, social sites for the last one.
SHAPES = {"1x1": (800, 800), "4x3": (1200, 900), "16x9": (1200, 675), "191x100": (1200, 630)}
SOCIAL = "191x100"
LEAST_PIXELS = 50_000  # below it a search engine takes no picture
LEAST_SOCIAL = 600  # pixels wide: below it a social site shows a thumbnail beside the text
LEAST_KEPT = 0.5  # of the picture: a crop that drops more shows something else

# Which part stays, from 0 (left, top) to 1 (right, bottom).
PLACES = {
    Image.Focus.CENTRE: (0.5, 0.5),
    Image.Focus.TOP: (0.5, 0.0),
    Image.Focus.BOTTOM: (0.5, 1.0),
    Image.Focus.LEFT: (0.0, 0.5),
    Image.Focus.RIGHT: (1.0, 0.5),
}


def box(image, shape):
    """Return ``(left, top, right, bottom)`` of the largest part in a shape, in whole pixels."""
    width, height = SHAPES[shape]
    wide = min(image.width, max(1, round(image.height * width / height)))
    high = min(image.height, max(1, round(image.width * height / width)))
    across, down = PLACES[image.focus]
    left, top = round((image.width - wide) * across), round((image.height - high) * down)
    return left, top, left + wide, top + high


def fits(image):
    """True if the picture can stand for its story on a social site by itself."""
    left, top, right, bottom = box(image, SOCIAL)
    kept = (right - left) * (bottom - top) / (image.width * image.height)
    return right - left >= LEAST_SOCIAL and kept >= LEAST_KEPT


def plan(image):
    """Return the crops a picture gets: those of its shapes that are large enough."""
    kind = "image/png" if image.name.endswith(".png") else "image/jpeg"
    stem, planned = image.name.rpartition(".")[0], []
    for shape, (width, height) in SHAPES.items():
        left, top, right, bottom = box(image, shape)
        scale = min(1, width / (right - left), height / (bottom - top))
        size = [max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale))]
        if size[0] * size[1] >= LEAST_PIXELS:
            name = f"{stem}-{shape}{image.focus[0]}.{files.EXTENSIONS[kind]}"
            about = {"shape": shape, "width": size[0], "height": size[1]}
            planned.append(about | {"type": kind, "name": name})
    return planned


def make(image):
    """Cut the crops of one picture and note them on its row; nothing to do if they are there.

    Cost: a child process, about a second. Errors: ``workshop.Broken``, ``OSError``.
    """
    planned = plan(image)
    if image.crops == planned:
        return
    if planned:
        cut(image, planned)
    old = {crop["name"] for crop in image.crops} - {crop["name"] for crop in planned}
    with transaction.atomic():
        kept = Image.objects.filter(pk=image.pk).update(crops=planned)
        purge_on_commit(image.cache_tag)
        # Deleted meanwhile: then nobody else will remove what was just cut.
        gone = old if kept else {crop["name"] for crop in planned}
        transaction.on_commit(lambda: files.remove(gone))
    image.crops = planned


def cut(image, planned):
    with workshop.bench() as folder:
        job = [
            {
                "box": box(image, crop["shape"]),
                "size": [crop["width"], crop["height"]],
                "type": crop["type"],
                "target": str(folder / str(number)),
            }
            for number, crop in enumerate(planned)
        ]
        workshop.work({"do": "crops", "crops": job}, files.at_hand(image.name, folder))
        for number, crop in enumerate(planned):
            files.place(folder / str(number), crop["name"])


def crop_of(image, shape):
    """Return what is known of one crop of a loaded picture, or None until it is made."""
    return next((crop for crop in image.crops if crop["shape"] == shape), None)
