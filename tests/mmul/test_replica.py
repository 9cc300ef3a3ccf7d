"""Public pages from a replica: as old as the replica and no older, and the primary if it is away."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.urls import resolve

from accounts import badge
from mmul import replicas
from mmul.replicas import Router, reading
from tests import postgres
from tests.mmul.site_on_nodes import ROOT, Machine, Node, wait_until

# --- The router ---


@pytest.fixture
def public():
    """In the middle of a public page."""
    mark = reading.set(True)
    yield Router()
    reading.reset(mark)


def test_outside_of_a_public_page_everything_is_read_from_the_primary():
    assert Router().db_for_read(None) == "default"


@pytest.mark.django_db(transaction=True)
def test_from_its_first_write_on_a_request_reads_from_the_primary(public):
    before = public.db_for_read(None)
    public.db_for_write(None)

    assert (before, public.db_for_read(None)) == ("replica", "default")


@pytest.mark.django_db  # the test's own transaction
def test_in_a_transaction_and_after_it_the_primary_is_read(public):
    assert public.db_for_read(None) == "default"
    assert not reading.get()


def test_only_the_primary_is_migrated():
    assert Router().allow_migrate("default", "articles")
    assert not Router().allow_migrate("replica", "articles")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "shared"),
    [
        ("get", "/", True),
        ("head", "/", True),
        ("post", "/", False),
        ("get", "/healthz", False),
        ("get", "/readyz", False),
        ("get", "/admin/account/login/", False),
        ("get", "/anteprima/abc/", False),
        ("get", "/commenti/mio/abc/", False),
    ],
)
def test_only_what_all_readers_get_alike_is_read_from_it(rf, method, path, shared):
    request = getattr(rf, method)(path)
    request.resolver_match = resolve(path)

    assert replicas.is_shared(request) is shared


def test_who_is_logged_in_sees_the_primary(rf):
    request = rf.get("/", headers={"Cookie": f"{settings.STAFF_COOKIE_NAME}={badge.make()}"})
    request.resolver_match = None

    assert not replicas.is_shared(request)


# --- A real one ---


def ask(url, question):
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(question).fetchone()[0]


def crash(url):
    """What a machine does that loses its power."""
    folder = ask(url, "SELECT setting FROM pg_settings WHERE name = 'data_directory'")
    number = int((Path(folder) / "postmaster.pid").read_text().splitlines()[0])
    os.kill(number, signal.SIGQUIT)


class Site:
    """One node that reads from a replica, and another machine's hand on the primary."""

    def __init__(self, folder, primary, replica):
        self.replica = replica
        self.machine = Machine(folder / "node", database=primary, MMUL_REPLICA_URL=replica)
        self.node = Node(self.machine)
        self.run("manage.py", "migrate", "-v0")

    def run(self, *command):
        environment = self.machine.environment | {"DJANGO_SETTINGS_MODULE": "mmul.settings"}
        more = {"cwd": ROOT, "env": environment, "text": True, "check": True}
        return subprocess.run([sys.executable, *command], stdout=subprocess.PIPE, **more).stdout

    def publish(self, title):
        """Publish a story elsewhere; return a cookie of who is logged in."""
        said = self.run("-m", "tests.mmul.stage_for_replica", title)
        return f"{settings.STAFF_COOKIE_NAME}={said.splitlines()[-1]}"

    def shows(self, title, **more):
        return title in self.node.get(**more).body

    def stop_replaying(self):
        ask(self.replica, "SELECT pg_wal_replay_pause() IS NULL")
        state = "SELECT pg_get_wal_replay_pause_state()"
        wait_until(lambda: ask(self.replica, state) == "paused")

    def go_on(self):
        ask(self.replica, "SELECT pg_wal_replay_resume() IS NULL")


@pytest.fixture
def site(tmp_path):
    binaries = postgres.find_binaries()
    with (
        postgres.started(binaries) as primary,
        postgres.started(binaries, copy_of=primary) as replica,
    ):
        site = Site(tmp_path, primary, replica)
        yield site
        if site.node.process:
            site.node.kill()


@pytest.mark.skipif(postgres.find_binaries() is None, reason="needs PostgreSQL's own programs")
def test_k6_pages_from_a_replica_are_as_old_as_it_is_and_never_kept_past_a_change(site):
    site.publish("Prima notizia")
    site.node.start()
    wait_until(site.node.is_up)
    wait_until(lambda: site.shows("Prima notizia") and site.node.get().word == "hit")

    site.stop_replaying()
    cookie = site.publish("Seconda notizia")
    time.sleep(1)
    assert not site.shows("Seconda notizia")  # the price: readers see what the replica has
    assert site.shows("Seconda notizia", cookie=cookie)  # but not who is logged in
    site.go_on()
    wait_until(lambda: site.shows("Seconda notizia"), 10)

    site.stop_replaying()
    site.publish("Terza notizia")
    crash(site.replica)
    wait_until(lambda: site.shows("Terza notizia"), 15)  # from the primary
    wait_until(lambda: site.node.get().word == "hit", 15)
