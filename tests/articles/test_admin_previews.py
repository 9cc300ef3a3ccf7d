"""Anteprima: a draft on its real page, for staff and for whoever is handed a link."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, PreviewLink
from tests.articles.desk import ADD, CHANGE, filled, opened
from tests.factories import make_article, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def draft():
    return make_article(title="Ancora in bozza", status="draft", published_at=None)


def preview(article):
    return reverse("admin:articles_article_preview", args=[article.pk])


def links(article):
    return reverse("admin:articles_article_preview_links", args=[article.pk])


def test_p4_staff_sees_a_draft_on_its_real_page(staff_client, draft):
    response = staff_client.get(preview(draft))

    assert response.status_code == 200
    assert "Ancora in bozza" in response.text
    assert "articles/article.html" in [template.name for template in response.templates]
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_p4_a_preview_changes_nothing(staff_client, draft):
    staff_client.get(preview(draft))

    draft.refresh_from_db()
    assert draft.published_at is None


@pytest.mark.parametrize("when", [None, -1, 1])
def test_p4_every_state_has_a_preview(staff_client, when):
    date = when and timezone.now() + timedelta(days=when)
    story = make_article(status="ready" if when else "draft", published_at=date)

    assert staff_client.get(preview(story)).status_code == 200


def test_p4_nobody_else_sees_it(client, draft):
    assert client.get(preview(draft)).status_code in (302, 404)
    client.force_login(make_user(superuser=False))
    assert client.get(preview(draft)).status_code == 403
    assert client.get(links(draft)).status_code == 403
    assert client.post(links(draft), {"issue": "1"}).status_code == 403
    assert not PreviewLink.objects.exists()


def test_p4_a_preview_of_nothing_is_a_404(staff_client):
    assert staff_client.get("/admin/articles/article/999/anteprima/").status_code == 404
    assert staff_client.get("/admin/articles/article/999/link-di-anteprima/").status_code == 404
    assert staff_client.post(preview(make_article())).status_code == 405


def test_p4_a_link_is_shown_once_and_opens_the_draft_to_anybody(staff_client, client, draft):
    page = staff_client.post(links(draft), {"issue": "1"}).text
    address = re.search(r'value="https?://[^/]+(/anteprima/[^"]+)"', page)[1]

    assert address not in staff_client.get(links(draft)).text
    assert "vale fino al" in staff_client.get(links(draft)).text
    client.logout()
    assert "Ancora in bozza" in client.get(address).text


def test_p4_looking_at_the_page_makes_no_link(staff_client, draft):
    staff_client.get(links(draft) + "?issue=1")

    assert not PreviewLink.objects.exists()


def test_p4_revoked_links_open_nothing(staff_client, draft):
    token = PreviewLink.objects.issue(draft, make_user())

    response = staff_client.post(links(draft), {"revoke": "1"}, follow=True)

    assert "non funzionano più" in response.text
    assert PreviewLink.objects.find(token) is None


def test_save_and_look(staff_client):
    response = staff_client.post(reverse(ADD), filled(_preview="1"))

    story = Article.objects.get()
    assert response.headers["Location"] == preview(story)
    data = opened(staff_client, story) | {"_preview": "1"}
    response = staff_client.post(reverse(CHANGE, args=[story.pk]), data)
    assert response.headers["Location"] == preview(story)


def test_the_form_leads_to_both(staff_client, draft):
    page = staff_client.get(reverse(CHANGE, args=[draft.pk])).text

    assert f'href="{preview(draft)}"' in page
    assert f'href="{links(draft)}"' in page
    assert "Salva e guarda l’anteprima" in page
