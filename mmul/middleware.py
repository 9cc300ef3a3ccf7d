"""What every request passes through, from outside in: log, headers, limits, host, then staff.

Sessions, login, form tokens and messages run only under the admin's address (docs/adr/0006):
a public view has no ``request.user``, so it cannot make a page private by accident.
"""

import hashlib
import logging
import re
import secrets
import time
from datetime import datetime, timedelta
from urllib.parse import unquote_to_bytes

from csp.constants import HEADER as POLICY_HEADER
from csp.constants import NONCE
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponsePermanentRedirect
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import parse_http_date_safe

from accounts import badge
from mmul import views
from mmul.logs import request_number

log = logging.getLogger("mmul.request")

BARE_POLICY = "default-src 'none'; frame-ancestors 'none'"
MEDIA_POLICY = "default-src 'none'; sandbox"
SHARED = "public, max-age=0, must-revalidate"
PRIVATE = "private, no-store"
# Views whose address holds a secret: it must not leave in a Referer, a cache or an index.
TOKEN_VIEWS = {
    "preview",
    "account_reset_password_from_key",
    "comment_sent",
    "comment_mine",
    "comment_correct",
    "comment_confirm",
    "comment_decide",
    "comment_unsubscribe",
    "comment_data",
    "review_confirm",
}


def is_staff_path(request):
    return request.path_info.startswith(f"/{settings.ADMIN_PATH}/")


def view_name(request):
    return request.resolver_match.view_name if request.resolver_match else ""


def is_token_page(request):
    """True where the address holds the token itself, not allauth's word in its place."""
    if view_name(request) not in TOKEN_VIEWS:
        return False
    return request.resolver_match.kwargs.get("key") != "set-password"


def content_type(response):
    """The type of the page, also of a 304, which updates the headers of the page it confirms."""
    return getattr(response, "page_type", None) or response.headers.get("Content-Type", "")


def is_html(response):
    return content_type(response).startswith("text/html")


class RequestLog:
    """Number every request; write one line about it, with the route in place of the address."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.number = secrets.token_hex(6)
        mark = request_number.set(request.number)
        start = time.perf_counter()
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request.number
            facts = {
                "method": request.method if request.method in views.KNOWN_METHODS else "?",
                "route": views.route(request),
                "status": response.status_code,
                "ms": round((time.perf_counter() - start) * 1000, 1),
            }
            log.info("request", extra=facts)
        finally:
            request_number.reset(mark)
        return response


class SecurityHeaders:
    """The fixed headers of the trust table (section 2); what a view has set itself stays."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.fixed = {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": ("camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
        }
        if settings.SITE_URL.startswith("https:") and settings.PRODUCTION:
            more = "; includeSubDomains" if settings.HSTS_SUBDOMAINS else ""
            self.fixed["Strict-Transport-Security"] = f"max-age=31536000{more}"

    def __call__(self, request):
        response = self.get_response(request)
        headers = response.headers
        for name, value in self.fixed.items():
            headers.setdefault(name, value)
        headers.setdefault("Referrer-Policy", referrer_policy(request))
        headers.setdefault("Cross-Origin-Resource-Policy", who_may_embed(request, response))
        if is_staff_path(request) or is_token_page(request):
            headers["Cache-Control"] = PRIVATE
            headers["X-Robots-Tag"] = "noindex"
        else:
            headers.setdefault("Cache-Control", keeping(request, response))
        if not response.streaming and response.status_code != 304:
            # Without it the server sends pieces, and nobody knows how much is still to come.
            headers.setdefault("Content-Length", str(len(response.content)))
        return response


def referrer_policy(request):
    if is_token_page(request):
        return "no-referrer"
    return "same-origin" if is_staff_path(request) else "strict-origin-when-cross-origin"


def who_may_embed(request, response):
    if is_html(response) or is_staff_path(request):
        return "same-origin"
    shared = request.path_info.startswith((settings.STATIC_URL, "/media/"))
    kind = content_type(response)
    # Feeds and site maps are for everybody's readers, also for those that live in a browser.
    return "cross-origin" if shared or "xml" in kind or "feed+json" in kind else "same-origin"


def keeping(request, response):
    """Cache-Control for a public response whose view said nothing."""
    if request.method not in ("GET", "HEAD"):
        return PRIVATE
    # A redirect kept for ever by a browser would outlive a change of slug.
    kept = response.status_code in (301, 302, 304, 404, 410)
    return SHARED if kept else "no-store"


class ContentSecurityPolicy(CSPMiddleware):
    """Three policies: public pages (fixed text, so that a kept page is shared), staff, and bare.

    django-csp makes the nonce; the text is written here because it keeps the order of the
    settings, where django-csp's own changes with every process.
    """

    def process_response(self, request, response):
        if settings.DEBUG and response.status_code in (404, 500):
            return response  # Django's own pages for developers hold inline styles
        response.headers.setdefault(POLICY_HEADER, self.policy(request, response))
        return response

    def policy(self, request, response):
        if not is_html(response):
            return MEDIA_POLICY if request.path_info.startswith("/media/") else BARE_POLICY
        if is_staff_path(request):
            nonce = f"'nonce-{request.csp_nonce}'"
            return policy_text(settings.STAFF_CONTENT_SECURITY_POLICY, nonce)
        return policy_text(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"])


def policy_text(directives, nonce=""):
    return "; ".join(
        " ".join([name, *(nonce if source == NONCE else source for source in sources)])
        for name, sources in directives.items()
    )


class OddRequests:
    """Refuse what no reader's browser sends, before any view or database sees it.

    Limits are those of the trust table, section 3. The server in front has its own, higher ones.
    """

    LINE_BYTES = 4096
    HEADERS_BYTES = 32 * 1024
    HEADERS_COUNT = 100
    PUBLIC_BODY_BYTES = 256 * 1024

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if status := self.refusal(request):
            return views.refused(request, status)
        response = self.get_response(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            return views.refused(request, 405, allow=response.headers.get("Allow"))
        return response

    def refusal(self, request):
        """Return the status to refuse with, or None."""
        if request.method not in views.KNOWN_METHODS:
            return 405
        if len(request.get_full_path()) > self.LINE_BYTES:
            return 414
        headers = [(k, v) for k, v in request.META.items() if k.startswith("HTTP_")]
        size = sum(len(k) + len(v) for k, v in headers)
        if len(headers) > self.HEADERS_COUNT or size > self.HEADERS_BYTES:
            return 431
        if not readable(request):
            return 400
        if not is_staff_path(request) and body_bytes(request) > self.PUBLIC_BODY_BYTES:
            return 413
        return None


# Django writes the bytes of a path that are not UTF-8 as %FF, in capitals.
UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]|%[89A-F][0-9A-F]")


def readable(request):
    """False for a path that is not UTF-8 or holds control characters, and for NUL in a query.

    PostgreSQL cannot store NUL and its driver raises; a path is a line of text.
    """
    query = request.META.get("QUERY_STRING", "")
    return not UNREADABLE.search(request.path_info) and b"\0" not in unquote_to_bytes(query)


def body_bytes(request):
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0


class CanonicalHost:
    """Answer on our own name; send our other names there; tell nothing to the rest (H1)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        host = host_of(request.META)
        if is_ours(host):
            return self.get_response(request)
        if host in settings.OTHER_HOSTS:
            path = "/" + request.get_full_path().lstrip("/")
            return HttpResponsePermanentRedirect(settings.SITE_URL + path)
        return views.refused(request, 400)


def host_of(environ):
    """The name a request asks for. Without one (HTTP/1.0, tests) only a local site answers."""
    unnamed = environ["SERVER_NAME"] if settings.LOCAL else ""
    return without_default_port(environ.get("HTTP_HOST", unnamed).lower())


def is_ours(host):
    """True for the one name that pages are served on; the page cache asks too."""
    return host == settings.SITE_HOST or (settings.LOCAL and is_local(host))


def without_default_port(host):
    port = ":443" if settings.SITE_URL.startswith("https:") else ":80"
    return host.removesuffix(port)


def is_local(host):
    """A name of this machine, whatever the port. Django's tests add theirs to ALLOWED_HOSTS."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, "0"
    return name in settings.ALLOWED_HOSTS and port.isascii() and port.isdigit()


class StaffSession(SessionMiddleware):
    """Sessions, under the admin's address only. They end after 14 days, or 3 days unused."""

    SEEN_EVERY = timedelta(minutes=10)  # a row is not written for every click

    def __call__(self, request):
        return super().__call__(request) if is_staff_path(request) else self.get_response(request)

    def process_request(self, request):
        super().process_request(request)
        if "_auth_user_id" in request.session:
            self.renew_or_end(request.session, timezone.now())

    def process_response(self, request, response):
        # The clock starts with the login itself, not with the first page after it.
        if "_auth_user_id" in request.session and "started" not in request.session:
            self.renew_or_end(request.session, timezone.now())
        self.give_or_take_badge(request, response)
        return super().process_response(request, response)

    def give_or_take_badge(self, request, response):
        """Who is logged in passes by the page cache (accounts/badge.py)."""
        name, inside = settings.STAFF_COOKIE_NAME, "_auth_user_id" in request.session
        cookie = {"path": "/", "samesite": "Lax"}
        if inside and not badge.is_good(request.COOKIES.get(name, "")):
            cookie |= {"secure": settings.SESSION_COOKIE_SECURE, "httponly": True}
            response.set_cookie(name, badge.make(), settings.SESSION_COOKIE_AGE, **cookie)
        elif name in request.COOKIES and not inside:
            response.delete_cookie(name, **cookie)

    def renew_or_end(self, session, now):
        started = datetime.fromisoformat(session.setdefault("started", now.isoformat()))
        seen = datetime.fromisoformat(session.setdefault("seen", now.isoformat()))
        if now - started > timedelta(seconds=settings.SESSION_COOKIE_AGE) or now - seen > timedelta(
            seconds=settings.SESSION_IDLE_SECONDS
        ):
            session.flush()
        elif now - seen > self.SEEN_EVERY:
            session["seen"] = now.isoformat()


class StaffCsrf(CsrfViewMiddleware):
    def __call__(self, request):
        return super().__call__(request) if is_staff_path(request) else self.get_response(request)

    def process_view(self, request, callback, callback_args, callback_kwargs):
        if not is_staff_path(request):
            return None
        # Django reads the whole body to find the token: a stranger's may not be long.
        signed_in = request.user.is_authenticated
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE if signed_in else OddRequests.PUBLIC_BODY_BYTES
        if body_bytes(request) > most:
            return views.refused(request, 413)
        return super().process_view(request, callback, callback_args, callback_kwargs)


class StaffAuthentication(AuthenticationMiddleware):
    def __call__(self, request):
        return super().__call__(request) if is_staff_path(request) else self.get_response(request)


class StaffMessages(MessageMiddleware):
    def __call__(self, request):
        return super().__call__(request) if is_staff_path(request) else self.get_response(request)


def modified_as_asked(request, response):
    """Return Last-Modified in seconds if the reader brings that very date, else None.

    Not "or a later one": where the newest story was withdrawn the date goes back, and a 304
    would keep it alive. nginx compares so too (``if_modified_since exact``).
    """
    asked = request.headers.get("If-Modified-Since")
    if not asked or asked != response.headers.get("Last-Modified"):
        return None
    return parse_http_date_safe(asked)


class PublicPages:
    """Shared pages carry a strong ETag; a reader who has the page gets a 304.

    Behind the page cache only who passes by it gets the 304 here; the ETag is made here alone.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if is_staff_path(request) or request.method not in ("GET", "HEAD"):
            return response
        if more := getattr(request, "more_tags", None):
            tags = [*response.headers.get("Cache-Tags", "").split(), *more]
            response.headers["Cache-Tags"] = " ".join(dict.fromkeys(tags))
        if getattr(request, "unshared", False):
            response.headers["Cache-Control"] = PRIVATE
            response.headers["X-Robots-Tag"] = "noindex"
            response.headers.pop("Cache-Tags", None)
        shared = response.headers.get("Cache-Control") == SHARED
        if response.status_code != 200 or response.streaming or not shared:
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        if "ETag" not in response.headers:
            digest = hashlib.blake2b(response.content, digest_size=16).hexdigest()
            response.headers["ETag"] = f'"{digest}"'
        kind = response.headers.get("Content-Type", "")
        answer = get_conditional_response(
            request, response.headers["ETag"], modified_as_asked(request, response), response
        )
        answer.page_type = kind
        return answer
