"""The front page: who appears on it, in which order, at what cost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article
from tests.factories import make_article, make_author, make_category, make_image

pytestmark = pytest.mark.django_db


def test_draft_is_not_listed(client):
    make_article(title="Kernel 6.20", status="draft", published_at=None)

    assert "Kernel 6.20" not in client.get("/").text


def test_scheduled_article_appears_at_its_minute_without_any_job(client):
    now = timezone.now()
    make_article(title="Kernel 6.20", published_at=now + timedelta(minutes=1))

    assert "Kernel 6.20" not in client.get("/").text
    assert visible_titles(now + timedelta(minutes=1)) == ["Kernel 6.20"]


def test_newest_first_and_same_minute_is_stable():
    now = timezone.now()
    make_article(title="primo", published_at=now)
    make_article(title="secondo", published_at=now)

    assert visible_titles(now) == ["secondo", "primo"]


def test_pinned_story_leads_however_old(client):
    make_article(title="nuova")
    make_article(title="vecchia ma in evidenza", pinned=True, published_at=days_ago(90))

    assert client.get("/").context["lead"].title == "vecchia ma in evidenza"


def test_empty_site_is_a_page(client):
    assert client.get("/").status_code == 200


def test_card_shows_picture_category_author_date_standfirst_and_comments(client):
    category = make_category("Sicurezza")
    for title in ("apertura", "seconda"):
        make_article(
            title=title,
            main_category=category,
            authors=[make_author(f"Ada di {title}")],
            lead_image=make_image(alt=f"figura di {title}"),
            standfirst=f"Sommario di {title}.",
            published_at=days_ago(1 if title == "apertura" else 2),
        )

    page = client.get("/").text

    for title in ("apertura", "seconda"):
        for part in (title, f"Ada di {title}", f"figura di {title}", f"Sommario di {title}."):
            assert part in page
    assert page.count("Nessun commento") == 2
    assert category.get_absolute_url() in page


@pytest.mark.parametrize("how_many", [1, 25])
def test_cost_does_not_grow_with_the_list(client, django_assert_max_num_queries, how_many):
    for _ in range(how_many):
        make_article(lead_image=make_image(), authors=[make_author(), make_author()])

    with django_assert_max_num_queries(5):
        client.get("/")


def test_second_page_goes_on_where_the_first_ends(client):
    for number in range(25):
        make_article(title=f"storia-{number:02}", published_at=days_ago(number))

    first, second, third = (client.get(p).text for p in ("/", "/page/2/", "/page/3/"))

    for number in range(25):
        pages = [f"storia-{number:02}" in page for page in (first, second, third)]
        assert pages == [number < 11, 11 <= number < 21, number >= 21]


def test_beyond_the_last_page_is_404(client):
    make_article()

    assert client.get("/page/2/").status_code == 404
    assert client.get("/page/99999/").status_code == 404


def test_first_page_has_one_address(client):
    response = client.get("/page/1/")

    assert (response.status_code, response["Location"]) == (301, "/")


def test_page_cache_is_told_what_the_page_is_made_of(client):
    image = make_image()
    article = make_article(lead_image=image)

    tags = client.get("/").headers["Cache-Tags"].split()

    assert tags == ["lists", article.cache_tag, image.cache_tag, "rassegna"]


def visible_titles(at):
    return [a.title for a in Article.objects.visible(at)]


def days_ago(number):
    return timezone.now() - timedelta(days=number)
