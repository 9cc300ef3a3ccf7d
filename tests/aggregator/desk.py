"""What an editor does in the inbox and with the feeds, for the tests of the admin."""

from html.parser import HTMLParser

from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aggregator.models import Cluster
from tests.comments.deciding import desk_of, said
from tests.factories import make_user

INBOX = "/admin/aggregator/cluster/"
FEEDS = "/admin/aggregator/feed/"
__all__ = ["desk_of", "said"]  # tools of comments/ that serve here too


def editor(username=None, *words):
    """Somebody of the staff with the permissions ``words`` (default: all of feeds and stories)."""
    user = make_user(username, superuser=False)
    rows = Permission.objects.filter(content_type__app_label__in=["aggregator", "articles"])
    user.user_permissions.set(rows.filter(codename__in=words) if words else rows)
    return user


def press(client, act, item, *, shown=None, view="?stato=tutte", follow=True, **more):
    """Press a button of the line of ``item``, as the inbox showed it; return what follows."""
    line = Cluster.objects.get(items=item)
    data = {"row": f"{act}:{line.pk}:{shown or line.state}"} | more
    return client.post(INBOX + view, data, follow=follow)


def tick(client, act, items, view="?stato=tutte"):
    """Choose an action for the lines of several items; return the page that follows."""
    lines = [Cluster.objects.get(items=item).pk for item in items]
    data = {"action": act, "_selected_action": lines, "index": 0}
    return client.post(INBOX + view, data, follow=True)


def take_back(client, item):
    return client.post(INBOX, {"undo": Cluster.objects.get(items=item).pk}, follow=True)


def state_of(item):
    return Cluster.objects.values_list("state", flat=True).get(items=item)


def line_of(item):
    return Cluster.objects.get(items=item)


def shown(client, **view):
    """The titles of the lines on a page of the inbox, from the top."""
    page = client.get(INBOX, view)
    assert page.status_code == 200, page.status_code
    return [str(line) for line in page.context["cl"].result_list]


def form_of(feed):
    return reverse("admin:aggregator_feed_change", args=[feed.pk])


def filled(client, where, **changes):
    """The form of a feed as it was opened, with ``changes``: what a browser sends back."""
    form = client.get(where).context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    data |= changes
    return {name: "on" if v is True else v for name, v in data.items() if v not in (False, None)}


def queries_of(client, address):
    """How many queries a page costs when everything around it is warm."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


class Active(HTMLParser):
    """Collects what could run or load on a page: ``tag attribute`` and ``tag: address``."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        risky = tag in ("script", "iframe", "object", "embed", "base", "meta", "style", "img")
        self.found += [f"<{tag}>"] if risky else []
        for name, value in attrs:
            odd = (value or "").strip().lower().startswith(("javascript:", "data:", "vbscript:"))
            if name.startswith("on") or name in ("style", "srcdoc") or odd:
                self.found.append(f"{tag} {name}={value}")


def active(text):
    """What could run on a page, sorted: to compare a page with and without hostile rows."""
    return sorted(Active(text).found)
