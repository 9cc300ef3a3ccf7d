"""Real processes for the tests of several nodes: web servers and workers on one database."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings

from mmul.server import granian
from tests.postgres import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
SOON = 30  # seconds until something has to be there
TOKEN = "x" * 32  # a form token is good if cookie and form agree


def wait_until(ready, seconds=SOON):
    """Wait for ``ready()``; how many seconds it took."""
    start = time.monotonic()
    while not ready():
        assert time.monotonic() - start < seconds, "nothing happens"
        time.sleep(0.05)
    return time.monotonic() - start


class Answer(NamedTuple):
    status: int
    word: str  # of the page cache
    body: str


class Machine:
    """What the processes of one node have in common: a folder of their own, one database."""

    def __init__(self, folder, *, database, **more):
        folder.mkdir(exist_ok=True)
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("MMUL_", "DATABASE_URL"))}
        self.folder = folder
        self.environment = clean | {
            "DATABASE_URL": database,
            "MMUL_MODE": "development",
            "MMUL_SECRET_KEY": settings.SECRET_KEY,
            "MMUL_VAR": str(folder),
            **more,
        }

    def begin(self, name, command, **more):
        """Start ``command`` as the head of a group of its own; what it says is in a file."""
        said = open(self.folder / f"{name}.log", "ab")  # noqa: SIM115 - the child's from now on
        with said:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.environment | more, stdout=said, stderr=said,
                start_new_session=True,
            )  # fmt: skip


class Process:
    process = None

    def send(self, sign):
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, sign)

    def kill(self):
        """SIGKILL to all of it: no handler runs, no transaction is ended."""
        self.send(signal.SIGKILL)
        self.process.wait()


class Node(Process):
    """One web server, with a page cache and a bell that the others do not share."""

    def __init__(self, machine):
        self.machine, self.port = machine, free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self):
        more = {"PORT": str(self.port)}
        self.process = self.machine.begin("web", granian(self.port, workers=1), **more)

    def is_up(self):
        assert self.process.poll() is None, (self.machine.folder / "web.log").read_text()
        try:
            return self.get("/healthz").status == 200
        except OSError:
            return False

    def get(self, path="/", cookie=None):
        headers = {"Cookie": cookie} if cookie else {}
        return self.open(urllib.request.Request(self.url + path, headers=headers))

    def post(self, path, fields, session):
        """Send a form of the newsroom as who is logged in with ``session``."""
        cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: TOKEN}
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items()), "Origin": self.url}
        body = urlencode(fields | {"csrfmiddlewaretoken": TOKEN}, doseq=True).encode()
        return self.open(urllib.request.Request(self.url + path, body, headers))

    def open(self, request):
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                word = answer.headers.get("Cache-Status", "").removeprefix("mmul; ")
                return Answer(answer.status, word, answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, "", error.read().decode())

    def publish(self, story, session):
        fields = {"action": "publish_now", "_selected_action": story.pk, "index": 0}
        return self.post("/admin/articles/article/", fields, session)


class Worker(Process):
    def __init__(self, machine, name):
        self.machine, self.name = machine, name

    def start(self):
        command = [sys.executable, "manage.py", "worker"]
        self.process = self.machine.begin(self.name, command)

    def leads(self, row):
        return row is not None and f":{self.process.pid}:" in row.holder

    def said(self):
        return (self.machine.folder / f"{self.name}.log").read_text()
