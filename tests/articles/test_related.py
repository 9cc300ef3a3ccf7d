"""Related stories: which ones, when they are found again, and that nothing hidden is among them."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.functions import Left
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import publishing, related
from articles.models import Article, PreviewLink, Related
from pagecache.tags import purged
from tests.articles.desk import save
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_image,
    make_series,
    make_tag,
    make_user,
)

pytestmark = pytest.mark.django_db
MARK = "segretissimo"


def shelf_of(client, article):
    return [other.title for other in client.get(article.get_absolute_url()).context["related"]]


def stories(*, tags=(), count=4, **fields):
    return [make_article(tags=tags, **fields) for _ in range(count)]


def test_a_story_finds_its_related_ones_when_it_comes_out(client):
    rust, kernel = make_tag("Rust"), make_tag("Kernel")
    make_article(title="Rust nel Kernel", tags=[rust, kernel])
    make_article(title="Driver in Rust", tags=[rust])
    make_article(title="Ricetta", main_category=make_category("Cucina"))
    make_article(title="vicino")  # in time: the neighbour is not shown twice
    publishing.announce_due()

    story = make_article(title="Rust e Kernel", tags=[rust, kernel])
    publishing.announce_due()

    assert shelf_of(client, story)[:2] == ["Rust nel Kernel", "Driver in Rust"]


def test_a_rare_tag_counts_more_than_a_common_one():
    common, rare = make_tag("Linux"), make_tag("bcachefs")
    for _ in range(8):
        make_article(tags=[common])
    same_rare = make_article(tags=[rare])
    story = make_article(tags=[common, rare])

    assert related.best(loaded(story), timezone.now())[0] == same_rare.pk


def test_words_decide_where_tags_are_equal():
    tag = make_tag("Linux")
    other = make_article(tags=[tag], title="Stampanti", body="<p>Carta e inchiostro.</p>")
    close = make_article(
        tags=[tag], title="Filesystem", body="<p>Bcachefs esce dal Kernel.</p>",
        published_at=days_ago(30),
    )  # fmt: skip
    story = make_article(tags=[tag], title="Addio bcachefs", body="<p>Il Kernel lo lascia.</p>")

    assert related.best(loaded(story), timezone.now()) == [close.pk, other.pk]


def test_of_two_equal_stories_the_newer_stands_first():
    tag = make_tag()
    old = make_article(tags=[tag], title="Uguale", published_at=days_ago(3000))
    new = make_article(tags=[tag], title="Uguale", published_at=days_ago(10))
    story = make_article(tags=[tag], title="Terza")

    assert related.best(loaded(story), timezone.now()) == [new.pk, old.pk]


def test_a_story_alone_in_its_subject_still_has_something_to_read_after_it():
    close = make_article(title="Una torta di mele", main_category=make_category("Dolci"))
    make_article(title="Un router nuovo", main_category=make_category("Reti"))
    story = make_article(title="La torta della nonna", main_category=make_category("Storie"))

    assert related.best(loaded(story), timezone.now())[0] == close.pk
    assert len(related.best(loaded(story), timezone.now())) == 2


def test_never_itself_never_its_series_never_a_series_twice():
    tag, own, foreign = make_tag(), make_series("Git"), make_series("Server")
    for part in (1, 2, 3):
        make_article(tags=[tag], series=own, series_part=part)
        make_article(tags=[tag], series=foreign, series_part=part)
    single = make_article(tags=[tag])
    story = make_article(tags=[tag], series=own, series_part=4)

    found = Article.objects.filter(pk__in=related.best(loaded(story), timezone.now()))

    assert sorted(found.values_list("series", flat=True), key=str) == sorted(
        [foreign.pk, None], key=str
    )
    assert single in found


def test_four_are_shown_and_not_the_neighbours_below(client):
    tag = make_tag()
    found = stories(tags=[tag], count=9)
    call_command("relate_stories", stdout=Quiet())
    middle = found[4]

    page = client.get(middle.get_absolute_url())

    shown = page.context["related"]
    assert len(shown) == related.SHOWN
    assert not {page.context["older"], page.context["newer"]} & set(shown)
    assert page.text.count("shelf__story") == related.SHOWN


def test_a_small_site_shows_what_there_is_and_an_empty_one_nothing(client):
    story = make_article()
    publishing.announce_due()
    assert "Leggi anche" not in client.get(story.get_absolute_url()).text

    other = make_article(title="altra")
    publishing.announce_due()
    related.relate_due()
    assert shelf_of(client, story) == ["altra"]
    assert len(shelf_of(client, other)) == 1


def test_older_stories_look_again_when_a_new_one_is_like_them(client):
    tag = make_tag()
    first, second = stories(tags=[tag], count=2)
    publishing.announce_due()
    related.relate_due()
    newcomer = make_article(title="nuova", tags=[tag])
    publishing.announce_due()

    assert set(Article.objects.unrelated()) == {first, second}
    assert related.relate_due() == 2
    assert Related.objects.filter(article=first, other=newcomer).exists()
    assert related.relate_due() == 0  # it ends there


def test_new_tags_and_texts_are_looked_at_again(staff_client):
    tag = make_tag("Rust")
    other, story = make_article(tags=[tag], title="Rust"), make_article()
    publishing.announce_due()
    related.relate_due()

    related.forget([story.pk])

    waiting = set(Article.objects.unrelated())
    assert story in waiting
    assert other in waiting  # it shows the one that changed


def test_saving_at_the_desk_has_a_story_looked_at_again(
    staff_client, django_capture_on_commit_callbacks
):
    story = make_article()
    Article.objects.update(related_at=timezone.now(), announced_at=timezone.now())

    with django_capture_on_commit_callbacks(execute=True):
        assert save(staff_client, story, title="Titolo nuovo").status_code == 302

    assert story in Article.objects.unrelated()


def test_a_save_while_it_looks_makes_it_look_again(monkeypatch):
    tag = make_tag()
    story = stories(tags=[tag], count=2)[0]
    find = related.best

    def slow(loaded_story, at):
        Article.objects.filter(pk=story.pk).update(version=9)
        return find(loaded_story, at)

    monkeypatch.setattr(related, "best", slow)

    assert not related.relate(story.pk, timezone.now())
    assert story in Article.objects.unrelated()
    assert not Related.objects.filter(article=story).exists()


def test_the_command_fills_what_an_import_left_empty(client):
    found = stories(tags=[make_tag()], count=3)
    said = Quiet()

    call_command("relate_stories", stdout=said)

    assert said.text == "related: 3"
    assert all(len(shelf_of(client, story)) == 2 for story in found)
    call_command("relate_stories", stdout=said)
    assert said.text == "related: 0"
    call_command("relate_stories", "--all", stdout=said)
    assert said.text == "related: 3"


@pytest.mark.parametrize(
    "state",
    [
        {"status": "draft"},
        {"status": "draft", "published_at": None},
        {"published_at": timezone.now() + timedelta(days=1)},
    ],
    ids=["withdrawn", "draft", "scheduled"],
)
def test_p1_a_hidden_story_is_never_among_the_related(client, state):
    tag = make_tag()
    story = make_article(tags=[tag])
    hidden = make_article(tags=[tag], title=MARK, standfirst=MARK, lead_image=make_image(alt=MARK))
    publishing.announce_due()
    related.relate_due()
    assert MARK in client.get(story.get_absolute_url()).text

    # Without a word to the house: the clock or the database said so.
    Article.objects.filter(pk=hidden.pk).update(**state)

    assert MARK not in client.get(story.get_absolute_url()).text
    Article.objects.update(related_at=None)
    related.relate_due()
    assert not Related.objects.filter(article=story).exists()


def test_p1_a_withdrawn_story_leaves_at_once_and_a_spare_takes_its_place(client):
    tag = make_tag()
    story = stories(tags=[tag], count=9)[0]
    call_command("relate_stories", stdout=Quiet())
    gone = client.get(story.get_absolute_url()).context["related"][0]

    publishing.withdraw(Article.objects.filter(pk=gone.pk))

    shown = client.get(story.get_absolute_url()).context["related"]
    assert gone not in shown
    assert len(shown) == related.SHOWN
    assert story in Article.objects.unrelated()


def test_p4_a_preview_shows_no_related_stories(client):
    tag = make_tag()
    draft = make_article(tags=[tag], status="draft")
    make_article(tags=[tag], title="altra storia")
    Related.objects.create(article=draft, other=Article.objects.get(title="altra storia"), rank=1)
    token = PreviewLink.objects.issue(draft, make_user())

    assert "altra storia" not in client.get(f"/anteprima/{token}/").text


@pytest.mark.parametrize("how_many", [2, 12])
def test_showing_them_costs_one_query(django_assert_num_queries, how_many):
    tag = make_tag()
    for _ in range(how_many):
        make_article(tags=[tag], lead_image=make_image(), main_category=make_category())
    call_command("relate_stories", stdout=Quiet())
    story = Article.objects.for_page().first()

    with django_assert_num_queries(1):
        for other in related.shelf(story, timezone.now()):
            assert other.get_absolute_url()
            assert other.main_category.get_absolute_url()
            assert other.lead_image.cache_tag
            assert other.lead_image.alt


def test_v2_finding_them_costs_the_same_on_a_site_of_any_size():
    tags = [make_tag(), make_tag()]
    author = make_author()
    stories(tags=tags, count=70, authors=[author])
    costs, read = [], []
    for _ in range(2):
        story = make_article(tags=tags)
        with CaptureQueriesContext(connection) as asked:
            related.relate(story.pk, timezone.now())
        costs.append(len(asked.captured_queries))
        read.append(len(related.candidates(loaded(story), related.weights(story), timezone.now())))
        stories(tags=tags, count=70, authors=[author])

    assert costs[0] == costs[1] <= 18
    assert max(read) <= 2 * related.PER_TAG + related.RECENT


def test_pages_are_forgotten_only_if_their_shelf_changed(django_capture_on_commit_callbacks):
    first, _ = stories(tags=[make_tag()], count=2)
    heard = []

    def listen(**sent):
        heard.extend(sent["tags"])

    purged.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        related.relate_due()
    assert first.cache_tag in heard
    heard.clear()
    Article.objects.update(related_at=None)
    with django_capture_on_commit_callbacks(execute=True):
        assert related.relate_due() == 2
    purged.disconnect(listen)
    assert heard == []


def test_a_comment_on_a_related_story_does_not_forget_this_page(client):
    tag = make_tag()
    story, other = make_article(tags=[tag]), make_article(tags=[tag], lead_image=make_image())
    publishing.announce_due()
    related.relate_due()

    tags = client.get(story.get_absolute_url()).headers["Cache-Tags"].split()

    assert other.lead_image.cache_tag in tags
    assert other.cache_tag not in tags


class Quiet:
    text = ""

    def write(self, text="", **more):
        self.text = text.strip() or self.text

    def flush(self):
        pass


def loaded(story):
    return Article.objects.annotate(text=Left("body", related.BODY_LENGTH)).get(pk=story.pk)


def days_ago(number):
    return timezone.now() - timedelta(days=number)
