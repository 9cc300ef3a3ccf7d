import signal
import socket
import subprocess
import sys
import time
import urllib.request

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from articles.models import Article
from mmul.demo import loading
from mmul.server import granian

STOP_SECONDS = 12  # granian itself kills a hanging worker after 10


class Command(BaseCommand):
    help = "Serve the site and run its worker. Ctrl-C ends both."

    def handle(self, **options):
        if port_taken(settings.PORT):
            raise CommandError(f"port {settings.PORT} is taken: choose another, PORT=8001 make run")
        settings.VAR.mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0)
        if not settings.PRODUCTION and not Article.objects.exists():
            self.stdout.write("Loading the demo stories and drawing their pictures…")
            self.stdout.flush()
            loading.load()
        children = [
            subprocess.Popen(granian(settings.PORT, workers=settings.WEB_WORKERS)),
            subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=settings.BASE_DIR),
        ]
        try:
            self.greet(children[0])
            status = watch(children)
        finally:
            end(children)
        sys.exit(status)

    def greet(self, server):
        wait_until_serving(server)
        self.stdout.write(f"\n  {settings.SITE_NAME} is served on {settings.SITE_URL}/")
        if not settings.PRODUCTION:
            self.stdout.write(f"  Newsroom: {settings.SITE_URL}/{settings.ADMIN_PATH}/")
            self.stdout.write(f"  Log in as: {loading.EDITOR} / {loading.EDITOR_PASSWORD}")
        self.stdout.write("  Ctrl-C ends everything.\n")
        self.stdout.flush()


def port_taken(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def wait_until_serving(server, seconds=30):
    """Return when the server answers; CommandError if it ended or stays silent."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{settings.PORT}/healthz", headers={"Host": settings.SITE_HOST}
    )
    for _ in range(seconds * 20):
        if server.poll() is not None:
            raise CommandError(f"the server ended with status {server.returncode}")
        try:
            with urllib.request.urlopen(request, timeout=5):  # noqa: S310
                return
        except OSError:
            time.sleep(0.05)
    raise CommandError("the server does not answer")


def watch(children):
    """Wait until a signal comes (status 0) or one child ends by itself (status 1)."""
    asked = []
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda number, _: asked.append(number))
    while not asked and all(child.poll() is None for child in children):
        time.sleep(0.2)
    return 0 if asked else 1


def end(children):
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
