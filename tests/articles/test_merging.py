"""Tags: merging, other names, new addresses; at the desk and wherever a tag is named."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import merging
from articles.models import Article, DistinctTags, Tag, TagAlias
from pagecache.tags import purged
from tests.factories import make_article, make_tag, make_user

pytestmark = pytest.mark.django_db
TAGS = "/admin/articles/tag/"
MERGE, TWINS = f"{TAGS}unisci/", f"{TAGS}doppioni/"


def form_of(tag, *aliases, **fields):
    """The form of a tag as a browser sends it, with new ``aliases`` under it."""
    rows = {f"aliases-{n}-name": name for n, name in enumerate(aliases)}
    rows |= {f"aliases-{n}-tag": tag.pk or "" for n in range(len(aliases))}
    counts = {"aliases-TOTAL_FORMS": len(aliases), "aliases-INITIAL_FORMS": 0}
    own = {"name": tag.name, "slug": tag.slug, "description": tag.description}
    return own | counts | rows | fields


# --- merging ---


def test_stories_get_the_kept_tag_once_and_the_old_names_lead_to_it():
    kept, old = make_tag("open-source"), make_tag("opensource", description="Codice aperto.")
    TagAlias.objects.create(tag=old, name="codice aperto")
    both, one = make_article(tags=[kept, old]), make_article(tags=[old])
    Article.objects.update(related_at="2026-01-01T00:00Z")

    assert merging.merge([old], kept) == {"opensource": 2}

    for story in (both, one):
        assert list(story.tags.all()) == [kept]
    assert not Tag.objects.filter(name="opensource").exists()
    slugs = TagAlias.objects.filter(tag=kept).values_list("slug", flat=True)
    assert set(slugs) == {"opensource", "codice-aperto"}
    assert Tag.objects.get().description == "Codice aperto."
    assert Article.objects.unrelated().count() == 2


def test_merging_forgets_every_page(django_capture_on_commit_callbacks):
    heard = []

    def listen(**sent):
        heard.extend(sent["tags"])

    purged.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        merging.merge([make_tag()], make_tag())
    purged.disconnect(listen)
    assert "all" in heard


def test_merging_into_itself_or_into_a_tag_that_is_gone_changes_nothing():
    tag, gone = make_tag(), make_tag()
    Tag.objects.filter(pk=gone.pk).delete()

    assert merging.merge([tag], tag) == {}
    assert merging.merge([tag], gone) == {}
    assert Tag.objects.get() == tag


@pytest.mark.parametrize("how_many", [1, 20])
def test_v2_merging_costs_the_same_for_any_number_of_stories(how_many):
    old, kept = make_tag(), make_tag()
    for _ in range(how_many):
        make_article(tags=[old], authors=[])
    with CaptureQueriesContext(connection) as asked:
        merging.merge([old], kept)

    assert len(asked.captured_queries) <= 21


def test_the_desk_asks_before_it_merges_and_writes_down_who_did(staff_client):
    kept, old = make_tag("open-source"), make_tag("opensource")
    make_article(tags=[kept]), make_article(tags=[old]), make_article(tags=[kept])
    picked = {"action": "merge", "_selected_action": [kept.pk, old.pk]}

    asked = staff_client.post(TAGS, picked, follow=True)
    assert Tag.objects.count() == 2  # a question, not yet a deed
    assert "open-source · 2 articoli" in asked.text
    assert "opensource · 1 articolo<" in asked.text.replace("\n", "")
    assert asked.context["form"].initial["target"] == kept

    done = staff_client.post(asked.redirect_chain[-1][0], {"target": kept.pk}, follow=True)

    assert "Resta «open-source»: «opensource» ora porta lì." in done.text
    assert Tag.objects.get() == kept
    said = list(LogEntry.objects.values_list("user__username", "object_repr", "action_flag"))
    assert sorted(said) == [("redattrice", "open-source", 2), ("redattrice", "opensource", 3)]
    assert "opensource" in LogEntry.objects.get(action_flag=2).get_change_message()


def test_one_tag_can_be_merged_into_any_other(staff_client):
    old, kept = make_tag("opensource"), make_tag("open-source")

    empty = staff_client.post(f"{MERGE}?tag={old.pk}", {})
    assert "Scegli quale tag resta." in empty.text
    itself = staff_client.post(f"{MERGE}?tag={old.pk}", {"target": old.pk})
    assert "Scegli un tag diverso" in itself.text

    staff_client.post(f"{MERGE}?tag={old.pk}", {"target": old.pk, "other": kept.pk})
    assert Tag.objects.get() == kept


@pytest.mark.parametrize("numbers", ["", "x", "99999", "9" * 40, ",,,"])
def test_merging_tags_that_are_not_there_is_told(staff_client, numbers):
    make_tag()

    response = staff_client.get(f"{MERGE}?tag={numbers}", follow=True)

    assert "Questi tag non ci sono più." in response.text


@pytest.mark.parametrize("address", [MERGE, TWINS])
def test_who_may_not_delete_tags_may_not_merge_them(client, address):
    from django.contrib.auth.models import Permission

    user = make_user(superuser=False)
    user.user_permissions.add(*Permission.objects.filter(codename__in=["view_tag", "change_tag"]))
    client.force_login(user)

    assert client.get(address).status_code == 403
    assert 'value="merge"' not in client.get(TAGS).text


# --- other names and new addresses ---


def test_a_renamed_tag_keeps_its_old_address_and_the_log_says_so(client, staff_client):
    tag = make_tag("Kubernets")
    make_article(tags=[tag])
    data = form_of(tag, name="Kubernetes", slug="kubernetes")

    response = staff_client.post(f"{TAGS}{tag.pk}/change/", data, follow=True)

    assert "chi arriva da «kubernets» trova «kubernetes»" in response.text
    redirect = client.get("/tag/kubernets/page/2/")
    assert (redirect.status_code, redirect["Location"]) == (301, "/tag/kubernetes/page/2/")
    assert LogEntry.objects.filter(change_message__contains="kubernets").exists()

    # And back again: the address in use is a tag's, not another name.
    tag.refresh_from_db()
    staff_client.post(f"{TAGS}{tag.pk}/change/", form_of(tag, slug="kubernets"))
    assert list(TagAlias.objects.values_list("slug", flat=True)) == ["kubernetes"]
    assert client.get("/tag/kubernets/").status_code == 200


def test_other_names_are_written_at_the_tag_and_found_by_the_search(staff_client):
    tag = make_tag("open-source")

    answer = staff_client.post(
        f"{TAGS}{tag.pk}/change/", form_of(tag, "OpenSource", "codice aperto")
    )
    assert answer.status_code == 302
    assert set(tag.aliases.values_list("slug", flat=True)) == {"opensource", "codice-aperto"}

    found = staff_client.get(
        "/admin/autocomplete/",
        {"term": "opens", "app_label": "articles", "model_name": "article", "field_name": "tags"},
    ).json()
    assert [row["text"] for row in found["results"]] == ["open-source"]
    assert "open-source" in staff_client.get(f"{TAGS}?q=codice+aperto").text


def test_another_name_that_is_a_tag_or_a_tag_that_is_another_name_is_refused(staff_client):
    tag, other = make_tag("open-source"), make_tag("software libero")
    TagAlias.objects.create(tag=tag, name="opensource")

    taken = staff_client.post(f"{TAGS}{tag.pk}/change/", form_of(tag, "Software Libero"))
    assert "è un tag: per farne un altro nome, uniscilo" in taken.text
    twice = staff_client.post(f"{TAGS}{other.pk}/change/", form_of(other, "opensource"))
    assert "Questo nome porta già a un tag" in twice.text
    new = staff_client.post(f"{TAGS}add/", form_of(Tag(name="Opensource")))
    assert "È già un altro nome del tag «open-source»: usa quello." in new.text
    assert Tag.objects.count() == 2


@pytest.mark.parametrize(
    "name", ["open-source", "Open Source", "OPENSOURCE", "opensource", "codice aperto"]
)
def test_a_tag_is_made_only_if_nothing_goes_by_its_name(name):
    tag = make_tag("open-source")
    for other in ("opensource", "codice aperto"):
        TagAlias.objects.create(tag=tag, name=other)

    assert Tag.objects.get_or_make(name) == tag
    assert Tag.objects.get_or_make("software libero") != tag


def test_a_draft_made_from_a_feed_gets_the_tag_its_category_is_another_name_of():
    from aggregator import drafting
    from tests.aggregator.making import make_item

    tag = make_tag("open-source")
    TagAlias.objects.create(tag=tag, name="FOSS")
    item = make_item(categories=["foss"])

    assert drafting.suggested_tags(item.cluster) == [tag]


# --- twins ---


def test_pairs_that_look_alike_are_listed_with_their_numbers(staff_client):
    one, other = make_tag("open-source"), make_tag("Open Source", slug="open-source-2")
    make_article(tags=[one])
    make_tag("Wayland")

    page = staff_client.get(TWINS).text

    assert f"?tag={one.pk},{other.pk}&amp;doppioni=1" in page
    assert "1 articolo<" in page
    assert "0 articoli<" in page
    assert "Wayland" not in page


def test_not_twins_is_remembered_and_written_down(staff_client):
    one, other = make_tag("KDE Plasma"), make_tag("KDE Plasmo")
    value = {"distinct": f"{other.pk}:{one.pk}"}

    response = staff_client.post(TWINS, value, follow=True)

    assert "«KDE Plasma» e «KDE Plasmo» sono due cose" in response.text
    assert "Nessun doppione" in response.text
    assert DistinctTags.objects.count() == 1
    staff_client.post(TWINS, value)
    assert DistinctTags.objects.count() == 1
    assert LogEntry.objects.filter(change_message__contains="KDE Plasmo").exists()


@pytest.mark.parametrize("value", ["", "x", "1", "1:1", ":", "9" * 30 + ":1", "99998:99999"])
def test_an_odd_answer_about_twins_is_ignored(staff_client, value):
    assert staff_client.post(TWINS, {"distinct": value}).status_code == 302
    assert not DistinctTags.objects.exists()


def test_merging_from_the_list_of_twins_leads_back_to_it(staff_client):
    one, other = make_tag("open-source"), make_tag("opensource")

    answer = staff_client.post(f"{MERGE}?tag={one.pk},{other.pk}&doppioni=1", {"target": one.pk})

    assert answer["Location"] == TWINS


@pytest.mark.parametrize("how_many", [2, 30])
def test_v2_the_list_of_twins_costs_the_same_at_any_length(staff_client, how_many):
    for number in range(how_many):
        make_tag(f"nome numero {number}"), make_tag(f"nome-numero-{number}", slug=f"n-{number}")
    staff_client.get(TWINS)
    with CaptureQueriesContext(connection) as asked:
        assert "coppie da guardare" in staff_client.get(TWINS).text

    assert len(asked.captured_queries) <= 8
