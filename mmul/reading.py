"""How many pages one network may have made anew (trust table, section 4)."""

from django.conf import settings

from accounts import badge
from kit.limits import Recent
from kit.network import address_of, network_of
from mmul import views
from mmul.middleware import is_staff_path


class ReadingRate:
    """Refuse who asks for too many. Kept pages never get here, so reading the paper is free.

    Counted in this process: N processes allow N times as much. What writes has its own limits.
    """

    FREE = ("/media/", "/healthz")  # files, and who watches over us
    SECONDS = 60

    def __init__(self, get_response):
        self.get_response = get_response
        self.recent = Recent(settings.READS_PER_MINUTE, self.SECONDS)

    def __call__(self, request):
        if settings.READS_PER_MINUTE and self.counts(request):
            network = network_of(address_of(request, settings.TRUSTED_PROXIES))
            if not self.recent.allow(network):
                return views.too_many_pages(request, self.SECONDS)
        return self.get_response(request)

    def counts(self, request):
        if request.method not in ("GET", "HEAD") or request.path_info.startswith(self.FREE):
            return False
        cookies = request.META.get("HTTP_COOKIE", "")
        return not is_staff_path(request) and not badge.in_cookies(cookies)
