"""The generated corpus: deterministic, and rendered as the real renderer would."""

import pytest

from articles import rendering
from articles.models import Article
from mmul.demo import corpus

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_same_seed_gives_the_same_stories(client):
    corpus.generate(30, seed=7)
    first = list(Article.objects.order_by("pk").values_list("title", "slug", "body"))
    Article.objects.all().delete()
    for model in (corpus.Author, corpus.Tag, corpus.Image):
        model.objects.all().delete()
    for category in corpus.Category.objects.order_by("-path"):
        category.delete()
    corpus.generate(30, seed=7)

    assert list(Article.objects.order_by("pk").values_list("title", "slug", "body")) == first


def test_stories_are_visible_and_made_by_the_real_renderer(client):
    corpus.generate(30, seed=7)
    sample = Article.objects.order_by("pk")[3]

    assert Article.objects.visible().count() == 30
    assert rendering.render(sample.body).html == sample.body_html
    assert sample._meta.get_field("body").clean_html(sample.body) == sample.body
    assert client.get("/").status_code == 200
    assert client.get(sample.get_absolute_url()).status_code == 200
