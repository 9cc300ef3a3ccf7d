"""Where old, cut and badly pasted addresses lead; that guesses are never wrong and never dear."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import addresses, merging, publishing
from articles.models import Article, FormerPath, TagAlias
from tests.factories import make_article, make_category, make_page, make_tag

pytestmark = pytest.mark.django_db
ROME = ZoneInfo("Europe/Rome")
MARK = "segretissimo"
HIDDEN = {
    "draft": {"status": "draft"},
    "draft without date": {"status": "draft", "published_at": None},
    "scheduled": {"published_at": timezone.now() + timedelta(days=1)},
}


def in_month(year, month, slug):
    return make_article(slug=slug, published_at=datetime(year, month, 10, tzinfo=ROME))


def leads(client, path):
    """Where one step from ``path`` goes; None for a 404."""
    response = client.generic("GET", "/", PATH_INFO=path.encode().decode("latin-1"))
    assert response.status_code in (301, 404), path
    return response.headers.get("Location")


# --- beginnings ---


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/2024/04/ubuntu-24-04-lts-con/", "/2024/04/ubuntu-24-04-lts-con-tante-novita/"),
        ("/2021/01/ubuntu-24-04-lts/", "/2024/04/ubuntu-24-04-lts-con-tante-novita/"),
        ("/ubuntu-24/", "/2024/04/ubuntu-24-04-lts-con-tante-novita/"),
        ("/2024/04/ubuntu/", "/2024/04/ubuntu-24-04-lts-con-tante-novita/"),  # alone in its month
        ("/2022/10/ubuntu-22/", "/2022/10/ubuntu-22-10/"),
        ("/2020/01/ubuntu-22-10/", "/2022/10/ubuntu-22-10/"),  # whole: nothing is guessed
        ("/2022/01/ubuntu/", None),  # three of them, none of that month
        ("/ubuntu/", None),
        ("/2022/10/ubunt/", None),  # two of that month would do, but five letters say too little
        ("/2024/04/ubun_u/", None),  # no wildcard of the database
        ("/2024/04/buntu-24/", None),
        ("/2024/04/ubuntu-24-04-lts-con-tante-novita-e-altro/", None),
    ],
)
def test_a_cut_address_leads_to_the_one_story_that_begins_so(client, path, found):
    in_month(2024, 4, "ubuntu-24-04-lts-con-tante-novita")
    in_month(2022, 10, "ubuntu-22-10")
    in_month(2023, 4, "ubuntu-23-04")

    assert leads(client, path) == found


def test_a_beginning_of_too_many_stories_says_nothing(client):
    for number in range(addresses.ENOUGH + 1):
        make_article(slug=f"kernel-6-{number}", published_at=datetime(2020, 1, 1, tzinfo=ROME))
    in_month(2024, 4, "kernel-7-0")

    assert leads(client, "/2024/04/kernel/") is None


@pytest.mark.parametrize("state", HIDDEN.values(), ids=HIDDEN)
def test_p1_no_guess_tells_of_a_hidden_story(client, state):
    hidden = make_article(slug=f"{MARK}-e-lungo", **state)
    publishing.change_address(hidden, f"{MARK}-vecchio")
    visible = in_month(2024, 4, f"{MARK}-noto")

    for path in (f"/2024/04/{MARK}-e/", f"/{MARK}-e-lun/", f"/2024/04/{MARK}-vecchio/"):
        there = client.get(path)
        never = client.get(path.replace(f"{MARK}-", f"{MARK}x"))
        assert same(there, never), path
    # It does not stand in the way of what is known, either.
    assert leads(client, f"/2024/04/{MARK}/") == visible.get_absolute_url()


def same(there, never):
    """Status, headers and bytes, but for the words of the address itself."""
    parts = []
    for response in (there, never):
        headers = dict(response.headers)
        headers.pop("X-Request-ID", None)
        words = response.request["PATH_INFO"].strip("/").rpartition("/")[2].replace("-", " ")
        parts.append((response.status_code, headers, response.text.replace(words, "…")))
    return parts[0] == parts[1] and parts[0][0] == 404


@pytest.mark.parametrize("state", HIDDEN.values(), ids=HIDDEN)
def test_p1_a_hidden_address_answers_byte_for_byte_like_an_invented_one(client, state):
    make_article(slug="visibile-davvero")
    hidden = make_article(slug="abcdefgh", tags=[make_tag("abcdefgh")], **state)
    TagAlias.objects.create(tag=hidden.tags.get(), name="hgfedcba")
    make_page("abcdefgh", published=False)
    for path in (
        "/2026/11/{}/",
        "/{}/",
        "/tag/{}/",
        "/2026/11/{}",
        "/2026/11/{})",
        "/tag/{}/feed/",
    ):
        for known in ("abcdefgh", "hgfedcba"):
            there, never = (client.get(path.format(word)) for word in (known, "zzzzzzzz"))
            bodies = [r.text.replace(w, "…") for r, w in ((there, known), (never, "zzzzzzzz"))]
            assert there.status_code == never.status_code, path
            assert bodies[0] == bodies[1], path
            assert {*there.headers} == {*never.headers}, path
            assert len(there.content) == len(never.content), path


# --- what was pasted ---


@pytest.mark.parametrize(
    "junk",
    ['"', "'", ")", ").", "),", "%20", " ", "%20%20)", ".", ",", "…", "”", "’", "»", ">", "]", "!",
     "/)", '/"', "/%20", "/.", "/…/", ") ", "\\", "/ /"],
)  # fmt: skip
def test_p3_what_was_pasted_after_an_address_is_dropped_in_one_step(client, junk):
    address = in_month(2024, 4, "notizia-buona").get_absolute_url()

    for path in (f"{address}{junk}", f"{address.rstrip('/')}{junk}"):
        assert leads(client, path) == address


@pytest.mark.parametrize("path", ["/a.b)", "/nope.php.", "/admin)", "/admin;/", "/x;x.css", "/)x"])
def test_p3_junk_leads_nowhere_else(client, path):
    assert leads(client, path) is None


def test_p3_an_address_with_much_junk_is_cheap(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):  # the menu
        assert leads(client, "/" + "%20)" * 250 + "x") is None


# --- labels ---


def test_another_name_of_a_tag_leads_to_it_with_its_further_pages_and_feeds(client):
    tag = make_tag("open-source")
    make_article(tags=[tag])
    TagAlias.objects.create(tag=tag, name="opensource")

    for rest in ("", "page/3/", "feed/", "feed/atom/"):
        assert leads(client, f"/tag/opensource/{rest}") == f"/tag/open-source/{rest}"
    assert leads(client, "/tag/opensource") == "/tag/open-source/"
    assert leads(client, "//tag//opensource)") == "/tag/open-source/"
    assert leads(client, "/tag/opensource/altro/") is None


def test_a_chain_of_names_is_one_step(client):
    one, two, three = make_tag("a-uno"), make_tag("b-due"), make_tag("c-tre")
    make_article(tags=[one, three])
    merging.merge([one], two)
    merging.merge([two], three)
    three.slug = "c-nuovo"
    three.save()
    merging.keep_address(three, "c-tre", "c-tre")

    for slug in ("a-uno", "b-due", "c-tre"):
        assert leads(client, f"/tag/{slug}/") == "/tag/c-nuovo/"
    assert client.get("/tag/c-nuovo/").status_code == 200


@pytest.mark.parametrize("state", HIDDEN.values(), ids=HIDDEN)
def test_p1_a_name_of_a_tag_that_only_drafts_have_leads_nowhere(client, state):
    tag = make_tag(MARK)
    make_article(tags=[tag], **state)
    TagAlias.objects.create(tag=tag, name=f"{MARK}-bis")

    assert leads(client, f"/tag/{MARK}-bis/") is None
    assert leads(client, f"/tag/{MARK}-bis/feed/") is None


def test_a_moved_category_is_found_at_its_old_addresses(client):
    software, kernel = make_category("Software"), make_category("Kernel")
    driver = make_category("Driver", parent=kernel)
    kernel.parent = software
    kernel.save()
    driver.refresh_from_db()
    driver.slug = "pilotaggio"
    driver.save()

    assert leads(client, "/category/kernel/") == "/category/software/kernel/"
    assert leads(client, "/category/kernel/driver/") == "/category/software/kernel/pilotaggio/"
    assert leads(client, "/category/software/kernel/driver/page/2/") == (
        "/category/software/kernel/pilotaggio/page/2/"
    )
    assert leads(client, "/category/kernel/feed") == "/category/software/kernel/feed/"
    kernel.parent = None
    kernel.save()
    assert client.get("/category/kernel/").status_code == 200
    assert leads(client, "/category/software/kernel/") == "/category/kernel/"
    assert not FormerPath.objects.filter(path="kernel").exists()


# --- the page and its cost ---


def test_p3_the_404_offers_a_search_for_the_words_of_the_address(client):
    page = client.get("/2024/04/il-kernel-che-non-c-e/").text

    assert '<form class="search" action="/cerca/" method="get" role="search">' in page
    assert 'name="q" value="il kernel che non c e" maxlength="200"' in page
    assert page.count('id="cerca-parole"') == 1


def test_p3_the_search_box_repeats_no_markup(client):
    response = client.generic("GET", "/", PATH_INFO='/x"><script>alert(1)</script>/')

    assert "<script>alert" not in response.text
    assert 'value="x script alert 1 script"' in response.text


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/2024/04/indirizzo-inventato/", 4),  # the story, its former addresses, beginnings; menu
        ("/indirizzo-inventato/", 4),
        ("/2024/04/corto/", 3),
        ("/2024/04/Maiuscolo-E-Lungo/", 3),
        ("/2024/04/città-inventata/", 2),
        ("/tag/inventato/", 3),
        ("/tag/inventato/page/7/", 3),
        ("/category/inventata/altra/", 3),
        ("/wp-login.php", 1),
        ("/a/b/c/d/", 1),
    ],
)
@pytest.mark.parametrize("how_many", [1, 25])
def test_v2_an_invented_address_stays_cheap_on_a_site_of_any_size(
    client, path, most, how_many, django_assert_max_num_queries
):
    for number in range(how_many):
        make_article(slug=f"storia-{number}", tags=[make_tag()])

    with django_assert_max_num_queries(most):
        assert client.get(path).status_code == 404


def test_v2_beginnings_come_from_an_index():
    story = make_article(slug="ubuntu-24-04")
    fields = {"status": "ready", "published_at": story.published_at}
    fields["main_category"] = story.main_category
    # Few rows are read without an index, and rightly.
    Article.objects.bulk_create(Article(slug=f"storia-{n}", **fields) for n in range(3000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE articles_article")
    plan = Article.objects.visible().begins("ubuntu").order_by()[:21].explain()

    assert "_like" in plan or "slug>? AND slug<?" in plan, plan


def test_a_redirect_keeps_the_query(client):
    in_month(2024, 4, "notizia-buona")

    response = client.get("/2024/04/notizia-buona)?utm_source=x")

    assert response.headers["Location"] == "/2024/04/notizia-buona/?utm_source=x"


def test_finding_the_way_costs_what_it_says():
    make_article(slug="qualcosa")
    with CaptureQueriesContext(connection) as asked:
        assert addresses.story("inventato-e-lungo", 2024, 4) is None
        assert addresses.label("/tag/inventato/") is None
    assert len(asked.captured_queries) == 3
    with CaptureQueriesContext(connection) as asked:
        assert addresses.story("città", 2024, 4) is None
        assert addresses.label("/serie/inventata/") is None
    assert not asked.captured_queries
