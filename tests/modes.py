"""The site as a server on the internet runs it, inside a test's process."""

from django.test import Client

HOST = "www.example.org"


def in_production(settings):
    """Change ``settings`` to production's and return a client that speaks to the public name.

    Ask before the first request: middleware reads its settings once.
    """
    settings.PRODUCTION, settings.LOCAL = True, False
    settings.SITE_URL, settings.SITE_HOST = f"https://{HOST}", HOST
    settings.OTHER_HOSTS = ["example.org", "old.example.net:8080"]
    settings.ALLOWED_HOSTS = [HOST, "example.org", "old.example.net"]
    settings.CSRF_TRUSTED_ORIGINS = [settings.SITE_URL]
    settings.SESSION_COOKIE_NAME = "__Host-sessionid"
    settings.CSRF_COOKIE_NAME = "__Host-csrftoken"
    settings.STAFF_COOKIE_NAME = "__Host-staff"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    return Client(headers={"host": HOST}, raise_request_exception=False)


def break_front_page(monkeypatch, error, *words):
    """Make the front page raise ``error(*words)``."""

    def broken(*args, **kwargs):
        raise error(*words)

    monkeypatch.setattr("articles.lists.on_front", broken)
