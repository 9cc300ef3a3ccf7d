"""The media store: what a file may be called, how it gets there, how it goes.

In a folder a picture's file is written under a temporary name on the same disk, made durable,
renamed. A store elsewhere (S3) is handed the whole file; nothing else knows which of the two it is.
"""

import logging
import os
import re
import secrets
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils.crypto import salted_hmac

log = logging.getLogger("images")

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


def is_local():
    """True if the store is a folder of this machine: its files have paths."""
    return isinstance(default_storage, FileSystemStorage)


def path(name):
    """Where a file of a local store is."""
    return Path(default_storage.path(name))


def size(name):
    """Return the bytes of a file, 0 if it is not there. One question to the disk, none opened.

    A bucket is not asked: a page makes no request to anybody (trust table, V4).
    """
    if not is_local():
        return 0
    try:
        return path(name).stat().st_size
    except OSError:
        return 0


def work_room():
    """A folder of this machine for unfinished files; a local store is on the same disk."""
    return Path(settings.MEDIA_ROOT) / ".work"


def at_hand(name, folder):
    """Return the path of a stored file, or of a copy of it in ``folder``. Errors: OSError."""
    if is_local():
        return path(name)
    with open(folder / "source", "xb") as copy:
        copy.write(read(name))
    return folder / "source"


def read(name):
    """Return the bytes of a stored file. Errors: FileNotFoundError, OSError."""
    try:
        with default_storage.open(name, "rb") as file:
            return file.read()
    except OSError:
        raise
    except Exception as error:
        raise elsewhere(error) from error


def elsewhere(error):
    """A store elsewhere has errors of its own kind; for us it is a disk that does not work."""
    return OSError(f"the media store does not answer ({type(error).__name__}: {error})"[:300])


def place(temporary, name):
    """Move a finished file to its name; when this returns, a power cut does not lose it."""
    if is_local():
        place_here(temporary, path(name))
    else:
        hand_over(temporary, name)


def place_here(temporary, target):
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


def hand_over(temporary, name):
    try:
        with open(temporary, "rb") as file:
            kept = default_storage.save(name, File(file))
    except OSError:
        raise
    except Exception as error:
        raise elsewhere(error) from error
    if kept != name:  # a store that does not overwrite: the row would point to nothing
        default_storage.delete(kept)
        raise OSError("the media store gave a file another name")
    os.unlink(temporary)


def remove(names):
    """Remove files by name; those that are not there are no trouble."""
    for name in names:
        if OURS.fullmatch(name):
            try:
                default_storage.delete(name)
            except Exception as error:
                if is_local():
                    raise
                # The row is gone already: a file too many is no reason to show an error.
                log.error("%s stays in the media store: %s", name, type(error).__name__)
