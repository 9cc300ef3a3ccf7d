"""The media store: what a file may be called, how it gets there, how it goes.

A picture's file is written under a temporary name on the same disk, made durable, renamed.
"""

import os
import re
import secrets
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.crypto import salted_hmac

EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/avif": "avif",
}
TYPES = {extension: kind for kind, extension in EXTENSIONS.items()}
# A picture, its copy "-640", its part "-16x9c": shape and first letter of the focus.
NAME = r"[0-9a-f]{2}/[0-9a-f]{40}(?:-[0-9]{1,4}(?:x[0-9]{1,4}[ctblr])?)?\.(?:jpg|png|webp|avif)"
OURS = re.compile(NAME)


def new_name(digest, kind):
    """Return a name that tells nothing of the content (trust table, P5).

    Keyed, so that who owns the same photograph cannot find ours, and with a random part, so
    that two rows never share a file.
    """
    secret = f"{digest}:{secrets.token_hex(16)}"
    code = salted_hmac("images.files.new_name", secret, algorithm="sha256").hexdigest()[:40]
    return f"{code[:2]}/{code}.{EXTENSIONS[kind]}"


def copy_name(master, width, kind):
    return f"{master.rpartition('.')[0]}-{width}.{EXTENSIONS[kind]}"


def type_of(name):
    return TYPES[name.rpartition(".")[2]]


def url(name):
    return settings.MEDIA_URL + name


def path(name):
    return Path(default_storage.path(name))


def size(name):
    """Return the bytes of a file, 0 if it is not there. One question to the disk, none opened."""
    try:
        return path(name).stat().st_size
    except OSError:
        return 0


def place(temporary, name):
    """Move a finished file to its name; when this returns, a power cut does not lose it."""
    target = path(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(temporary, "rb") as file:
        os.fchmod(file.fileno(), 0o644)
        os.fsync(file.fileno())
    os.replace(temporary, target)
    for folder in (target.parent, target.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove(names):
    """Remove files by name; those that are not there are no trouble."""
    for name in names:
        if OURS.fullmatch(name):
            path(name).unlink(missing_ok=True)
