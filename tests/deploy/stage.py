"""The site as a server runs it: the application in production, and the shipped nginx before it."""

import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import ExitStack
from threading import Thread
from typing import NamedTuple

from bench import shipped
from mmul.server import granian
from tests.postgres import free_port

HOST = "www.example.org"
OTHER = "example.org"
# In the place of a shell's: rows for the tests, made by a process of their own.
FILL = """
import django; django.setup()
from accounts import badge
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from tests.factories import make_article, make_user
article = make_article(title="Prima")
make_article(title="Altra", body="<p>" + "Un testo che non finisce mai. " * 400 + "</p>")
user = make_user("redattrice")
session = SessionStore()
session["_auth_user_id"] = str(user.pk)
session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
session["_auth_user_hash"] = user.get_session_auth_hash()
session.save()
print(article.get_absolute_url(), session.session_key, badge.make())
"""
RETITLE = """
import sys, time, django; django.setup()
from articles.models import Article
from django.db import transaction
from pagecache.tags import purge_on_commit
print("ready", flush=True)
for line in sys.stdin:
    with transaction.atomic():
        Article.objects.filter(slug="prima").update(title=line.strip())
        purge_on_commit("all")
    print(time.time(), flush=True)
"""


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")


class Site:
    def __init__(self, folder):
        self.folder = folder
        self.application_port, self.port, self.tls_port = free_port(), free_port(), free_port()
        self.application = None
        self.stack = ExitStack()

    def environment(self, **more):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("MMUL_", "DATABASE"))}
        return clean | {
            "DJANGO_SETTINGS_MODULE": "mmul.settings",
            "MMUL_MODE": "production",
            "MMUL_SECRET_KEY": "deploy" * 10,
            "MMUL_SITE_URL": f"https://{HOST}",
            "MMUL_OTHER_HOSTS": OTHER,
            "MMUL_TRUSTED_PROXIES": "127.0.0.1",
            "MMUL_READS_PER_MINUTE": "0",  # all the readers of these tests are one network
            "MMUL_VAR": str(self.folder / "state"),
            "MMUL_STATIC_ROOT": str(self.folder / "state" / "static"),
            "MMUL_MEDIA_ROOT": str(self.folder / "state" / "media"),
            "DATABASE_URL": f"sqlite:///{self.folder}/state/site.sqlite3",
            "PORT": str(self.application_port),
            **more,
        }

    def run(self, *command):
        """Run Python with ``command`` as the application does; return what it printed."""
        return subprocess.run(
            [sys.executable, *command], cwd=shipped.ROOT, env=self.environment(),
            check=True, text=True, stdout=subprocess.PIPE,
        ).stdout  # fmt: skip

    def build(self, collected, migrated):
        """Static files and an empty database are taken from where they were made once."""
        state = self.folder / "state"
        shutil.copytree(collected, state / "static")
        shutil.copy(migrated, state / "site.sqlite3")
        self.main = shipped.render(
            self.folder, self.application_port, port=self.port, tls_port=self.tls_port
        )
        shipped.make_certificate(self.folder / "tls", HOST, OTHER)
        self.article, session, badge = self.run("-c", FILL).split()
        self.staff = f"__Host-sessionid={session}; __Host-staff={badge}"
        self.start_application()
        self.stack.enter_context(shipped.running(self.main, self.port))

    def start_application(self, **more):
        self.application = subprocess.Popen(
            granian(self.application_port), cwd=shipped.ROOT, env=self.environment(**more),
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        for _ in range(300):
            try:
                if self.ask_application("/healthz").status == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the application does not start")

    def kill_application(self):
        os.killpg(self.application.pid, signal.SIGKILL)
        self.application.wait()

    def restart_application(self, **more):
        self.kill_application()
        self.start_application(**more)

    def end(self):
        if self.application.poll() is None:
            self.kill_application()
        self.stack.close()

    def ask(self, path, *, host=HOST, method="GET", body=None, **headers):
        return exchange(self.connect(), path, host, method, body, headers)

    def ask_application(self, path, *, host=HOST, method="GET", body=None, **headers):
        there = http.client.HTTPConnection("127.0.0.1", self.application_port, timeout=20)
        return exchange(there, path, host, method, body, headers)

    def connect(self, name=HOST, protocols=("http/1.1",)):
        """A connection to the proxy that has shaken hands; the certificate is checked."""
        trust = ssl.create_default_context(cafile=self.folder / "tls" / "fullchain.pem")
        trust.set_alpn_protocols(list(protocols))
        plain = socket.create_connection(("127.0.0.1", self.tls_port), timeout=20)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = http.client.HTTPConnection(HOST, timeout=20)
        try:
            connection.sock = trust.wrap_socket(plain, server_hostname=name)
        except OSError:
            plain.close()
            raise
        return connection

    def bytes_of(self, text, port):
        """Send a request as it is to the plain port, return the answer as it came."""
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(text)
            parts = []
            while data := connection.recv(65536):
                parts.append(data)
        return b"".join(parts)


def exchange(connection, path, host, method, body, headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": host, **headers}.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


class Readers:
    """Readers that ask for pages in turn, each on its own connection, until the block ends."""

    def __init__(self, site, paths, how_many=8):
        self.site, self.paths, self.trouble, self.answers = site, paths, [], 0
        self.stopping = False
        self.threads = [Thread(target=self.read) for _ in range(how_many)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self.stopping = True
        for thread in self.threads:
            thread.join()

    def read(self):
        connection = self.site.connect()
        while not self.stopping:
            for path in self.paths:
                try:
                    if connection.sock is None:  # the proxy said that this was the last one
                        connection = self.site.connect()
                    connection.request("GET", path, headers={"Accept-Encoding": "br"})
                    response = connection.getresponse()
                    response.read()
                except (OSError, http.client.HTTPException) as error:
                    self.trouble.append(repr(error))
                    connection = self.site.connect()
                    continue
                self.answers += 1
                if response.status != 200:
                    self.trouble.append(response.status)
        connection.close()
