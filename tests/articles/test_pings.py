"""What search engines and hubs are to be told is a row, written with the change or not at all."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from articles import pings, publishing
from articles.models import Article, Ping
from kit import fetch
from tests.articles.desk import CHANGE, save
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
HUB = "https://hub.example.org/"
FEEDS = ["/feed/", "/feed/atom/"]


@pytest.fixture(autouse=True)
def _configured(settings, monkeypatch):
    settings.INDEXNOW_KEY, settings.WEBSUB_HUB = "0123456789abcdef", HUB

    def post(*args, **options):
        raise AssertionError("a request may not speak to anybody")

    monkeypatch.setattr(fetch, "post", post)


@pytest.fixture
def told(settings):
    """Return the paths noted for a kind, oldest first, and forget them."""

    def read(kind="indexnow"):
        rows = Ping.objects.filter(kind=kind).order_by("pk")
        found = [row.address.removeprefix(settings.SITE_URL) for row in rows]
        rows.delete()
        return found

    return read


def test_a_story_that_comes_out_is_noted_once_with_our_feeds(told):
    article = make_article()
    assert publishing.announce_due() == 1
    assert publishing.announce_due() == 0

    assert told() == [article.get_absolute_url()]
    assert told("websub") == FEEDS


def test_a_withdrawn_story_is_noted_at_the_address_it_had(told):
    article = make_article(announced_at=timezone.now())
    address = article.get_absolute_url()

    assert publishing.withdraw(Article.objects.all()) == 1

    assert told() == [address]
    assert told("websub") == FEEDS


def test_p1_an_address_that_nobody_could_open_is_told_to_nobody(staff_client, told):
    soon = make_article(published_at=timezone.now() + timedelta(hours=1))
    draft = make_article(status="draft")
    publishing.announce_due()
    save(staff_client, draft, slug="ancora-segreto")
    save(staff_client, soon, slug="segreto", title="Altro")
    staff_client.post(reverse("admin:articles_article_delete", args=[draft.pk]), {"post": "yes"})

    assert publishing.withdraw(Article.objects.all()) == 1
    assert not Ping.objects.exists()


def test_p1_a_story_hidden_and_renamed_at_once_tells_only_its_old_address(staff_client, told):
    article = make_article(announced_at=timezone.now())
    address = article.get_absolute_url()

    save(staff_client, article, slug="segreto", change_address="on", status="draft")

    assert told() == [address]


def test_a_changed_slug_notes_the_old_address_and_the_new_one(staff_client, told):
    article = make_article(announced_at=timezone.now())
    address = article.get_absolute_url()

    save(staff_client, article, slug="nuovo", change_address="on")

    article.refresh_from_db()
    assert told() == [address, article.get_absolute_url()]
    assert told("websub") == FEEDS


def test_a_date_in_another_month_moves_the_address_too(staff_client, told):
    article = make_article(
        published_at=timezone.now() - timedelta(days=70), announced_at=timezone.now()
    )
    address = article.get_absolute_url()

    save(staff_client, article, published_at_0="2024-08-01")

    assert told() == [address, f"/2024/08/{article.slug}/"]


def test_a_story_put_off_is_noted_as_gone_and_again_when_it_comes_out(
    staff_client, told, django_capture_on_commit_callbacks
):
    article = make_article(announced_at=timezone.now())
    address = article.get_absolute_url()
    with django_capture_on_commit_callbacks(execute=True):
        save(staff_client, article, published_at_0="2099-01-01")
    assert told() == [address]

    publishing.announce_due(timezone.now() + timedelta(days=365 * 99))
    assert told() == [f"/2099/01/{article.slug}/"]


def test_a_save_that_moves_nothing_notes_nothing(staff_client):
    article = make_article(announced_at=timezone.now())

    save(staff_client, article, title="Titolo corretto")

    article.refresh_from_db()
    assert article.title == "Titolo corretto"
    assert not Ping.objects.exists()


@pytest.mark.parametrize("road", ["page", "action"])
def test_a_deleted_story_is_noted_at_the_address_it_had(staff_client, told, road):
    article = make_article(announced_at=timezone.now())
    address = article.get_absolute_url()
    if road == "page":
        url, data = reverse("admin:articles_article_delete", args=[article.pk]), {"post": "yes"}
    else:
        url = reverse("admin:articles_article_changelist")
        data = {"action": "delete_selected", "_selected_action": [article.pk], "post": "yes"}
    staff_client.post(url, data)

    assert not Article.objects.exists()
    assert told() == [address]


def test_a_change_that_is_undone_is_told_to_nobody():
    make_article()

    def fail_after_announcing():
        with transaction.atomic():
            publishing.announce_due()
            raise RuntimeError("the save failed")

    with pytest.raises(RuntimeError):
        fail_after_announcing()

    assert not Ping.objects.exists()
    assert publishing.announce_due() == 1


def test_without_settings_nothing_is_noted_and_nothing_more_is_asked(
    settings, django_assert_num_queries
):
    settings.INDEXNOW_KEY = settings.WEBSUB_HUB = ""
    article = make_article()
    with django_assert_num_queries(0):
        pings.note_stories(Article.objects.filter(pk=article.pk))
    publishing.announce(article.pk, timezone.now())

    assert not Ping.objects.exists()


@pytest.mark.parametrize(("key", "hub"), [("0123456789abcdef", ""), ("", HUB)])
def test_each_service_is_for_itself(settings, key, hub):
    settings.INDEXNOW_KEY, settings.WEBSUB_HUB = key, hub
    make_article()
    publishing.announce_due()

    assert set(Ping.objects.values_list("kind", flat=True)) == {"indexnow" if key else "websub"}


@pytest.mark.parametrize("how_many", [1, 20])
def test_v2_a_withdrawal_costs_the_same_for_one_story_and_for_twenty(
    django_assert_max_num_queries, how_many
):
    for _ in range(how_many):
        make_article()
    with django_assert_max_num_queries(15):  # the index and the related stories among them
        publishing.withdraw(Article.objects.all())

    assert Ping.objects.count() == how_many + 2


# --- What feeds say ----------------------------------------------------------


def test_a_feed_names_itself_and_its_hub(settings):
    settings.SITE_URL = "https://www.example.org"

    assert pings.feed_links("/feed/") == [("self", "https://www.example.org/feed/"), ("hub", HUB)]
    assert pings.link_header("/feed/atom/") == (
        f'<https://www.example.org/feed/atom/>; rel="self", <{HUB}>; rel="hub"'
    )


def test_a_feed_the_hub_hears_nothing_of_names_no_hub(settings):
    settings.SITE_URL = "https://www.example.org"
    alone = [("self", "https://www.example.org/tag/linux/feed/")]

    assert pings.feed_links("/tag/linux/feed/") == alone
    settings.WEBSUB_HUB = ""
    assert pings.link_header("/feed/") == '<https://www.example.org/feed/>; rel="self"'


# --- The newsroom ------------------------------------------------------------


def test_the_newsroom_sees_why_a_ping_was_not_heard_and_tries_again(staff_client):
    late = timezone.now() + timedelta(hours=1)
    bad = Ping.objects.create(
        kind="websub",
        address="https://x/feed/",
        tries=9,
        failed_at=timezone.now(),
        error="No: 500.",
    )
    other = Ping.objects.create(kind="websub", address="https://x/b/", tries=2, due_at=late)
    page = reverse("admin:articles_ping_changelist")
    assert "No: 500." in staff_client.get(page).text
    assert "non riuscito" in staff_client.get(page).text

    said = staff_client.post(
        page, {"action": "retry_now", "_selected_action": [bad.pk]}, follow=True
    )

    assert "1 avviso riparte" in said.text
    bad.refresh_from_db()
    other.refresh_from_db()
    assert (bad.failed_at, bad.tries, bad.error) == (None, 0, "")
    assert other.due_at <= timezone.now()


def test_nobody_writes_a_ping_by_hand_and_a_silent_site_does_not_show_them(staff_client, settings):
    assert staff_client.get(reverse("admin:articles_ping_add")).status_code == 403
    front = reverse("admin:index")
    assert reverse("admin:articles_ping_changelist") in staff_client.get(front).text

    settings.INDEXNOW_KEY = settings.WEBSUB_HUB = ""
    assert reverse("admin:articles_ping_changelist") not in staff_client.get(front).text


def test_who_may_not_change_stories_cannot_send_pings_again(client):
    client.force_login(make_user(superuser=False))

    assert client.get(reverse("admin:articles_ping_changelist")).status_code == 403
    assert client.get(reverse(CHANGE, args=[1])).status_code == 403
