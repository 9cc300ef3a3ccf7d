"""What a moderator does in the queue besides moving: restore, look for, answer, edit, reports."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from comments.admin.filters import ReasonFilter
from comments.models import Decision, ReaderComment, Report
from comments.rules import Facts, held_by
from tests.comments.deciding import (
    QUEUE,
    decisions_of,
    desk_of,
    moderator,
    press,
    purges,
    report_on,
    said,
    shown,
    state_of,
)
from tests.comments.writing import make_comment
from tests.factories import make_article, make_author

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def desk():
    return desk_of(moderator("capo"))


# --- restore ---


@pytest.mark.both
@pytest.mark.parametrize("home", ["published", "pending", "unconfirmed"])
@pytest.mark.parametrize("ways", [["trash"], ["spam"], ["trash", "spam"], ["spam", "trash"]])
def test_restore_goes_back_where_it_was(desk, home, ways):
    comment = make_comment(state=home)
    for act in ways:
        press(desk, act, comment)

    press(desk, "restore", comment)

    assert state_of(comment) == home


def test_what_the_rules_threw_away_is_restored_into_the_queue(desk):
    comment = make_comment(state="trash")
    Decision.objects.create(comment=comment, after="trash", via="rules", at=timezone.now())

    press(desk, "restore", comment)

    assert state_of(comment) == "pending"


# --- filters and search ---


@pytest.mark.both
def test_filters_by_story_person_and_network_follow_from_a_card(desk):
    mine = make_comment(state="pending", email="ada@example.org", address="203.0.113.9")
    make_comment(state="spam", email="eva@example.org", address="198.51.100.1")
    page = desk.get(QUEUE).text
    links = [
        link.replace("&amp;", "&") for link in re.findall(r'href="(\?stato=tutti[^"]+)"', page)
    ]

    assert len(links) == 3
    for link in links:
        assert shown(desk.get(QUEUE + link)) == [mine.pk], link


@pytest.mark.both
def test_a_filter_that_nobody_offers_is_refused(desk):
    make_comment(state="pending")

    for odd in ("commenter__email__startswith", "user__password__startswith"):
        assert desk.get(QUEUE, {odd: "a"}).status_code in (302, 400), odd


REASONS = {
    "link": {"links": 2},
    "firma": {"reserved": True},
    "vecchio": {"story_days": 90},
    "primo": {"trusted": False},
    "fretta": {"seconds": 1},
    "parola": {},
}


@pytest.mark.both
@pytest.mark.parametrize("wanted", ReasonFilter.WORDS)
def test_filter_by_reason_knows_the_sentences_of_the_rules(desk, wanted):
    assert set(REASONS) == set(ReasonFilter.WORDS) == set(ReasonFilter.LABELS)
    found = {}
    for reason, what in REASONS.items():
        facts = Facts(text="Ciao", name="A", email="a@example.org", **{"trusted": True} | what)
        why = list(held_by(facts, ["una nota"] if reason == "parola" else []))
        assert len(why) == 1
        found[reason] = make_comment(state="pending", reasons=why).pk

    assert shown(desk.get(QUEUE, {"motivo": wanted})) == [found[wanted]]


@pytest.mark.both
def test_filter_by_report_shows_the_published_comments_that_were_reported(desk):
    reported, closed = make_comment(), make_comment()
    make_comment()
    report_on(reported)
    report_on(reported, "insult")
    Report.objects.filter(pk=report_on(closed).pk).update(closed_at=timezone.now())

    assert "da guardare (1)" in desk.get(QUEUE).text
    assert shown(desk.get(QUEUE, {"segnalati": "aperte"})) == [reported.pk]


@pytest.mark.both
@pytest.mark.parametrize(
    "words", ["pinguini", "Ada Love", "ada@example", "%", "_", "l'aria", '"di due"']
)
def test_search_finds_names_addresses_and_texts_literally(desk, words):
    make_comment(state="pending", text="Niente", name="Eva", email="eva@example.net")
    text = "Viva i pinguini " + words.strip('"')
    mine = make_comment(state="pending", text=text, name="Ada Lovelace", email="ada@example.org")

    assert shown(desk.get(QUEUE, {"q": words})) == [mine.pk]


# --- answers ---


def reply(desk, comment, text, **more):
    return press(desk, "answer", comment, **{f"answer-{comment.pk}": text}, **more)


def test_an_answer_publishes_the_comment_and_is_signed_and_marked(desk, client):
    user = moderator("vera", superuser=True)
    make_author("Vera Bianchi", user=user)
    comment = make_comment(state="pending")

    with purges():
        page = reply(desk_of(user), comment, "Grazie, *corretto*.")

    answer = ReaderComment.objects.exclude(pk=comment.pk).get()
    assert said(page) == "Risposta pubblicata."
    assert state_of(comment) == "published"
    assert (answer.parent_id, answer.signature, answer.state) == (
        comment.pk,
        "Vera Bianchi",
        "published",
    )
    public = client.get(comment.article.get_absolute_url()).text
    assert "<em>corretto</em>" in public
    assert "Vera Bianchi" in public
    assert ">redazione<" in public
    assert decisions_of(answer) == [("", "published", "queue")]
    comment.article.refresh_from_db()
    assert comment.article.comment_count == 2


def test_the_answer_of_the_story_s_author_is_marked_as_such(client):
    user = moderator("vera")
    article = make_article(authors=[make_author("Vera Bianchi", user=user)])
    comment = make_comment(article)

    reply(desk_of(user), comment, "L’ho scritto io.")

    assert "ha scritto l’articolo" in client.get(article.get_absolute_url()).text


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "\u200b"])
def test_an_empty_answer_is_told_and_nothing_moves(desk, text):
    comment = make_comment(state="pending")

    page = reply(desk, comment, text)

    assert said(page).startswith("La risposta non è partita. Scrivi qualcosa")
    assert state_of(comment) == "pending"
    assert ReaderComment.objects.count() == 1


@pytest.mark.parametrize("now", ["trash", "spam", "pending"])
def test_an_answer_on_a_stale_card_is_told_and_publishes_nothing(desk, now):
    comment = make_comment(state=now)

    page = reply(desk, comment, "Grazie", shown="published")

    assert "qualcuno" in said(page)
    assert state_of(comment) == now
    assert ReaderComment.objects.count() == 1


@pytest.mark.both
def test_an_answer_sent_twice_is_one_answer(desk):
    comment = make_comment(state="published")

    pages = [reply(desk, comment, "Grazie") for _ in range(2)]

    assert ReaderComment.objects.count() == 2
    assert [said(page) for page in pages] == ["Risposta pubblicata."] * 2


@pytest.mark.both
def test_an_answer_at_the_deepest_level_names_whom_it_answers(desk):
    comment = make_comment()
    for _ in range(4):
        comment = make_comment(parent=comment)

    reply(desk, comment, "Fin qui.")

    answer = ReaderComment.objects.latest("pk")
    assert (answer.level, answer.answers_id) == (4, comment.pk)


# --- edit ---


def form_of(comment):
    return reverse("admin:comments_readercomment_change", args=[comment.pk])


def test_an_edit_leaves_a_trace_and_forgets_the_pages(desk, django_capture_on_commit_callbacks):
    comment = make_comment(text="Prima", name="Ada")

    with purges() as tags, django_capture_on_commit_callbacks(execute=True):
        page = desk.post(form_of(comment), {"comment": "Dopo, *meglio*"}, follow=True)

    row = ReaderComment.objects.get()
    assert (row.comment, row.html) == ("Dopo, *meglio*", "<p>Dopo, <em>meglio</em></p>")
    assert (row.state, row.edited_at is not None) == ("published", True)
    log = Decision.objects.get()
    assert (log.before, log.after, log.text_before) == ("published", "published", "Prima")
    assert log.by.username == "capo"
    assert tags == [(f"article:{comment.article_id}", "comments")]
    assert "<p>" not in said(page)
    trace = desk.get(form_of(comment)).text
    assert "testo modificato" in trace
    assert "<q>Prima</q>" in trace


def test_the_words_of_a_reader_stay_out_of_django_s_own_log(desk):
    comment = make_comment(text="Segreto", name="Ada Lovelace")

    desk.post(form_of(comment), {"comment": "Altro segreto"})

    assert ReaderComment.objects.get().comment == "Altro segreto"
    assert not LogEntry.objects.filter(object_repr__contains="egreto").exists()
    assert not LogEntry.objects.filter(object_repr__contains="Ada").exists()


def test_an_edit_of_a_waiting_comment_publishes_nothing(desk):
    comment = make_comment(state="pending")

    desk.post(form_of(comment), {"comment": "Dopo", "state": "published", "is_public": "on"})

    assert state_of(comment) == "pending"
    assert ReaderComment.objects.get().comment == "Dopo"


def test_an_edit_into_a_text_that_is_there_is_refused_and_kept_in_the_form(desk):
    comment = make_comment(text="Primo", email="ada@example.org")
    make_comment(comment.article, text="Secondo", email="ada@example.org")

    page = desk.post(form_of(comment), {"comment": "Secondo"})

    assert page.status_code == 200
    assert "uguale" in page.text
    assert ReaderComment.objects.get(pk=comment.pk).comment == "Primo"


def test_an_empty_edit_is_refused(desk):
    comment = make_comment(text="Primo")

    page = desk.post(form_of(comment), {"comment": " "})

    assert "Scrivi qualcosa" in page.text
    assert ReaderComment.objects.get().comment == "Primo"


def test_the_form_shows_the_whole_history(desk):
    comment = make_comment(state="pending")
    press(desk, "published", comment)
    press(desk, "trash", comment)

    page = desk.get(form_of(comment)).text

    assert "da «in attesa» a «pubblicato», capo" in page
    assert "da «pubblicato» a «cestino», capo" in page


# --- reports ---


def test_reports_stand_on_the_card_until_somebody_closes_them(desk):
    comment = make_comment(state="published")
    report_on(comment, "insult", "Dice «cretino»")
    page = desk.get(QUEUE, {"stato": "published"}).text
    assert "Segnalato: Offende qualcuno" in page
    assert "Dice «cretino»" in page

    page = press(desk, "reports", comment)

    assert said(page) == "Segnalazioni chiuse."
    assert "Segnalato" not in page.text
    assert state_of(comment) == "published"


def test_an_answer_that_is_refused_is_still_in_its_box(desk):
    comment = make_comment(state="pending")
    text = "Una risposta lunga. " * 600

    response = desk.post(
        QUEUE, {"row": f"answer:{comment.pk}:pending", f"answer-{comment.pk}": text}
    )

    assert response.status_code == 200
    assert "La risposta non è partita" in response.text
    assert text.strip() in response.text
