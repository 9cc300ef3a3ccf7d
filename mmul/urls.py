"""Every address of the site, composed from the rooms."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

from mmul import readiness, views

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("readyz", readiness.ready, name="ready"),
    path("robots.txt", views.robots, name="robots"),
    re_path(r"^(?P<key>[a-zA-Z0-9-]{8,128})\.txt$", views.indexnow_key, name="indexnow_key"),
    path(f"{settings.ADMIN_PATH}/account/", include("accounts.urls")),
    # The admin's own page would take any number of wrong old passwords; accounts has ours.
    re_path(rf"^{settings.ADMIN_PATH}/password_change/", views.nowhere),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
    path("media/", include("images.urls")),
    path("favicon.ico", views.icon),
    # WordPress's doors for other sites' machines: shut for good.
    re_path(r"^(?:xmlrpc|wp-trackback)\.php$|^\d{4}/\d\d/[-\w]{1,200}/trackback/$", views.gone),
    path("", include("comments.urls")),
    path("rassegna/", include("aggregator.urls")),
    path("", include("articles.urls")),
]

handler400 = "mmul.views.bad_request"
handler403 = "mmul.views.forbidden"
handler404 = "mmul.views.not_found"
handler500 = "mmul.views.server_error"
handler429 = "mmul.views.too_many_requests"  # allauth asks for it
