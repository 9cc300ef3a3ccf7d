""" "Prendi": from a line of the inbox to a draft with its source, and never with its text."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from aggregator import desk as acts
from aggregator import drafting
from aggregator.models import Cluster
from articles import quotations
from articles.models import Article, Source
from mmul import worker
from tests.aggregator.desk import desk_of, editor, line_of, press, said, state_of
from tests.aggregator.making import make_feed, make_item
from tests.articles.desk import save
from tests.comments.deciding import at_once
from tests.factories import make_author, make_category, make_tag

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SECRET = "Quarantadue pinguini"


@pytest.fixture
def client():
    make_category("Kernel", menu_order=1)
    return desk_of(editor("redattrice"))


def take(client, item, **more):
    press(client, "take", item, **more)
    return Article.objects.get()


# --- the draft ---


def test_taking_opens_the_writing_desk(client):
    item = make_item()

    page = press(client, "take", item, follow=False)

    article = Article.objects.get()
    assert page.url == reverse("admin:articles_article_change", args=[article.pk])
    assert (state_of(item), line_of(item).article) == ("taken", article)
    assert line_of(item).taken_by.username == "redattrice"


def test_the_draft_has_the_working_title_and_is_seen_by_nobody(client):
    article = take(client, make_item(title="Penguins counted"))

    assert (article.title, article.status) == ("Penguins counted", Article.Status.DRAFT)
    assert article.main_category.name == "Kernel"
    assert client.get("/").text.count("Penguins counted") <= 1  # the press review, at most
    assert not Article.objects.visible().exists()


def test_a_dropped_line_can_be_taken(client):
    item = make_item(state="dropped")

    take(client, item)

    assert state_of(item) == "taken"


@pytest.mark.both
def test_the_longest_title_fits(client):
    assert take(client, make_item(title="x" * 300)).title == "x" * 250


def test_the_source_record_is_complete(client):
    before = timezone.now()
    # The evening of the first in London is the second in Rome.
    when = before.replace(year=2026, month=6, day=1, hour=22, minute=30)
    item = make_item(
        make_feed(title="Penguin Weekly"),
        title="Penguins counted",
        author="Ada Neri",
        language="de",
        published_at=when,
    )

    source = take(client, item).sources.get()

    assert (source.outlet, source.title, source.author) == (
        "Penguin Weekly",
        "Penguins counted",
        "Ada Neri",
    )
    assert (source.url, source.key, source.language) == (item.url, item.key, "de")
    assert str(source.original_date) == "2026-06-02"
    assert before <= source.read_at <= timezone.now()


def test_a_source_without_date_or_language_has_the_day_it_was_seen(client):
    item = make_item(published_at=None, language="", author="")

    source = take(client, item).sources.get()

    assert source.original_date == timezone.localtime(item.first_seen_at).date()
    assert (source.language, source.author) == ("en", "")


def test_the_other_outlets_of_the_line_are_further_sources_once_each(client):
    first = make_item(make_feed(title="Prima"))
    second = make_feed(title="Seconda")
    make_item(second, first.cluster)
    make_item(second, first.cluster)
    make_item(first.feed, first.cluster)
    make_item(make_feed(title="Terza"), first.cluster)

    sources = take(client, first).sources.all()

    assert [source.outlet for source in sources] == ["Prima", "Seconda", "Terza"]
    assert [source.position for source in sources] == [0, 1, 2]


def test_the_chosen_outlet_comes_first_and_gives_title_and_language(client):
    first = make_item(make_feed(title="Prima"), language="en")
    other = make_item(make_feed(title="Seconda"), first.cluster, title="Altro", language="fr")

    article = take(client, first, **{f"item-{first.cluster_id}": other.pk})

    assert article.title == "Altro"
    assert [source.outlet for source in article.sources.all()] == ["Seconda", "Prima"]
    assert quotations.find(article.body)[0].language == "fr"


def test_an_outlet_of_another_line_cannot_be_chosen(client):
    item, stranger = make_item(title="Mia"), make_item(title="Estranea")

    assert take(client, item, **{f"item-{item.cluster_id}": stranger.pk}).title == "Mia"


def test_tags_of_ours_that_the_item_names_are_suggested(client):
    for name in ("kernel", "Red Hat", "Ubuntu", "a", "cucina"):
        make_tag(name)
    item = make_item(title="Kernel: what is new", categories=["RED HAT", "altro"])
    make_item(None, item.cluster, title="Novità in ubuntu, forse")

    tags = take(client, item).tags.all()

    assert sorted(tag.name for tag in tags) == ["Red Hat", "Ubuntu", "kernel"]


def test_the_editor_signs_if_there_is_an_author_for_the_login():
    make_category()
    user = editor("vera")
    author = make_author("Vera Bianchi", user=user)

    assert take(desk_of(user), make_item()).authors.get() == author


def test_without_an_author_nobody_signs_yet(client):
    assert not take(client, make_item()).authors.exists()


def test_without_a_category_it_is_told_and_nothing_is_made():
    client = desk_of(editor())
    item = make_item()

    page = press(client, "take", item)

    assert said(page) == "Prima serve una categoria: creane una, poi riprova."
    assert (state_of(item), Article.objects.count()) == ("new", 0)


# --- the quotation, and the item's text that never goes in ---


@pytest.mark.parametrize("language", ["en", "de", "fr", "en-US", "it"])
def test_the_body_is_an_empty_quotation_in_the_item_s_language(client, language):
    item = make_item(language=language, html=f"<p>{SECRET}</p>", extract=SECRET)

    (quotation,) = quotations.find(take(client, item).body)

    assert quotation.language == language
    assert quotation.link == item.url
    assert (quotation.original_html, quotation.translation_html) in [
        ("", ""),
        ("<p></p>", "<p></p>"),
    ]


def test_no_word_of_the_item_s_text_is_in_the_draft(client):
    item = make_item(html=f"<p>{SECRET}</p>", extract=SECRET, author="Ada Neri")

    article = take(client, item)

    row = Article.objects.filter(pk=article.pk).values().get()
    assert not [name for name, value in row.items() if "pinguini" in str(value)]
    assert not [v for v in Source.objects.values() if "pinguini" in str(v)]


@pytest.mark.both
@pytest.mark.parametrize("language", ['"><script>', "", "x", "english"])
def test_an_odd_language_of_the_feed_breaks_neither_draft_nor_form(client, language):
    article = take(client, make_item(language=language))

    assert len(quotations.find(article.body)) == 1
    assert "<script" not in article.body
    assert save(client, article, standfirst="Una frase.").status_code == 302


def test_the_quotation_survives_saving_in_the_editor(client):
    item = make_item(language="de")
    article = take(client, item)

    answer = save(client, article, standfirst="Una frase.")

    assert answer.status_code == 302
    article.refresh_from_db()
    (quotation,) = quotations.find(article.body)
    assert (quotation.language, quotation.link) == ("de", item.url)
    source = article.sources.get()
    assert (source.language, source.read_at is not None, source.key) == ("de", True, item.key)


# --- beside the writing desk ---


def test_the_item_stands_beside_the_writing_desk(client):
    item = make_item(html=f"<p>{SECRET}</p>", author="Ada Neri", language="de")
    make_item(make_feed(title="Altra"), item.cluster, title="Das gleiche")
    article = take(client, item)

    page = client.get(reverse("admin:articles_article_change", args=[article.pk])).text
    beside = page[page.index('class="beside"') : page.index('id="id_title"')]

    for words in (SECRET, "Ada Neri", "in tedesco", 'lang="de"', item.url, "Altra", "Das gleiche"):
        assert words in beside, words


def test_a_story_of_our_own_has_nothing_beside_it(client):
    from tests.factories import make_article

    article = make_article()
    make_item()

    page = client.get(reverse("admin:articles_article_change", args=[article.pk])).text

    assert 'class="beside"' not in page


# --- used ---


def publish(article, **fields):
    fields = {"status": "ready", "published_at": timezone.now() - timedelta(minutes=1)} | fields
    Article.objects.filter(pk=article.pk).update(**fields)


@pytest.mark.both
def test_the_line_is_used_when_readers_see_the_story(client):
    item = make_item()
    article = take(client, item)
    assert worker.run_once("used news") == {"used news": 0}
    assert state_of(item) == "taken"

    publish(article)

    assert worker.run_once("used news") == {"used news": 1}
    assert worker.run_once("used news") == {"used news": 0}
    assert state_of(item) == "used"
    assert line_of(item).taken_by.username == "redattrice"


@pytest.mark.both
def test_a_story_for_tomorrow_is_not_used_yet(client):
    item = make_item()
    publish(take(client, item), published_at=timezone.now() + timedelta(days=1))

    acts.mark_used_due()

    assert state_of(item) == "taken"


@pytest.mark.both
def test_a_used_line_is_not_undone_and_its_story_stays(client):
    item = make_item()
    publish(take(client, item))
    acts.mark_used_due()

    assert not acts.undo(line_of(item), line_of(item).decided_by)
    assert (state_of(item), Article.objects.count()) == ("used", 1)


@pytest.mark.both
def test_a_draft_that_is_deleted_leaves_the_line_to_put_back(client):
    item = make_item()
    take(client, item).delete()

    press(client, "back", item)

    assert (state_of(item), line_of(item).article) == ("new", None)


# --- two editors at once ---


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_d2_two_editors_at_once_make_one_draft():
    make_category()
    items = [make_item() for _ in range(5)]
    users = [editor("una"), editor("due")]

    def work(number):
        made = []
        for item in items:
            line = Cluster.objects.get(pk=item.cluster_id)
            made.append(drafting.take(line, item, users[number], expected="new"))
        return [article for article in made if article]

    made = at_once(work)

    assert sum(map(len, made)) == Article.objects.count() == Source.objects.count() == 5
    assert {state_of(item) for item in items} == {"taken"}
    for articles, user in zip(made, users, strict=True):
        assert all(Cluster.objects.get(article=a).taken_by == user for a in articles)


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_d2_a_take_and_a_drop_at_once_do_one_of_the_two():
    make_category()
    items = [make_item() for _ in range(5)]
    user, other = editor("una"), editor("due")

    def work(number):
        for item in items:
            line = Cluster.objects.get(pk=item.cluster_id)
            if number:
                acts.move(line, "dropped", expected="new", by=other)
            else:
                drafting.take(line, item, user, expected="new")

    at_once(work)

    taken = [item for item in items if state_of(item) == "taken"]
    assert Article.objects.count() == len(taken)
    assert {state_of(item) for item in items} <= {"taken", "dropped"}
