"""The unit of measure: a bare Django view behind start-up middleware, answering 60 kB."""

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

PAGE = (b"<!doctype html><title>bare</title>" + b"<p>Una riga di testo di prova.</p>\n" * 1700)[
    :60000
]


def view(request):
    return HttpResponse(PAGE)


urlpatterns = [path("", view)]

settings.configure(
    ROOT_URLCONF=__name__,
    SECRET_KEY="bare",  # noqa: S106 - answers on loopback for a minute
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
)
django.setup()
application = get_wsgi_application()
