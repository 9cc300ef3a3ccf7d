"""The story's page: what is on it, where old addresses lead, at what cost."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from articles import publishing
from articles.models import FormerSlug
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_image,
    make_series,
    make_tag,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ROME = ZoneInfo("Europe/Rome")


def test_permalink_is_year_month_slug_in_italian_time():
    at = datetime(2022, 11, 30, 23, 30, tzinfo=ZoneInfo("UTC"))

    assert make_article(slug="azure", published_at=at).get_absolute_url() == "/2022/12/azure/"


def test_page_shows_the_whole_story(client):
    article = make_article(
        title="Un supercomputer in affitto",
        standfirst="Microsoft e Nvidia insieme.",
        body="<h2>Le macchine</h2><p>Migliaia di GPU.</p>",
        authors=[make_author("Ada Bianchi", biography="Scrive di reti."), make_author("Bruno")],
        tags=[make_tag("Red Hat"), make_tag("open-source")],
        lead_image=make_image(alt="Una sala macchine", credit="Carla"),
        lead_caption="La sala.",
        published_at=datetime(2022, 11, 18, 9, 30, tzinfo=ROME),
        revised_at=datetime(2024, 8, 1, 9, 30, tzinfo=ROME),
        sources=[
            {
                "outlet": "Ars Technica",
                "title": "The supercomputer",
                "url": "https://arstechnica.com/x",
                "author": "B. Edwards",
                "original_date": date(2022, 11, 16),
            }
        ],
    )
    page = client.get(article.get_absolute_url()).text

    assert page.count("<h1") == 1
    assert page.count("<article") == 1
    for part in (
        "Un supercomputer in affitto",
        "Microsoft e Nvidia insieme.",
        "Migliaia di GPU.",
        "Ada Bianchi",
        "/author/bruno/",
        "Scrive di reti.",
        "/tag/red-hat/",
        "open-source",
        "Una sala macchine",
        "Carla",
        "La sala.",
        "18 novembre 2022",
        "1 agosto 2024",
        "1 minuto di lettura",
        "Fonti",
        "Ars Technica",
        "https://arstechnica.com/x",
        'lang="en"',
        "16 novembre 2022",
    ):
        assert part in page, part


def test_wrong_month_and_old_slug_lead_to_the_story_in_one_step(client):
    article = make_article(slug="nuovo", published_at=datetime(2022, 11, 18, tzinfo=ROME))
    publishing.change_address(article, "vecchio")

    for address in ("/2021/03/nuovo/", "/2022/11/vecchio/", "/1999/01/vecchio/"):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (301, "/2022/11/nuovo/"), address


def test_an_address_in_use_again_leads_to_the_story_that_uses_it_now():
    first, second = make_article(slug="a"), make_article(slug="b")
    publishing.change_address(first, "c")
    publishing.change_address(second, "c")

    assert list(FormerSlug.objects.values_list("article", "slug")) == [(second.pk, "c")]


def test_neighbours_are_the_stories_before_and_after(client):
    at = timezone.now()
    old, middle, new = (
        make_article(title=title, published_at=at.replace(year=year))
        for title, year in (("vecchia", 2020), ("media", 2021), ("nuova", 2022))
    )
    context = client.get(middle.get_absolute_url()).context

    assert (context["older"].pk, context["newer"].pk) == (old.pk, new.pk)


def test_series_box_numbers_the_parts_and_marks_this_one(client):
    series = make_series("Git e trucchi")
    parts = [make_article(series=series, series_part=n) for n in (1, 2, 3)]
    make_article(series=series, series_part=4, status="draft")

    box = client.get(parts[1].get_absolute_url()).context["series"]

    assert [part["current"] for part in box["parts"]] == [False, True, False]
    assert [part["number"] for part in box["parts"]] == [1, 2, 3]


def test_other_categories_and_tags_are_labels(client):
    main, other = make_category("Software"), make_category("Sicurezza")
    article = make_article(main_category=main, tags=[make_tag("C++")])
    article.categories.set([main, other])

    labels = client.get(article.get_absolute_url()).context["labels"]

    assert [(label["kind"], label["url"]) for label in labels] == [
        ("tag", "/tag/c-plus-plus/"),
        ("category", "/category/sicurezza/"),
    ]


@pytest.mark.both
@pytest.mark.parametrize("how_many", [1, 8])
def test_page_costs_eight_queries_whatever_hangs_on_it(
    client, django_assert_max_num_queries, how_many
):
    series = make_series()
    for _ in range(how_many):
        article = make_article(
            series=series,
            authors=[make_author(picture=make_image()) for _ in range(how_many)],
            tags=[make_tag() for _ in range(how_many)],
            lead_image=make_image(),
            sources=[{"outlet": "X", "url": "https://example.org/"}] * how_many,
        )
        article.categories.set([make_category() for _ in range(how_many)])

    with django_assert_max_num_queries(8):
        assert client.get(article.get_absolute_url()).status_code == 200


def test_page_cache_is_told_what_the_page_is_made_of(client):
    article = make_article(lead_image=make_image(), authors=[make_author(picture=make_image())])

    tags = client.get(article.get_absolute_url()).headers["Cache-Tags"].split()

    assert {article.cache_tag, article.lead_image.cache_tag} < set(tags)


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_only_reading_is_allowed(client, method):
    assert getattr(client, method)(make_article().get_absolute_url()).status_code == 405
