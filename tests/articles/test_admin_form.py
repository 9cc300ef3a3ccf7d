"""The form of a story: publishing, addresses, what it keeps when it fails, two editors at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, FormerSlug
from tests.articles.desk import ADD, CHANGE, errors, filled, opened, save
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_image,
    make_series,
    make_tag,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def add(client, **fields):
    return client.post(reverse(ADD), filled(**fields))


# --- writing and publishing ---


def test_a_new_story_gets_its_address_from_its_title(staff_client):
    response = add(staff_client, title="Perché Linux 7.4 è più veloce?")

    assert response.status_code == 302
    assert Article.objects.get().slug == "perche-linux-7-4-e-piu-veloce"


def test_two_stories_with_one_title_get_two_addresses(staff_client):
    add(staff_client, title="Uguali")
    add(staff_client, title="Uguali")

    assert set(Article.objects.values_list("slug", flat=True)) == {"uguali", "uguali-2"}


def test_ready_without_a_date_means_now(staff_client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        add(staff_client, status="ready")

    story = Article.objects.visible().get()
    assert story.announced_at is not None


def test_a_date_to_come_schedules_the_story(staff_client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        add(staff_client, status="ready", published_at_0="01/03/2099", published_at_1="08:30")

    story = Article.objects.get()
    assert not story.is_visible()
    assert story.announced_at is None
    assert timezone.localtime(story.published_at).hour == 8


def test_the_first_byline_of_a_new_story_is_who_writes_it(client):
    user = make_user()
    author = make_author("Ada Neri", user=user)
    client.force_login(user)

    page = client.get(reverse(ADD))

    rows = page.context["inline_admin_formsets"][0].formset.forms
    assert rows[0]["author"].value() == author.pk
    response = client.post(
        reverse(ADD),
        filled(**{"bylines-TOTAL_FORMS": 1, "bylines-0-author": author.pk}),
    )
    assert response.status_code == 302
    assert Article.objects.get().signatures == [author]


def test_rows_keep_the_order_they_were_given(staff_client):
    first, second = make_author(), make_author()
    add(
        staff_client,
        **{
            "bylines-TOTAL_FORMS": 2,
            "bylines-0-author": first.pk,
            "bylines-0-position": "2",
            "bylines-1-author": second.pk,
            "bylines-1-position": "1",
        },
    )

    assert Article.objects.get().signatures == [second, first]


def test_rows_without_numbers_stay_as_they_stand(staff_client):
    first, second = make_author("Zoe"), make_author("Ada")
    rows = {"bylines-0-author": first.pk, "bylines-1-author": second.pk}
    add(staff_client, **{"bylines-TOTAL_FORMS": 2, **rows})

    assert Article.objects.get().signatures == [first, second]


def test_a_save_keeps_what_the_house_wrote_meanwhile(staff_client):
    story = make_article()
    data = opened(staff_client, story)
    Article.objects.filter(pk=story.pk).update(comment_count=7)

    staff_client.post(reverse(CHANGE, args=[story.pk]), data | {"title": "Nuovo"})

    story.refresh_from_db()
    assert (story.comment_count, story.title, story.version) == (7, "Nuovo", 2)


def test_a_save_writes_only_the_form_s_columns(staff_client):
    story = make_article()
    data = opened(staff_client, story)
    with CaptureQueriesContext(connection) as seen:
        staff_client.post(reverse(CHANGE, args=[story.pk]), data)

    asked = [query["sql"] for query in seen.captured_queries]
    updates = [sql for sql in asked if sql.startswith('UPDATE "articles_article"')]
    [form, *others] = sorted(updates, key=lambda sql: '"title"' not in sql)
    assert '"title"' in form
    assert "comment_count" not in form
    assert "announced_at" not in form
    # The stories to read after this one, and after those that show it, are found again.
    written = [sql.partition("SET ")[2].partition(" = ")[0] for sql in others]
    # The search index knows it, too.
    assert sorted(written) == ['"indexed_at"', '"related_at"', '"related_at"']


def test_a_published_story_made_a_draft_is_announced_again_later(staff_client):
    story = make_article(announced_at=timezone.now())

    save(staff_client, story, status="draft")

    story.refresh_from_db()
    assert story.announced_at is None


def test_every_save_of_a_public_story_forgets_its_pages(
    staff_client, django_capture_on_commit_callbacks
):
    from pagecache.tags import purged

    story = make_article()
    tags = []
    purged.connect(lambda tags_seen=tags, **sent: tags_seen.extend(sent["tags"]), weak=False)
    with django_capture_on_commit_callbacks(execute=True):
        save(staff_client, story, title="Altro titolo")

    assert {"lists", story.cache_tag} <= set(tags)


# --- addresses ---


def test_a_published_address_is_frozen(staff_client):
    story = make_article(slug="vecchio")

    response = save(staff_client, story, slug="nuovo")

    assert "Cambia l’indirizzo" in errors(response)
    story.refresh_from_db()
    assert story.slug == "vecchio"


def test_an_emptied_address_stays_as_it_was(staff_client):
    story = make_article(slug="vecchio")

    assert save(staff_client, story, slug="", title="Altro").status_code == 302
    story.refresh_from_db()
    assert story.slug == "vecchio"


def test_an_address_changed_on_purpose_leaves_a_redirect(staff_client):
    story = make_article(slug="vecchio")

    address = reverse(CHANGE, args=[story.pk])
    data = opened(staff_client, story) | {"slug": "nuovo", "change_address": "on"}
    response = staff_client.post(address, data, follow=True)

    assert "chi arriva da «vecchio» trova il nuovo" in response.text
    assert FormerSlug.objects.get().slug == "vecchio"
    story.refresh_from_db()
    assert story.slug == "nuovo"


def test_a_draft_changes_address_freely_and_leaves_nothing(staff_client):
    story = make_article(slug="vecchio", status="draft")

    save(staff_client, story, slug="nuovo")

    story.refresh_from_db()
    assert story.slug == "nuovo"
    assert not FormerSlug.objects.exists()


def test_a_new_story_may_take_an_address_that_was_left(staff_client):
    FormerSlug.objects.create(article=make_article(slug="nuovo"), slug="libero")

    add(staff_client, slug="libero", status="ready")

    assert Article.objects.filter(slug="libero").exists()
    assert not FormerSlug.objects.exists()


def test_the_permalink_is_shown(staff_client):
    story = make_article(slug="esce-il-kernel")

    page = staff_client.get(reverse(CHANGE, args=[story.pk])).text

    assert f"127.0.0.1:8000{story.get_absolute_url()}" in page


# --- bad input: an Italian sentence, and everything typed is still there ---


def test_a_failed_form_keeps_everything_typed_pictures_included(staff_client):
    image, tag, author = make_image(title="Pinguino"), make_tag("Rust"), make_author("Ada Neri")
    response = add(
        staff_client,
        title="t" * 10_000,
        standfirst="Il mio sommario",
        body="<p>Il mio <strong>testo</strong></p>",
        lead_image=image.pk,
        tags=[tag.pk],
        **{
            "bylines-TOTAL_FORMS": 1,
            "bylines-0-author": author.pk,
            "sources-TOTAL_FORMS": 1,
            "sources-0-outlet": "Ars Technica",
            "sources-0-url": "https://example.org/a",
            "sources-0-language": "en",
        },
    )

    assert "250 caratteri" in errors(response)
    page = response.text
    for piece in ("t" * 10_000, "Il mio sommario", "Il mio &lt;strong&gt;testo", "Ars Technica"):
        assert piece in page
    for row in (image, tag, author):
        assert f'<option value="{row.pk}" selected>{row}</option>' in page
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"published_at_0": "01/01/0001", "published_at_1": "00:00"}, "troppo indietro"),
        ({"published_at_0": "31/12/9999", "published_at_1": "23:59"}, "troppo avanti"),
        ({"published_at_0": "0001-01-01", "published_at_1": "00:00:00"}, "troppo indietro"),
        ({"published_at_0": "31/02/2024", "published_at_1": "10:00"}, "data valida"),
        ({"revised_at_0": "01/01/0001", "revised_at_1": "00:00"}, "troppo indietro"),
        ({"title": "kernel\x00"}, "caratteri"),
        ({"standfirst": "s" * 601}, "600 caratteri"),
        ({"main_category": ""}, "obbligatorio"),
        ({"lead_image": "999"}, "opzione valida"),
        ({"body": "<b>" * 20_001}, "troppi tag"),
        ({"body": "<p>" + "x" * 500_001}, "troppo lungo"),
        ({"series_part": "2"}, "serie"),
        ({"series_part": "-1"}, "maggiore o uguale"),
    ],
)
def test_bad_input_gets_an_italian_sentence(staff_client, fields, sentence):
    response = add(staff_client, **{"title": "Resto qui"} | fields)

    assert sentence in errors(response)
    assert not Article.objects.exists()


def test_a_duplicate_address_is_told(staff_client):
    make_article(slug="preso")

    assert "Esiste già un articolo" in errors(add(staff_client, slug="preso"))


def test_hostile_html_is_cleaned_not_kept(staff_client):
    add(
        staff_client, body='<p onclick="x()">ciao<script>alert(1)</script><img src=x onerror=y></p>'
    )

    assert Article.objects.get().body == "<p>ciao</p>"


@pytest.mark.both
def test_limits_of_tags_authors_and_sources(staff_client):
    tags = [make_tag().pk for _ in range(21)]
    authors = {f"bylines-{n}-author": make_author().pk for n in range(11)}
    source = {"outlet": "Testata", "url": "https://example.org/", "language": "en"}
    sources = {f"sources-{n}-{k}": v for n in range(31) for k, v in source.items()}

    said = errors(
        add(
            staff_client,
            tags=tags,
            **authors | sources | {"bylines-TOTAL_FORMS": 11, "sources-TOTAL_FORMS": 31},
        )
    )

    assert "Al massimo 20 tag: ne hai scelti 21." in said
    assert "Al massimo 10 firme." in said
    assert "Al massimo 30 fonti." in said


def test_the_same_author_twice_is_told_beside_the_row(staff_client):
    author = make_author()
    rows = {"bylines-0-author": author.pk, "bylines-1-author": author.pk}

    said = errors(add(staff_client, **{"bylines-TOTAL_FORMS": 2} | rows))

    assert "Questa firma c’è già." in said


def test_a_source_with_a_script_for_an_address_is_refused(staff_client):
    rows = {"sources-0-outlet": "x", "sources-0-url": "javascript:alert(1)"}

    assert "URL" in errors(add(staff_client, **{"sources-TOTAL_FORMS": 1} | rows))


def test_a_series_needs_no_part(staff_client):
    assert add(staff_client, series=make_series().pk).status_code == 302


# --- A5: two editors ---


@pytest.fixture
def two_editors(django_user_model):
    clients = [Client(), Client()]
    for number, client in enumerate(clients):
        client.force_login(make_user(f"redattore{number}"))
    return clients


@pytest.mark.both
def test_a5_a_stale_save_is_refused_and_shows_both_texts(two_editors):
    first, second = two_editors
    story = make_article(title="Titolo", body="<p>Il kernel esce oggi.</p>")
    mine = opened(second, story) | {"title": "Titolo mio", "body": "<p>Il kernel esce domani.</p>"}
    save(first, story, title="Titolo suo", body="<p>Il kernel esce ieri.</p>")

    response = second.post(reverse(CHANGE, args=[story.pk]), mine)

    assert "Qualcun altro ha salvato" in errors(response)
    page = response.text
    for piece in ("<del>suo</del>", "<ins>mio</ins>", "<del>ieri.</del>", "<ins>domani.</ins>"):
        assert piece in page
    assert 'value="Titolo mio"' in page
    story.refresh_from_db()
    assert story.title == "Titolo suo"


@pytest.mark.both
def test_a5_saving_again_after_reading_goes_through(two_editors):
    first, second = two_editors
    story = make_article()
    mine = opened(second, story) | {"title": "Titolo mio"}
    save(first, story, title="Titolo suo")
    shown = second.post(reverse(CHANGE, args=[story.pk]), mine)

    mine["opened_version"] = shown.context["adminform"].form["opened_version"].value()
    response = second.post(reverse(CHANGE, args=[story.pk]), mine)

    assert response.status_code == 302
    story.refresh_from_db()
    assert (story.title, story.version) == ("Titolo mio", 3)


@pytest.mark.both
def test_a5_a_third_editor_in_between_is_noticed_too(two_editors):
    first, second = two_editors
    story = make_article()
    mine = opened(second, story)
    save(first, story, title="uno")
    shown = second.post(reverse(CHANGE, args=[story.pk]), mine)
    mine["opened_version"] = shown.context["adminform"].form["opened_version"].value()
    save(first, story, title="due")

    again = second.post(reverse(CHANGE, args=[story.pk]), mine)

    assert "Qualcun altro ha salvato" in errors(again)


@pytest.mark.both
@pytest.mark.parametrize("version", ["", "abc", "999999999999999999999"])
def test_a5_a_form_without_its_version_is_stale(staff_client, version):
    story = make_article()

    response = save(staff_client, story, opened_version=version)

    assert errors(response)
    story.refresh_from_db()
    assert story.version == 1


@pytest.mark.both
def test_a5_an_action_from_the_list_counts_as_a_save(two_editors):
    first, second = two_editors
    story = make_article()
    mine = opened(second, story)
    first.post("/admin/articles/article/", {"action": "pin", "_selected_action": story.pk})

    response = second.post(reverse(CHANGE, args=[story.pk]), mine)

    assert "Qualcun altro ha salvato" in errors(response)
    assert "In evidenza" in response.text


@pytest.mark.both
def test_a5_a_source_deleted_meanwhile_does_not_block_the_other(two_editors):
    first, second = two_editors
    outlets = [{"outlet": name, "url": "https://example.org/"} for name in ("uno", "due")]
    story = make_article(sources=outlets)
    mine = opened(second, story)
    save(first, story, **{"sources-0-DELETE": "on"})
    shown = second.post(reverse(CHANGE, args=[story.pk]), mine)
    mine["opened_version"] = shown.context["adminform"].form["opened_version"].value()

    response = second.post(reverse(CHANGE, args=[story.pk]), mine)

    assert response.status_code == 302
    assert sorted(source.outlet for source in story.sources.all()) == ["due", "uno"]


def test_the_form_opens_at_a_constant_cost(staff_client):
    def cost(number):
        sources = [{"outlet": "x", "url": "https://example.org/"}] * number
        story = make_article(
            authors=[make_author() for _ in range(number)],
            sources=sources,
            tags=[make_tag() for _ in range(number)],
        )
        with CaptureQueriesContext(connection) as seen:
            staff_client.get(reverse(CHANGE, args=[story.pk]))
        return len(seen.captured_queries)

    cost(1)
    assert cost(8) - cost(2) <= 6  # one a byline: the admin's own search box loads its choice


def test_a_date_in_the_missing_hour_is_told(staff_client):
    missing = {"published_at_0": "29/03/2026", "published_at_1": "02:30"}

    assert errors(add(staff_client, status="ready", **missing))


def test_counters_have_their_limits(staff_client):
    page = staff_client.get(reverse(ADD)).text

    assert 'data-limit="250"' in page
    assert 'data-limit="600"' in page
    assert "maxlength" not in page.split('id="id_title"')[0].rsplit("<input", 1)[1]


def test_no_english_is_left_on_the_form(staff_client):
    make_category()
    story = make_article(published_at=timezone.now() - timedelta(days=1))

    page = staff_client.get(reverse(CHANGE, args=[story.pk])).text

    for word in (">Save", ">Add another", ">Delete", "View site", "Django", ">Home<"):
        assert word not in page, word
