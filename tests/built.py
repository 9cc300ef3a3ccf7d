"""What costs a quarter of a minute to build and is then only read: made once for the whole run."""

import fcntl
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The folder that all workers share; with tests/run.py all stages do."""
    own = tmp_path_factory.getbasetemp()
    own = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    return Path(os.environ.get("MMUL_TEST_BUILT", own))


@pytest.fixture(scope="session")
def collected(built):
    """The folder of static files as a production site has it. Only to be read."""
    folder = built / "static"
    make(folder, "collectstatic", "--noinput", MMUL_STATIC_ROOT=str(folder))
    return folder


@pytest.fixture(scope="session")
def migrated(built):
    """A SQLite file with all tables and no rows. To be copied."""
    file = built / "migrated.sqlite3"
    make(file, "migrate", DATABASE_URL=f"sqlite:///{file}", MMUL_DB_KEEP_SECONDS="0")
    return file


def make(place, *command, **environment):
    with one_at_a_time(place.with_suffix(".lock")):
        done = place.with_suffix(".done")
        if not done.exists():
            clean = {k: v for k, v in os.environ.items() if not k.startswith(("MMUL_", "DATABASE"))}
            whole = clean | {
                "MMUL_MODE": "production",
                "MMUL_SECRET_KEY": "k" * 60,
                "MMUL_SITE_URL": "https://www.example.org",
                "MMUL_VAR": str(place.with_suffix(".var")),
            }
            subprocess.run(
                [sys.executable, "manage.py", *command, "-v0"],
                cwd=settings.BASE_DIR, env=whole | environment, check=True,
            )  # fmt: skip
            done.touch()


@contextmanager
def one_at_a_time(lock):
    with open(lock, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
