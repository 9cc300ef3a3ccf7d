"""Find a PostgreSQL server for the tests, or start a throw-away one from installed binaries."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from glob import glob
from pathlib import Path

import psycopg


@contextmanager
def server():
    """Yield the DATABASE_URL of a server the tests may use, or None if there is none.

    First TEST_DATABASE_URL, then a server on 127.0.0.1:5432 that lets ``postgres`` in, then
    binaries: Debian's, or those on the PATH.
    """
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
    elif answers(local := "postgres://postgres@127.0.0.1:5432/postgres"):
        yield local
    elif binaries := find_binaries():
        with started(binaries) as url:
            yield url
    else:
        yield None


def make_database(url, name):
    """Make an empty database on the server of ``url``; one of the same name goes."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')


def answers(url):
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.Error:
        return False
    return True


def find_binaries():
    """Return the folder with initdb and pg_ctl, the newest of Debian's first, or None."""
    folders = sorted(glob("/usr/lib/postgresql/*/bin"), key=lambda f: int(f.split("/")[4]))
    if on_path := shutil.which("initdb"):
        folders.insert(0, str(Path(on_path).resolve().parent))
    fit = [Path(f) for f in folders if (Path(f) / "pg_ctl").exists()]
    return fit[-1] if fit else None


@contextmanager
def started(binaries, copy_of=None, folder=None):
    """Yield the address of a new server, or of one that follows the server at ``copy_of``.

    With a ``folder`` its data is kept there, and the next server goes on with it.
    """
    base = Path(folder or tempfile.mkdtemp(prefix="mmul-pg-"))
    base.mkdir(parents=True, exist_ok=True)
    run = {"cwd": base, "check": True, "stdout": subprocess.DEVNULL}
    run["env"] = {"LC_ALL": "C.UTF-8", "HOME": str(base), "PATH": os.defpath}
    if os.geteuid() == 0:  # PostgreSQL refuses root; no user is made for it
        nobody = pwd.getpwnam("nobody")
        os.chown(base, nobody.pw_uid, nobody.pw_gid)
        run |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    port = free_port()
    if copy_of:
        copy = [binaries / "pg_basebackup", "-D", base / "data", "-R", "-c", "fast", "--no-sync"]
        subprocess.run([*copy, "-d", copy_of], **run)
    elif not (base / "data" / "PG_VERSION").exists():
        initdb = [binaries / "initdb", "-D", base / "data", "-A", "trust", "-U", "postgres"]
        subprocess.run([*initdb, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"], **run)
    control = [binaries / "pg_ctl", "-D", base / "data", "-w", "-l", base / "log"]
    options = f"-p {port} -h 127.0.0.1 -k {base} -F -c full_page_writes=off -c max_connections=60"
    subprocess.run([*control, "-o", options, "start"], **run)
    try:
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"
    finally:
        how = "fast" if folder else "immediate"
        subprocess.run([*control, "-m", how, "stop"], **run | {"check": False})
        if not folder:
            shutil.rmtree(base, ignore_errors=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
