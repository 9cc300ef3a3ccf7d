"""Pictures under /media/. Their names never change meaning, so a browser keeps them for a year."""

import logging
import stat

from django.http import FileResponse, Http404, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from images import files

log = logging.getLogger("images")

HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@require_safe
def media(request, name):
    """One file of the store. ``name`` matches files.NAME: it cannot leave the store."""
    return from_here(request, name) if files.is_local() else from_elsewhere(request, name)


def from_here(request, name):
    path = files.path(name)
    try:
        about = path.stat()
    except OSError:
        raise Http404 from None
    if not stat.S_ISREG(about.st_mode):
        raise Http404
    modified, kind = int(about.st_mtime), files.type_of(name)
    etag = f'"{about.st_mtime_ns:x}-{about.st_size:x}"'
    headers = HEADERS | {"ETag": etag, "Last-Modified": http_date(modified)}
    empty = HttpResponse(content_type=kind, headers=headers)
    conditional = get_conditional_response(request, etag, modified, empty)
    if conditional is not empty or request.method == "HEAD":
        if conditional is empty:
            empty.headers["Content-Length"] = about.st_size
        return conditional
    return FileResponse(path.open("rb"), content_type=kind, headers=headers)


def from_elsewhere(request, name):
    """Through us, where no MEDIA_ORIGIN leads readers to the store itself. One question to it."""
    try:
        content = files.read(name)
    except FileNotFoundError:
        raise Http404 from None
    except OSError as error:
        log.error("a picture cannot be sent: %s", error)
        return HttpResponse(status=503, headers={"Retry-After": "30"})
    # A name never changes meaning, so it can stand for the bytes.
    headers = HEADERS | {"ETag": f'"{name}"', "Content-Length": str(len(content))}
    shown = b"" if request.method == "HEAD" else content
    response = HttpResponse(shown, content_type=files.type_of(name), headers=headers)
    return get_conditional_response(request, headers["ETag"], response=response)
