"""What is written down about a request, and what never is (trust table, E2, G1, G2)."""

import json
import logging
import sys

import pytest
from django.core import mail
from django.test import RequestFactory

from mmul import logs
from tests.factories import PASSWORD, make_article, make_user
from tests.modes import break_front_page, in_production

MARK = "Zq7marchio"


@pytest.fixture
def written():
    """Every line that production would write while the test runs."""
    lines = []

    class Collect(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    handler = Collect()
    handler.setFormatter(logs.JsonLines())
    root, access = logging.getLogger(), logging.getLogger("mmul.request")
    before = root.level, access.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    access.setLevel(logging.INFO)
    yield lines
    root.removeHandler(handler)
    root.setLevel(before[0])
    access.setLevel(before[1])


def record(message, *args, error=None, **extra):
    exc_info = None
    if error:
        try:
            raise error
        except type(error):
            exc_info = sys.exc_info()
    made = logging.LogRecord("mmul.test", logging.ERROR, __file__, 1, message, args, exc_info)
    made.__dict__ |= extra
    return made


@pytest.mark.django_db
def test_g2_each_request_is_one_line_with_number_route_and_status(written, settings):
    site = in_production(settings)
    article = make_article()
    number = site.get(article.get_absolute_url(), {"q": MARK}).headers["X-Request-ID"]

    line = json.loads(next(line for line in written if "mmul.request" in line))
    assert line["number"] == number
    assert line["route"] == "/<year:year>/<month:month>/<anyslug:slug>/"
    assert (line["method"], line["status"]) == ("GET", 200)
    assert line["ms"] >= 0
    assert line["time"].endswith("Z")


@pytest.mark.django_db
@pytest.mark.parametrize("broken", [False, True])
def test_g1_nothing_a_visitor_sends_is_written(written, settings, monkeypatch, broken):
    settings.ADMINS = [("Redazione", "redazione@example.org")]
    site = in_production(settings)
    make_user("ada")
    if broken:
        break_front_page(monkeypatch, ValueError, MARK)
    headers = {"user-agent": MARK, "referer": f"https://{MARK}/", "authorization": MARK}
    headers |= {"cookie": f"a={MARK}", "x-forwarded-for": MARK, "accept-language": MARK}
    form = {"login": MARK, "password": MARK, "email": f"{MARK}@example.org", MARK: MARK}
    for path in ("/", f"/{MARK}/", f"/anteprima/{MARK}/", f"/?s={MARK}", f"/{MARK}%FF/"):
        site.get(path, headers=headers)
    for page in ("login/", "password/reset/", f"password/reset/key/1-{MARK}-x/"):
        site.post(f"/admin/account/{page}", form, headers=headers)
    site.get("/", headers={"host": f"{MARK}.example.org"})
    site.generic(MARK, "/")

    assert len(written) >= 9
    assert not [line for line in written if MARK.lower() in line.lower()]
    assert not [m for m in mail.outbox if MARK in m.subject + m.body]


@pytest.mark.django_db
def test_g1_an_error_keeps_its_place_and_loses_its_values(written, settings, monkeypatch):
    site = in_production(settings)
    break_front_page(monkeypatch, ValueError, MARK)
    number = site.get("/").headers["X-Request-ID"]

    line = json.loads(next(line for line in written if "django.request" in line))
    assert (line["level"], line["number"]) == ("ERROR", number)
    assert "articles/views.py" in line["trace"]
    assert line["trace"].endswith("ValueError")
    assert MARK not in json.dumps(line)


@pytest.mark.parametrize(
    "text",
    [
        f"sent to {MARK}@example.org now",
        f"postgres://mmul:{MARK}@host/name",
        f"GET /cerca/?q={MARK}",
        f"password={MARK}",
        f"'api_key': '{MARK}'",
        f"Authorization: Bearer {MARK}",
        f"Set-Cookie: sessionid={MARK}; Path=/",
        f"csrf token: {MARK}",
        f"/anteprima/{MARK}aBcDeFgHiJ0123/",
    ],
)
def test_g1_secrets_are_taken_out_of_any_sentence(text):
    told = logs.redact(text)

    assert MARK not in told
    assert logs.HIDDEN in told


def test_g1_networks_are_cut():
    assert logs.redact("from 203.0.113.77") == "from 203.0.113.0"
    assert "2001:db8" not in logs.redact("from 2001:db8:1:2::7")


def test_g1_the_address_of_a_request_becomes_its_route():
    request = RequestFactory().get(f"/{MARK}/", {"q": MARK})
    request.resolver_match = None

    line = logs.JsonLines().format(record("Not Found: %s", f"/{MARK}/", request=request))

    assert MARK not in line


def test_plain_sentences_stay_readable():
    sentence = "step renditions failed, trying again: 12 of 30 at 18:05"

    assert logs.redact(sentence) == sentence


@pytest.mark.parametrize("size", [10, 10_000, 1_000_000])
@pytest.mark.parametrize("char", ["x", "\n", "è", "\u202e", "🐧", "\x00", "a1"])
def test_g2_a_line_is_one_object_of_at_most_8_kb(char, size):
    error = OSError(char * size)
    line = logs.JsonLines().format(record(char * size, error=error))

    assert len(line.encode()) <= 8192
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["level"] == "ERROR"


def test_e2_errors_are_let_through_once_an_hour_per_kind(tmp_path):
    now = [1_000_000.0]
    here = logs.OncePerHour(tmp_path, clock=lambda: now[0])
    elsewhere = logs.OncePerHour(tmp_path, clock=lambda: now[0])

    assert here.filter(record("x", error=ValueError(1)))
    assert not here.filter(record("y", error=ValueError(2)))
    assert not elsewhere.filter(record("y", error=ValueError(3)))
    assert here.filter(record("x", error=KeyError(1)))
    now[0] += 3600
    assert elsewhere.filter(record("x", error=ValueError(4)))
    assert not here.filter(record("x", error=ValueError(5)))


def test_e2_without_a_folder_each_process_counts_alone(tmp_path):
    (tmp_path / "file").touch()
    alone = logs.OncePerHour(tmp_path / "file" / "folder")

    assert alone.filter(record("x"))
    assert not alone.filter(record("x"))


def test_e2_the_mail_tells_the_place_and_nothing_of_the_visitor(settings):
    settings.ADMINS = [("Redazione", "redazione@example.org")]
    request = RequestFactory().post(f"/{MARK}/", {"text": MARK}, headers={"cookie": MARK})
    request.resolver_match, request.number = None, "0a1b2c"

    def fail(visitor):
        raise ValueError(visitor)

    try:
        fail(MARK)
    except ValueError:
        made = logging.LogRecord(
            "django.request", logging.ERROR, __file__, 1, "Error: %s", [request.path], None
        )
        made.exc_info, made.request = sys.exc_info(), request
    logs.ErrorMail().emit(made)

    message = mail.outbox[0]
    assert message.subject.startswith(settings.EMAIL_SUBJECT_PREFIX)
    assert "ValueError in mmul/test_logs.py" in message.subject
    assert "0a1b2c" in message.body
    assert "raise ValueError(visitor)" in message.body
    assert MARK not in message.subject + message.body
    assert settings.SECRET_KEY not in message.body


def test_e2_a_mail_that_cannot_be_sent_breaks_nothing(settings, caplog):
    settings.ADMINS = [("Redazione", "redazione@example.org")]
    settings.EMAIL_BACKEND = "no.such.Backend"

    logs.ErrorMail().emit(record("x", error=ValueError(1)))

    assert "was not sent" in caplog.text


@pytest.mark.django_db
def test_a_password_is_never_written(written, settings):
    site = in_production(settings)
    make_user("ada")
    site.post("/admin/account/login/", {"login": "ada", "password": PASSWORD})

    assert not [line for line in written if PASSWORD in line]
