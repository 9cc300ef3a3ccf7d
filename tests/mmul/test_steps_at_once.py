"""Every step of the worker, four times at the same moment: each thing happens once (D2)."""

from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from aggregator.models import Cluster
from articles.models import Article
from comments.models import State
from images.models import Image
from images.uploads import receive
from mmul.worker import STEPS
from outbox.models import Message
from outbox.posting import post_many
from pagecache.models import Purge
from tests.comments.deciding import follow, moderator
from tests.comments.writing import make_comment
from tests.factories import make_article, make_author, make_user
from tests.images import samples
from tests.outbox.conftest import smtp  # noqa: F401 - a fixture
from tests.outbox.test_workers import at_once, letter

HOW_MANY = 4


def run_every_step(_):
    """As a worker that believes it leads: all steps, in order, whatever the others do."""
    return {step.name: step.work() for step in STEPS}


def fill_the_site():
    now = timezone.now()
    stories = [
        make_article(authors=[make_author(user=make_user())], published_at=now - timedelta(hours=n))
        for n in range(1, 6)
    ]
    for story in stories[:2]:
        follow(story, "eva@example.org")
        make_comment(story, told_at=None)
    make_comment(stories[0], state=State.PENDING)
    moderator("capa")
    receive(samples.upload(samples.drawing()), title="Prova", alt="Prova")
    Article.objects.update(rendered_with="old")
    taken = Cluster.objects.create(sort_date=now, state=Cluster.State.TAKEN)
    Cluster.objects.filter(pk=taken.pk).update(article=stories[0])
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(days=1))
    post_many([letter(number) for number in range(10)])
    Purge.objects.all().delete()
    return stories


@pytest.mark.django_db(transaction=True)
def test_d2_four_workers_that_all_lead_do_nothing_twice(smtp):  # noqa: F811
    stories = fill_the_site()

    first = at_once(run_every_step, HOW_MANY)
    at_once(run_every_step, HOW_MANY)  # the mails that the first round wrote

    done = Counter()
    for each in first:
        done.update(each)
    assert done["announce"] == len(stories)
    assert done["followers"] == 2
    assert done["moderators"] == 1
    assert done["renditions"] == 1
    assert done["used news"] == 1
    assert done["sessions"] == 1
    announced = Counter(
        Purge.objects.filter(tags__startswith="lists").values_list("tags", flat=True)
    )
    assert announced == Counter(f"lists article:{story.pk}" for story in stories)
    sent = Counter(received.mail["Message-ID"] for received in smtp.received)
    assert set(sent.values()) == {1}
    assert len(sent) == Message.objects.sent().count() == Message.objects.count()
    assert Image.objects.get().rendered_at
    assert not Article.objects.filter(rendered_with="old").exists()
