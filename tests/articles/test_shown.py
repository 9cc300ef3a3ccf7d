"""Remembered pieces of pages: never older than what they show (kit/memo.py)."""

import re
from datetime import timedelta

import pytest
from django.template.loader import get_template
from django.utils import timezone

from accounts.models import Author
from articles.models import Article, Byline, Category, Page, Tag
from comments.models import ReaderComment
from images.models import Image
from kit import memo
from tests.comments.writing import make_comment
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_image,
    make_page,
    make_tag,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def story():
    """The second of two stories, with everything a card can show, and one comment."""
    make_article(title="in testa", lead_image=make_image())
    story = make_article(
        title="la storia",
        main_category=make_category("Software", menu_order=1),
        authors=[make_author("Ada"), make_author("Bruno")],
        lead_image=make_image(),
        tags=[make_tag("Kernel")],
        published_at=timezone.now() - timedelta(hours=3),
    )
    make_page("Chi siamo", menu_order=1)
    make_comment(parent=make_comment(story, text="primo", name="Carla", user_url="https://e.org/"))
    return story


def on(model, **columns):
    return lambda: model.objects.update(**columns)


def of_the_story(**columns):
    return lambda: Article.objects.filter(title="la storia").update(**columns)


def copies():
    (image,) = Image.objects.order_by("pk")[1:]
    image.renditions[0]["name"] = f"cd/{7:040x}-640.avif"
    image.save()


def other_order():
    line = Byline.objects.filter(article__title="la storia").first()
    Byline.objects.filter(pk=line.pk).update(position=9)


def one_comment(**columns):
    def change():
        row = ReaderComment.objects.order_by("pk").first()
        ReaderComment.objects.filter(pk=row.pk).update(**columns)

    return change


CHANGES = {
    "title": of_the_story(title="un altro titolo"),
    "address": of_the_story(slug="altrove"),
    "standfirst": of_the_story(standfirst="Un altro sommario & basta."),
    "date": of_the_story(published_at=timezone.now() - timedelta(days=40)),
    "pinned": of_the_story(pinned=True),
    "comments": of_the_story(comment_count=7),
    "no picture": of_the_story(lead_image=None),
    "name of the category": on(Category, name="Programmi"),
    "name of an author": on(Author, name="Zoe"),
    "order of the authors": other_order,
    "biography": on(Author, biography="Scrive di notte."),
    "site of an author": on(Author, website="https://e.org/io"),
    "portrait": lambda: Author.objects.update(picture=Image.objects.first()),
    "update": of_the_story(revised_at=timezone.now()),
    "length": of_the_story(words=9000),
    "menu": on(Category, menu_order=None, name="Altro"),
    "other words for search engines": of_the_story(search_description="Un’altra descrizione."),
    "name of a tag": on(Tag, name="Altrove"),
    "neighbour": lambda: Article.objects.filter(title="in testa").update(title="di lato"),
    "no authors": lambda: Byline.objects.all().delete(),
    "text of the picture": on(Image, alt='Un\'altra "figura"'),
    "decorative": on(Image, decorative=True),
    "width": on(Image, width=1200),
    "height": on(Image, height=1200),
    "focus": on(Image, focus="top"),
    "copies": copies,
    "page of the footer": on(Page, title="Noi"),
    "order of the menu": on(Category, menu_order=None),
    "text of a comment": one_comment(html="<p>corretto</p>"),
    "name of a commenter": one_comment(signature="Dora"),
    "site of a commenter": one_comment(user_url=""),
    "face": one_comment(face="0123456789abcdef"),
    "correction": one_comment(edited_at=timezone.now()),
    "hidden": one_comment(state="spam"),
    "closed": of_the_story(comments_open=False),
}


def pages(client):
    story = Article.objects.get(pk=max(Article.objects.values_list("pk", flat=True)))
    addresses = ["/", story.main_category.get_absolute_url(), story.get_absolute_url()]
    # The signature of the form holds the second in which it was made.
    return [
        re.sub(r'name="form" value="[^"]+"', "", client.get(address).text) for address in addresses
    ]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_remembered_shows_every_change_at_once(client, story, change):
    before = pages(client)
    change()

    after = pages(client)

    assert after != before
    memo.forget()
    assert after == pages(client)


def test_a_card_is_made_once_while_nothing_of_it_changes(client, story, monkeypatch):
    client.get("/")
    made = []
    monkeypatch.setattr(memo, "render", lambda *piece: made.append(piece) or "")
    client.get("/")

    assert made == []


def test_while_debugging_nothing_is_remembered(settings):
    settings.DEBUG = True
    facts = {"name": "M", "tagline": "t", "categories": (), "pages": ()}
    first = memo.rendered("_footer.html", **facts)

    assert first == get_template("_footer.html").render(facts)
    assert memo.rendered("_footer.html", **facts) is not first


def test_where_the_reader_is_is_marked_on_every_page_anew(client, story):
    assert 'masthead__home" href="/" aria-current="page"' in client.get("/").text
    assert (
        'href="/category/software/" aria-current="page"' in client.get("/category/software/").text
    )
    assert 'href="/category/software/" aria-current="page"' not in client.get("/").text


def test_two_stories_have_forms_of_their_own(client, story):
    forms = [
        re.findall(r'name="(?:story|form)" value="([^"]+)"', client.get(address).text)
        for address in [one.get_absolute_url() for one in Article.objects.all()]
    ]
    assert len({number for number, _ in forms}) == 2
    assert len({token for _, token in forms}) == 2
