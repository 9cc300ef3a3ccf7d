"""The feeds in the admin: adding, trying rules, choosing, health, OPML, and the worker's columns."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from aggregator.models import Feed, Item
from tests.aggregator.desk import (
    FEEDS,
    active,
    desk_of,
    editor,
    filled,
    form_of,
    queries_of,
    said,
)
from tests.aggregator.making import make_feed, make_item
from tests.comments.deciding import purges
from tests.kit.payloads import PAYLOADS

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ADDRESS = "https://fonte.example/feed/"
OPML = FEEDS + "opml/"


@pytest.fixture
def desk():
    return desk_of(editor("redattrice"))


def add(desk, address=ADDRESS, **more):
    return desk.post(
        FEEDS + "add/", filled(desk, FEEDS + "add/", address=address, **more), follow=True
    )


def change(desk, feed, **changes):
    return desk.post(form_of(feed), filled(desk, form_of(feed), **changes), follow=True)


def errors(page):
    assert page.context, page.status_code
    return " ".join(str(error) for error in page.context["errors"])


# --- adding ---


def test_a_feed_is_added_by_its_address_alone_and_read_soon(desk):
    page = add(desk)

    feed = Feed.objects.get()
    assert (feed.address, feed.state, feed.listed) == (ADDRESS, "active", True)
    assert feed.next_check_at <= timezone.now()
    assert said(page).startswith("Aggiunta. La leggiamo tra pochi secondi")
    assert page.redirect_chain[-1][0] == form_of(feed)
    assert "Scrivi l’indirizzo del feed, oppure quello del sito" in desk.get(FEEDS + "add/").text


@pytest.mark.parametrize(
    "spelling",
    [
        ADDRESS,
        "http://www.fonte.example/feed",
        "https://FONTE.example:443/feed/?utm_source=x",
        "https://fonte.example/./feed/index.php",
    ],
)
def test_one_address_in_two_spellings_is_refused_in_words(desk, spelling):
    make_feed(ADDRESS, title="Penguin Weekly")

    page = add(desk, spelling, title="Altro titolo")

    assert "C’è già" in errors(page)
    assert "Penguin Weekly" in errors(page)
    assert 'value="Altro titolo"' in page.text
    assert Feed.objects.count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "due parole",
        "ftp://fonte.example/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https://ada:password@fonte.example/",
        "https://fonte.example/" + "x" * 2048,
    ],
)
def test_what_is_no_address_is_refused(desk, address):
    assert errors(add(desk, address))
    assert not Feed.objects.exists()


def test_an_address_is_changed_but_not_into_one_that_is_there(desk):
    other, feed = make_feed(title="Altra"), make_feed(title="Mia")

    assert "Altra" in errors(change(desk, feed, address=other.address + "?utm_medium=x"))
    change(desk, feed, address="https://nuovo.example/feed/")

    feed.refresh_from_db()
    assert feed.address == "https://nuovo.example/feed/"
    assert "C’è già" in errors(add(desk, "http://nuovo.example/feed"))


def test_another_address_forgets_the_old_answers_and_is_read_soon(desk):
    later = timezone.now() + timedelta(hours=5)
    feed = make_feed(etag='"a"', last_modified="ieri", body_hash="b", next_check_at=later)

    change(desk, feed, title="Altro titolo")
    feed.refresh_from_db()
    assert (feed.etag, feed.next_check_at) == ('"a"', later)

    change(desk, feed, address="https://nuovo.example/feed/")
    feed.refresh_from_db()
    assert (feed.etag, feed.last_modified, feed.body_hash) == ("", "", "")
    assert feed.next_check_at <= timezone.now()


# --- rules ---


@pytest.mark.parametrize("name", ["keep_rules", "drop_rules"])
@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("titlo: kernel", "Non conosco il campo «titlo»"),
        ("titolo:", "manca la parola"),
        ("età: tanti", "scrivi i giorni"),
        ("a\n" * 201, "Al massimo 200 regole"),
    ],
)
def test_rules_that_cannot_be_read_are_told_and_kept_in_the_form(desk, name, rule, words):
    feed = make_feed()

    page = change(desk, feed, **{name: rule})

    assert words in errors(page)
    assert rule.strip()[:9] in page.text
    feed.refresh_from_db()
    assert getattr(feed, name) == ""


def try_rules(desk, feed, **changes):
    return change(desk, feed, _try="1", **changes)


def test_the_dry_run_says_what_would_be_dropped_and_saves_nothing(desk):
    feed = make_feed(title="Vecchio titolo")
    for number in range(7):
        make_item(feed, title=f"Kernel {number}" if number < 5 else f"<b>Torta</b> {number}")

    page = try_rules(desk, feed, keep_rules="titolo: kernel", title="Nuovo titolo")

    assert "delle ultime 7 notizie ne scarteresti 2." in page.text
    assert "<li>&lt;b&gt;Torta&lt;/b&gt; 5</li>" in page.text
    assert "<li>Kernel 1</li>" not in page.text
    assert "Era solo una prova: non ho salvato niente." in errors(page)
    assert "titolo: kernel</textarea>" in page.text
    assert 'value="Nuovo titolo"' in page.text
    feed.refresh_from_db()
    assert (feed.title, feed.keep_rules) == ("Vecchio titolo", "")
    assert Item.objects.count() == 7
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("rules", "dropped"),
    [
        ({"drop_rules": "torta"}, ["Torta"]),
        ({"keep_rules": "kernel", "drop_rules": "titolo: kernel"}, ["Kernel", "Torta", "Antica"]),
        ({"drop_rules": "autore: neri"}, ["Kernel"]),
        ({"drop_rules": "tag: offerte"}, ["Torta"]),
        ({"drop_rules": "indirizzo: /podcast/"}, ["Antica"]),
        ({"drop_rules": "età: 30"}, ["Antica"]),
        ({}, []),
    ],
)
def test_the_dry_run_knows_every_field(desk, rules, dropped):
    feed = make_feed()
    make_item(feed, title="Kernel", author="Ada Neri")
    make_item(feed, title="Torta", categories=["Offerte"])
    old = timezone.now() - timedelta(days=40)
    make_item(feed, title="Antica", url="https://fonte.example/podcast/1", published_at=old)

    page = try_rules(desk, feed, **rules)

    assert page.context["dry_run"]["number"] == len(dropped)
    assert sorted(item.title for item in page.context["dry_run"]["out"]) == sorted(dropped)


@pytest.mark.both
def test_the_dry_run_looks_at_the_last_five_hundred(desk):
    feed = make_feed()
    now = timezone.now()
    template = make_item(feed, title="Torta antica", sort_date=now - timedelta(days=99))
    for number in range(500):
        template.pk, template.title, template.identity = None, "Torta", f"{number:x}"
        template.sort_date = now
        template.save(force_insert=True)

    page = try_rules(desk, feed, drop_rules="torta")

    assert "delle ultime 500 notizie ne scarteresti 500." in page.text
    assert "Torta antica" not in page.text


def test_the_dry_run_of_rules_that_cannot_be_read_says_why(desk):
    page = try_rules(desk, make_feed(), drop_rules="titlo: kernel")

    assert "Non conosco il campo «titlo»" in errors(page)
    assert page.context["dry_run"] is None


def test_a_new_feed_has_nothing_to_try_on(desk):
    assert "_try" not in desk.get(FEEDS + "add/").text


# --- choosing a feed that a page named ---

FOUND = [
    {"url": "https://blog.example/feed/", "title": "Articoli"},
    {"url": "https://blog.example/comments/feed/", "title": "<b>Commenti</b>"},
]


@pytest.fixture
def page_feed():
    return make_feed(
        "https://blog.example/",
        found=FOUND,
        error="È una pagina web.",
        failures=1,
        failing_since=timezone.now(),
        next_check_at=timezone.now() + timedelta(hours=1),
    )


def use(desk, feed, number):
    return desk.post(f"{FEEDS}{feed.pk}/usa/", {"number": number}, follow=True)


def test_the_feeds_of_a_page_are_shown_with_a_button_each(desk, page_feed):
    page = desk.get(form_of(page_feed)).text

    assert "feed trovati nella pagina" in page.lower()
    assert "Articoli" in page
    assert "&lt;b&gt;Commenti&lt;/b&gt;" in page
    assert page.count("Usa questo") == 2
    assert f'<form id="use-found" method="post" action="{FEEDS}{page_feed.pk}/usa/">' in page


def test_the_chosen_feed_takes_the_place_of_the_page_and_is_read_soon(desk, page_feed):
    page = use(desk, page_feed, 1)

    page_feed.refresh_from_db()
    assert said(page) == "Fatto: lo leggiamo tra pochi secondi."
    assert page_feed.address == "https://blog.example/comments/feed/"
    assert page_feed.site == "https://blog.example/"
    assert (page_feed.found, page_feed.error, page_feed.failures) == ([], "", 0)
    assert page_feed.next_check_at <= timezone.now()
    assert "C’è già" in errors(add(desk, "http://www.blog.example/comments/feed"))


def test_a_feed_that_is_there_cannot_be_chosen_again(desk, page_feed):
    make_feed("http://www.blog.example/feed")

    assert said(use(desk, page_feed, 0)) == "Questo feed c’è già."
    page_feed.refresh_from_db()
    assert page_feed.address == "https://blog.example/"


@pytest.mark.both
@pytest.mark.parametrize("number", ["2", "-1", "²", "x", "", "9" * 30])
def test_a_number_that_nobody_offered_chooses_nothing(desk, page_feed, number):
    assert use(desk, page_feed, number).status_code == 200
    page_feed.refresh_from_db()
    assert page_feed.address == "https://blog.example/"


def test_a_get_and_who_may_only_look_choose_nothing(desk, page_feed):
    desk.get(f"{FEEDS}{page_feed.pk}/usa/", {"number": "1"})
    looker = desk_of(editor("lettrice", "view_feed"))

    assert use(looker, page_feed, 1).status_code == 403
    page_feed.refresh_from_db()
    assert page_feed.address == "https://blog.example/"


# --- health ---


def test_the_list_says_how_each_feed_is(desk):
    now = timezone.now()
    feed = make_feed(title="Sana", category="Linux/Kernel")
    for state in ("used", "taken", "dropped", "new"):
        make_item(feed, state=state, sort_date=now - timedelta(days=8))
    make_item(feed, sort_date=now - timedelta(hours=1))
    make_feed(
        title="Rotta",
        succeeded_at=None,
        error="Il nome del sito <non> esiste.",
        failing_since=now - timedelta(days=2),
    )

    page = desk.get(FEEDS).text

    for words in [
        "Linux/Kernel",
        "2 usate, 1 scartata",
        "Notizie per settimana, dalla più vecchia: 0, 0, 0, 0, 0, 0, 4, 1",
        '<svg class="plot" role="img"',
        "Il nome del sito &lt;non&gt; esiste. Dal ",
        "mai",
    ]:
        assert words in page, words


@pytest.mark.both
def test_feeds_that_fail_for_a_day_can_be_found(desk):
    now = timezone.now()
    trouble = {"error": "x", "failures": 3}
    make_feed(title="Ferma", failing_since=now - timedelta(hours=25), **trouble)
    make_feed(title="Appena", failing_since=now - timedelta(hours=1), **trouble)
    make_feed(title="In pausa", failing_since=now - timedelta(days=9), state="paused", **trouble)
    make_feed(title="Sana")

    def found(value):
        result = desk.get(FEEDS, {"salute": value}).context["cl"].result_list
        return sorted(feed.title for feed in result)

    assert found("ferme") == ["Ferma"]
    assert found("errori") == ["Appena", "Ferma", "In pausa"]


@pytest.mark.both
def test_feeds_of_a_language_can_be_found_by_its_name(desk):
    make_feed(title="Mia", language="de-AT")
    make_feed(title="Muta", language="")

    page = desk.get(FEEDS, {"lingua": "de"})

    assert "tedesco" in page.text
    assert [feed.title for feed in page.context["cl"].result_list] == ["Mia"]


def test_the_form_says_when_it_was_read_and_when_it_will_be(desk):
    feed = make_feed(error="Non va.", failing_since=timezone.now(), succeeded_at=None)

    page = desk.get(form_of(feed)).text

    assert "Non va. Dal " in page
    assert "Ultima risposta buona: mai. Prossimo tentativo: " in page


def test_poll_now_asks_soon_what_is_active_and_says_what_is_not(desk):
    later = timezone.now() + timedelta(hours=9)
    feed = make_feed(next_check_at=later)
    paused = make_feed(next_check_at=later, state="paused")
    data = {"action": "poll_now", "_selected_action": [feed.pk, paused.pk], "index": 0}

    page = desk.post(FEEDS, data, follow=True)

    feed.refresh_from_db()
    paused.refresh_from_db()
    assert (feed.next_check_at <= timezone.now(), paused.next_check_at) == (True, later)
    assert "1 fonte si legge nei prossimi secondi." in said(page)
    assert "in pausa" in said(page)


@pytest.mark.both
def test_the_cost_of_the_list_does_not_grow(desk):
    counted = []
    for how_many in (3, 30):
        for _ in range(how_many):
            feed = make_feed()
            for _ in range(3):
                make_item(feed)
        counted.append(queries_of(desk, FEEDS))

    assert counted[0] == counted[1] <= 12, counted


@pytest.mark.both
def test_the_cost_of_the_form_does_not_grow(desk):
    feed = make_feed()
    counted = []
    for how_many in (3, 30):
        for _ in range(how_many):
            make_item(feed)
        counted.append(queries_of(desk, form_of(feed)))

    assert counted[0] == counted[1] <= 10, counted


# --- two writers, each its own columns ---


@pytest.mark.both
def test_the_form_never_writes_the_worker_s_columns(desk):
    feed = make_feed(title="Vecchio")
    data = filled(desk, form_of(feed), title="Nuovo")
    now = timezone.now()
    of_the_worker = {
        "etag": '"b"',
        "last_modified": "oggi",
        "body_hash": "c" * 64,
        "ttl_minutes": 7,
        "next_check_at": now + timedelta(hours=2),
        "claimed_at": now,
        "checked_at": now,
        "succeeded_at": now,
        "changed_at": now,
        "failing_since": now,
        "failures": 3,
        "error": "Qualcosa",
        "found": FOUND,
        "moved_to": "https://nuovo.example/",
        "moved_times": 2,
    }
    original = Feed.save

    def save(self, *args, **kwargs):
        Feed.objects.filter(pk=self.pk).update(**of_the_worker)  # the worker, in between
        return original(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Feed, "save", save)
        desk.post(form_of(feed), data)

    row = Feed.objects.filter(pk=feed.pk).values().get()
    assert row["title"] == "Nuovo"
    assert {name: row[name] for name in of_the_worker} == of_the_worker


def test_saving_is_seen_by_readers_at_once(desk, django_capture_on_commit_callbacks):
    feed = make_feed()

    with purges() as tags, django_capture_on_commit_callbacks(execute=True):
        change(desk, feed, listed=False)

    assert ("rassegna",) in tags
    assert not Feed.objects.get().listed


@pytest.mark.both
def test_a_feed_that_brought_something_is_paused_never_deleted(desk):
    empty, full = make_feed(), make_feed()
    make_item(full, state="used")

    assert desk.post(f"{FEEDS}{full.pk}/delete/", {"post": "yes"}).status_code == 403
    assert desk.post(f"{FEEDS}{empty.pk}/delete/", {"post": "yes"}).status_code == 302
    data = {"action": "delete_selected", "_selected_action": [full.pk], "post": "yes", "index": 0}
    desk.post(FEEDS, data)

    assert list(Feed.objects.all()) == [full]


# --- OPML ---


def upload(desk, data, name="fonti.opml"):
    return desk.post(OPML, {"file": SimpleUploadedFile(name, data)}, follow=True)


def opml(*lines):
    return f'<opml version="2.0"><body>{"".join(lines)}</body></opml>'.encode()


def line(address, title="Una", more=""):
    return f'<outline text="{title}" xmlUrl="{address}" {more}/>'


def test_an_opml_file_adds_what_is_missing_with_its_folders(desk):
    make_feed("https://nota.example/feed/")
    folder = f'<outline text="Linux"><outline text="Kernel">{line(ADDRESS)}</outline></outline>'

    page = upload(desk, opml(folder, line("http://www.nota.example/feed"), line("storto")))

    assert said(page) == "Aggiunte: 1. C’erano già: 1. Indirizzi sbagliati: storto."
    feed = Feed.objects.get(address=ADDRESS)
    assert (feed.title, feed.category) == ("Una", "Linux/Kernel")
    assert feed.next_check_at <= timezone.now()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "vuoto"),
        (b"ciao", "OPML"),
        (b"<opml><body>", "OPML"),
        (b"<html><body></body></html>", "OPML"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><opml><body/></opml>', "definizioni"),
        (b"<opml><body>" + b" " * (5 * 1024 * 1024) + b"</body></opml>", "5 MB"),
    ],
)
def test_f3_a_file_that_is_no_list_is_told_and_adds_nothing(desk, data, words):
    page = upload(desk, data)

    assert page.status_code == 200
    assert words in page.text
    assert not Feed.objects.exists()


def test_no_file_at_all_is_told(desk):
    assert "Questo campo è obbligatorio" in desk.post(OPML, {"altro": "1"}).text


def test_the_whole_list_is_downloaded_and_comes_back(desk):
    make_feed(ADDRESS, title="Una & <due>", category="Linux/Kernel", state="paused")
    assert "Elenco OPML" in desk.get(FEEDS).text

    response = desk.get(OPML, {"scarica": "1"})

    assert "fonti.opml" in response.headers["Content-Disposition"]
    assert ElementTree.fromstring(response.content).tag == "opml"
    assert said(upload(desk, response.content)) == "Aggiunte: 0. C’erano già: 1."
    Feed.objects.all().delete()
    upload(desk, response.content)
    feed = Feed.objects.get()
    assert (feed.address, feed.title, feed.category) == (ADDRESS, "Una & <due>", "Linux/Kernel")


def test_opml_is_for_who_may_see_or_add_feeds():
    make_feed()
    stranger = desk_of(editor("estranea", "view_article"))
    looker = desk_of(editor("lettrice", "view_feed"))

    assert stranger.get(OPML, {"scarica": "1"}).status_code == 403
    assert looker.get(OPML, {"scarica": "1"}).status_code == 200
    assert upload(looker, opml(line(ADDRESS))).status_code == 403
    assert Feed.objects.count() == 1


# --- who may, hostile texts, Italian ---


def test_who_may_only_look_changes_nothing():
    feed = make_feed(title="Prima")
    client = desk_of(editor("lettrice", "view_feed"))

    assert client.get(form_of(feed)).status_code == 200
    assert client.post(form_of(feed), {"title": "Dopo", "address": ADDRESS}).status_code == 403
    feed.refresh_from_db()
    assert feed.title == "Prima"


@pytest.mark.both
def test_f6_hostile_words_of_a_feed_stay_harmless(desk):
    feed = make_feed(found=[{"url": "https://a.example/", "title": "x"}], error="x")
    before = active(desk.get(FEEDS).text), active(desk.get(form_of(feed)).text)
    payload = PAYLOADS[0][:150]
    Feed.objects.update(
        title=payload,
        category='"><svg onload=alert(1)>',
        error=payload,
        note="</textarea><script>alert(1)</script>",
        found=[{"url": "https://a.example/\"onclick='x'", "title": payload}],
    )

    assert (active(desk.get(FEEDS).text), active(desk.get(form_of(feed)).text)) == before


@pytest.mark.parametrize("page", ["", "add/", "opml/"])
def test_the_pages_speak_italian(desk, page):
    make_feed()
    text = re.sub(r"<[^>]+>", " ", desk.get(FEEDS + page).text)

    for english in ("Select", " to change", "Search", "Filter", "Choose", "Upload", "Download"):
        assert english not in text, english
