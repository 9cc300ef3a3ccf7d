"""What must happen when a story becomes visible happens once, whoever asks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from articles import publishing
from articles.models import Article
from pagecache.tags import purged
from tests.factories import make_article

pytestmark = pytest.mark.django_db


@pytest.fixture
def purges():
    heard = []

    def listen(tags, **_):
        heard.extend(tags)

    purged.connect(listen)
    yield heard
    purged.disconnect(listen)


def test_due_story_is_announced_once_and_purges_lists(purges, django_capture_on_commit_callbacks):
    article = make_article()

    with django_capture_on_commit_callbacks(execute=True):
        assert publishing.announce_due() == 1
        assert publishing.announce_due() == 0

    assert purges == ["search", "lists", article.cache_tag]


def test_nothing_is_announced_before_its_time():
    now = timezone.now()
    make_article(published_at=now + timedelta(hours=1))
    make_article(status="draft")

    assert publishing.announce_due(now) == 0
    assert publishing.announce_due(now + timedelta(hours=1)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_announce_a_story_once():
    for _ in range(20):
        make_article()

    def work(_):
        try:
            return publishing.announce_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, range(2))) == 20


def test_publish_gives_drafts_a_date_and_keeps_one_that_is_past():
    old = timezone.now() - timedelta(days=400)
    make_article(title="senza data", status="draft", published_at=None)
    make_article(title="con data", status="draft", published_at=old)
    make_article(title="nel futuro", status="draft", published_at=timezone.now() + timedelta(1))

    assert publishing.publish(Article.objects.all()) == 3
    assert Article.objects.visible().count() == 3
    assert Article.objects.get(title="con data").published_at == old


def test_withdrawn_story_is_gone_at_once_and_can_come_back(client):
    article = make_article()
    publishing.announce_due()

    assert publishing.withdraw(Article.objects.all()) == 1
    assert client.get(article.get_absolute_url()).status_code == 404
    publishing.publish(Article.objects.all())
    assert client.get(article.get_absolute_url()).status_code == 200


def test_a_rolled_back_change_purges_nothing(purges, django_capture_on_commit_callbacks):
    article = make_article()

    def fail_after_announcing():
        with transaction.atomic():
            publishing.announce(article.pk, timezone.now())
            raise RuntimeError("the save failed")

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError):
        fail_after_announcing()

    assert purges == []


def test_slug_is_made_from_the_title_and_never_collides():
    slugs = [make_article(title="Kernel 7.4: è arrivato").slug for _ in range(3)]

    assert slugs == ["kernel-7-4-e-arrivato", "kernel-7-4-e-arrivato-2", "kernel-7-4-e-arrivato-3"]


def test_a_title_without_letters_still_gets_an_address():
    assert make_article(title="!!!").slug == "articolo"
