"""Tools for the tests of what comes after a comment: moderators, the queue, mails, threads."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html import unescape
from threading import Barrier
from urllib.parse import urlsplit

from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.utils import timezone

from comments.models import Decision, ReaderComment, Report, Subscription
from outbox.models import Message
from pagecache.tags import purged
from tests.comments.writing import make_commenter
from tests.factories import make_user

QUEUE = "/admin/comments/readercomment/"


def moderator(username=None, *words, superuser=False):
    """Somebody of the staff with the permissions ``words`` of comments (default: all)."""
    user = make_user(username, superuser=superuser)
    rows = Permission.objects.filter(content_type__app_label="comments")
    if words:
        rows = rows.filter(codename__in=words)
    user.user_permissions.set(rows)
    return user


def desk_of(user):
    """A browser in which ``user`` is logged in."""
    client = Client()
    client.force_login(user)
    return client


def press(client, act, comment, *, shown=None, view="?stato=tutti", **more):
    """Press a button of a card, as the queue showed it; return the page that follows."""
    data = {"row": f"{act}:{comment.pk}:{shown or comment.state}"} | more
    response = client.post(QUEUE + view, data, follow=True)
    comment.refresh_from_db()
    return response


def tick(client, act, comments, view="?stato=tutti"):
    """Choose an action for several comments; return the page that follows."""
    data = {"action": f"bulk_{act}", "_selected_action": [c.pk for c in comments], "index": 0}
    response = client.post(QUEUE + view, data, follow=True)
    for comment in comments:
        comment.refresh_from_db()
    return response


def take_back(client, decision=None):
    number = (decision or Decision.objects.filter(undone_at=None).first()).pk
    return client.post(QUEUE, {"undo": number}, follow=True)


def said(response):
    """What the admin says at the top of a page. From the page: a context mixes up threads."""
    lines = re.findall(r'<li class="(?:info|success|warning|error)">(.*?)</li>', response.text)
    return unescape(" ".join(lines))


def shown(response):
    """The numbers of the comments on a page of the queue."""
    return [comment.pk for comment in response.context["cl"].result_list]


def report_on(comment, reason="spam", text=""):
    now = timezone.now()
    return Report.objects.create(
        comment=comment, reason=reason, text=text, network="192.0.2.0/24", at=now
    )


def follow(article, email, scope="thread", *, confirmed=True):
    """Somebody who asked to be told; returns the subscription."""
    person = make_commenter(email, confirmed=confirmed, trusted=False)
    return Subscription.objects.create(
        article=article, commenter=person, scope=scope, created_at=timezone.now()
    )


def mails_to(email=None):
    rows = Message.objects.order_by("pk")
    return list(rows.filter(to=email) if email else rows)


def told():
    """The addresses that have a mail in the outbox, sorted."""
    return sorted(Message.objects.values_list("to", flat=True))


def links_in(message):
    """The paths of the links in a mail's text, in order."""
    return [urlsplit(url).path for url in re.findall(r"https?://\S+", message.text)]


def state_of(comment):
    return ReaderComment.objects.values_list("state", flat=True).get(pk=comment.pk)


def decisions_of(comment):
    """``(before, after, via)`` of each decision, oldest first."""
    rows = Decision.objects.filter(comment=comment).order_by("at", "pk")
    return list(rows.values_list("before", "after", "via"))


@contextmanager
def purges():
    """Collect the tags of every purge that is sent."""
    tags = []

    def note(sender, tags, **more):
        collected.append(tags)

    collected = tags
    purged.connect(note)
    try:
        yield collected
    finally:
        purged.disconnect(note)


def at_once(work, how_many=2):
    """Run ``work(number)`` in threads that begin together; return what each gave."""
    barrier = Barrier(how_many)

    def start(number):
        try:
            barrier.wait(20)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(how_many) as pool:
        return list(pool.map(start, range(how_many)))
