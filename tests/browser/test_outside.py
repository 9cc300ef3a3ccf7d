"""The preview of a story outside the site, while an editor types."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from images import uploads
from tests.factories import make_article, make_category
from tests.images import samples

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def form(page, live_site, login):
    login(page, live_site)

    def open_form(article):
        address = reverse("admin:articles_article_change", args=[article.pk])
        page.goto(live_site.url + address)
        page.locator(".ProseMirror").wait_for()
        page.get_by_text("Fuori dal sito").first.click()
        return page

    return open_form


def shown(page, name):
    return page.locator(f'[data-show="{name}"]')


def troubles(page):
    """What the console said; the admin has no favicon of its own."""
    return [line for line in page.said if "404" not in line]


def test_the_preview_follows_the_typing(form):
    article = make_article(
        title="Perché l’università passa a Debian", main_category=make_category("Distribuzioni")
    )
    page = form(article)

    assert shown(page, "drawnTitle").inner_text() == article.title
    assert shown(page, "category").inner_text().lower() == "distribuzioni"
    page.locator("#id_title").fill("Un altro titolo")
    assert shown(page, "searchTitle").inner_text() == "Un altro titolo"
    assert page.locator("#id_social_title").get_attribute("placeholder") == "Un altro titolo"
    page.locator("#id_search_title").fill("Per chi cerca")
    page.locator("#id_social_title").fill("Per i social")
    assert shown(page, "searchTitle").inner_text() == "Per chi cerca"
    assert shown(page, "socialTitle").inner_text() == "Per i social"
    page.locator("#id_search_title").fill("")
    assert shown(page, "searchTitle").inner_text() == "Un altro titolo"
    page.locator("#id_standfirst").fill("Una frase intera di prova. " * 12)
    said = shown(page, "searchDescription").text_content()
    assert said.endswith("di prova.")
    assert 80 <= len(said) <= 160
    page.locator("#id_search_title").fill("x" * 71)
    expect(page.locator("#id_search_title-counter")).to_contain_text("71 di 70")
    assert not troubles(page)


def test_the_card_shows_the_picture_that_will_stand_for_the_story(form):
    def receive(size):
        return uploads.receive(samples.upload(samples.photo(size)), title="x", alt="x")

    article = make_article(lead_image=receive((1200, 700)), social_image=None)
    page = form(article)

    expect(shown(page, "picture")).to_be_visible()
    expect(shown(page, "drawn")).to_be_hidden()
    page.locator(".field-lead_image .lead__away").click()
    expect(shown(page, "drawn")).to_be_visible()
    expect(shown(page, "picture")).to_be_hidden()
    expect(shown(page, "note")).to_contain_text("Nessuna figura adatta")
    page.locator(".field-social_image .lead__choose").click()
    page.locator(".picker__grid button").first.click()
    expect(shown(page, "picture")).to_be_visible()
    assert not troubles(page)
