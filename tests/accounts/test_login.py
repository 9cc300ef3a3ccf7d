"""The door of the newsroom: who gets in, who is told what, how long a login lasts (A1, A3)."""

import re
from datetime import datetime, timedelta
from functools import partial
from threading import Thread

import pytest
from django.conf import global_settings
from django.contrib import admin
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.adapter import TOO_MANY, WRONG, deliver
from accounts.models import User
from accounts.sessions import forget_expired_due
from kit.network import networks
from tests.factories import PASSWORD, make_article, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/admin/account/login/"
RESET = "/admin/account/password/reset/"
CHANGE = "/admin/account/password/change/"
POLICY = "Content-Security-Policy"
HERE, ELSEWHERE = "192.0.2.7", "198.51.100.9"


@pytest.fixture
def hashings(monkeypatch):
    """The passwords that were hashed, in order."""
    seen, encode = [], MD5PasswordHasher.encode

    def count(self, password, salt):
        seen.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    return seen


class Letters:
    """Stands for ``threading.Thread``: what it would do waits in ``posted``."""

    posted = []

    def __init__(self, target, args, name):
        self.work = partial(target, *args)

    def start(self):
        self.posted.append(self.work)


def post(work):
    """Do what waits in a thread of its own, as it would have been done, and wait for it."""
    thread = Thread(target=work)
    thread.start()
    thread.join()


@pytest.fixture
def letters(monkeypatch):
    monkeypatch.setattr(Letters, "posted", [])
    monkeypatch.setattr("accounts.adapter.Thread", Letters)
    return Letters.posted


def sign_in(name, password=PASSWORD, *, client=None, address=HERE, **more):
    data = {"login": name, "password": password}
    return (client or Client()).post(LOGIN, data, REMOTE_ADDR=address, **more)


def shown(response):
    """Status, headers and page, without what differs in any two answers, and without the name."""
    changing = {"X-Request-ID", "Expires", "Content-Length"}  # the last counts the name, too
    headers = {n: v for n, v in response.headers.items() if n not in changing}
    headers[POLICY] = re.sub("nonce-[^']+", "", headers[POLICY])
    page = re.sub('(csrfmiddlewaretoken|name="login")[^>]* value="[^"]*"', "", response.text)
    cookies = {n: dict(c) | {"expires": ""} for n, c in response.cookies.items()}
    return response.status_code, headers, cookies, page


# --- wrong name, wrong password ---


@pytest.fixture
def people():
    make_user("ada")
    make_user("lettore", staff=False, superuser=False)
    make_user("partita", is_active=False)
    User.objects.create(username="muta", email="muta@example.org", is_staff=True, password="!x")


REFUSED = {
    "unknown name": ("nessuno", "una password qualunque"),
    "unknown address": ("nessuno@example.org", "una password qualunque"),
    "wrong password": ("ada", "una password qualunque"),
    "wrong password, by address": ("ada@example.org", "una password qualunque"),
    "no staff, right password": ("lettore", PASSWORD),
    "no longer active, right password": ("partita", PASSWORD),
    "no password at all": ("muta", "una password qualunque"),
}


@pytest.mark.parametrize(("name", "password"), REFUSED.values(), ids=REFUSED)
def test_a1_every_refusal_has_the_same_words_status_and_headers(people, name, password):
    strange = sign_in("davvero nessuno", "una password qualunque")
    response = sign_in(name, password)

    assert shown(response) == shown(strange)
    assert (response.status_code, response.text.count(WRONG)) == (200, 1)
    assert "sessionid" not in response.cookies


@pytest.mark.parametrize(("name", "password"), REFUSED.values(), ids=REFUSED)
def test_a1_every_refusal_costs_one_hashing(people, hashings, name, password):
    sign_in(name, password)

    assert len(hashings) == 1


def test_a1_a_login_costs_one_hashing_too(people, hashings):
    assert sign_in("ada").status_code == 302
    assert hashings == [PASSWORD]


def test_a1_the_hasher_of_a_real_site_lets_in_the_right_password_and_no_other(settings):
    """All other tests hash fast (tests/conftest.py)."""
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    user = make_user("vera")

    assert user.password.startswith("pbkdf2_sha256$")
    assert sign_in("vera", PASSWORD[:-1]).status_code == 200
    assert sign_in("vera").headers["Location"] == "/admin/"


@pytest.mark.parametrize("name", ["ada", "ada@example.org", "ADA@example.org", "  ada "])
def test_staff_get_in_by_name_or_address(people, name):
    client = Client()

    assert sign_in(name, client=client).headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_name_that_is_another_one_s_address_belongs_to_who_has_the_name():
    make_user("ada")
    owner = make_user("ada@example.org")
    client = Client()
    sign_in("ada@example.org", client=client)

    assert client.session["_auth_user_id"] == str(owner.pk)


@pytest.mark.parametrize("name", ["lettore", "lettore@example.org"])
def test_a_reader_s_account_does_not_get_in(people, name):
    client = Client()
    sign_in(name, client=client)

    assert not Session.objects.exists()
    assert client.get("/admin/").status_code == 302


# --- too many tries ---


def test_a1_after_20_wrong_tries_the_right_password_is_refused_here_and_taken_elsewhere():
    make_user("ada")
    statuses = [sign_in("ada", f"password sbagliata {n}").status_code for n in range(20)]
    here, elsewhere = sign_in("ada"), sign_in("ada", address=ELSEWHERE)

    assert statuses == [200] * 10 + [429] * 10
    assert here.status_code == 429
    assert elsewhere.status_code == 302


def test_a1_who_is_refused_for_too_many_tries_is_told_when_and_keeps_the_name():
    make_user("ada")
    for n in range(10):
        sign_in("ada", f"password sbagliata {n}")
    known, unknown = sign_in("ada"), sign_in("nessuno")

    assert (known.status_code, known.headers["Retry-After"]) == (429, "300")
    assert known.text.count(TOO_MANY) == 1
    assert WRONG not in known.text
    assert re.search(r'<input[^>]* name="login" value="ada"', known.text)
    assert PASSWORD not in known.text
    assert shown(known) == shown(unknown)


def test_a1_an_account_is_closed_after_30_tries_from_many_addresses():
    make_user("ada")
    for n in range(30):
        sign_in("ada", f"password sbagliata {n}", address=f"192.0.2.{n // 10}")

    assert sign_in("ada", address=ELSEWHERE).status_code == 429
    assert sign_in("ADA", address=ELSEWHERE).status_code == 429
    make_user("bea")
    assert sign_in("bea", address=ELSEWHERE).status_code == 302


def test_a1_an_account_has_one_count_for_its_name_and_its_address():
    make_user("ada")
    for n in range(30):
        sign_in("ada", f"password sbagliata {n}", address=f"192.0.2.{n // 10}")

    assert sign_in("ada@example.org", address=ELSEWHERE).status_code == 429


def test_a1_tries_of_one_address_do_not_use_up_the_account():
    make_user("ada")
    for n in range(60):
        sign_in("ada", f"password sbagliata {n}")

    assert sign_in("ada", address=ELSEWHERE).status_code == 302


def test_a1_a_login_does_not_wipe_the_count():
    make_user("ada")
    for n in range(9):
        sign_in("ada", f"password sbagliata {n}")
    assert sign_in("ada").status_code == 302
    sign_in("ada", "password sbagliata")

    assert sign_in("ada").status_code == 429


def test_a1_a_login_that_succeeds_is_not_counted():
    make_user("ada")

    assert {sign_in("ada").status_code for _ in range(15)} == {302}


def test_a1_a_forged_forwarded_address_buys_no_more_tries():
    make_user("ada")
    for n in range(10):
        sign_in("ada", "password sbagliata", headers={"x-forwarded-for": f"203.0.113.{n}"})

    assert sign_in("ada", headers={"x-forwarded-for": ELSEWHERE}).status_code == 429


def test_a1_behind_our_proxy_each_reader_has_tries_of_his_own(settings):
    settings.TRUSTED_PROXIES = networks([HERE])
    make_user("ada")
    for _ in range(10):
        sign_in("ada", "password sbagliata", headers={"x-forwarded-for": "203.0.113.1"})

    assert sign_in("ada", headers={"x-forwarded-for": "203.0.113.1"}).status_code == 429
    assert sign_in("ada", headers={"x-forwarded-for": "203.0.113.2"}).status_code == 302


# --- lengths ---


@pytest.mark.parametrize(
    ("name", "password", "most"),
    [("a" * 255, PASSWORD, 254), ("ada", "p" * 257, 256), ("a" * 200_000, "p" * 20_000, 254)],
    ids=["name", "password", "both, huge"],
)
def test_a1_a_name_or_password_over_its_limit_is_refused_before_hashing(
    people, hashings, name, password, most
):
    with CaptureQueriesContext(connection) as asked:
        response = sign_in(name, password)

    assert response.status_code == 200
    assert f"{most} caratteri" in response.text
    assert hashings == []
    assert not [query for query in asked.captured_queries if "accounts_user" in query["sql"]]


def test_a1_the_longest_name_and_password_get_in(hashings):
    make_user("ada", password="p" * 256)
    User.objects.update(username="a" * 254)
    hashings.clear()

    assert sign_in("a" * 254, "p" * 256).status_code == 302
    assert hashings == ["p" * 256]


def test_a1_a_long_old_password_is_refused_before_hashing_too(staff_client, hashings):
    words = {"password1": "un’altra password", "password2": "un’altra password"}
    response = staff_client.post(CHANGE, words | {"oldpassword": "p" * 257})

    assert "256 caratteri" in response.text
    assert hashings == []


@pytest.mark.parametrize(("name", "password"), [("", PASSWORD), ("ada", ""), ("", "")])
def test_an_empty_form_asks_for_what_is_missing(people, hashings, name, password):
    response = sign_in(name, password)

    assert response.status_code == 200
    assert "Questo campo è obbligatorio." in response.text
    assert hashings == []


# --- a new password ---


def test_a1_a_reset_answers_alike_for_known_and_unknown_addresses(letters):
    make_user("ada")
    clients = {"ada@example.org": Client(), "nessuno@example.org": Client()}
    first, second = (c.post(RESET, {"email": email}) for email, c in clients.items())

    assert first.status_code == 302
    assert shown(first) == shown(second)
    pages = [shown(client.get(first.headers["Location"])) for client in clients.values()]
    assert pages[0] == pages[1]
    assert not Session.objects.exists()


def test_a1_the_mail_of_a_reset_leaves_after_the_answer(letters, settings):
    make_user("ada")
    Client().post(RESET, {"email": "Ada@Example.org"}, headers={"host": "localhost"})
    Client().post(RESET, {"email": "nessuno@example.org"})

    assert (len(letters), mail.outbox) == (1, [])
    post(letters[0])
    assert mail.outbox[0].to == ["ada@example.org"]
    assert f"\n{settings.SITE_URL}/admin/account/password/reset/key/" in mail.outbox[0].body


def test_a1_a_mail_that_cannot_be_sent_is_said_in_the_log_only(letters, caplog):
    class Unsendable:
        def send(self):
            raise OSError("the server is away")

    post(partial(deliver, Unsendable()))

    assert [record.name for record in caplog.records] == ["accounts.mail"]


@pytest.mark.parametrize("email", ["ada@example.org", "nessuno@example.org"])
def test_a1_resets_are_limited_alike_for_known_and_unknown_addresses(letters, email):
    make_user("ada")
    answers = [
        Client().post(RESET, {"email": email}, REMOTE_ADDR=f"192.0.2.{n}").status_code
        for n in range(4)
    ]

    assert answers == [302, 302, 302, 429]


def test_a1_the_link_of_a_reset_makes_one_new_password(letters):
    make_user("ada")
    inside = Client()
    sign_in("ada", client=inside)
    client = Client()
    client.post(RESET, {"email": "ada@example.org"})
    post(letters[0])
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[0].body)[1]
    form = client.get(link, follow=True)
    words = {"password1": "un’altra password", "password2": "un’altra password"}
    done = client.post(form.request["PATH_INFO"], words)

    assert done.status_code == 302
    assert "Questo link non vale più." in Client().get(link, follow=True).text
    assert sign_in("ada").status_code == 200
    assert sign_in("ada", "un’altra password").status_code == 302
    assert inside.get("/admin/").status_code == 302  # the old login ended


# --- what is not there ---


@pytest.mark.parametrize("path", ["/admin/account/signup/", "/accounts/signup/", "/signup/"])
def test_a1_nobody_signs_up(path):
    data = {"username": "eva", "email": "eva@example.org", "password1": PASSWORD}

    assert Client().get(path).status_code == 404
    assert Client().post(path, data).status_code in (404, 405)
    assert not User.objects.exists()


def test_a1_no_public_page_leads_to_a_sign_up():
    assert "signup" not in Client().get(LOGIN).text


@pytest.mark.parametrize("path", ["/admin/password_change/", "/admin/password_change/done/"])
def test_a1_the_admin_s_own_password_page_does_not_exist(staff_client, path):
    assert staff_client.get(path).status_code == 404


def test_a1_the_old_password_cannot_be_guessed_on_the_admin_s_own_page(staff_client):
    words = {"new_password1": "un’altra password", "new_password2": "un’altra password"}
    for n in range(20):
        staff_client.post("/admin/password_change/", words | {"old_password": f"prova {n}"})
    staff_client.post("/admin/password_change/", words | {"old_password": PASSWORD})

    assert User.objects.get().check_password(PASSWORD)


def admin_addresses():
    """Every page of the admin with a name, with 1 where it asks for a row."""
    yield from ("/admin/", "/admin/nessuna/", "/admin/r/1/1/")
    for model in admin.site._registry:
        label = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{label}_changelist")
        for page in ("add", "change", "delete", "history"):
            for arguments in ([], ["1"]):
                try:
                    yield reverse(f"{label}_{page}", args=arguments)
                except NoReverseMatch:
                    continue


def test_a1_every_admin_page_sends_a_stranger_to_the_login():
    addresses = list(admin_addresses())

    assert len(addresses) > 30
    for address in addresses:
        for answer in (Client().get(address), Client().post(address)):
            assert answer.status_code == 302, address
            assert answer.headers["Location"] == f"/admin/login/?next={address}", address
    end = Client().get("/admin/articles/article/", follow=True)
    assert end.redirect_chain[-1][0].startswith(f"{LOGIN}?next=")
    assert "Entra in redazione" in end.text


def test_the_admin_s_own_login_page_takes_no_password(people):
    data = {"username": "ada", "password": PASSWORD}
    response = Client().post("/admin/login/", data)

    assert (response.status_code, response.cookies) == (302, {})
    assert response.headers["Location"].startswith(LOGIN)


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_after_login_nobody_is_sent_to_another_site(people, there):
    response = Client().post(f"{LOGIN}?next={there}", {"login": "ada", "password": PASSWORD})

    assert response.headers["Location"] == "/admin/"


# --- how long a login lasts ---


@pytest.fixture
def inside(client):
    make_user("ada")
    sign_in("ada", client=client)
    assert client.get("/admin/").status_code == 200
    return client


def make_older(client, **ages):
    """Say that the login began, or was last seen, so long ago."""
    session = client.session
    for name, age in ages.items():
        session[name] = (timezone.now() - age).isoformat()
    session.save()


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("ages", "status"),
    [
        ({"seen": timedelta(days=3) - HOUR}, 200),
        ({"seen": timedelta(days=3) + HOUR}, 302),
        ({"started": timedelta(days=14) - HOUR}, 200),
        ({"started": timedelta(days=14) + HOUR}, 302),
    ],
    ids=["nearly 3 days unused", "3 days unused", "nearly 14 days", "14 days"],
)
def test_a3_a_login_ends_after_3_days_unused_and_after_14_days(inside, ages, status):
    make_older(inside, **ages)

    assert inside.get("/admin/").status_code == status
    assert Session.objects.count() == (status == 200)
    assert inside.get("/admin/").status_code == status


def test_a3_using_it_keeps_a_login_alive_but_not_past_14_days(inside):
    make_older(inside, started=timedelta(days=10), seen=timedelta(days=2))
    inside.get("/admin/")
    seen = datetime.fromisoformat(inside.session["seen"])

    assert timezone.now() - seen < HOUR
    make_older(inside, started=timedelta(days=15))
    assert inside.get("/admin/").status_code == 302


def test_a3_a_login_that_was_never_used_ends_after_3_days_too(client, monkeypatch):
    make_user("ada")
    sign_in("ada", client=client)
    later = timezone.now() + timedelta(days=4)
    monkeypatch.setattr("mmul.middleware.timezone.now", lambda: later)

    assert client.get("/admin/").status_code == 302


def test_a3_a_click_does_not_write_the_session_each_time(inside):
    with_seen = inside.session["seen"]
    inside.get("/admin/")

    assert inside.session["seen"] == with_seen


def test_a3_logging_out_ends_the_row(inside):
    key = inside.cookies["sessionid"].value
    assert inside.get("/admin/account/logout/").status_code == 200
    assert Session.objects.count() == 1  # opening the page changes nothing

    response = inside.post("/admin/account/logout/")

    assert response.headers["Location"] == LOGIN
    assert not Session.objects.exists()
    thief = Client()
    thief.cookies["sessionid"] = key
    assert thief.get("/admin/").status_code == 302


def test_a3_a_login_makes_a_new_key(client):
    make_user("ada")
    client.get(LOGIN)
    client.cookies["sessionid"] = "a" * 32
    sign_in("ada", client=client)

    assert client.cookies["sessionid"].value != "a" * 32


@pytest.mark.parametrize(("field", "status"), [("is_active", 200), ("is_staff", 403)])
def test_a3_who_is_sent_away_is_out_at_the_next_request(inside, field, status):
    User.objects.update(**{field: False})

    response = inside.get("/admin/articles/article/", follow=True)

    assert response.redirect_chain[0] == ("/admin/login/?next=/admin/articles/article/", 302)
    assert response.status_code == status


def test_a3_ended_logins_are_swept_away():
    now = timezone.now()
    for days in (-1, 1):
        Session.objects.create(session_key=f"k{days}", expire_date=now + timedelta(days=days))

    assert forget_expired_due(now) == 1
    assert Session.objects.get().session_key == "k1"


# --- the page ---


def test_the_login_page_is_italian_and_is_kept_nowhere():
    response = Client().get(LOGIN)
    page = response.text

    assert '<html lang="it">' in page
    assert "<h1" in page
    assert "Nome utente o e-mail" in page
    assert "Password dimenticata?" in page
    english = ("Username", "Sign In", "Login", "Forgot", "Remember", "placeholder")
    assert not [word for word in english if word in page]
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_a_public_page_is_the_same_for_staff_and_sets_no_cookie(inside):
    make_article(title="Una storia")
    for path in ("/", "/feed/", "/nessuna/"):
        staff, reader = inside.get(path), Client().get(path)
        assert staff.content == reader.content, path
        assert not staff.cookies, path
        assert "cookie" not in staff.headers.get("Vary", "").lower(), path


def test_the_login_page_itself_makes_no_session():
    response = Client().get(LOGIN)

    assert set(response.cookies) == {"csrftoken"}
    assert response.cookies["csrftoken"]["httponly"]
    assert not Session.objects.exists()
