"""Categories, tags, authors, series and archives at WordPress's addresses."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Author
from articles.models import Article, Category, Series, Tag
from tests.factories import make_article, make_author, make_category, make_series, make_tag

pytestmark = pytest.mark.django_db
ROME = ZoneInfo("Europe/Rome")


@pytest.fixture
def shelf():
    """One story that is in a list of every kind, and its addresses."""
    software = make_category("Software")
    distributions = make_category("Distribuzioni", parent=software)
    make_article(
        title="la storia",
        main_category=distributions,
        tags=[make_tag("Red Hat")],
        authors=[make_author("Ada Bianchi", biography="Scrive di reti.")],
        series=make_series("Git e trucchi"),
        published_at=datetime(2022, 11, 18, 9, tzinfo=ROME),
    )


ADDRESSES = [
    "/category/software/distribuzioni/",
    "/category/software/",
    "/tag/red-hat/",
    "/author/ada-bianchi/",
    "/serie/git-e-trucchi/",
    "/2022/",
    "/2022/11/",
    "/2022/11/18/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_story_is_in_every_list_it_belongs_to(client, shelf, address):
    response = client.get(address)

    assert response.status_code == 200
    assert "la storia" in response.text


@pytest.mark.parametrize("address", ADDRESSES)
def test_page_one_has_one_address_and_beyond_the_last_is_404(client, shelf, address):
    first = client.get(f"{address}page/1/")

    assert (first.status_code, first["Location"]) == (301, address)
    assert client.get(f"{address}page/2/").status_code == 404


@pytest.mark.once
@pytest.mark.parametrize("how_many", [2, 40])
@pytest.mark.parametrize("address", ADDRESSES)
def test_lists_cost_the_same_at_two_sizes(
    client, shelf, address, how_many, django_assert_max_num_queries
):
    for _ in range(how_many):
        make_article(
            main_category=Category.objects.get(slug="distribuzioni"),
            tags=[Tag.objects.get()],
            authors=[Author.objects.get(slug="ada-bianchi"), make_author()],
            series=Series.objects.get(),
            published_at=Article.objects.last().published_at,
        )
    with django_assert_max_num_queries(6):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/category/nessuna/",
        "/category/distribuzioni/",
        "/tag/nessuno/",
        "/author/nessuno/",
        "/serie/nessuna/",
        "/2021/",
        "/2022/10/",
        "/2022/11/17/",
        "/2022/02/30/",
        "/2022/13/x/",
        "/0001/",
    ],
)
def test_what_is_not_there_is_404(client, shelf, address):
    assert client.get(address).status_code == 404


def test_archive_days_are_italian_days(client):
    make_article(title="quasi dicembre", published_at=datetime(2022, 11, 30, 23, 30, tzinfo=ROME))

    assert client.get("/2022/11/30/").status_code == 200
    assert client.get("/2022/12/").status_code == 404


def test_headings_are_italian(client, shelf):
    assert "18 novembre 2022" in client.get("/2022/11/18/").text
    assert "Novembre 2022" in client.get("/2022/11/").text


def test_author_page_has_the_biography(client, shelf):
    assert "Scrive di reti." in client.get("/author/ada-bianchi/").text


def test_category_moved_below_another_takes_its_children_along():
    software, other = make_category("Software"), make_category("Altro")
    child = make_category("Distribuzioni", parent=software)
    software.parent = other
    software.save()
    child.refresh_from_db()

    assert child.path == "altro/software/distribuzioni"
