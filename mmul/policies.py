"""The two content security policies (trust table, section 2), as directives and sources.

Order counts: the text of the public one is fixed, so that a kept page is shared.
"""

from csp.constants import NONCE, NONE, SELF


def public(media, embed_hosts):
    """The policy of readers' pages. ``media``: sources of pictures; frames only after a click."""
    return {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": media,
        "font-src": [SELF],
        "media-src": media,
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "frame-src": [f"https://{host}" for host in embed_hosts] or [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }


def staff(media):
    """The policy of the admin and the account pages: scripts and styles with a nonce too."""
    return {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [*media, "data:"],
        "font-src": [SELF],
        "media-src": media,
        "connect-src": [SELF],
        "frame-src": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
