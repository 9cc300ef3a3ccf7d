"""One style sheet for every public page, put together from the files people write (docs/adr/0020).

A static files finder: ``collectstatic`` finds ``css/pages.css`` like any other file, gives it a
hashed name and compresses it; in development it is made anew whenever a source has changed.
"""

import os
import re
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "css/pages.css"
# In this order. Layers decide between files, so that the order hardly matters.
SOURCES = ("site", "code", "lists", "article", "comments", "review", "search", "print")
ON_PAPER = {"print"}
COMMENTS = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
INDENT = re.compile(r"\n\s*")


def text():
    """Return the style sheet: the sources without comments and indentation, one after another."""
    parts = []
    for name in SOURCES:
        source = (settings.BASE_DIR / "static" / "css" / f"{name}.css").read_text(encoding="utf-8")
        part = INDENT.sub("\n", COMMENTS.sub("", source)).strip()
        parts.append(f"@media print {{\n{part}\n}}" if name in ON_PAPER else part)
    return "\n".join(parts) + "\n"


def write(folder):
    """Write the style sheet below ``folder`` unless it is there; return its path."""
    path, content = Path(folder) / NAME, text().encode()
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: another process may be reading it.
        handle, half = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(half).chmod(0o644)
        Path(half).replace(path)
    return path


class StyleSheetFinder(BaseFinder):
    def check(self, **kwargs):
        return []

    def find(self, path, find_all=False, **kwargs):
        if path != NAME:
            return []  # Django takes None for a match
        found = str(write(settings.MADE_ROOT))
        return [found] if find_all else found

    def list(self, ignore_patterns):
        write(settings.MADE_ROOT)
        yield NAME, FileSystemStorage(location=settings.MADE_ROOT)
