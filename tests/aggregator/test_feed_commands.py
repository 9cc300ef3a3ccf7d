"""The commands a person types, the worker's step, and who may ask the outside web at all (V4)."""

import ast
import io
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from aggregator import polling
from aggregator.models import Feed, Item
from kit import fetch
from kit.progress import Progress
from mmul import worker
from tests.aggregator.making import make_feed, make_item
from tests.aggregator.reading import feed_of, on_every_host, parse_here
from tests.kit.loopback import Reply, serving

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (
    b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed" title="Notizie">'
    b'<link rel="alternate" type="application/atom+xml" href="/atom" title="Atom"></head></html>'
)
HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture(autouse=True)
def parser(settings, monkeypatch):
    return parse_here(settings, monkeypatch)


def run(*command, **options):
    """What a command prints, and the sentence it fails with."""
    out, error = io.StringIO(), ""
    try:
        call_command(*command, stdout=out, stderr=io.StringIO(), **options)
    except CommandError as trouble:
        error = str(trouble)
    return out.getvalue().splitlines(), error


# --- poll_feeds --------------------------------------------------------------


def test_poll_feeds_says_in_one_line_what_came_and_in_one_what_failed():
    with serving({"/1": lambda request: feed_of(1, 2), "/2": lambda request: 500}) as base:
        make_feed(f"{base}/1", title="Buona")
        make_feed(f"{base}/2", title="Guasta")
        said, error = run("poll_feeds")

    assert said == [
        "Guasta (500): La fonte risponde con un errore (500).",
        "2 asked, 2 new items, 1 failed",
    ]
    assert error == ""


def test_poll_feeds_loud_says_a_line_for_each():
    with serving({"/1": lambda request: feed_of(1, 2)}) as base:
        make_feed(f"{base}/1", title="Buona")
        said, _ = run("poll_feeds", "-v", "2")

    assert said == ["Buona (200): 2 new, 0 changed", "1 asked, 2 new items, 0 failed"]


def test_poll_feeds_fails_when_every_feed_did_and_not_when_none_was_due():
    assert run("poll_feeds") == (["0 asked, 0 new items, 0 failed"], "")
    with serving({}) as base:
        make_feed(f"{base}/1")
        make_feed(f"{base}/2")
        said, error = run("poll_feeds")

    assert said[-1] == "2 asked, 0 new items, 2 failed"
    assert error == "no feed answered: is the network up?"


def test_poll_feeds_asks_as_many_as_it_is_told():
    with serving({"*": lambda request: feed_of(1)}) as base:
        for number in range(5):
            make_feed(f"{base}/{number}")
        said, _ = run("poll_feeds", "--limit", "2")

    assert said == ["2 asked, 2 new items, 0 failed"]
    assert len(base.requests) == 2


def test_poll_feeds_asks_one_feed_due_or_not():
    with serving({"*": lambda request: feed_of(1)}) as base:
        make_feed(f"{base}/other")
        feed = make_feed(f"{base}/1", next_check_at=timezone.now() + timedelta(days=1))
        said, error = run("poll_feeds", "--feed", str(feed.pk))

    assert (said, error) == (["1 asked, 1 new items, 0 failed"], "")
    assert base.paths == ["/1"]


def test_poll_feeds_leaves_a_feed_that_somebody_has_in_hand():
    feed = make_feed(claimed_at=timezone.now())

    assert run("poll_feeds", "--feed", str(feed.pk)) == (["0 asked, 0 new items, 0 failed"], "")


def test_poll_feeds_knows_its_feeds():
    assert run("poll_feeds", "--feed", "999999") == ([], "no feed has the number 999999")


class Terminal(io.StringIO):
    def isatty(self):
        return True

    def write(self, text, ending=""):
        super().write(text)


def test_a_bar_is_for_a_terminal_only():
    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        bar = Progress(stream, 4)
        bar.step()
        bar.end()

    assert terminal.getvalue().startswith("\r[##########....")
    assert file.getvalue() == ""


# --- discover_feed -----------------------------------------------------------


def test_discover_feed_prints_what_a_page_names_and_adds_nothing():
    with serving({"/": lambda request: Reply(PAGE, headers=HTML)}) as base:
        said, error = run("discover_feed", f"{base}/")

    assert (said, error) == ([f"{base}/feed  Notizie", f"{base}/atom  Atom"], "")
    assert not Feed.objects.exists()


def test_discover_feed_knows_a_feed():
    with serving({"/feed": lambda request: feed_of(1)}) as base:
        assert run("discover_feed", f"{base}/feed") == ([f"{base}/feed  (this is a feed)"], "")


def test_discover_feed_fails_in_words(settings):
    with serving({"/": lambda request: Reply(b"<p>Ciao", headers=HTML)}) as base:
        assert run("discover_feed", f"{base}/") == ([], "no feed found there")
        assert run("discover_feed", f"{base}/none") == ([], "the page answers 404")
        settings.FETCH_ALLOW = []
        assert "rete privata" in run("discover_feed", base.replace(base.rsplit(":")[-1], "80"))[1]
    assert "indirizzo non si può usare" in run("discover_feed", "file:///etc/passwd")[1]


# --- import_opml, export_opml ------------------------------------------------


def test_opml_goes_out_and_comes_in(tmp_path):
    make_feed("https://a.example/", title="Città", category="Linux/Kernel")
    make_feed("https://b.example/", title="Altra")
    out = io.StringIO()
    call_command("export_opml", stdout=out)
    file = tmp_path / "elenco.opml"
    file.write_text(out.getvalue(), encoding="utf-8")

    assert run("import_opml", str(file)) == (["0 added, 2 known, 0 refused"], "")
    Feed.objects.all().delete()
    assert run("import_opml", str(file)) == (["2 added, 0 known, 0 refused"], "")
    assert Feed.objects.get(title="Città").category == "Linux/Kernel"


def test_import_opml_names_what_it_refuses_and_fails_when_that_is_all(tmp_path):
    file = tmp_path / "elenco.opml"
    file.write_text('<opml><body><outline xmlUrl="ciao"/></body></opml>', encoding="utf-8")

    said, error = run("import_opml", str(file))

    assert said == ["refused: ciao", "0 added, 0 known, 1 refused"]
    assert error == "no address in this file can be read"


def test_import_opml_fails_in_words(tmp_path):
    file = tmp_path / "elenco.opml"
    file.write_text("<opml><body>", encoding="utf-8")

    assert "rotto alla riga 1" in run("import_opml", str(file))[1]
    assert "No such file" in run("import_opml", str(tmp_path / "none"))[1]


# --- The worker --------------------------------------------------------------


def test_the_workers_step_asks_what_is_due():
    with serving({"/1": lambda request: feed_of(1)}) as base:
        make_feed(f"{base}/1")
        make_feed(next_check_at=timezone.now() + timedelta(hours=1))
        assert worker.run_once("feeds") == {"feeds": 1}

    assert Item.objects.count() == 1


def test_a_slow_source_does_not_keep_the_workers_other_steps_waiting():
    gate, done = Event(), []
    feeds = next(step for step in worker.STEPS if step.name == "feeds")
    slow = feeds._replace(work=lambda: bool(gate.wait(5)) and 0)
    mail = worker.Step("mail", lambda: done.append(1) or 0, 0)
    running = worker.Worker((slow, mail), sleep=lambda pause: gate.wait(0.01))
    thread = Thread(target=running.run)
    thread.start()
    try:
        while len(done) < 3 and thread.is_alive():
            gate.wait(0.01)
        assert not gate.is_set()
        assert running.aside["feeds"].is_alive()
    finally:
        running.stop()
        gate.set()
        thread.join(10)

    assert len(done) >= 3


# --- V4 ----------------------------------------------------------------------


def imports(file):
    """Every module and every name from one that a file imports."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importers(*names):
    rooms = ("aggregator", "articles", "comments", "images", "outbox", "accounts", "mmul")
    files = [file for room in rooms for file in (ROOT / room).rglob("*.py")]
    return {str(file.relative_to(ROOT)) for file in files if set(names) & set(imports(file))}


def test_v4_only_the_worker_and_commands_know_the_door_to_the_web():
    commands = "aggregator/management/commands"

    assert importers("kit.fetch", "urllib3") == {
        "aggregator/polling.py",
        f"{commands}/discover_feed.py",
        "articles/pinging.py",
    }
    assert importers("articles.pinging") == {"mmul/worker.py"}
    assert importers("aggregator.polling") == {"mmul/worker.py", f"{commands}/poll_feeds.py"}


def test_v4_no_request_of_a_reader_or_an_editor_asks_the_outside_web(
    client, staff_client, monkeypatch
):
    def dial(*args):
        raise AssertionError("a request reached for the outside web")

    item = make_item()
    monkeypatch.setattr(fetch, "exchange", dial)
    feed = f"/rassegna/fonte/{item.feed.pk}/"
    for address in ("/rassegna/", "/rassegna/feed/", "/rassegna/fonti/", "/rassegna/opml/", feed):
        assert client.get(address).status_code == 200
    client.post("/rassegna/fonti/richiesta/", {"kind": "add", "address": "https://x.example/"})
    lists = ["aggregator_cluster_changelist", "aggregator_feed_changelist"]
    for name in lists:
        assert staff_client.get(reverse(f"admin:{name}")).status_code == 200
    change = reverse("admin:aggregator_feed_change", args=[item.feed.pk])
    assert staff_client.get(change).status_code == 200


def test_every_host_is_served():
    """The tool itself: 127.0.0.9 is a host of its own."""
    with on_every_host({"/feed": lambda request: feed_of(1)}) as (port, base):
        make_feed(f"http://127.0.0.9:{port}/feed")
        (outcome,) = polling.poll_due()

    assert (outcome.feed.host, outcome.new) == ("127.0.0.9", 1)
    assert base.requests[0].headers["host"] == f"127.0.0.9:{port}"
