"""The moderators' queue: what it shows first, every act once and in bulk, who may press."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from comments.admin.queue import ACTS, LABELS
from comments.models import Decision, ReaderComment, Report, State
from tests.comments.deciding import (
    QUEUE,
    decisions_of,
    desk_of,
    moderator,
    press,
    report_on,
    said,
    shown,
    state_of,
    tick,
)
from tests.comments.writing import make_comment, make_commenter
from tests.factories import make_article, make_user
from tests.kit.payloads import PAYLOADS

pytestmark = pytest.mark.django_db

MOVED = {
    "published": "published",
    "pending": "pending",
    "spam": "spam",
    "trash": "trash",
    "restore": "pending",
}
WAYS = [(state, act) for state, acts in ACTS.items() for act in acts]


@pytest.fixture
def desk():
    return desk_of(moderator("capo"))


def one_of_each():
    return {state.value: make_comment(state=state) for state in State}


# --- what it shows ---


def test_the_queue_begins_with_what_waits(desk):
    rows = one_of_each()

    assert shown(desk.get(QUEUE)) == [rows["pending"].pk]


@pytest.mark.parametrize("state", list(State))
def test_each_state_has_its_view(desk, state):
    rows = one_of_each()

    assert shown(desk.get(QUEUE, {"stato": state})) == [rows[state].pk]


def test_a_view_holds_everything_but_what_was_deleted_for_ever(desk):
    rows = one_of_each()
    press(desk, "delete", rows["spam"])

    left = {row.pk for row in rows.values()} - {rows["spam"].pk}
    assert set(shown(desk.get(QUEUE, {"stato": "tutti"}))) == left


def test_every_view_says_how_many_it_holds(desk):
    rows = one_of_each()
    make_comment(state="pending")
    press(desk, "delete", rows["trash"])

    page = desk.get(QUEUE).text

    for words in [
        "In attesa (2)",
        "Da confermare (1)",
        "Pubblicati (1)",
        "Spam (1)",
        "Cestino (0)",
        "Tutti (5)",
    ]:
        assert words in page


def test_what_moved_last_stands_first(desk):
    first = make_comment(state="pending")
    second = make_comment(state="pending", state_since=timezone.now())
    third = make_comment(state="pending", state_since=timezone.now() - timedelta(days=1))

    assert shown(desk.get(QUEUE)) == [second.pk, first.pk, third.pk]


def test_a_card_shows_text_story_person_history_reasons_and_network(desk):
    make_commenter("ada@example.org")
    article = make_article(title="Un bel titolo")
    make_comment(article, email="ada@example.org")
    make_comment(article, email="ada@example.org", state="spam")
    make_comment(article, email="ada@example.org", state="trash")
    make_comment(
        article,
        email="ada@example.org",
        name="Ada L.",
        state="pending",
        text="Il *mio* parere",
        address="203.0.113.9",
        user_url="https://ada.example/",
        reasons=["Contiene 3 link: lo legge una persona prima di pubblicarlo."],
        notes=["Parola della lista «forza» nel campo testo."],
    )

    page = desk.get(QUEUE).text

    for words in [
        "Un bel titolo",
        "Ada L.",
        "ada@example.org",
        "Il <em>mio</em> parere",
        "203.0.113.0/24",
        "https://ada.example/",
        "Contiene 3 link",
        "«forza»",
        "1 pubblicato, 2 rifiutati",
        "indirizzo confermato",
        "in attesa",
    ]:
        assert words in page, words


def test_a_card_says_that_an_address_is_not_confirmed(desk):
    make_comment(state="pending", email="eva@example.org")

    assert "indirizzo non confermato" in desk.get(QUEUE).text


def test_an_unconfirmed_comment_is_seen_and_can_be_published(desk):
    comment = make_comment(state="unconfirmed", text="Mail persa")
    assert "Mail persa" in desk.get(QUEUE, {"stato": "unconfirmed"}).text

    press(desk, "published", comment)

    assert state_of(comment) == "published"


@pytest.mark.parametrize("how_many", [5, 50])
def test_the_queue_costs_the_same_however_long_it_is(desk, django_assert_num_queries, how_many):
    article = make_article()
    for number in range(how_many):
        comment = make_comment(article, state="pending", email=f"n{number}@example.org")
        report_on(comment)
    desk.get(QUEUE)

    with django_assert_num_queries(11):
        page = desk.get(QUEUE)

    assert len(shown(page)) == how_many


class Tags(HTMLParser):
    """The tags with their attributes on a piece of a page."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.once
@pytest.mark.parametrize("payload", PAYLOADS[::7])
def test_hostile_text_stays_text_in_the_queue(desk, payload):
    comment = make_comment(state="pending", name="Eva", text=payload)
    hostile = '"><script>alert(1)</script>'
    words = {"signature": hostile, "user_url": f"javascript:{hostile}", "notes": [hostile]}
    ReaderComment.objects.filter(pk=comment.pk).update(**words, reasons=[hostile])
    report_on(comment, text=hostile)

    page = desk.get(QUEUE).text

    tags = Tags(page.partition('id="result_list"')[2].partition("</table>")[0]).found
    assert page.count("&lt;script&gt;alert(1)") >= 5
    assert not {"script", "img", "iframe", "style", "object", "embed"} & {tag for tag, _ in tags}
    for tag, attrs in tags:
        assert not [name for name in attrs if name.startswith("on") or name == "style"], tag
        assert not attrs.get("href", "/").startswith(("javascript", "data")), attrs


def test_a_hostile_name_stays_text_in_what_the_queue_says(desk):
    comment = make_comment(state="published", name="<b>Eva</b>")

    page = press(desk, "trash", comment, shown="pending")

    assert "Non ho cambiato il commento di <b>Eva</b>" in said(page)
    assert "<b>Eva" not in page.text


@pytest.mark.once
def test_everything_the_queue_says_is_italian(desk):
    one_of_each()
    text = desk.get(QUEUE + "?stato=tutti").text
    content = re.sub(r"<script.*?</script>", "", text.partition('id="content"')[2], flags=re.S)
    words = " ".join(re.sub(r"<[^>]+>", " ", content).split())

    for english in [
        "Pending", "Published", "Unconfirmed", "Trash", "Approve", "Delete", "Select ", "Search",
        "comment ", "comments", "Change", "Action", "Filter", "Reply", "Today", "Block ",
    ]:  # fmt: skip
        assert english not in words, english
    assert '<html lang="it"' in text


# --- one press ---


@pytest.mark.once
@pytest.mark.parametrize(("state", "act"), WAYS)
def test_each_button_does_what_it_says(desk, state, act):
    comment = make_comment(state=state)
    button = f'value="{act}:{comment.pk}:{state}"'
    assert button in desk.get(QUEUE, {"stato": state}).text

    page = press(desk, act, comment)

    assert "Hai dieci minuti per annullare" in said(page)
    if act == "delete":
        assert not ReaderComment.objects.kept().exists()
        assert decisions_of(comment) == [(state, "", "queue")]
    else:
        assert state_of(comment) == MOVED[act]
        assert decisions_of(comment) == [(state, MOVED[act], "queue")]
    assert Decision.objects.get().by.username == "capo"


@pytest.mark.parametrize(("state", "act"), WAYS)
def test_each_act_works_for_many_at_once(desk, state, act):
    rows = [make_comment(state=state) for _ in range(3)]
    other = make_comment(state=state)

    page = tick(desk, act, rows)

    assert said(page).startswith("3 commenti")
    if act == "delete":
        assert ReaderComment.objects.kept().get() == other
    else:
        assert [state_of(row) for row in rows] == [MOVED[act]] * 3
    assert state_of(other) == state
    assert Decision.objects.count() == 3


def test_an_act_for_many_leaves_alone_those_it_does_not_fit(desk):
    waiting, gone = make_comment(state="pending"), make_comment(state="trash")

    page = tick(desk, "published", [waiting, gone])

    assert said(page) == "1 commento pubblicato. Hai dieci minuti per annullare."
    assert (state_of(waiting), state_of(gone)) == ("published", "trash")


def test_an_act_that_fits_none_is_told(desk):
    page = tick(desk, "delete", [make_comment(state="pending")])

    assert "Niente da fare" in said(page)
    assert not Decision.objects.exists()


def test_an_act_keeps_the_view_in_which_it_was_pressed(desk):
    comment = make_comment(state="spam")

    page = press(desk, "restore", comment, view="?stato=spam")

    assert page.redirect_chain == [(f"{QUEUE}?stato=spam", 302)]


def test_a_stale_card_changes_nothing_and_is_told(desk):
    comment = make_comment(state="trash", name="Ada")

    page = press(desk, "published", comment, shown="pending")

    assert said(page) == "Non ho cambiato il commento di Ada: ora è «cestino»."
    assert state_of(comment) == "trash"
    assert not Decision.objects.exists()


def test_a_comment_that_is_gone_is_told(desk):
    page = desk.post(QUEUE, {"row": "published:123456:pending"}, follow=True)

    assert said(page) == "Questo commento non c’è più."


@pytest.mark.parametrize(
    "row", ["", ":", "published", "published:", "published:x:pending", "x:1:y", "published:²:", "²"]
)
def test_a_button_that_was_never_there_is_no_error(desk, row):
    make_comment(state="pending")

    assert desk.post(QUEUE, {"row": row}, follow=True).status_code == 200
    assert not Decision.objects.exists()


def test_acts_that_do_not_fit_the_state_are_refused_even_if_forged(desk):
    comment = make_comment(state="pending")

    for act in ("delete", "restore", "pending"):
        press(desk, act, comment)

    assert state_of(comment) == "pending"
    assert ReaderComment.objects.kept().exists()


def test_buttons_do_nothing_on_a_get(desk):
    comment = make_comment(state="pending")

    desk.get(QUEUE, {"row": f"published:{comment.pk}:pending"}, follow=True)
    desk.get(QUEUE, {"action": "bulk_trash", "_selected_action": comment.pk}, follow=True)

    assert state_of(comment) == "pending"


def test_buttons_need_the_token_of_the_form():
    user, comment = moderator(), make_comment(state="pending")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)

    answer = client.post(QUEUE, {"row": f"published:{comment.pk}:pending"})

    assert answer.status_code == 403
    assert state_of(comment) == "pending"


# --- who may ---


def test_strangers_are_sent_to_the_login(client):
    assert client.get(QUEUE).status_code == 302
    assert client.post(QUEUE, {"row": "published:1:pending"}).status_code == 302


@pytest.mark.once
@pytest.mark.parametrize("words", [None, ["view_readercomment"]])
@pytest.mark.parametrize("act", [*LABELS, "answer", "reports"])
def test_staff_without_the_permission_gets_nothing(words, act):
    user = moderator("ospite", *words) if words else make_user("ospite", superuser=False)
    client = desk_of(user)
    state = next((s for s, acts in ACTS.items() if act in acts), "pending")
    comment = make_comment(state=state)
    report_on(comment)
    data = {"row": f"{act}:{comment.pk}:{comment.state}", f"answer-{comment.pk}": "Ciao"}

    one = client.post(QUEUE, data)
    many = client.post(
        QUEUE, {"action": f"bulk_{act}", "_selected_action": [comment.pk], "index": 0}
    )

    if words is None:
        assert (one.status_code, many.status_code) == (403, 403)
        assert client.get(QUEUE).status_code == 403
    assert state_of(comment) == state
    assert ReaderComment.objects.kept().count() == 1
    assert not Decision.objects.exists()
    assert Report.objects.get().closed_at is None


def test_who_may_only_look_sees_no_buttons():
    comment = make_comment(state="pending", text="Un testo")

    page = desk_of(moderator("ospite", "view_readercomment")).get(QUEUE).text

    assert comment.comment in page
    assert 'name="row"' not in page


def test_deleting_for_ever_needs_its_own_permission():
    client = desk_of(moderator("vice", "view_readercomment", "change_readercomment"))
    comment = make_comment(state="trash")

    assert "Elimina per sempre" not in client.get(QUEUE, {"stato": "trash"}).text
    page = press(client, "delete", comment)
    tick(client, "delete", [comment])

    assert "annullare" not in said(page)
    assert ReaderComment.objects.kept().exists()


def test_django_s_own_delete_page_is_closed(desk):
    comment = make_comment(state="trash")
    address = reverse("admin:comments_readercomment_delete", args=[comment.pk])
    boss = desk_of(make_user("super"))

    for client in (desk, boss):
        assert client.get(address).status_code == 403
        assert client.post(address, {"post": "yes"}).status_code == 403
        data = {"action": "delete_selected", "_selected_action": [comment.pk], "post": "yes"}
        client.post(QUEUE + "?stato=tutti", data)
    assert ReaderComment.objects.kept().exists()


def test_nobody_writes_a_comment_by_hand_in_the_admin(desk):
    assert desk.get(QUEUE + "add/").status_code == 403


def test_a_story_with_comments_can_still_be_deleted_by_who_may():
    comment = make_comment()
    address = reverse("admin:articles_article_delete", args=[comment.article_id])

    answer = desk_of(make_user("super")).post(address, {"post": "yes"})

    assert answer.status_code == 302
    assert not ReaderComment.objects.exists()
