"""Which site sent a form: ours work without a cookie, so this is what protects them (C2)."""

from django.conf import settings


def from_here(request):
    """False if the browser says that another site sent the form (C2). Silence is no evidence."""
    site = request.headers.get("Sec-Fetch-Site", "")
    origin = request.headers.get("Origin")
    if site == "cross-site":
        return False
    if origin is None or origin == settings.SITE_URL:
        return True
    if settings.LOCAL and origin == f"http://{request.get_host()}":  # localhost for 127.0.0.1
        return True
    return origin == "null" and site == "same-origin"
