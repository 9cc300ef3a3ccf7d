"""The archives that are measured: of several sizes, on SQLite and PostgreSQL, built once.

They stay under ``var/bench``; PostgreSQL's in a cluster of its own, started for one run.
"""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "var" / "bench"
SIZES = tuple(int(n) for n in os.environ.get("BENCH_SIZES", "1000 10000 100000").split())
COMMENTS = 10  # for each story
PAGE_CACHE_MB = "16"  # as shipped, for what measures it
# Whatever port a server of one run has: what an archive keeps as rendered HTML depends on the
# address of its site, and a page of another address would be rendered anew at every question.
HOST = "127.0.0.1:8000"
# Of corpus.py, crowd.py and the tables: an archive of another edition is built anew.
EDITION = 3


def environment(size, **more):
    return (
        os.environ
        | {
            "MMUL_MODE": "production",
            "MMUL_SECRET_KEY": "bench" * 12,
            "MMUL_SITE_URL": f"http://{HOST}",
            "MMUL_STATIC_ROOT": str(WORK / "static"),
            "DATABASE_URL": f"sqlite:///{WORK / f'{size}.sqlite3'}",
            # What is measured is Django; the cache has a bench of its own.
            "MMUL_PAGE_CACHE_MB": "0",
            "MMUL_READS_PER_MINUTE": "0",
        }
        | more
    )


def manage(env, *arguments):
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, check=True)


def prepare(size, url=None):
    """Build the archive of ``size`` stories, unless it is there; return what it is reached by.

    ``url``: PostgreSQL's server. The static files are of today in any case.
    """
    WORK.mkdir(parents=True, exist_ok=True)
    kind = "postgresql" if url else "sqlite"
    done = WORK / f"{kind}-{size}-{EDITION}.done"
    more = {"DATABASE_URL": f"{url.rpartition('/')[0]}/bench_{size}"} if url else {}
    env = environment(size, **more)
    manage(env, "collectstatic", "--noinput", "--verbosity", "0")
    if not done.exists():
        start = time.monotonic()
        if url:
            postgres.make_database(url, f"bench_{size}")
        else:
            (WORK / f"{size}.sqlite3").unlink(missing_ok=True)
        manage(env, "migrate", "--verbosity", "0")
        manage(env, "demo", "--articles", str(size), "--comments", str(COMMENTS * size))
        say(f"{kind}: {size:,} stories built in {time.monotonic() - start:.0f} s")
        done.touch()
    manage(env, "migrate", "--verbosity", "0")  # an archive of before the last migration
    return more


@contextmanager
def copied(size):
    """Yield the address of a copy of an archive on SQLite, for who writes into it."""
    file = WORK / "copy.sqlite3"
    forget(file)  # of a run that was ended half-way
    archive = sqlite3.connect(WORK / f"{size}.sqlite3")
    with closing(archive), closing(sqlite3.connect(file)) as copy:
        archive.backup(copy)
    try:
        yield f"sqlite:///{file}"
    finally:
        forget(file)


def forget(file):
    """Delete a database on SQLite and what it keeps beside it."""
    for piece in file.parent.glob(f"{file.name}*"):
        piece.unlink()


@contextmanager
def postgresql():
    """Yield the address of our PostgreSQL, or None if its programs are not here."""
    binaries = postgres.find_binaries()
    if binaries is None:
        say("PostgreSQL: skipped, its programs are not on this machine")
        yield None
        return
    with postgres.started(binaries, folder=WORK / "postgresql") as url:
        yield url


@contextmanager
def archives(sizes=SIZES):
    """Yield ``{(database, size): variables}`` of every archive, ready to be served."""
    with postgresql() as url:
        found = {("SQLite", size): prepare(size) for size in sizes}
        if url:
            found |= {("PostgreSQL", size): prepare(size, url) for size in sizes}
        yield found


def say(line):
    print(line, flush=True)  # noqa: T201
