"""DATABASE_URL and MMUL_REPLICA_URL as Django's dictionaries; a wrong value stops the start."""

from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from kit import env

POSTGRESQL = "django.db.backends.postgresql"


def from_environment(var):
    """Return DATABASES. ``var`` is the folder of SQLite's files, where nothing else is said."""
    url = env.text("DATABASE_URL", f"sqlite:///{var / 'mmul.sqlite3'}")
    found = {"default": database("DATABASE_URL", url, var)}
    if url := env.text("MMUL_REPLICA_URL", ""):
        found["replica"] = database("MMUL_REPLICA_URL", url, var) | {"TEST": {"MIRROR": "default"}}
        if {each["ENGINE"] for each in found.values()} != {POSTGRESQL}:
            raise ImproperlyConfigured("MMUL_REPLICA_URL: both databases must be PostgreSQL")
    return found


def database(name, url, var):
    keep = env.number("MMUL_DB_KEEP_SECONDS", 60, low=0, high=3600)
    try:
        parsed = dj_database_url.parse(url, conn_max_age=keep)
    except Exception as error:
        raise ImproperlyConfigured(f"{name} cannot be read: {error}") from None
    if parsed["ENGINE"] == "django.db.backends.sqlite3":
        # Web workers and the background worker write at the same time: WAL lets readers go
        # on, IMMEDIATE makes writers queue for `timeout` seconds instead of failing half-way.
        sync = env.choice("MMUL_SQLITE_SYNC", "NORMAL", ("NORMAL", "FULL"))
        parsed["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={sync};",
        }
        # Browser tests share one file between the server's threads and the test's.
        parsed["TEST"] = {"NAME": Path(env.text("MMUL_TEST_SQLITE", str(var / "test.sqlite3")))}
    elif parsed["ENGINE"] == POSTGRESQL:
        parsed["OPTIONS"] = {"connect_timeout": 5} | parsed.get("OPTIONS", {})
        parsed["CONN_HEALTH_CHECKS"] = True
    else:
        raise ImproperlyConfigured(f"{name}: write a sqlite:// or postgres:// address")
    return parsed
