"""Every page of the comments that readers open: nothing kept, nobody asked, nothing told (R1, R2)."""

from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from articles.models import PreviewLink
from comments import tokens
from comments.models import DataRequest, ReaderComment, State
from tests.comments.deciding import follow, moderator
from tests.comments.reading import page_of
from tests.comments.writing import make_comment, post
from tests.factories import make_article, make_author, make_user
from tests.mmul.test_public_pages import Loads

pytestmark = [pytest.mark.django_db, pytest.mark.once]

EMAIL, ADDRESS, NETWORK = "marca.segreta@example.net", "203.0.113.77", "203.0.113.0/24"


@pytest.fixture
def parent():
    """A published comment of a marked person, answered by the staff, under a signed story."""
    user = make_user("livia")
    user.email = "livia@segreto.example"
    user.save()
    author = make_author("Livia", user=user)
    parent = make_comment(
        make_article(authors=[author]), email=EMAIL, address=ADDRESS, text="visibile"
    )
    make_comment(parent=parent, email=user.email, user=user, name="Livia")
    return parent


@pytest.fixture
def public(parent):
    """Addresses that anybody may open."""
    story = parent.article.get_absolute_url()
    return [
        story,
        f"{story}?replytocom={parent.pk}",
        f"{story}feed/",
        "/comments/feed/",
        f"/commenti/segnala/{parent.pk}/",
        "/commenti/dati/",
        "/",
        "/feed/",
        parent.article.main_category.get_absolute_url(),
        "/author/livia/",
        "/commenti/segnala/999999/",
        "/commenti/ricevuto/x/",
    ]


@pytest.fixture
def private(parent):
    """Addresses behind a link that one person has."""
    held = make_comment(
        parent.article, state=State.UNCONFIRMED, email="eva@example.org", address="192.0.2.7"
    )
    request = DataRequest.objects.create(
        kind="all", commenter=held.commenter, network="", at=timezone.now()
    )
    values = {
        "ricevuto": ("mine", [held.pk, 1]),
        "mio": ("mine", [held.pk, 1]),
        "correggi": ("correct", held.pk),
        "conferma": ("confirm", held.pk),
        "decidi": ("moderate", [held.pk, "published", "unconfirmed", moderator().pk]),
        "basta": ("unsubscribe", follow(parent.article, EMAIL).pk),
        "dati": ("data", request.pk),
    }
    return [f"/commenti/{name}/{tokens.make(*value)}/" for name, value in values.items()]


def answers(client, public, private):
    """``(address, response)`` of every page, those that answer a form included."""
    for address in [*public, *private]:
        yield address, client.get(address)
    number = next(a for a in public if "segnala" in a)
    article = ReaderComment.objects.first().article
    yield "a comment", post(client, article, address="10.0.0.1", email="uno@example.org")
    yield "refused", post(client, article, email="no")
    yield "closed form", post(client, article, form="x", email="due@example.org")
    yield "too fast", post(client, article, address="10.0.0.1", email="uno@example.org")
    yield "from elsewhere", post(client, article, headers={"origin": "null"})
    yield "a preview", client.post("/commenti/anteprima/", {"comment": "ciao"})
    yield "a report", client.post(number, {"reason": "spam"})
    yield "a request", client.post("/commenti/dati/", {"kind": "copy", "email": EMAIL})
    for address in private:
        yield f"POST {address}", client.post(address, {"comment": "Un testo corretto."})


def test_r1_no_page_sets_a_cookie_or_asks_another_host(client, public, private):
    for address, response in answers(client, public, private):
        assert "Set-Cookie" not in response.headers, address
        assert not response.cookies, address
        assert "cookie" not in response.headers.get("Vary", "").lower(), address
        assert "Refresh" not in response.headers, address
        if response.headers.get("Content-Type", "").startswith("text/html"):
            loads = Loads()
            loads.feed(response.text)
            foreign = [a for a in loads.addresses if urlsplit(a or "").netloc]
            assert (foreign, loads.inline) == ([], []), address


def test_every_page_is_well_formed_and_italian(client, public, private):
    for address, response in answers(client, public, private):
        if response.text.lstrip().startswith("<!doctype"):
            page = page_of(response)
            assert (page.open, page.crossed) == ([], []), address
            assert len(page.ids) == len(set(page.ids)), address
            assert '<html lang="it"' in response.text, address
            assert response.text.count("<h1") == 1, address


def test_only_what_is_the_same_for_all_is_shared(client, public, private):
    for address in public:
        kept = client.get(address).headers["Cache-Control"]
        for_one = "replytocom" in address or "ricevuto" in address
        assert kept.startswith("private" if for_one else "public"), address
    for address in private:
        assert client.get(address).headers["Cache-Control"] == "private, no-store", address


def test_r2_no_address_or_network_of_anybody_stands_on_a_page(client, public, private):
    secrets = [EMAIL, "marca.segreta", ADDRESS, "203.0.113.", "segreto.example", "eva@", "192.0.2."]
    for address in [*public, *private]:
        response = client.get(address)
        told = f"{response.text} {dict(response.headers)}"
        for secret in secrets:
            assert secret not in told, address
    # The marked person is there, or this test would see nothing.
    assert "visibile" in client.get(public[0]).text
    comment = ReaderComment.objects.get(comment="visibile")
    assert (comment.user_email, comment.ip_address, comment.network) == (EMAIL, ADDRESS, NETWORK)


def test_r2_asking_for_data_answers_the_same_for_an_address_that_is_known(client, parent):
    known = client.post("/commenti/dati/", {"kind": "copy", "email": EMAIL})
    unknown = client.post("/commenti/dati/", {"kind": "copy", "email": "x@example.org"})

    assert known.content == unknown.content
    assert EMAIL not in known.text


def test_p1_a_hidden_comment_cannot_be_reported_or_answered_and_looks_like_none(client):
    held = make_comment(state=State.PENDING, text="segreto")
    under_draft = make_comment(text="segreto")
    under_draft.article.status = "draft"
    under_draft.article.save()

    none = client.get("/commenti/segnala/999999/").text
    for comment in (held, under_draft):
        response = client.get(f"/commenti/segnala/{comment.pk}/")
        page = response.text.replace(f"segnala {comment.pk}", "segnala 999999")
        assert (response.status_code, page) == (404, none)
        posted = client.post(f"/commenti/segnala/{comment.pk}/", {"reason": "spam"})
        assert posted.status_code == 404


@pytest.mark.parametrize("words", ["segnala/0", "segnala/01", "segnala/-1", "mio", "x/y/z"])
def test_p3_odd_addresses_are_missing_pages(client, words):
    assert client.get(f"/commenti/{words}/").status_code == 404
    assert client.get(f"/commenti/segnala/{'9' * 30}/").status_code == 404


def test_p4_the_preview_of_a_draft_offers_no_comment(client):
    draft = make_article(status="draft", published_at=None)
    token = PreviewLink.objects.issue(draft, make_user())

    page = client.get(f"/anteprima/{token}/").text

    assert draft.title in page
    assert 'id="respond"' not in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
