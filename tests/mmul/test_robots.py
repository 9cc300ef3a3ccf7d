"""robots.txt: what crawlers are asked to leave alone, as a parser of the rules reads it."""

from urllib.robotparser import RobotFileParser

import pytest

from mmul.robots import AI_CRAWLERS, CLOSED

PUBLIC = [
    "/",
    "/2026/11/una-storia/",
    "/category/software/",
    "/feed/",
    "/sitemap.xml",
    "/rassegna/",
]
PUBLIC += ["/comments/feed/", "/cercasi/", "/media/ab/x.jpg", "/static/css/site.css", "/?p=1"]
SEARCH_ENGINES = ["Googlebot", "Bingbot", "Applebot", "DuckDuckBot", "YandexBot", "Google-News"]
PEOPLE = ["ChatGPT-User", "Claude-User", "Perplexity-User", "Mozilla/5.0", "facebookexternalhit"]
KEY = "0123456789abcdef"


@pytest.fixture
def parsed(client):
    def read():
        response = client.get("/robots.txt")
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        parser = RobotFileParser()
        parser.parse(response.text.splitlines())
        return parser

    return read


@pytest.mark.parametrize("choice", ["allow", "deny"])
def test_search_engines_and_people_may_open_every_page(parsed, settings, choice):
    settings.AI_CRAWLERS = choice
    rules = parsed()

    for agent in SEARCH_ENGINES + PEOPLE:
        for path in PUBLIC:
            assert rules.can_fetch(agent, path), (agent, path)


@pytest.mark.parametrize("choice", ["allow", "deny"])
def test_what_has_no_place_in_an_index_is_left_alone(parsed, settings, choice):
    settings.AI_CRAWLERS = choice
    rules = parsed()

    for path in [
        "/cerca/?q=linux",
        "/?s=linux",
        "/search/linux/",
        "/anteprima/x/",
        "/commenti/dati/",
    ]:
        for agent in SEARCH_ENGINES:
            assert not rules.can_fetch(agent, path), (agent, path)


def test_one_setting_closes_the_site_to_ai_crawlers_or_opens_it(parsed, settings):
    for choice, allowed in (("deny", False), ("allow", True)):
        settings.AI_CRAWLERS = choice
        rules = parsed()
        for crawler in AI_CRAWLERS:
            for agent in (crawler.agent, crawler.agent.lower(), f"{crawler.agent}/1.0"):
                assert rules.can_fetch(agent, "/2026/11/una-storia/") is allowed, agent
                assert not rules.can_fetch(agent, "/commenti/dati/")


def test_the_crawlers_everybody_asks_about_are_in_the_table():
    known = {crawler.agent for crawler in AI_CRAWLERS}

    assert len(known) == len(AI_CRAWLERS)
    assert known >= {
        "GPTBot", "ClaudeBot", "CCBot", "Google-Extended", "Applebot-Extended", "Bytespider",
        "PerplexityBot", "Amazonbot", "Meta-ExternalAgent",
    }  # fmt: skip
    # RFC 9309, 2.2.1: a product token is letters, underscores and hyphens; digits are in use.
    assert all(agent.replace("-", "").replace("_", "").isalnum() for agent in known)


def test_the_maps_are_named_with_our_address(client, settings):
    settings.SITE_URL = "https://www.example.org"
    parser = RobotFileParser()
    parser.parse(client.get("/robots.txt").text.splitlines())

    assert parser.site_maps() == [
        "https://www.example.org/sitemap.xml",
        "https://www.example.org/sitemap-news.xml",
    ]


def test_the_newsroom_is_not_named(client, settings):
    assert settings.ADMIN_PATH not in client.get("/robots.txt").text
    assert all(path.startswith("/") and path.isascii() for path in CLOSED)


@pytest.mark.django_db
def test_robots_is_kept_until_the_settings_change_and_asks_no_database(
    client, django_assert_num_queries
):
    with django_assert_num_queries(0):
        assert client.get("/robots.txt").headers["Cache-Tags"] == "all"


# --- The key of IndexNow -----------------------------------------------------


@pytest.mark.django_db
def test_the_key_file_shows_our_key_and_no_other(client, settings):
    settings.INDEXNOW_KEY = KEY
    response = client.get(f"/{KEY}.txt")

    assert (response.status_code, response.text) == (200, KEY)
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["Cache-Tags"] == "all"
    for address in (f"/{KEY[:-1]}.txt", f"/{KEY}0.txt", f"/{KEY.upper()}.txt", f"/x/{KEY}.txt"):
        assert client.get(address).status_code == 404, address


@pytest.mark.django_db
def test_without_a_key_there_is_no_file(client):
    for address in (f"/{KEY}.txt", "/.txt", "/llms-full.txt", "/security.txt"):
        assert client.get(address).status_code == 404, address
