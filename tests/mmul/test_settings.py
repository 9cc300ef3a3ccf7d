"""Production starts only when it is safe; a wrong value stops the start with its name."""

import os
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEY = "not-a-secret-" * 5
PRODUCTION = {
    "MMUL_MODE": "production",
    "MMUL_SECRET_KEY": KEY,
    "MMUL_SITE_URL": "https://www.example.org",
}
# One process tries them all: starting Python thirty times would take longer than the suite.
TRIAL = """
import importlib, json, os, sys
from django.core.exceptions import ImproperlyConfigured
clean = dict(os.environ)
for case in json.loads(sys.stdin.read()):
    os.environ.clear(); os.environ.update(clean); os.environ.update(case)
    sys.modules.pop("mmul.settings", None)
    try:
        settings = importlib.import_module("mmul.settings")
        names = ["DEBUG", "LOCAL", "SITE_HOST", "OTHER_HOSTS", "ALLOWED_HOSTS", "SECRET_KEY",
                 "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE",
                 "CSRF_COOKIE_SECURE", "SESSION_COOKIE_AGE", "AI_CRAWLERS", "INDEXNOW_KEY",
                 "WEBSUB_HUB"]
        print(json.dumps({name: getattr(settings, name) for name in names}))
    except ImproperlyConfigured as error:
        print(json.dumps(str(error)))
"""


def environment():
    """Ours without the variables of the project: what stands in a shell must not matter."""
    ours = ("MMUL_", "DATABASE_URL", "PORT", "DJANGO_")
    return {k: v for k, v in os.environ.items() if not k.startswith(ours)}


def start(*cases):
    """Return, for each environment, the settings it gives or the sentence that stopped it."""
    import json

    run = subprocess.run(
        [sys.executable, "-c", TRIAL], cwd=ROOT, env=environment(), input=json.dumps(cases),
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_production_refuses_to_start_without_key_or_name():
    for name in ("MMUL_SECRET_KEY", "MMUL_SITE_URL"):
        case = {k: v for k, v in PRODUCTION.items() if k != name}
        (said,) = start(case)
        assert isinstance(said, str)
        assert name in said


def test_wrong_values_stop_the_start_with_the_name_of_the_variable():
    wrong = [
        PRODUCTION | {"MMUL_SECRET_KEY": "short"},
        PRODUCTION | {"MMUL_DEBUG": "true"},
        PRODUCTION | {"MMUL_SITE_URL": "www.example.org"},
        PRODUCTION | {"MMUL_SITE_URL": "ftp://www.example.org"},
        PRODUCTION | {"MMUL_SITE_URL": "https://www.example.org/blog"},
        PRODUCTION | {"MMUL_SITE_URL": "https://ada:pw@www.example.org"},
        PRODUCTION | {"MMUL_SITE_URL": "https://www.example.org:port"},
        PRODUCTION | {"MMUL_SITE_URL": "https://www.example.org#x"},
        PRODUCTION | {"MMUL_SITE_URL": "https://www.exa mple.org"},
        PRODUCTION | {"MMUL_SECRET_KEY_FILE": "/nowhere"},
        {"MMUL_DEBUG": "true", "MMUL_SITE_URL": "https://www.example.org"},
        {"MMUL_DEBUG": "yes"},
        {"MMUL_MODE": "staging"},
        {"MMUL_ADMIN_PATH": "a/b"},
        {"MMUL_ADMIN_PATH": "<x>"},
        {"MMUL_ADMIN_PATH": ""},
        {"MMUL_WEB_WORKERS": "many"},
        {"MMUL_WEB_WORKERS": "0"},
        {"PORT": "70000"},
        {"DATABASE_URL": "oracle://x"},
        {"DATABASE_URL": "nonsense"},
        {"MMUL_REPLICA_URL": "postgres://replica.example/mmul"},  # of a site on SQLite
        {"MMUL_REPLICA_URL": "nonsense"},
        {"MMUL_TAKE_OVER_SECONDS": "1"},
        {"MMUL_QUOTATION_FIRST": "none"},
        {"MMUL_AI_CRAWLERS": "maybe"},
        {"MMUL_INDEXNOW_KEY": "short"},
        {"MMUL_INDEXNOW_KEY": "a/../robots"},
        {"MMUL_INDEXNOW_KEY": "a" * 129},
        {"MMUL_INDEXNOW_ENDPOINT": "api.indexnow.org"},
        {"MMUL_WEBSUB_HUB": "ftp://hub.example.org/"},
        {"MMUL_WEBSUB_HUB": "https://ada:pw@hub.example.org/"},
        {"MMUL_WEBSUB_HUB": 'https://hub.example.org/>; rel="x'},
        {"MMUL_WEBSUB_HUB": "https://hub.example.org/\nX-Evil: 1"},
        {"MMUL_SQLITE_SYNC": "OFF"},
        {"MMUL_TRUSTED_PROXIES": "10.0.0.1/8"},
        {"MMUL_LOG_LEVEL": "LOUD"},
        {"MMUL_SMTP_PORT": "x"},
        {"MMUL_SMTP_TLS": "1"},
        {"MMUL_EMBED_HOSTS": "evil.example; script-src *"},
        {"MMUL_MEDIA_ORIGIN": "media.example.org"},
        {"MMUL_MEDIA_ORIGIN": "https://media.example.org 'unsafe-inline'"},
    ]
    for case, said in zip(wrong, start(*wrong), strict=True):
        (name,) = case.keys() - PRODUCTION.keys() or {
            k for k in case if case[k] != PRODUCTION.get(k)
        }
        if case.get("MMUL_DEBUG") == "true":
            name = "MMUL_DEBUG"
        assert isinstance(said, str), case
        assert name in said, (case, said)


def test_production_binds_cookies_and_hosts_to_one_name():
    more = {"MMUL_OTHER_HOSTS": "example.org, OLD.example.net:8080"}
    (settings,) = start(PRODUCTION | more)

    assert settings["SITE_HOST"] == "www.example.org"
    assert settings["OTHER_HOSTS"] == ["example.org", "old.example.net:8080"]
    assert settings["ALLOWED_HOSTS"] == ["www.example.org", "example.org", "old.example.net"]
    assert settings["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert settings["CSRF_COOKIE_NAME"] == "__Host-csrftoken"
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["CSRF_COOKIE_SECURE"]
    assert not settings["DEBUG"]
    assert not settings["LOCAL"]


def test_development_needs_nothing_and_answers_only_here():
    (settings,) = start({})

    assert settings["LOCAL"]
    assert not settings["DEBUG"]
    assert set(settings["ALLOWED_HOSTS"]) == {"localhost", "127.0.0.1", "[::1]"}
    assert len(settings["SECRET_KEY"]) >= 50


def test_a_site_on_this_machine_tells_nobody_and_another_does_if_it_is_asked_to():
    pings = {"MMUL_INDEXNOW_KEY": "0123456789abcdef", "MMUL_WEBSUB_HUB": "https://hub.example.org/"}
    here, there, quiet = start(pings, PRODUCTION | pings, PRODUCTION)

    assert (here["INDEXNOW_KEY"], here["WEBSUB_HUB"]) == ("", "")
    assert (there["INDEXNOW_KEY"], there["WEBSUB_HUB"]) == tuple(pings.values())
    assert (quiet["INDEXNOW_KEY"], quiet["WEBSUB_HUB"]) == ("", "")
    assert quiet["AI_CRAWLERS"] == "deny"


def test_a_secret_may_come_from_a_file(tmp_path):
    file = tmp_path / "key"
    file.write_text(f"{'f' * 60}\n")
    (settings,) = start(PRODUCTION | {"MMUL_SECRET_KEY_FILE": str(file)})

    assert settings["SECRET_KEY"] == "f" * 60


@pytest.mark.parametrize("more", [{}, PRODUCTION], ids=["development", "production"])
def test_django_finds_nothing_to_complain_about(more, tmp_path):
    case = environment() | more | {"DATABASE_URL": f"sqlite:///{tmp_path / 'x.sqlite3'}"}
    command = [sys.executable, "manage.py", "check", "--fail-level", "WARNING"]
    command += ["--deploy"] if more else []
    run = subprocess.run(command, cwd=ROOT, env=case, capture_output=True, text=True, timeout=60)

    assert run.returncode == 0, run.stderr
