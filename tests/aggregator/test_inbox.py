"""The editors' inbox: what it shows, every act once and in bulk, who may press, at what cost."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from aggregator import desk as acts
from aggregator.models import Cluster, Item
from articles.models import Article
from tests.aggregator.desk import (
    INBOX,
    active,
    desk_of,
    editor,
    line_of,
    press,
    queries_of,
    said,
    shown,
    state_of,
    take_back,
    tick,
)
from tests.aggregator.making import make_feed, make_item
from tests.factories import make_article, make_category
from tests.kit.payloads import PAYLOADS

pytestmark = pytest.mark.django_db
TEN = timedelta(minutes=10)


@pytest.fixture
def desk():
    make_category("Kernel")
    return desk_of(editor("redattrice"))


def one_of_each():
    return {state: make_item(title=f"Riga {state}", state=state) for state in Cluster.State.values}


# --- what it shows ---


def test_the_inbox_begins_with_what_is_new(desk):
    one_of_each()

    assert shown(desk) == ["Riga new"]


@pytest.mark.parametrize("state", Cluster.State.values)
def test_each_state_has_its_view(desk, state):
    one_of_each()

    assert shown(desk, stato=state) == [f"Riga {state}"]


def test_every_view_says_how_many_it_holds(desk):
    one_of_each()
    make_item()

    page = desk.get(INBOX).text

    for words in ["Nuove (2)", "Prese (1)", "Usate (1)", "Scartate (1)", "Tutte (5)"]:
        assert words in page, words


def test_the_newest_stands_first(desk):
    now = timezone.now()
    make_item(title="ieri", sort_date=now - timedelta(days=1))
    make_item(title="ora", sort_date=now)

    assert shown(desk) == ["ora", "ieri"]


def test_a_line_shows_source_title_language_author_text_and_where_else_it_stands(desk):
    item = make_item(
        make_feed(title="Penguin Weekly", category="Linux/Kernel"),
        title="Penguins counted",
        author="Ada Neri",
        language="de",
        html="<p>Der <em>ganze</em> Text.</p>",
        extract="Der Anfang",
    )
    make_item(make_feed(title="Le Manchot"), item.cluster, title="Les manchots", language="fr")

    page = desk.get(INBOX).text

    for words in [
        "Penguin Weekly",
        "Penguins counted",
        "Linux/Kernel",
        "Ada Neri",
        "tedesco",
        "Der <em>ganze</em> Text.",
        "Der Anfang",
        "anche su <strong>Le Manchot</strong>",
        'lang="fr"',
        f'href="{item.url}" rel="noopener noreferrer"',
    ]:
        assert words in page, words


def test_a_taken_line_says_by_whom_and_links_its_draft(desk):
    item = make_item()
    press(desk, "take", item)

    page = desk.get(INBOX, {"stato": "taken"}).text

    assert "presa da redattrice" in page
    assert reverse("admin:articles_article_change", args=[Article.objects.get().pk]) in page


def test_a_feed_that_fails_for_a_day_is_told_above_the_list(desk):
    since = timezone.now() - timedelta(hours=25)
    feed = make_feed(title="Muta", failing_since=since, error="Il sito non accetta <nulla>.")

    page = desk.get(INBOX).text

    assert "non va dal" in page
    assert "Il sito non accetta &lt;nulla&gt;." in page
    assert reverse("admin:aggregator_feed_change", args=[feed.pk]) in page


def test_an_empty_inbox_is_a_page_like_the_others(desk):
    assert shown(desk) == []


# --- acts ---


def test_a_line_is_dropped_with_its_reason(desk):
    item = make_item()

    page = press(desk, "drop", item, **{f"reason-{item.cluster_id}": "pubblicità"})

    assert said(page) == "Scartata. Hai dieci minuti per annullare."
    assert (state_of(item), line_of(item).reason) == ("dropped", "pubblicità")
    assert "Scartata: pubblicità." in desk.get(INBOX, {"stato": "dropped"}).text


def test_every_reason_is_offered_and_none_is_needed(desk):
    item = make_item()
    page = desk.get(INBOX).text

    press(desk, "drop", item)

    for reason in ("non ci riguarda", "già trattata", "pubblicità", "doppione", "troppo vecchia"):
        assert f"<option>{reason}</option>" in page
    assert (state_of(item), line_of(item).reason) == ("dropped", "")


def test_a_reason_that_is_too_long_is_cut_and_does_not_break(desk):
    item = make_item()

    press(desk, "drop", item, **{f"reason-{item.cluster_id}": "x" * 5000})

    assert line_of(item).reason == "x" * 200


def test_a_dropped_line_is_put_back(desk):
    item = make_item(state="dropped")

    page = press(desk, "back", item)

    assert said(page) == "Rimessa tra le nuove. Hai dieci minuti per annullare."
    assert state_of(item) == "new"
    assert "Scartata:" not in desk.get(INBOX).text


@pytest.mark.parametrize("act", ["take", "drop"])
def test_a_line_that_somebody_moved_meanwhile_is_told_and_left_alone(desk, act):
    item = make_item(state="dropped" if act == "take" else "taken")

    page = press(desk, act, item, shown="new")

    assert said(page).startswith("Qualcuno è stato più veloce")
    assert f"«{line_of(item).get_state_display()}»" in said(page)
    assert state_of(item) == ("dropped" if act == "take" else "taken")
    assert not Article.objects.exists()


def test_a_line_that_is_gone_is_told(desk):
    page = desk.post(INBOX, {"row": "drop:999999:new"}, follow=True)

    assert said(page) == "Questa notizia non c’è più."


@pytest.mark.parametrize(
    "row", ["", ":", "drop", "drop:²:new", "x:1:new", "drop:-1:", "drop:9" * 9]
)
@pytest.mark.parametrize("name", ["row", "undo", "split"])
def test_a_form_that_nobody_made_is_survived(desk, name, row):
    item = make_item()

    assert desk.post(INBOX, {name: row}, follow=True).status_code == 200
    assert state_of(item) == "new"


def test_a_star_is_put_and_taken_away(desk):
    item = make_item()

    press(desk, "star", item)
    assert line_of(item).starred
    assert "★ in evidenza" in desk.get(INBOX).text

    press(desk, "unstar", item)
    assert not line_of(item).starred


def test_a_star_pressed_by_two_editors_stays(desk):
    item = make_item()

    press(desk, "star", item)
    press(desk_of(editor("altra")), "star", item)

    assert line_of(item).starred


def test_several_lines_are_dropped_and_put_back_together(desk):
    items = [make_item() for _ in range(3)]

    assert said(tick(desk, "drop_all", items)) == "3 notizie scartate."
    assert {state_of(item) for item in items} == {"dropped"}
    assert said(tick(desk, "back_all", items[:1])) == "1 notizia rimessa tra le nuove."
    assert [state_of(item) for item in items] == ["new", "dropped", "dropped"]


def test_lines_at_work_are_left_alone_by_the_bulk_acts(desk):
    items = list(one_of_each().values())

    assert said(tick(desk, "drop_all", items)) == "1 notizia scartata."
    assert sorted(map(state_of, items)) == ["dropped", "dropped", "taken", "used"]


def test_lines_are_merged_into_the_first_and_keep_star_and_items(desk):
    first, second = make_item(title="Prima"), make_item(title="Seconda")
    acts.star(second.cluster, True)

    page = tick(desk, "merge_all", [first, second])

    assert said(page) == "2 notizie unite in una."
    assert line_of(first) == line_of(second)
    assert line_of(first).starred
    assert Cluster.objects.count() == 1


def test_a_merge_keeps_the_work_that_was_begun(desk):
    taken, new = make_item(), make_item(sort_date=timezone.now() - timedelta(days=2))
    press(desk, "take", taken)

    tick(desk, "merge_all", [new, taken])

    line = line_of(new)
    assert (line.state, line.article) == ("taken", Article.objects.get())
    assert line.sort_date == new.sort_date


def test_one_line_alone_is_not_merged(desk):
    assert said(tick(desk, "merge_all", [make_item()])) == "Scegline almeno due."


def test_an_item_is_split_off_and_is_new_again(desk):
    first = make_item(title="Prima")
    other = make_item(None, first.cluster, title="Seconda")

    page = desk.post(INBOX, {"split": other.pk}, follow=True)

    assert said(page) == "«Seconda» sta ora per conto suo."
    assert line_of(first) != line_of(other)
    assert (state_of(other), line_of(other).sort_date) == ("new", other.sort_date)


def test_an_item_that_stands_alone_is_not_split(desk):
    item = make_item()

    desk.post(INBOX, {"split": item.pk}, follow=True)

    assert Cluster.objects.count() == 1


# --- undoing ---


def test_a_drop_is_undone(desk):
    item = make_item()
    press(desk, "drop", item)
    assert "Annulla" in desk.get(INBOX).text

    assert said(take_back(desk, item)) == "Annullato."
    assert state_of(item) == "new"
    assert "data-undo" not in desk.get(INBOX).text


def test_after_ten_minutes_nothing_is_undone(desk):
    item = make_item()
    press(desk, "drop", item)
    Cluster.objects.update(decided_at=timezone.now() - TEN)

    assert "data-undo" not in desk.get(INBOX).text
    assert said(take_back(desk, item)).startswith("Non si può più annullare")
    assert state_of(item) == "dropped"


def test_only_who_decided_last_undoes(desk):
    item = make_item()
    press(desk, "drop", item)
    other = desk_of(editor("altra"))

    assert said(take_back(other, item)).startswith("Non si può più annullare")
    press(other, "back", item)
    assert said(take_back(desk, item)).startswith("Non si può più annullare")
    assert state_of(item) == "new"


def test_an_undo_pressed_twice_is_one(desk):
    item = make_item()
    press(desk, "drop", item)
    take_back(desk, item)

    assert said(take_back(desk, item)).startswith("Non si può più annullare")
    assert state_of(item) == "new"


def test_undoing_a_take_removes_the_draft_that_nobody_touched(desk):
    item = make_item()
    press(desk, "take", item)

    take_back(desk, item)

    assert not Article.objects.exists()
    line = line_of(item)
    assert (line.state, line.taken_by, line.article) == ("new", None, None)


def test_undoing_a_take_leaves_the_draft_that_somebody_saved(desk):
    item = make_item()
    press(desk, "take", item)
    Article.objects.update(version=2, title="Il mio titolo")

    take_back(desk, item)

    assert Article.objects.get().title == "Il mio titolo"
    assert (state_of(item), line_of(item).article) == ("new", None)


def test_undoing_a_return_gives_back_work_and_reason(desk):
    taken, dropped = make_item(), make_item()
    press(desk_of(editor("prima")), "take", taken)
    press(desk, "drop", dropped, **{f"reason-{dropped.cluster_id}": "doppione"})

    for item in (taken, dropped):
        press(desk, "back", item)
        take_back(desk, item)

    assert (state_of(taken), line_of(taken).taken_by.username) == ("taken", "prima")
    assert line_of(taken).article == Article.objects.get()
    assert (state_of(dropped), line_of(dropped).reason) == ("dropped", "doppione")


# --- filters and search ---


def test_filters_cut_by_source_category_language_age_and_star(desk):
    now = timezone.now()
    feed = make_feed(title="Una", category="Linux/Kernel", language="de")
    mine = make_item(feed, title="mia", language="de", sort_date=now - timedelta(days=5))
    make_item(make_feed(category="Linuxerie", language="en"), title="altra")
    acts.star(mine.cluster, True)

    assert shown(desk, fonte=feed.pk) == ["mia"]
    assert shown(desk, categoria="Linux/Kernel") == ["mia"]
    assert shown(desk, categoria="Linux") == ["mia"]
    assert shown(desk, lingua="de") == ["mia"]
    assert shown(desk, stella="si") == ["mia"]
    assert shown(desk, eta="1") == ["altra"]
    assert shown(desk, eta="7") == ["altra", "mia"]
    assert shown(desk, fonte=feed.pk, eta="3") == []


def test_filters_are_offered_in_italian(desk):
    make_item(make_feed(title="Una", category="Linux/Kernel", language="de"))
    make_item(make_feed(title="Due", category="Altro", language="en-US"))

    page = desk.get(INBOX).text

    for words in ["tedesco", "inglese", "Linux/Kernel", "ultima settimana", "con la stella", "Una"]:
        assert words in page, words


@pytest.mark.parametrize("name", ["fonte", "categoria", "lingua", "eta", "stella", "stato", "p"])
@pytest.mark.parametrize("value", ["²", "9" * 40, "' OR 1=1", "%", "\x00", "-1"])
def test_a_filter_value_that_nobody_offers_breaks_nothing(desk, name, value):
    make_item()

    assert desk.get(INBOX, {name: value}).status_code in (200, 302, 400)


def test_columns_that_nobody_offers_cannot_be_asked(desk):
    make_item()

    for odd in ("taken_by__password__startswith", "items__feed__contact__startswith"):
        assert desk.get(INBOX, {odd: "a"}).status_code in (302, 400), odd


@pytest.mark.parametrize(
    "words", ["pinguini", "PINGUINI in", "%", "_", "\\", "l'aria", '"di due"', "<b>"]
)
def test_search_finds_titles_and_extracts_literally(desk, words):
    make_item(title="Niente", extract="Nulla")
    make_item(title=f"Viva i pinguini in volo {words}", extract="x")
    make_item(title="Terza", extract=f"Tanti pinguini in volo {words}")

    assert sorted(shown(desk, q=words)) == sorted([f"Viva i pinguini in volo {words}", "Terza"])


def test_a_line_with_many_items_that_fit_is_found_once(desk):
    item = make_item(title="Pinguini qui")
    make_item(None, item.cluster, title="Pinguini là")

    assert shown(desk, q="Pinguini") == ["Pinguini qui"]


# --- who may ---


@pytest.mark.parametrize("act", ["take", "drop", "star"])
def test_who_may_only_look_presses_nothing(act):
    make_category()
    item = make_item()
    looker = desk_of(editor("lettrice", "view_cluster"))

    page = press(looker, act, item)

    assert page.status_code == 403
    assert (state_of(item), line_of(item).starred, Article.objects.count()) == ("new", False, 0)


def test_who_may_only_look_sees_no_buttons():
    make_item(title="Una riga")
    page = desk_of(editor("lettrice", "view_cluster")).get(INBOX)

    assert "Una riga" in page.text
    assert 'name="row"' not in page.text


def test_who_may_not_write_stories_takes_nothing():
    make_category()
    item = make_item()
    client = desk_of(editor("lettrice", "view_cluster", "change_cluster"))

    page = press(client, "take", item)

    assert "scrivere articoli" in said(page)
    assert (state_of(item), Article.objects.count()) == ("new", 0)


def test_without_permission_the_inbox_is_closed():
    item = make_item()
    client = desk_of(editor("estranea", "view_article"))

    assert client.get(INBOX).status_code == 403
    assert press(client, "drop", item).status_code == 403
    assert state_of(item) == "new"


@pytest.mark.parametrize("act", ["take", "drop", "star"])
def test_a_get_changes_nothing(desk, act):
    item = make_item()

    desk.get(INBOX, {"row": f"{act}:{item.cluster_id}:new"})

    assert (state_of(item), line_of(item).starred) == ("new", False)


def test_a_post_from_another_site_is_refused(desk):
    item = make_item()
    desk.handler.enforce_csrf_checks = True

    assert press(desk, "drop", item).status_code == 403
    assert state_of(item) == "new"


@pytest.mark.parametrize("what", ["add/", "{}/change/", "{}/delete/", "{}/history/"])
def test_a_line_has_no_form_of_its_own(desk, what):
    item = make_item()

    page = desk.get(INBOX + what.format(item.cluster_id))

    assert page.status_code in (302, 403)
    assert page.status_code == 403 or page.url == INBOX
    assert desk.post(INBOX + what.format(item.cluster_id), {"post": "yes"}).status_code in (
        302,
        403,
    )
    assert Item.objects.count() == 1


# --- at what cost ---


def test_the_cost_does_not_grow_with_the_list(desk):
    counted = []
    for how_many in (5, 45):
        for number in range(how_many):
            item = make_item(author="Ada", extract="Un estratto")
            make_item(None, item.cluster)
            if number % 5 == 0:
                make_article(title=item.title, sources=[{"outlet": "X", "url": item.url}])
        counted.append(queries_of(desk, INBOX))
        assert desk.get(INBOX).text.count("data-line") == sum((5, 45)[: len(counted)])

    assert counted[0] == counted[1] <= 4 + 8, counted  # who asks and may he, then the page


# --- hostile texts, scripts off, Italian ---


def test_f6_hostile_titles_and_texts_stay_harmless(desk):
    make_item()
    empty = active(desk.get(INBOX).text)
    for payload in PAYLOADS[:40]:
        make_item(
            make_feed(title="<script>alert(1)</script>", category='"><svg onload=alert(1)>'),
            title=payload[:300],
            author='"><img src=x onerror=alert(1)>',
            html=payload,
            extract=payload[:300],
            language='"><svg',
            url="https://fonte.example/\"onmouseover='alert(1)",
        )

    page = desk.get(INBOX).text

    assert active(page) == empty
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_every_act_is_a_button_of_the_one_form_so_it_works_without_scripts(desk):
    item = make_item()
    make_item(None, item.cluster)
    dropped = make_item()
    press(desk, "drop", dropped)

    page = desk.get(INBOX).text
    form = page[page.index('id="changelist-form"') : page.rindex("</form>")]

    for act in ("take", "drop", "star"):
        assert re.search(rf'<button type="submit"[^>]*value="{act}:{item.cluster_id}:new"', form)
    assert 'name="split"' in form
    assert 'form="changelist-form" name="undo"' in page
    assert "csrfmiddlewaretoken" in form
    assert "<details" in form


def test_the_page_speaks_italian(desk):
    make_item()
    page = desk.get(INBOX)

    assert '<html lang="it"' in page.text
    for english in ("Select", " to change", "Search", "Filter", "results", "Action"):
        assert english not in re.sub(r"<[^>]+>", " ", page.text), english
    assert "Notizie in arrivo" in page.text
