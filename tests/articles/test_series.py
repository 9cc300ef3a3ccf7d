"""A series: its page, its box, and that the shelf below never repeats it."""

import pytest
from django.core.management import call_command

from articles import publishing
from articles.models import Article
from tests.factories import make_article, make_series, make_tag

pytestmark = pytest.mark.django_db


def test_page_box_and_shelf_agree(client, capsys):
    tag, series = make_tag("Git"), make_series("Git e trucchi")
    parts = [
        make_article(title=f"Git {n}", series=series, series_part=n, tags=[tag]) for n in (1, 2, 3)
    ]
    others = [make_article(title=f"Altro {n}", tags=[tag]) for n in range(3)]
    draft = make_article(title="segretissimo", series=series, series_part=4, status="draft")
    call_command("relate_stories")

    listed = client.get(series.get_absolute_url()).context["articles"]
    page = client.get(parts[1].get_absolute_url())

    assert [card.pk for card in listed] == [part.pk for part in parts]
    assert [part["title"] for part in page.context["series"]["parts"]] == [p.title for p in parts]
    shown = page.context["related"]
    assert shown
    assert not {card.pk for card in shown} & {part.pk for part in (*parts, draft)}
    elsewhere = client.get(others[0].get_absolute_url()).context["related"]
    assert len([other for other in elsewhere if other.pk in [part.pk for part in parts]]) == 1


def test_a_withdrawn_part_leaves_page_box_and_shelf_at_once(client):
    tag, series = make_tag(), make_series()
    parts = [make_article(series=series, series_part=n, tags=[tag]) for n in (1, 2)]
    story = make_article(tags=[tag])
    call_command("relate_stories")
    publishing.withdraw(Article.objects.filter(series=series))

    assert client.get(series.get_absolute_url()).status_code == 404
    assert not client.get(story.get_absolute_url()).context["related"]
    assert client.get(f"/2026/01/{parts[0].slug}/").status_code == 404
