"""Ten minutes to correct the own comment, or until someone answers; every rule runs again."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from comments import desk, moderation, tokens
from comments.models import Decision, Policy, ReaderComment, State, Word
from comments.models.comment import GONE
from outbox.models import Message
from tests.comments.deciding import at_once, decisions_of, purges
from tests.comments.reading import fields_of, page_of
from tests.comments.writing import aged, make_comment, make_commenter, post, proof_of
from tests.factories import make_article, make_author, make_user

pytestmark = pytest.mark.django_db

ANSWERED = "Non si può più correggere: qualcuno ha risposto, o è passato tempo."
LATE = "Il tempo per correggere è finito. La correzione non è salvata: il testo è qui sotto."


def young(state=State.PUBLISHED, minutes=1, **fields):
    """A comment of a minute ago, of a confirmed and trusted reader."""
    ada = make_commenter()
    when = timezone.now() - timedelta(minutes=minutes)
    fields = {"email": ada.email, "text": "Prima.", "submit_date": when} | fields
    return make_comment(state=state, **fields)


def link(comment, token=None):
    return f"/commenti/correggi/{token or tokens.make('correct', comment.pk)}/"


def correct(client, comment, text, **headers):
    response = client.post(link(comment), {"comment": text}, headers=headers)
    comment.refresh_from_db()
    return response


def test_the_page_after_sending_leads_to_the_correction_and_back(client):
    sent = client.get(post(client, make_article(), comment="Prima.")["Location"]).text
    way = re.search(r'href="(/commenti/correggi/[^"]+)"', sent)[1]

    form = client.get(way)
    answer = client.post(way, {"comment": "Dopo, con *forza*."})

    comment = ReaderComment.objects.get()
    assert fields_of(form)["comment"] == "Prima."
    assert (comment.comment, comment.html) == (
        "Dopo, con *forza*.",
        "<p>Dopo, con <em>forza</em>.</p>",
    )
    assert comment.edited_at
    assert "manca la conferma" in client.get(answer["Location"]).text
    assert Message.objects.count() == 1


def test_a_published_comment_is_corrected_in_place_and_its_pages_are_forgotten(
    client, django_capture_on_commit_callbacks
):
    comment = young()

    with purges() as tags, django_capture_on_commit_callbacks(execute=True):
        response = correct(client, comment, "Dopo.")

    assert response.status_code == 302
    assert (comment.state, comment.comment) == (State.PUBLISHED, "Dopo.")
    page = client.get(comment.article.get_absolute_url()).text
    assert "Dopo." in page
    assert "Prima." not in page
    assert 'comment__edited">corretto' in page
    assert (f"article:{comment.article_id}", "comments") in tags


def test_a_correction_moves_nothing_else(client):
    comment = young()
    before = ReaderComment.objects.values().get(pk=comment.pk)

    correct(client, comment, "Dopo.")

    after = ReaderComment.objects.values().get(pk=comment.pk)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"comment", "html", "fingerprint", "edited_at"}


@pytest.mark.parametrize(("minutes", "status"), [(9.8, 302), (10.2, 403), (60, 403)])
def test_ten_minutes_and_no_more(client, minutes, status):
    comment = young(minutes=minutes)

    response = correct(client, comment, "Dopo.")

    assert response.status_code == status
    assert comment.comment == ("Dopo." if status == 302 else "Prima.")
    if status == 403:
        assert page_of(response).alarms == [ANSWERED]
        assert fields_of(response)["comment"] == "Dopo."


@pytest.mark.parametrize("seconds", [610, 7200])
def test_with_a_link_that_ended_nothing_changes_and_the_text_is_not_lost(client, seconds):
    comment = young()
    old = link(comment, aged("correct", comment.pk, seconds))

    response = client.post(old, {"comment": "Dopo, lungo."})

    assert (response.status_code, page_of(response).alarms) == (403, [LATE])
    assert fields_of(response)["comment"] == "Dopo, lungo."
    assert client.get(old).status_code == 404
    comment.refresh_from_db()
    assert comment.comment == "Prima."


def test_the_page_after_sending_offers_it_as_long_as_it_can_be_done(client):
    comment = young()
    sent = f"/commenti/ricevuto/{tokens.make('mine', [comment.pk, 0])}/"
    assert "Correggi" in client.get(sent).text

    make_comment(parent=comment)

    assert "Correggi" not in client.get(sent).text


@pytest.mark.parametrize("state", State)
def test_once_somebody_answered_nobody_changes_what_was_answered(client, state):
    comment = young()
    make_comment(parent=comment, state=state)

    response = correct(client, comment, "Dopo.")

    assert (response.status_code, page_of(response).alarms) == (403, [ANSWERED])
    assert fields_of(response)["comment"] == "Dopo."
    assert comment.comment == "Prima."


def test_a_deep_answer_that_names_it_counts_as_an_answer(client):
    above = make_comment()
    for _ in range(3):
        above = make_comment(parent=above)
    comment = young(parent=above)
    make_comment(parent=above, answers=comment)

    assert correct(client, comment, "Dopo.").status_code == 403


@pytest.mark.parametrize("state", GONE)
def test_what_was_thrown_away_is_not_corrected(client, state):
    comment = young(state)

    assert correct(client, comment, "Dopo.").status_code == 403
    assert (comment.state, comment.comment) == (state, "Prima.")


def test_what_is_marked_for_deletion_is_gone_for_its_writer_too(client):
    comment = young(State.TRASH)
    ReaderComment.objects.filter(pk=comment.pk).update(erase_at=timezone.now())

    assert client.get(link(comment)).status_code == 404


# --- every rule again ---


def hold_by_links():
    return "https://a.example https://b.example"


def hold_by_word():
    Word.objects.create(text="casino")
    return "vieni al casinò"


def hold_by_policy():
    Policy.objects.create(hold_all=True)
    return "Dopo."


def hold_by_name():
    make_author("Lettore")
    return "Dopo."


@pytest.mark.parametrize("rule", [hold_by_links, hold_by_word, hold_by_policy, hold_by_name])
def test_a_published_comment_that_meets_a_rule_now_waits_and_says_why(client, rule):
    comment = young()

    response = correct(client, comment, rule())

    assert (comment.state, comment.is_public) == (State.PENDING, False)
    assert len(comment.reasons) == 1
    assert comment.reasons[0] in client.get(response["Location"]).text
    comment.article.refresh_from_db()
    assert comment.article.comment_count == 0
    assert decisions_of(comment) == [("published", "pending", "reader")]
    assert "Dopo." not in client.get(comment.article.get_absolute_url()).text


def test_a_correction_into_a_banned_word_is_thrown_away(client):
    Word.objects.create(text="casino", effect=Word.Effect.TRASH)
    comment = young()

    correct(client, comment, "Vieni al casinò")

    assert (comment.state, comment.is_public) == (State.TRASH, False)
    assert "casino" not in " ".join(comment.reasons)
    assert "casino" in " ".join(comment.notes)


def test_a_comment_that_waits_for_its_links_is_published_without_them(client):
    comment = young(State.PENDING, reasons=["Contiene 3 link"], notes=["nota"])

    correct(client, comment, "Senza.")

    assert (comment.state, comment.reasons, comment.notes) == (State.PUBLISHED, [], [])
    comment.article.refresh_from_db()
    assert comment.article.comment_count == 1


def test_an_unconfirmed_comment_stays_unconfirmed(client):
    comment = young(State.UNCONFIRMED)

    correct(client, comment, "Dopo.")

    assert (comment.state, comment.comment) == (State.UNCONFIRMED, "Dopo.")
    assert not Message.objects.exists()


def test_a_waiting_first_comment_goes_on_waiting_for_a_person(client):
    comment = young(State.PENDING)
    comment.commenter.trusted_at = None
    comment.commenter.save()

    correct(client, comment, "Dopo.")

    assert comment.state == State.PENDING
    assert "primo commento" in comment.reasons[0]


def test_c8_a_person_who_held_it_is_not_overruled_by_a_correction(client):
    comment = young()
    moderation.move(
        comment,
        State.PENDING,
        expected=State.PUBLISHED,
        via=Decision.Via.QUEUE,
        by=make_user(),
        why=["Da rivedere."],
    )

    response = correct(client, comment, "Dopo.")

    assert (response.status_code, comment.comment) == (302, "Dopo.")
    assert (comment.state, comment.reasons) == (State.PENDING, ["Da rivedere."])


def test_a_comment_that_a_person_approved_meets_the_rules_again_too(client):
    comment = young(State.PENDING)
    moderation.move(
        comment, State.PUBLISHED, expected=State.PENDING, via=Decision.Via.QUEUE, by=make_user()
    )

    correct(client, comment, "https://a.example https://b.example")

    assert comment.state == State.PENDING


# --- what is refused ---


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" ", "Scrivi qualcosa: così non c’è niente da leggere."),
        ("x" * 10_001, "Al massimo 10.000 caratteri: qui sono 10.001."),
        ("https://a.example " * 50, "Ci sono troppi link: meno di 50."),
    ],
)
def test_the_limits_hold_here_too_and_the_text_comes_back(client, text, sentence):
    comment = young()

    response = correct(client, comment, text)

    assert (response.status_code, page_of(response).said) == (422, {"comment": sentence})
    assert fields_of(response)["comment"] == text
    assert comment.comment == "Prima."


def test_c4_a_correction_into_a_comment_that_is_there_is_a_conflict(client):
    comment = young()
    other = make_comment(comment.article, text="C’è già.", email=comment.user_email)

    response = correct(client, comment, "C’è già.")

    assert (response.status_code, comment.comment) == (409, "Prima.")
    assert page_of(response).alarms == ["Hai già scritto un commento uguale."]
    assert fields_of(response)["comment"] == "C’è già."
    other.refresh_from_db()
    assert other.state == State.PUBLISHED


def test_correcting_into_the_same_text_is_no_conflict(client):
    comment = young()

    assert correct(client, comment, "Prima.").status_code == 302


def test_c4_after_a_correction_the_old_text_may_be_said_again(client):
    comment = young()
    correct(client, comment, "Dopo.")
    ReaderComment.objects.update(submit_date=timezone.now() - timedelta(minutes=5))

    proof = proof_of(comment.commenter)
    old = post(client, comment.article, comment="Prima.", proof=proof)
    new = post(client, comment.article, comment="Dopo.", proof=proof, address="10.0.0.1")

    assert (old.status_code, new.status_code) == (302, 302)
    assert ReaderComment.objects.count() == 2  # the corrected one answered the second


def test_a_correction_may_be_corrected_again(client):
    comment = young()
    correct(client, comment, "Dopo.")

    assert correct(client, comment, "E ancora.").status_code == 302
    assert comment.comment == "E ancora."


def test_the_link_of_a_correction_is_for_one_comment(client):
    mine, other = young(), make_comment(submit_date=timezone.now())

    client.post(link(mine), {"comment": "Dopo.", "id": other.pk, "comment_id": other.pk})

    other.refresh_from_db()
    assert other.comment.startswith("Testo")


def test_who_corrects_may_not_change_name_site_or_address(client):
    comment = young()

    client.post(
        link(comment),
        {"comment": "Dopo.", "name": "Eva", "email": "eva@example.org", "site": "https://e.it"},
    )

    comment.refresh_from_db()
    assert (comment.signature, comment.user_email, comment.user_url) == (
        "Lettore",
        "ada@example.org",
        "",
    )


@pytest.mark.django_db(transaction=True)
def test_an_answer_and_a_correction_at_once_end_in_one_of_two_ways():
    comment = young()
    boss = make_user()

    def act(number):
        if number:
            return bool(desk.answer(comment, boss, "Risposta.", "<p>Risposta.</p>"))
        try:
            moderation.correct(comment, "Dopo.", "<p>Dopo.</p>")
        except moderation.Refusal as refusal:
            return refusal.status
        return 200

    corrected, answered = at_once(act)

    comment.refresh_from_db()
    assert answered
    assert (corrected, comment.comment) in [(200, "Dopo."), (403, "Prima.")]
    assert ReaderComment.objects.filter(parent_id=comment.pk).count() == 2  # itself and the answer
