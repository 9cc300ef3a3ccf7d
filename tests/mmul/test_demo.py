"""The demo: its story files follow the house style, and loading them again changes nothing."""

import re
import tomllib
from datetime import date, time
from functools import cache
from io import BytesIO

import pytest
from django.apps import apps
from django.utils import timezone
from PIL import Image as Picture

from accounts.models import Author, User
from articles import publishing, quotations
from articles.models import Article, Category, Page, Ping, Series
from images import drawings
from images.models import Image
from kit import html, tree
from kit.text import slugify
from mmul.demo import loading
from tests.images import samples
from tests.small_demo import standing

STORIES = sorted((loading.HERE / "stories").glob("*.toml"))
PICTURES = loading.Pictures  # while the demo stands, rows without files are in its place
by_file = pytest.mark.parametrize("file", STORIES, ids=lambda file: file.stem)


@cache
def read(file):
    return loading.read_story(file)


@cache
def site():
    return tomllib.loads((loading.HERE / "site.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """Loaded once for all; how many stories it had."""
    with standing(django_db_blocker) as many:
        yield many


def on_the_demo(test):
    return pytest.mark.django_db(pytest.mark.once(test))


# --- the files ---

KEYS = {
    "title", "slug", "standfirst", "category", "categories", "tags", "authors", "date", "days_ago",
    "time", "picture", "body", "sources", "series", "part", "pinned", "state", "comments_open",
}  # fmt: skip
NEEDED = {"title", "standfirst", "category", "tags", "authors", "time", "picture", "body"}
SOURCE_KEYS = {"outlet", "title", "author", "url", "date", "language"}


def category_paths():
    parents = {category["slug"]: category.get("parent", "") for category in site()["categories"]}
    return {f"{parent}/{slug}" if parent else slug for slug, parent in parents.items()}


def test_there_are_thirty_stories_or_more_each_with_its_own_address():
    slugs = [read(file)["slug"] for file in STORIES]

    assert len(slugs) >= 30
    assert len(set(slugs)) == len(slugs)
    assert [slug for slug in slugs if slug != slugify(slug)] == []


@by_file
def test_a_story_file_says_all_it_needs_and_nothing_unknown(file):
    story = read(file)

    assert story.keys() - KEYS == set()
    assert NEEDED - story.keys() == set()
    assert ("date" in story) + ("days_ago" in story) == 1
    assert ("series" in story) == ("part" in story)
    assert story.get("state", "ready") in Article.Status.values
    time.fromisoformat(story["time"])
    for source in story.get("sources", []):
        assert source.keys() - SOURCE_KEYS == set()
        assert {"outlet", "url"} <= source.keys()
        assert source["url"].startswith(("https://", "http://"))
    for day in [story.get("date"), *(source.get("date") for source in story.get("sources", []))]:
        assert not day or date.fromisoformat(day)


@by_file
def test_a_story_keeps_its_lengths(file):
    story = read(file)

    assert 0 < len(story["title"]) <= 110
    assert 0 < len(story["standfirst"]) <= 300
    assert story["tags"]
    assert len(set(story["tags"])) == len(story["tags"]) <= 20


@by_file
def test_a_story_is_filed_and_signed_where_the_site_knows(file):
    story = read(file)

    assert {story["category"], *story.get("categories", [])} <= category_paths()
    assert story["category"] not in story.get("categories", [])
    assert story["authors"]
    assert set(story["authors"]) <= {author["slug"] for author in site()["authors"]}
    if "series" in story:
        assert story["series"] in {series["slug"] for series in site()["series"]}


@by_file
def test_every_drawing_exists_and_is_described(file):
    story = read(file)
    figures = list(loading.INLINE.finditer(story["body"]))
    wanted = [(story["picture"]["drawing"], story["picture"]["alt"])]
    wanted += [(figure["drawing"], figure["alt"]) for figure in figures]

    assert story["body"].count("data-drawing") == len(figures)
    for motif, alt in wanted:
        assert motif in drawings.MOTIFS
        assert 10 < len(alt) <= 300


@by_file
def test_the_cleaner_takes_nothing_away_from_a_body(file):
    body = loading.INLINE.sub('data-image="1"', read(file)["body"])
    cleaned = html.clean(body, "article")

    def shape(text):
        root = tree.parse(text)
        nodes = [(node.tag, node.attrs) for node in root.walk() if "data-image" not in node.attrs]
        return nodes, "".join(root.text().split())

    assert shape(cleaned) == shape(body)


# --- the house style ---

FOREIGN = "straniera"


def pieces(node, kind="it"):
    """The prose below ``node`` as (text, language), code left out."""
    if isinstance(node, str):
        yield node, kind
        return
    if node.tag in ("pre", "code", "kbd"):
        yield " … ", kind
        return
    if node.tag == "blockquote" and node.attrs.get("lang", "it") != "it":
        kind = FOREIGN
    for child in node.children:
        yield from pieces(child, kind)
    yield "\n", kind


def prose(story, *, foreign=False):
    """All a reader reads of a story but code and addresses; quotations in other languages too?"""
    picture = story["picture"]
    texts = [story["title"], story["standfirst"], picture["alt"], picture.get("caption", "")]
    texts += [figure["alt"] for figure in loading.INLINE.finditer(story["body"])]
    body = pieces(tree.parse(story["body"]))
    texts.append("".join(text for text, kind in body if foreign or kind != FOREIGN))
    return "\n".join(texts)


def around(pattern, text):
    """What breaks the rule, with a few letters before and after."""
    return [text[max(0, m.start() - 25) : m.end() + 25] for m in re.finditer(pattern, text)]


# Not inside an address, a file, a package or a command: kernel.org, linux-firmware, /boot/linux.
SMALL = r"(?<![\w./@:-])(?:linux|kernel)(?![\w/@-]|[.:]\w)"


@by_file
def test_linux_and_kernel_have_a_capital_letter(file):
    assert around(SMALL, prose(read(file))) == []


@by_file
def test_open_source_has_a_hyphen(file):
    story = read(file)
    text = "\n".join([prose(story), *story["tags"]])

    assert around(r"(?i)\bopen\s+source\b|\bopensource\b", text) == []


@by_file
def test_italian_prose_has_no_semicolon(file):
    assert around(";", prose(read(file))) == []


@by_file
def test_an_apostrophe_is_typographic(file):
    assert around(r"[^\W\d_]'[^\W\d_]", prose(read(file), foreign=True)) == []


def test_the_texts_of_the_site_follow_the_same_rules():
    texts = [author["bio"] for author in site()["authors"]]
    texts += [author["alt"] for author in site()["authors"]]
    texts += [label["description"] for label in site()["categories"] + site()["series"]]
    texts += [page["title"] for page in site()["pages"]]
    for page in site()["pages"]:
        texts += [text for text, _ in pieces(tree.parse(page["body"]))]
    text = "\n".join(texts)

    for rule in (SMALL, r"(?i)\bopen\s+source\b", ";", r"[^\W\d_]'[^\W\d_]"):
        assert around(rule, text) == []


@by_file
def test_a_bilingual_quotation_is_whole_and_invented(file):
    for quotation in quotations.find(read(file)["body"]):
        assert quotations.problems(quotation) == []
        if not quotation.is_italian:
            assert quotation.host == "example.org"
            assert quotation.language_name
            assert quotation.translation_html != quotation.original_html


def test_the_rules_see_what_they_forbid():
    """A rule that finds nothing anywhere proves nothing."""
    quoted = '<figure class="quotation"><blockquote lang="en"><p>The kernel; it\'s</p></blockquote>'
    body = f"{quoted}</figure><p>Il kernel dell'anno; open source</p><pre><code>linux; l'a</code></pre>"
    bad = {"title": "linux", "standfirst": "", "picture": {"alt": ""}, "body": body}

    assert len(around(SMALL, prose(bad))) == 2
    assert len(around(";", prose(bad))) == 1
    assert len(around(r"[^\W\d_]'[^\W\d_]", prose(bad))) == 1
    assert len(around(r"[^\W\d_]'[^\W\d_]", prose(bad, foreign=True))) == 2
    assert around(SMALL, "kernel.org, linux-firmware, lore.kernel.org, /usr/src/linux") == []
    assert len(around(SMALL, "un kernel. Poi (linux), il kernel: quello")) == 3


# --- loading ---

ROOMS = {"accounts", "articles", "comments", "images", "outbox"}


def everything():
    """Every row of every table of ours, as it is stored."""
    models = [m for m in apps.get_models(include_auto_created=True) if m._meta.app_label in ROOMS]
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in models}


@on_the_demo
def test_the_demo_is_loaded_whole(demo):
    assert demo == len(STORIES) == Article.objects.count()

    assert (Author.objects.count(), Series.objects.count(), Page.objects.count()) == (3, 2, 3)
    assert set(Category.objects.values_list("path", flat=True)) == category_paths()
    assert Category.objects.get(path="software/kernel").parent.path == "software"
    hidden = [read(file) for file in STORIES if not is_out(read(file))]
    assert Article.objects.visible().count() == len(STORIES) - len(hidden)
    assert Article.objects.visible().unannounced().count() == 0
    assert not Article.objects.filter(bylines=None).exists()
    assert not Article.objects.filter(tags=None).exists()


@on_the_demo
def test_search_engines_and_hubs_hear_nothing_of_the_demo(demo, settings):
    settings.INDEXNOW_KEY, settings.WEBSUB_HUB = "0123456789abcdef", "https://hub.example.org/"
    load_again()

    assert not Ping.objects.exists()


def load_again():
    """As on the first day, but for labels and pictures."""
    Article.objects.all().delete()
    User.objects.all().delete()
    assert loading.load() == len(STORIES)


def is_out(story):
    return story.get("state") != "draft" and story.get("days_ago", 0) >= 0


@on_the_demo
def test_each_story_is_stored_as_its_file_says(demo):
    for file in STORIES:
        story, article = read(file), Article.objects.get(slug=read(file)["slug"])
        assert article.title == story["title"]
        assert article.standfirst == story["standfirst"]
        assert article.main_category.path == story["category"]
        assert [author.slug for author in article.signatures] == story["authors"]
        assert set(article.tags.values_list("name", flat=True)) == set(story["tags"])
        assert article.sources.count() == len(story.get("sources", []))
        assert len(article.pictures.all()) == story["body"].count("data-drawing")
        assert (article.published_at is None) == (story.get("state") == "draft")
        assert article.published_at is None or article.is_visible() == is_out(story)


@on_the_demo
def test_loading_twice_changes_nothing(demo):
    before = everything()

    assert loading.load() == 0
    assert everything() == before


@on_the_demo
def test_a_story_that_is_missing_comes_back_alone(demo):
    Article.objects.visible().last().delete()
    kept = list(Article.objects.order_by("pk").values())

    assert loading.load() == 1
    assert list(Article.objects.order_by("pk").values())[: len(kept)] == kept


@on_the_demo
def test_what_an_editor_changed_survives_a_second_load(demo):
    article = Article.objects.visible().first()
    article.title, article.body = "Titolo nostro", "<p>Testo nostro.</p>"
    article.save()
    article.tags.clear()
    publishing.withdraw(Article.objects.filter(pk=article.pk))
    Author.objects.filter(slug="livia-serravalle").update(biography="Nostra.")
    Category.objects.filter(slug="kernel").update(name="Nucleo", description="Nostra.")
    Page.objects.filter(slug="contatti").update(title="Scrivici", published=False)
    before = everything()

    assert loading.load() == 0
    assert everything() == before


@on_the_demo
def test_a_new_address_an_editor_chose_survives_a_second_load(demo):
    article = Article.objects.visible().first()
    former, article.slug = article.slug, "un-altro-indirizzo"
    article.save()
    publishing.change_address(article, former)

    assert loading.load() == 0


@on_the_demo
def test_the_front_page_and_every_story_answer(demo, client):
    for page in ("/", "/feed/", "/category/software/kernel/", "/author/redazione/", "/chi-siamo/"):
        assert client.get(page).status_code == 200, page
    newest = Article.objects.visible().front_page_order().first()
    assert newest.title in client.get("/").text
    for article in Article.objects.visible():
        response = client.get(article.get_absolute_url())
        assert response.status_code == 200, article
        assert article.title in response.text


@on_the_demo
def test_the_draft_and_the_story_to_come_are_shown_to_nobody(demo, client):
    hidden = Article.objects.exclude(pk__in=Article.objects.visible())
    titles = [article.title for article in hidden]

    assert len(titles) >= 2
    for page in ("/", "/feed/", "/author/redazione/", "/author/livia-serravalle/"):
        text = client.get(page).text
        assert not [title for title in titles if title in text], page


@on_the_demo
def test_a_story_of_today_is_out_at_whatever_hour_the_demo_is_loaded(demo):
    early = timezone.localtime().replace(hour=0, minute=10)
    story = {"days_ago": 0, "time": "18:00"}

    assert loading.moment(story, early) < early
    assert loading.moment({"days_ago": -3, "time": "07:00"}, early) > early
    assert loading.moment({"state": "draft"}, early) is None


# --- drawings ---


@pytest.mark.parametrize("motif", ["penguin", "racks"])
def test_a_drawing_is_the_same_twice_and_another_with_another_seed(motif):
    first, again, other = (drawings.draw(motif, seed, (160, 90)) for seed in (3, 3, 4))

    assert first == again
    assert first != other
    assert Picture.open(BytesIO(first)).size == (160, 90)


@on_the_demo
def test_a_drawing_is_kept_once_with_what_is_said_about_it(settings):
    pictures = object.__new__(PICTURES)
    pictures.drawn = {("penguin", 4711, (1600, 900)): samples.drawing(size=(32, 18))}
    first = pictures.keep("penguin", 4711, alt="Un pinguino", credit=loading.OURS)
    again = pictures.keep("penguin", 4711, alt="Altro", credit="Altri")

    assert first == again == Image.objects.get(title="penguin 4711 (demo)")
    assert (first.alt, first.credit, first.width) == ("Un pinguino", loading.OURS, 32)
    assert (settings.MEDIA_ROOT / first.name).is_file()


# --- the editor of the demo ---


@on_the_demo
def test_the_demo_editor_writes_and_is_no_superuser(demo, client):
    login = {"login": loading.EDITOR, "password": loading.EDITOR_PASSWORD}
    client.post("/admin/account/login/", login)

    assert client.get("/admin/articles/article/add/").status_code == 200
    assert client.get("/admin/accounts/user/").status_code == 403


@on_the_demo
def test_a_password_the_editor_changed_survives(demo):
    editor = loading.make_editor()
    editor.set_password("un’altra password")
    editor.save()
    loading.load()

    assert loading.make_editor().check_password("un’altra password")


@on_the_demo
def test_in_production_nobody_gets_in_with_a_password_from_the_source(demo, settings):
    settings.PRODUCTION = True
    load_again()

    assert not User.objects.filter(is_staff=True).exists()
    assert not [user for user in User.objects.all() if user.has_usable_password()]
