"""A story's picture for other sites: when it is made, from what, once, and what is left over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import cards, publishing
from articles.models import Article, SocialCard
from images import crops, files, uploads, workshop
from images.models import TRIES, WAITS, Image
from pagecache.tags import purged
from tests.factories import make_article, make_category, make_image
from tests.images import samples

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def drawn(monkeypatch):
    """Drawing without the child: returns the titles that were drawn."""
    titles = []

    def draw(title, kicker, site):
        titles.append(title)
        return f"ab/{len(titles):040x}.png"

    monkeypatch.setattr(cards.cards, "draw", draw)
    return titles


def receive(size=(1300, 800)):
    return uploads.receive(samples.upload(samples.photo(size)), title="Prova", alt="Prova")


def card_of(article):
    return SocialCard.objects.get(pk=article.pk)


def test_story_without_a_picture_gets_a_drawn_card():
    article = make_article(title="Perché è così")

    assert cards.make_due() == 1
    assert files.path(card_of(article).name).exists()
    assert cards.make_due() == 0


def test_story_with_a_fit_picture_gets_its_crops_and_no_card(drawn):
    article = make_article(lead_image=receive())
    cards.make_due()
    article.lead_image.refresh_from_db()

    assert [crop["shape"] for crop in article.lead_image.crops] == list(crops.SHAPES)
    assert (drawn, card_of(article).name) == ([], "")


def test_story_with_a_tall_picture_gets_both(drawn):
    article = make_article(title="Alta", lead_image=receive((500, 900)))
    cards.make_due()
    article.lead_image.refresh_from_db()

    assert drawn == ["Alta"]
    assert [crop["shape"] for crop in article.lead_image.crops] == ["1x1", "4x3", "16x9", "191x100"]


def test_the_editors_picture_holds_whatever_its_shape(drawn):
    article = make_article(lead_image=receive(), social_image=receive((500, 900)))
    cards.make_due()

    assert drawn == []
    assert cards.picture_for(article) == article.social_image
    assert crops.crop_of(Image.objects.get(pk=article.social_image_id), crops.SOCIAL)


def test_drafts_wait_and_scheduled_stories_are_ready_before_their_minute(drawn):
    make_article(title="Bozza", status="draft")
    make_article(title="Domani", published_at=timezone.now() + timedelta(days=1))
    cards.make_due()

    assert drawn == ["Domani"]


def test_a_draft_that_comes_out_gets_its_card(drawn):
    article = make_article(title="Bozza", status="draft", published_at=None)
    cards.make_due()
    publishing.publish(Article.objects.filter(pk=article.pk))
    cards.make_due()

    assert drawn == ["Bozza"]


def test_newest_stories_come_first(drawn):
    now = timezone.now()
    for days in (3, 1, 2):
        make_article(title=f"{days}", published_at=now - timedelta(days=days))
    cards.make_due(limit=2)

    assert drawn == ["1", "2"]


def test_a_new_title_draws_anew_and_the_old_file_goes(django_capture_on_commit_callbacks):
    article = make_article(title="Uno")
    cards.make_due()
    before = card_of(article).name
    article.title = "Due"
    article.save(update_fields=["title", "modified_at"])
    with django_capture_on_commit_callbacks(execute=True):
        cards.make_due()

    assert card_of(article).name != before
    assert not files.path(before).exists()
    assert files.path(card_of(article).name).exists()


@pytest.mark.parametrize(
    ("change", "titles"),
    [
        ({"social_title": "Altro"}, ["Uno", "Altro"]),
        ({"standfirst": "Altro"}, ["Uno"]),
        ({"body": "<p>Altro</p>"}, ["Uno"]),
    ],
)
def test_only_what_stands_on_the_card_draws_it_anew(drawn, change, titles):
    article = make_article(title="Uno")
    cards.make_due()
    for name, value in change.items():
        setattr(article, name, value)
    article.save(update_fields=[*change, "modified_at"])
    cards.make_due()

    assert drawn == titles


def test_a_save_that_changes_nothing_draws_nothing(drawn):
    article = make_article(title="Uno")
    cards.make_due()
    Article.objects.get(pk=article.pk).save()

    assert cards.make_due() == 1
    assert drawn == ["Uno"]


def test_a_renamed_category_draws_its_cards_anew(drawn):
    category = make_category("Software")
    make_article(title="Uno", main_category=category)
    make_article(title="Due", main_category=make_category("Altro"))
    cards.make_due()
    category.name = "Programmi"
    category.save()
    cards.make_due()

    assert drawn == ["Due", "Uno", "Uno"] or drawn == ["Uno", "Due", "Uno"]


def test_a_new_focus_cuts_the_picture_anew(drawn):
    image = receive()
    make_article(lead_image=image)
    cards.make_due()
    image.refresh_from_db()
    image.focus = "left"
    image.save(update_fields=["focus", "modified_at"])

    assert cards.make_due() == 1
    image.refresh_from_db()
    assert crops.crop_of(image, "1x1")["name"].endswith("-1x1l.jpg")
    assert cards.make_due() == 0


def test_a_change_during_the_drawing_is_not_lost(drawn, monkeypatch):
    article = make_article(title="Uno")
    draw = cards.cards.draw

    def slow(title, *rest):
        Article.objects.get(pk=article.pk).save() if title == "Uno" else None
        return draw(title, *rest)

    monkeypatch.setattr(cards.cards, "draw", slow)
    cards.make_due()

    assert Article.objects.get(pk=article.pk).outside_at is None
    assert cards.make_due() == 1


def test_two_workers_do_not_take_the_same_story():
    article, now = make_article(), timezone.now()

    assert cards.claim(article.pk, now)
    assert not cards.claim(article.pk, now)
    assert cards.waiting(now, 5) == []
    assert cards.waiting(now + WAITS[0], 5) == [article.pk]


def test_a_failure_is_kept_tried_again_later_and_at_last_left(drawn, monkeypatch, caplog):
    article = make_article(lead_image=make_image())  # a row without its file
    now = timezone.now()
    assert cards.make_due(now=now) == 1
    assert "FileNotFoundError" in card_of(article).error
    assert cards.make_due(now=now) == 0
    for wait in WAITS:
        now += wait
        cards.make_due(now=now)

    assert caplog.text.count(f"no card after {TRIES} tries") == 1
    assert cards.make_due(now=now + timedelta(days=9)) == 0
    article.save()
    assert cards.make_due() == 1


def test_a_child_that_fails_leaves_the_story_as_it_was(monkeypatch):
    article = make_article()
    monkeypatch.setattr(workshop, "work", lambda *args: (_ for _ in ()).throw(workshop.Broken("x")))
    cards.make_due()

    assert card_of(article).name == ""
    assert Article.objects.get(pk=article.pk).outside_at is None


def test_pages_that_show_the_story_are_forgotten(drawn, django_capture_on_commit_callbacks):
    article, heard = make_article(), []
    purged.connect(listener := lambda tags, **_: heard.extend(tags))
    with django_capture_on_commit_callbacks(execute=True):
        cards.make_due()
    purged.disconnect(listener)

    assert article.cache_tag in heard


def test_a_deleted_story_takes_its_card_along(django_capture_on_commit_callbacks):
    article = make_article()
    cards.make_due()
    name = card_of(article).name
    with django_capture_on_commit_callbacks(execute=True):
        article.delete()

    assert not files.path(name).exists()


def test_finding_nothing_to_do_costs_two_queries(drawn, django_assert_num_queries):
    for _ in range(3):
        make_article()
    cards.make_due()

    with django_assert_num_queries(2):
        assert cards.make_due() == 0


def test_saving_a_story_while_a_card_is_drawn_keeps_no_file_of_a_deleted_one(
    drawn, monkeypatch, django_capture_on_commit_callbacks
):
    article, removed = make_article(), []
    monkeypatch.setattr(files, "remove", lambda names: removed.extend(names))
    draw = cards.cards.draw

    def deleting(*words):
        Article.objects.filter(pk=article.pk).delete()
        return draw(*words)

    monkeypatch.setattr(cards.cards, "draw", deleting)
    with django_capture_on_commit_callbacks(execute=True):
        cards.make_due()

    assert removed == [f"ab/{1:040x}.png"]
