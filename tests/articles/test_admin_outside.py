"""The part of a story's form for search engines and social sites."""

import json

import pytest
from django.urls import reverse

from articles.models import Article
from tests.articles.desk import ADD, CHANGE, errors, filled, save
from tests.factories import make_article, make_image, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LIMITS = {
    "search_title": 70,
    "search_description": 160,
    "social_title": 100,
    "social_description": 200,
}


def form_of(client, article):
    return client.get(reverse(CHANGE, args=[article.pk])).text


def test_everything_for_outside_is_optional(staff_client):
    response = staff_client.post(reverse(ADD), filled())

    assert response.status_code == 302, errors(response)
    assert Article.objects.get().social_title == ""


def test_what_is_written_is_kept(staff_client):
    article, image = make_article(), make_image()
    written = {name: f"Per {name}" for name in LIMITS} | {"social_image": image.pk}

    assert save(staff_client, article, **written).status_code == 302
    article.refresh_from_db()
    assert {name: getattr(article, name) for name in LIMITS} == {n: f"Per {n}" for n in LIMITS}
    assert article.social_image == image


@pytest.mark.parametrize(("name", "limit"), LIMITS.items())
def test_a_text_over_its_limit_is_refused_and_kept(staff_client, name, limit):
    article = make_article()
    assert save(staff_client, article, **{name: "è" * limit}).status_code == 302
    article.refresh_from_db()
    response = save(staff_client, article, **{name: "è" * (limit + 1)})

    assert str(limit) in errors(response)
    assert "è" * (limit + 1) in response.text
    assert f'data-limit="{limit}"' in response.text  # the counter under the field


def test_the_fields_are_folded_until_one_of_them_is_wrong(staff_client):
    article = make_article()
    folded = form_of(staff_client, article)

    assert "<summary" in folded
    assert "Fuori dal sito" in folded
    assert "<summary" not in save(staff_client, article, search_title="x" * 71).text


def test_a_save_empties_no_comment_count_and_asks_for_a_new_card(staff_client):
    article = make_article()
    Article.objects.update(comment_count=7, outside_at=article.created_at)
    save(staff_client, article, social_title="Altro")
    article.refresh_from_db()

    assert (article.comment_count, article.outside_at) == (7, None)


def test_without_a_script_the_preview_shows_what_is_stored(staff_client):
    article = make_article(
        title="Titolo",
        search_title="Per chi cerca",
        social_description="Per i social.",
        lead_image=make_image(name=f"ab/{'7' * 40}.jpg", renditions=[]),
    )
    page = form_of(staff_client, article)
    preview = page.partition('class="outside"')[2].partition("outside__note")[0]

    for part in ("Per chi cerca", "Per i social.", "Un sommario di una frase.", "Titolo"):
        assert part in preview
    assert f"{'7' * 40}.jpg" in preview
    assert article.slug in preview


def test_the_preview_of_a_story_without_a_fit_picture_is_the_drawn_card(staff_client):
    for image in (None, make_image(width=300, height=900)):
        preview = form_of(staff_client, make_article(lead_image=image)).partition("outside__card")[
            2
        ]
        assert '<div class="outside__drawn" data-show="drawn">' in preview
        assert "hidden" in preview.partition("outside__drawn")[0]


@pytest.mark.parametrize("fields", [{}, {"published_at": None, "status": "draft", "body": ""}])
def test_a_draft_and_a_new_story_have_a_preview_too(staff_client, fields):
    assert "outside__card" in form_of(staff_client, make_article(**fields))
    assert "outside__card" in staff_client.get(reverse(ADD)).text


def test_an_impossible_date_sent_back_does_not_break_the_preview(staff_client):
    response = save(staff_client, make_article(), published_at_0="9999-12-31")

    assert "2100" in errors(response)
    assert "outside__card" in response.text


def test_a_hostile_title_stays_text_in_the_preview(staff_client):
    title = "</div><script>alert(1)</script>'\""
    page = form_of(staff_client, make_article(title=title, body=f"<p>{title}</p>", standfirst=""))

    assert "<script>alert" not in page


def test_the_dialog_tells_which_picture_fits(staff_client):
    def told(**size):
        image = make_image(**size)
        return staff_client.get(reverse("admin:images_image_picker_one", args=[image.pk])).json()

    assert told()["fits"] is True
    assert told(width=300, height=900)["fits"] is False
    assert told()["card"].startswith("/media/")


def test_what_the_script_is_told_is_json(staff_client):
    from articles.admin.outside import faces

    told = json.loads(faces(make_article(body="<p>Il «kernel» è qui.</p>"))["told"])
    assert told == {"opening": "Il «kernel» è qui.", "searchText": 160, "socialText": 200}


def test_a_preview_costs_no_query_of_its_own(staff_client, django_assert_max_num_queries):
    article = make_article(lead_image=make_image(), social_image=make_image())
    address = reverse(CHANGE, args=[article.pk])
    staff_client.get(address)

    with django_assert_max_num_queries(30) as before:
        staff_client.get(address)
    Article.objects.update(social_title="x", search_description="y")
    with django_assert_max_num_queries(len(before)):
        staff_client.get(address)


def test_who_may_only_look_sees_the_preview_and_no_field(client):
    from django.contrib.auth.models import Permission

    user = make_user("guarda", superuser=False)
    user.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(user)
    page = form_of(client, make_article())

    assert "outside__card" in page
    assert 'name="social_title"' not in page
