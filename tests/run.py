"""The whole suite: SQLite, PostgreSQL, the shipped nginx, a real browser. ``python -m tests.run``.

With CI=true a missing PostgreSQL, nginx or browser is a failure; without it, one line says so.
What runs where, and why: docs/testing.md.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from bench import shipped
from tests import postgres

STRICT = os.environ.get("CI", "").lower() == "true"
BOTH_CORES = ["-n", "2", "--dist", "loadscope"]  # as tests/together.py has it
# Not even imported where they are not run.
APART = ["--ignore=tests/browser", "--ignore=tests/deploy"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(more):
    with tempfile.TemporaryDirectory(prefix="mmul-built-") as built:
        os.environ["MMUL_TEST_BUILT"] = built  # tests/built.py
        return stages(more)


def stages(more):
    start = time.monotonic()
    results = [stage("SQLite", [*BOTH_CORES, *APART, *more])]
    with postgres.server() as url:
        if url:
            per_database = [*BOTH_CORES, *APART, "-m", "not pure and (both or not once)", *more]
            results.append(stage("PostgreSQL", per_database, DATABASE_URL=url))
        else:
            results.append(missing("PostgreSQL", "install it or set TEST_DATABASE_URL"))
    # These two wait more than they work: for pages, for the second after which a proxy asks again.
    with ThreadPoolExecutor() as pool:
        beside = pool.submit(behind_nginx, more)
        results += [in_a_browser(more), beside.result()]
    print(f"\n=== all: {time.monotonic() - start:.0f} s ===", flush=True)  # noqa: T201
    return 0 if all(results) else 1


def behind_nginx(more):
    if shipped.nginx():
        return stage("proxy", ["tests/deploy", *more], aside=True)  # one site, one process
    return missing("proxy", "install nginx and libnginx-mod-http-brotli-static")


def in_a_browser(more):
    if browser := next(filter(None, map(shutil.which, BROWSERS)), None):
        return stage("browser", [*BOTH_CORES, "tests/browser", *more], MMUL_CHROMIUM=browser)
    return missing("browser", "install Debian's chromium")


def stage(name, arguments, aside=False, **environment):
    """Run pytest in its own process; True if all passed. ``aside``: it is quiet until it ends."""
    start = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if aside else {}
    title = f"\n=== {name} ==="
    if not aside:
        print(title, flush=True)  # noqa: T201
    done = subprocess.run(command, env=os.environ | environment, **quiet)
    if aside:
        print(title, done.stdout.decode(), sep="\n", flush=True)  # noqa: T201
    print(f"=== {name}: {time.monotonic() - start:.0f} s ===", flush=True)  # noqa: T201
    return done.returncode == 0


def missing(name, cure):
    print(f"\n=== {name}: {'MISSING' if STRICT else 'SKIPPED'}, {cure} ===", flush=True)  # noqa: T201
    return not STRICT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
