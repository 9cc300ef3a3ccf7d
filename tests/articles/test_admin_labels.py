"""Categories, tags, series and static pages at the desk."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Category, Page, Tag
from pagecache.tags import purged
from tests.factories import make_article, make_category, make_page, make_series, make_tag

pytestmark = pytest.mark.django_db

ADMIN = "/admin/articles"


@pytest.fixture
def forgotten(django_capture_on_commit_callbacks):
    """Call with a function that saves; returns the tags it made the site forget."""

    def watch(save):
        tags = []

        def listen(tags_sent=tags, **sent):
            tags.extend(sent["tags"])

        purged.connect(listen)
        with django_capture_on_commit_callbacks(execute=True):
            assert save().status_code == 302
        purged.disconnect(listen)
        return set(tags)

    return watch


def test_the_tree_is_shown_with_paths_and_counts(staff_client):
    parent = make_category("Software")
    child = make_category("Distribuzioni", parent=parent)
    make_article(main_category=child)
    make_article(main_category=parent).categories.add(child)

    response = staff_client.get(f"{ADMIN}/category/")

    rows = [(row.path, row.stories) for row in response.context["cl"].result_list]
    assert rows == [("software", 1), ("software/distribuzioni", 2)]
    assert "tree--1" in response.text


@pytest.mark.parametrize("label", ["category", "tag", "series", "page"])
def test_lists_cost_the_same_at_any_length(staff_client, label, django_assert_num_queries):
    make = {"category": make_category, "tag": make_tag, "series": make_series, "page": make_page}
    make[label]()
    address = f"{ADMIN}/{label}/"
    staff_client.get(address)
    with CaptureQueriesContext(connection) as few:
        staff_client.get(address)
    for _ in range(9):
        make[label]()
    with django_assert_num_queries(len(few.captured_queries)):
        staff_client.get(address)


def test_a_renamed_tag_forgets_every_page(staff_client, forgotten):
    tag = make_tag("Rusty")
    data = {"name": "Rust", "slug": tag.slug, "description": ""}
    data |= {"aliases-TOTAL_FORMS": 0, "aliases-INITIAL_FORMS": 0}

    assert "all" in forgotten(lambda: staff_client.post(f"{ADMIN}/tag/{tag.pk}/change/", data))
    assert Tag.objects.get().name == "Rust"


def test_a_moved_category_moves_what_is_below_and_forgets_every_page(staff_client, forgotten):
    parent = make_category("Software")
    child = make_category("Kernel")
    grandchild = make_category("Driver", parent=child)
    data = {"name": "Kernel", "slug": "kernel", "parent": parent.pk, "description": ""}
    address = f"{ADMIN}/category/{child.pk}/change/"

    assert "all" in forgotten(lambda: staff_client.post(address, data))
    grandchild.refresh_from_db()
    assert grandchild.path == "software/kernel/driver"


def test_a_category_inside_itself_is_told(staff_client):
    parent = make_category("Software")
    child = make_category("Kernel", parent=parent)
    data = {"name": "Software", "slug": "software", "parent": child.pk, "description": ""}

    response = staff_client.post(f"{ADMIN}/category/{parent.pk}/change/", data)

    assert "non può stare dentro sé stessa" in response.text


@pytest.mark.parametrize("name", ["???", "   ", "n" * 10_000])
def test_a_name_that_makes_no_address_is_told(staff_client, name):
    response = staff_client.post(f"{ADMIN}/category/add/", {"name": name, "slug": ""})

    assert response.status_code == 200
    assert response.context["errors"]
    assert not Category.objects.exists()


def test_a_page_is_written_in_the_same_editor(staff_client, forgotten):
    data = {
        "title": "Chi siamo",
        "slug": "",
        "body": "<h1>Noi</h1><script>x</script>",
        "published": "on",
        "menu_order": "1",
    }

    assert "data-body-editor" in staff_client.get(f"{ADMIN}/page/add/").text
    assert "all" in forgotten(lambda: staff_client.post(f"{ADMIN}/page/add/", data))
    page = Page.objects.get()
    assert (page.slug, page.body) == ("chi-siamo", "<h2>Noi</h2>")


def test_a_page_may_not_take_an_address_of_the_site(staff_client):
    data = {"title": "Feed", "slug": "feed", "body": "<p>Resto qui</p>", "published": "on"}

    response = staff_client.post(f"{ADMIN}/page/add/", data)

    assert "serve al sito" in response.text
    assert "Resto qui" in response.text


def test_the_desk_bears_our_name(staff_client):
    page = staff_client.get("/admin/").text

    assert "Redazione" in page
    assert "Vedi il sito" in page
    assert "Articoli" in page
    for word in ("Django", "View site", ">Log out", "Authentication"):
        assert word not in page


@pytest.mark.parametrize("path", ["article/add/", "page/add/", "article/", "tag/add/"])
def test_nothing_at_the_desk_is_inline_but_the_import_map(staff_client, path):
    response = staff_client.get(f"{ADMIN}/{path}")

    nonce = ""
    for tag in response.text.split("<script")[1:]:
        attributes = tag.split(">", 1)[0]
        if "src=" not in attributes:
            assert 'type="importmap"' in attributes
            nonce = attributes.split('nonce="')[1].split('"')[0]
    assert "<style" not in response.text
    assert " onclick=" not in response.text
    assert f"'nonce-{nonce}'" in response.headers["Content-Security-Policy"] or not nonce
