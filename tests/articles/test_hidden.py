"""P1: what is hidden answers like what never existed. P4: a preview opens one story."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import publishing
from articles.models import Byline, FormerSlug, PreviewLink, SocialCard
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_image,
    make_page,
    make_series,
    make_tag,
    make_user,
)

pytestmark = pytest.mark.django_db
MARK = "segretissimo"
HIDING = {
    "draft": {"status": "draft"},
    "draft without date": {"status": "draft", "published_at": None},
    "scheduled": {"published_at": timezone.now() + timedelta(days=1)},
}


def hide(**state):
    """A hidden story with the marker in every column and on everything that hangs on it."""
    article = make_article(
        **{
            "title": f"{MARK} titolo",
            "slug": MARK,
            "standfirst": f"{MARK} sommario",
            "body": f"<p>{MARK} testo</p>",
            "lead_caption": f"{MARK} didascalia",
            "search_title": f"{MARK} per chi cerca",
            "search_description": f"{MARK} descritto a chi cerca",
            "social_title": f"{MARK} per i social",
            "social_description": f"{MARK} descritto sui social",
            "social_image": make_image(alt=f"{MARK} figura per i social"),
            "lead_image": make_image(alt=f"{MARK} figura", credit=MARK),
            "authors": [make_author(f"{MARK} firma", biography=MARK)],
            "tags": [make_tag(f"{MARK} tag")],
            "series": make_series(f"{MARK} serie"),
            "sources": [{"outlet": MARK, "url": f"https://example.org/{MARK}"}],
        }
        | state
    )
    FormerSlug.objects.create(article=article, slug=f"{MARK}-vecchio")
    SocialCard.objects.create(article=article, name=f"{MARK}.png")
    return article


@pytest.mark.parametrize("state", HIDING.values(), ids=HIDING)
def test_p1_no_page_tells_of_a_hidden_story(client, state):
    shown = make_article(title="visibile", main_category=make_category("Software"))
    hidden = hide(main_category=shown.main_category, **state)
    Byline.objects.create(article=hidden, author=shown.signatures[0], position=9)
    make_page("pagina", slug=f"{MARK}-pagina", body=f"<p>{MARK}</p>", published=False)
    day = timezone.localtime(hidden.published_at or timezone.now())

    for address in (
        "/",
        "/feed/",
        "/robots.txt",
        "/sitemap.xml",
        "/sitemap-news.xml",
        shown.get_absolute_url(),
        shown.main_category.get_absolute_url(),
        shown.signatures[0].get_absolute_url(),
        f"/{day.year}/",
        f"/{day:%Y/%m}/",
        f"/{day:%Y/%m/%d}/",
    ):
        response = client.get(address)
        assert MARK not in response.text, address
        assert MARK not in str(response.headers), address


@pytest.mark.parametrize("state", HIDING.values(), ids=HIDING)
def test_p1_hidden_addresses_answer_like_invented_ones(client, state):
    hidden = hide(**state)
    make_page("pagina", slug=f"{MARK}-pagina", published=False)
    day = timezone.localtime(hidden.published_at or timezone.now())

    for address in (
        f"/{day:%Y/%m}/{MARK}/",
        f"/{day:%Y/%m}/{MARK}-vecchio/",
        f"/1999/01/{MARK}/",
        f"/tag/{MARK}-tag/",
        f"/author/{MARK}-firma/",
        f"/serie/{MARK}-serie/",
        f"/{MARK}-pagina/",
        f"/?p={hidden.pk}",
        f"/tag/{MARK}-tag/page/2/",
    ):
        there = client.get(address)
        never = client.get(address.replace(MARK, "inesistenti2"[: len(MARK)]))
        assert answer(there, address) == answer(never, address), address
        assert there.status_code == 404 or address.startswith("/?"), address


def answer(response, address):
    """Status, headers and size: what may not differ."""
    headers = dict(response.headers)
    for name in ("X-Request-ID", "ETag"):
        headers.pop(name, None)
    return response.status_code, headers, len(response.content)


def test_p1_withdrawn_story_leaves_neighbours_and_series(client):
    series = make_series("Git")
    first = make_article(series=series, series_part=1)
    second = make_article(title=MARK, series=series, series_part=2)
    publishing.withdraw(type(second).objects.filter(pk=second.pk))

    assert MARK not in client.get(first.get_absolute_url()).text


@pytest.mark.parametrize(
    "address", ["/admin/r/1/1/", "/r/1/1/", "/comments/post/", "/?p=1", "/articles/article/1/"]
)
def test_p2_no_public_address_takes_a_number_of_something_hidden(client, address):
    hide(status="draft")

    response = client.get(address)

    assert MARK not in response.text
    assert MARK not in response.headers.get("Location", "")


def test_p4_preview_link_opens_one_draft_and_is_not_kept(client):
    article = hide(status="draft", published_at=None)
    token = PreviewLink.objects.issue(article, make_user())

    response = client.get(f"/anteprima/{token}/")

    assert f"{MARK} titolo" in response.text
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert "Cache-Tags" not in response.headers
    assert "<form" not in response.text


def test_p4_token_is_stored_only_as_a_hash():
    token = PreviewLink.objects.issue(hide(status="draft"), make_user())

    assert token not in str(PreviewLink.objects.values())


def test_p4_preview_ends_after_seven_days_and_when_revoked(client):
    article, user = hide(status="draft"), make_user()
    old = PreviewLink.objects.issue(article, user, timezone.now() - timedelta(days=7, seconds=1))
    revoked = PreviewLink.objects.issue(article, user)
    PreviewLink.objects.latest("created_at").delete()

    for token in (old, revoked, "inventato"):
        assert client.get(f"/anteprima/{token}/").status_code == 404


def test_p4_preview_of_another_story_stays_closed(client):
    token = PreviewLink.objects.issue(make_article(status="draft", title="una"), make_user())
    hide(status="draft")

    assert MARK not in client.get(f"/anteprima/{token}/").text


def test_p1_a_tag_that_only_drafts_have_costs_what_an_invented_one_costs(client):
    tag, author = make_tag("Orca"), make_author("Nessuna")
    make_article(status="draft", tags=[tag], authors=[author])

    def asked(address):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 404
        return len(seen.captured_queries)

    for there, nowhere in [
        ("/tag/orca/", "/tag/orka/"),
        ("/tag/orca/feed/", "/tag/orka/feed/"),
        ("/author/nessuna/", "/author/nessuno/"),
    ]:
        assert asked(there) == asked(nowhere)
