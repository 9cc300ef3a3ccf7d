"""/?p= and /?page_id=: the short link, and WordPress's numbers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.articles.test_hidden import HIDING, answer, hide
from tests.factories import make_article, make_page

pytestmark = pytest.mark.django_db
NONSENSE = ["abc", "", "-1", "0x1", "1.0", "9" * 19, "9" * 400, "%D9%A3", "1%00", "1+", "null"]


def test_the_short_link_leads_to_the_story_once(client):
    article = make_article()
    response = client.get(f"/?p={article.pk}")

    assert response.status_code == 301
    assert response.headers["Location"] == article.get_absolute_url()
    assert article.cache_tag in response.headers["Cache-Tags"].split()
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_a_page_has_its_number_too(client):
    page = make_page("Chi siamo")

    assert client.get(f"/?page_id={page.pk}").headers["Location"] == "/chi-siamo/"


@pytest.mark.parametrize("state", HIDING.values(), ids=HIDING)
def test_p1_the_number_of_a_hidden_story_is_one_that_never_existed(client, state):
    hidden = hide(**state)
    there, never = client.get(f"/?p={hidden.pk}"), client.get(f"/?p={hidden.pk + 999}")

    assert answer(there, "") == answer(never, "")
    assert there.status_code == 404


def test_p1_the_number_of_a_hidden_page_is_one_that_never_existed(client):
    hidden = make_page("segreta", published=False)
    there, never = client.get(f"/?page_id={hidden.pk}"), client.get("/?page_id=999999")

    assert answer(there, "") == answer(never, "")
    assert there.status_code == 404


@pytest.mark.parametrize("name", ["p", "page_id"])
@pytest.mark.parametrize("value", NONSENSE)
def test_p3_what_is_no_number_is_refused_without_a_query(
    client, django_assert_max_num_queries, name, value
):
    with django_assert_max_num_queries(1):  # the menu of the page that says so
        assert client.get(f"/?{name}={value}").status_code in (400, 404)


def test_a_number_costs_one_query(client, django_assert_num_queries):
    article = make_article()

    with django_assert_num_queries(1):
        client.get(f"/?p={article.pk}")


def test_other_parameters_leave_the_front_page_alone(client):
    make_article(title="Il kernel")

    response = client.get("/?utm_source=x&pp=1&P=1")

    assert response.status_code == 200
    assert "Il kernel" in response.text


def test_a_scheduled_story_has_a_short_link_from_its_minute_on(client):
    article = make_article(published_at=timezone.now() + timedelta(seconds=60))
    assert client.get(f"/?p={article.pk}").status_code == 404
    type(article).objects.update(published_at=timezone.now() - timedelta(seconds=1))

    assert client.get(f"/?p={article.pk}").status_code == 301


@pytest.mark.parametrize("tail", ["comment-page-2", "amp", "embed", "2"])
def test_a_part_of_a_story_leads_to_the_whole_one(client, tail):
    story = make_article()

    response = client.get(f"{story.get_absolute_url()}{tail}/")

    assert (response.status_code, response.headers["Location"]) == (301, story.get_absolute_url())


def test_p1_a_part_of_a_hidden_story_is_a_part_of_none(client):
    story = make_article(status="draft")

    hidden = client.get(f"{story.get_absolute_url()}amp/")
    none = client.get(f"/2026/11/{'x' * len(story.slug)}/amp/")

    assert (hidden.status_code, none.status_code) == (404, 404)


@pytest.mark.parametrize(
    "address", ["/xmlrpc.php", "/wp-trackback.php", "/2024/05/una-storia/trackback/"]
)
def test_doors_for_machines_of_other_sites_are_gone(client, address):
    assert client.get(address).status_code == 410
    assert client.post(address).status_code == 410


def test_the_icon_by_the_name_browsers_know(client):
    assert client.get("/favicon.ico").headers["Location"] == "/static/img/favicon.svg"
