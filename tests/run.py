"""The whole suite: SQLite, PostgreSQL, the shipped nginx, a real browser. ``python -m tests.run``.

With CI=true a missing PostgreSQL, nginx or browser is a failure; without it, one line says so.
"""

import os
import shutil
import subprocess
import sys
import time

from bench import shipped
from tests import postgres

STRICT = os.environ.get("CI", "").lower() == "true"
PER_DATABASE = "not browser and not proxy and not pure and not once"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(more):
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    results = [stage("SQLite", ["-m", "not browser and not proxy", *more])]
    with postgres.server() as url:
        if url:
            results.append(stage("PostgreSQL", ["-m", PER_DATABASE, *more], DATABASE_URL=url))
        else:
            results.append(missing("PostgreSQL", "install it or set TEST_DATABASE_URL"))
    if shipped.nginx():
        results.append(stage("proxy", ["-m", "proxy", *more]))
    else:
        results.append(missing("proxy", "install nginx and libnginx-mod-http-brotli-static"))
    if browser:
        results.append(stage("browser", ["-m", "browser", *more], MMUL_CHROMIUM=browser))
    else:
        results.append(missing("browser", "install Debian's chromium"))
    return 0 if all(results) else 1


def stage(name, arguments, **environment):
    """Run pytest in its own process on both cores; True if all passed."""
    print(f"\n=== {name} ===", flush=True)  # noqa: T201
    start = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", *arguments]
    status = subprocess.run(command, env=os.environ | environment).returncode
    print(f"=== {name}: {time.monotonic() - start:.0f} s ===", flush=True)  # noqa: T201
    return status == 0


def missing(name, cure):
    print(f"\n=== {name}: {'MISSING' if STRICT else 'SKIPPED'}, {cure} ===", flush=True)  # noqa: T201
    return not STRICT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
