"""The cookie by which staff pass by the page cache: who gets it, and how it ends (K4)."""

import pytest

from accounts import badge
from tests.factories import PASSWORD, make_user
from tests.modes import in_production

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NAME = "__Host-staff"
LOGIN, LOGOUT = "/admin/account/login/", "/admin/account/logout/"


@pytest.fixture
def inside(settings):
    """A browser after a login."""
    make_user("ada")
    browser = in_production(settings)
    browser.get(LOGIN, secure=True)
    browser.post(LOGIN, {"login": "ada", "password": PASSWORD}, secure=True)
    return browser


def test_a_login_gives_a_badge_bound_to_this_host(inside):
    cookie = inside.cookies[NAME]

    assert badge.in_cookies(f"{NAME}={cookie.value}")
    assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax")
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["max-age"] == 14 * 24 * 3600


def test_a_badge_is_given_once(inside):
    assert NAME not in inside.get("/admin/", secure=True).cookies


def test_a_logout_takes_it_back(inside):
    answer = inside.post(LOGOUT, secure=True)

    assert answer.cookies[NAME].value == ""
    assert answer.cookies[NAME]["max-age"] == 0
    assert answer.cookies[NAME]["secure"]


def test_who_lost_the_badge_gets_another(inside):
    inside.cookies[NAME] = "invented"

    assert badge.is_good(inside.get("/admin/", secure=True).cookies[NAME].value)


def test_strangers_get_none(settings):
    browser = in_production(settings)

    assert NAME not in browser.get(LOGIN, secure=True).cookies
    assert not browser.get("/", secure=True).cookies


def test_a_badge_ends_with_the_longest_login(settings, monkeypatch):
    value = badge.make()
    assert badge.is_good(value)
    settings.SESSION_COOKIE_AGE = -1

    assert not badge.is_good(value)


@pytest.mark.parametrize("before", ["", "a=1; ", "b=x;", "other-__Host-staff=1; "])
def test_it_is_found_among_other_cookies(settings, before):
    settings.STAFF_COOKIE_NAME = NAME

    assert badge.in_cookies(f"{before}{NAME}={badge.make()}; c=2")
    assert not badge.in_cookies(f"{before}x{NAME}={badge.make()}")
    assert not badge.in_cookies(f"{NAME}={badge.make()}" + "; x" * 2000)


def test_another_signature_of_ours_is_no_badge():
    from comments import tokens

    assert not badge.is_good(tokens.make("form", 1))
