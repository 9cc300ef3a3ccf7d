"""The list of stories at the desk: what it shows, what it finds, what its actions do, its cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.admin.filters import state
from articles.models import Article
from tests.factories import make_article, make_author, make_category, make_image, make_tag

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/article/"


def act(client, action, *articles):
    data = {"action": action, "_selected_action": [article.pk for article in articles]}
    return client.post(LIST, data, follow=True)


def test_a_story_shows_picture_state_authors_category_and_its_address(staff_client):
    story = make_article(
        title="Esce il kernel",
        authors=[make_author("Ada Neri"), make_author("Bruno Sala")],
        main_category=make_category("Kernel"),
        lead_image=make_image(alt="Un pinguino"),
    )

    page = staff_client.get(LIST).text

    for piece in ("Esce il kernel", "pubblicato", "Ada Neri, Bruno Sala", "Kernel", "Un pinguino"):
        assert piece in page
    assert f'href="{story.get_absolute_url()}"' in page


def test_states_have_the_names_editors_use():
    now = timezone.now()
    hour = timedelta(hours=1)

    def label(status, moment=None, pinned=False):
        return state(Article(status=status, published_at=moment, pinned=pinned), now)[1]

    assert label("draft") == "bozza"
    assert label("ready", now + hour) == "programmato"
    assert label("ready", now - hour) == "pubblicato"
    assert label("ready", now - hour, pinned=True) == "in evidenza"


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ("draft", {"bozza"}),
        ("scheduled", {"domani"}),
        ("public", {"ieri", "in cima"}),
        ("pinned", {"in cima"}),
    ],
)
def test_states_filter_the_list(staff_client, chosen, found):
    make_article(title="bozza", status="draft", published_at=None)
    make_article(title="domani", published_at=timezone.now() + timedelta(days=1))
    make_article(title="ieri")
    make_article(title="in cima", pinned=True)

    assert titles(staff_client.get(LIST, {"stato": chosen})) == found


def test_a_category_shows_what_is_below_it_too(staff_client):
    parent = make_category("Software")
    child = make_category("Distribuzioni", parent=parent)
    make_article(title="dentro", main_category=child)
    make_article(title="fuori", main_category=make_category("Hardware"))

    assert titles(staff_client.get(LIST, {"categoria": parent.pk})) == {"dentro"}


def test_an_author_filters_the_list(staff_client):
    author = make_author()
    make_article(title="suo", authors=[author, make_author()])
    make_article(title="d’altri")

    assert titles(staff_client.get(LIST, {"firma": author.pk})) == {"suo"}


@pytest.mark.parametrize("value", ["x", "99999999999999999999", "0", "-1", "²"])
def test_a_filter_of_nothing_known_is_an_empty_list(staff_client, value):
    make_article()

    assert titles(staff_client.get(LIST, {"categoria": value})) == set()
    assert titles(staff_client.get(LIST, {"firma": value})) == set()


def test_search_reads_titles_and_standfirsts(staff_client):
    make_article(title="Kernel 6.20")
    make_article(title="altro", standfirst="Esce il nuovo kernel.")
    make_article(title="niente")

    assert titles(staff_client.get(LIST, {"q": "kernel"})) == {"Kernel 6.20", "altro"}


def test_cost_does_not_grow_with_the_list(staff_client, django_assert_num_queries):
    def fill(number):
        for _ in range(number):
            make_article(lead_image=make_image(), authors=[make_author(), make_author()])

    fill(2)
    staff_client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        staff_client.get(LIST)
    fill(12)
    with django_assert_num_queries(len(few.captured_queries)):
        staff_client.get(LIST)


def test_drafts_without_a_date_come_first(staff_client):
    make_article(title="uscito")
    make_article(title="bozza", status="draft", published_at=None)

    rows = staff_client.get(LIST).context["cl"].result_list
    assert [article.title for article in rows] == ["bozza", "uscito"]


@pytest.mark.parametrize(
    ("number", "sentence"), [(1, "1 articolo pubblicato."), (3, "3 articoli pubblicati.")]
)
def test_publish_now_says_how_many_in_real_italian(staff_client, number, sentence):
    drafts = [make_article(status="draft", published_at=None) for _ in range(number)]

    response = act(staff_client, "publish_now", *drafts)

    assert sentence in response.text
    assert Article.objects.visible().count() == number


def test_publish_now_brings_a_scheduled_story_out(staff_client):
    story = make_article(published_at=timezone.now() + timedelta(days=3))

    act(staff_client, "publish_now", story)

    assert Article.objects.visible().get() == story


def test_withdraw_makes_a_draft_again(staff_client):
    story = make_article()

    response = act(staff_client, "withdraw", story)

    assert "1 articolo ritirato." in response.text
    assert not Article.objects.visible().exists()


def test_pin_and_unpin(staff_client):
    story = make_article()

    assert "1 articolo messo in evidenza." in act(staff_client, "pin", story).text
    assert Article.objects.get().pinned
    assert "Niente da fare" in act(staff_client, "pin", story).text
    assert "1 articolo tolto dall’evidenza." in act(staff_client, "unpin", story).text
    assert not Article.objects.get().pinned


def test_actions_need_the_right_to_change(client):
    from tests.factories import make_user

    user = make_user(superuser=False)
    grant(user, "view_article")
    client.force_login(user)
    draft = make_article(status="draft", published_at=None)

    assert "publish_now" not in client.get(LIST).text
    act(client, "publish_now", draft)
    assert not Article.objects.visible().exists()


def test_deleting_forgets_the_pages_that_show_the_story(
    staff_client, django_capture_on_commit_callbacks
):
    from pagecache.tags import purged

    story = make_article()
    tags = []
    purged.connect(lambda tags_seen=tags, **sent: tags_seen.extend(sent["tags"]), weak=False)
    address = reverse("admin:articles_article_delete", args=[story.pk])
    with django_capture_on_commit_callbacks(execute=True):
        staff_client.post(address, {"post": "yes"})

    assert {"lists", f"article:{story.pk}"} <= set(tags)


def test_labels_are_found_by_autocompletion(staff_client):
    make_tag("7.4")
    make_category("Kernel")
    for model, field in (("article", "tags"), ("article", "main_category")):
        query = {"app_label": "articles", "model_name": model, "field_name": field, "term": ""}
        answer = staff_client.get("/admin/autocomplete/", query)
        assert len(answer.json()["results"]) == 1


def titles(response):
    assert response.status_code == 200
    return {article.title for article in response.context["cl"].result_list}


def grant(user, codename):
    from django.contrib.auth.models import Permission

    user.user_permissions.add(Permission.objects.get(codename=codename))


def test_the_list_loads_no_script_of_the_editor(staff_client):
    make_article()

    page = staff_client.get("/admin/articles/article/").text

    assert 'type="module"' not in page
    assert "outside.js" in staff_client.get("/admin/articles/article/add/").text
