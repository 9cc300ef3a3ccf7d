"""Style sheets, scripts and fonts, for who runs without a proxy that serves them itself."""

from threading import Lock

from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise that looks through its folder when the first file is asked for.

    Behind the shipped nginx and Caddy nobody ever asks, and the look costs a start a tenth of its
    CPU and a megabyte of memory.
    """

    def __init__(self, get_response):
        self.unseen, self.lock = [], Lock()
        super().__init__(get_response)

    def update_files_dictionary(self, root, prefix):
        self.unseen.append((root, prefix))

    def __call__(self, request):
        if self.unseen and request.path_info.startswith(self.static_prefix):
            self.look()
        return super().__call__(request)

    def look(self):
        with self.lock:  # who comes second waits, and finds the files
            for root, prefix in self.unseen:
                super().update_files_dictionary(root, prefix)
            self.unseen = []
