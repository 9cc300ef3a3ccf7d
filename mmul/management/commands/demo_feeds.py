import hashlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed

from mmul.demo import reviewing

HINT = "To poll them: MMUL_FETCH_ALLOW=127.0.0.0/8, and add http://127.0.0.1:{port}/SLUG.xml"


class Command(BaseCommand):
    help = "Serve the demo's feeds on 127.0.0.1, to see a real poll without a network."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8099)

    def handle(self, *, port, **options):
        server = ThreadingHTTPServer(("127.0.0.1", port), handler(documents()))
        self.stdout.write(HINT.format(port=port))
        for source in reviewing.read():
            self.stdout.write(f"  {source['slug']}.xml  {source['title']}")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            server.server_close()


def documents():
    """``{path: RSS bytes}`` of the demo's feeds."""
    now = timezone.now()
    made = {}
    for source in reviewing.read():
        feed = Rss201rev2Feed(
            source["title"], source["site"], source["title"], language=source["language"]
        )
        for item in source["items"]:
            entry = reviewing.entry_of(item, source["language"], now)
            feed.add_item(
                entry.title,
                entry.url,
                entry.html,
                unique_id=entry.guid,
                unique_id_is_permalink=False,
                pubdate=entry.published,
                author_name=entry.author or None,
                categories=entry.categories,
            )
        made[f"/{source['slug']}.xml"] = feed.writeString("utf-8").encode()
    return made


def handler(made):
    """A request handler that knows conditional requests, as a real site does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = made.get(self.path)
            etag = f'"{hashlib.sha256(body or b"").hexdigest()[:20]}"'
            if body is None:
                self.send_error(404)
            elif self.headers.get("If-None-Match") == etag:
                self.send_response(304)
                self.end_headers()
            else:
                self.send_response(200)
                self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("ETag", etag)
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *words):
            pass

    return Handler
