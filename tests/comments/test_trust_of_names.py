"""A name and an address that anybody may type prove nothing (C7)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Author
from comments import moderation, tokens
from comments.facts import holds_proof
from comments.models import Commenter, Decision, ReaderComment, State
from tests.comments.writing import aged, make_comment, make_commenter, post, proof_of
from tests.factories import make_article, make_author, make_user

pytestmark = pytest.mark.django_db

DAY = 24 * 3600
RESERVED = "Il nome è quello di una firma del giornale: controlliamo che sia proprio tu."


def state_after(client, **fields):
    post(client, make_article(), **fields)
    return ReaderComment.objects.latest("pk").state


def test_c7_name_and_address_of_an_approved_reader_prove_nothing(client):
    ada = make_commenter()
    known = make_comment(name="Ada", email="ada@example.org")

    post(client, known.article, name=known.signature, email=ada.email, address="192.0.2.1")

    borrowed = ReaderComment.objects.latest("pk")
    assert (borrowed.state, borrowed.is_public) == (State.UNCONFIRMED, False)
    assert borrowed.reasons == ["Il tuo indirizzo e-mail è ancora da confermare."]


def test_c7_with_the_proof_the_same_is_published(client):
    assert state_after(client, proof=proof_of(make_commenter())) == State.PUBLISHED


NO_PROOFS = {
    "nothing": lambda ada, eva: "",
    "of another address": lambda ada, eva: proof_of(eva),
    "altered": lambda ada, eva: proof_of(ada)[:-2] + "xx",
    "with another number": lambda ada, eva: grafted(proof_of(ada), proof_of(eva)),
    "expired": lambda ada, eva: aged("proof", ada.pk, 365 * DAY + 60),
    "of another purpose": lambda ada, eva: tokens.make("confirm", ada.pk),
    "of the purpose mine": lambda ada, eva: tokens.make("mine", [ada.pk, 0]),
    "the address itself": lambda ada, eva: ada.email,
    "the number": lambda ada, eva: str(ada.pk),
    "too long": lambda ada, eva: "x" * 5000,
    "NUL": lambda ada, eva: "\0",
    "twice": lambda ada, eva: proof_of(ada) * 2,
    "of a list": lambda ada, eva: tokens.make("proof", [ada.pk]),
}


def grafted(first, second):
    """The value of the first token with the time and signature of the second."""
    return ":".join([first.split(":")[0], *second.split(":")[1:]])


@pytest.mark.parametrize("proof", NO_PROOFS.values(), ids=NO_PROOFS)
def test_c7_what_is_no_proof_of_this_address_publishes_nothing(client, proof):
    ada, eva = make_commenter(), make_commenter("eva@example.org")

    assert state_after(client, proof=proof(ada, eva)) == State.UNCONFIRMED


def test_c7_a_proof_is_good_for_a_year(client):
    ada = make_commenter()

    assert state_after(client, proof=aged("proof", ada.pk, 364 * DAY)) == State.PUBLISHED


def test_c7_a_revoked_proof_is_void_and_a_newer_one_is_not(client):
    ada = make_commenter()
    ada.proofs_from = timezone.now() - timedelta(minutes=10)
    ada.save()

    old, new = aged("proof", ada.pk, 3600), aged("proof", ada.pk, 60)

    assert not holds_proof(old, ada)
    assert holds_proof(new, ada)
    assert state_after(client, proof=old) == State.UNCONFIRMED


def test_c7_revoking_is_per_address(client):
    ada, eva = make_commenter(), make_commenter("eva@example.org")
    Commenter.objects.filter(pk=eva.pk).update(proofs_from=timezone.now() + timedelta(hours=1))

    assert state_after(client, proof=proof_of(ada)) == State.PUBLISHED


def test_c7_a_proof_without_a_confirmed_address_is_none(client):
    ada = make_commenter(confirmed=False)

    assert state_after(client, proof=proof_of(ada)) == State.UNCONFIRMED


def test_c7_a_proof_without_an_approval_waits_for_a_person(client):
    ada = make_commenter(trusted=False)

    assert state_after(client, proof=proof_of(ada)) == State.PENDING


def test_c7_the_proof_counts_for_the_address_in_any_spelling(client):
    ada = make_commenter()

    assert state_after(client, email="ADA@Example.Org", proof=proof_of(ada)) == State.PUBLISHED


def test_c7_approval_by_a_person_makes_the_proof_count_and_approval_by_rules_does_not(client):
    ada = make_commenter(trusted=False)
    waiting = make_comment(email=ada.email, state=State.PENDING)
    moderation.move(
        waiting, State.PUBLISHED, expected=State.PENDING, via=Decision.Via.RULES, by=None
    )
    assert state_after(client, proof=proof_of(ada)) == State.PENDING
    other = make_comment(email=ada.email, state=State.PENDING)
    moderation.move(
        other, State.PUBLISHED, expected=State.PENDING, via=Decision.Via.QUEUE, by=make_user()
    )

    again = post(client, make_article(), proof=proof_of(ada), address="10.1.1.1")

    # Same address within 15 seconds: the rates look first. So judge it without them.
    assert again.status_code == 429
    ReaderComment.objects.update(submit_date=timezone.now() - timedelta(hours=1))
    assert state_after(client, proof=proof_of(ada)) == State.PUBLISHED


# --- names of authors and staff ---


DISGUISES = [
    "Livia Serravalle",
    "livia serravalle",
    "LIVIA SERRAVALLE",
    "Lìvia Sérravàlle",
    "Livia  Serravalle",
    "LiviaSerravalle",
    "Livia_Serravalle",
    "Livia-Serravalle",
    "Livia.Serravalle!",
    "Ｌｉｖｉａ Ｓｅｒｒａｖａｌｌｅ",
    "𝓛𝓲𝓿𝓲𝓪 𝓢𝓮𝓻𝓻𝓪𝓿𝓪𝓵𝓵𝓮",
    "L\u200bivia Serra\u202evalle",
    "Livia\u00ad Serravalle",
    "L\u0336i\u0336v\u0336i\u0336a Serravalle",
    "«Livia Serravalle»",
    "Livia Serravalle ✔",
    "ⓛⓘⓥⓘⓐ serravalle",
]


@pytest.mark.parametrize("name", DISGUISES)
def test_c7_the_name_of_an_author_is_held_however_it_is_dressed(client, name):
    make_author("Livia Serravalle")
    ada = make_commenter()

    post(client, make_article(), name=name, proof=proof_of(ada))

    comment = ReaderComment.objects.get()
    assert (comment.state, comment.reasons) == (State.PENDING, [RESERVED])


@pytest.mark.parametrize(
    "name", ["Livia", "Serravalle", "Livia Serravalle Rossi", "Olivia Serravalle", "Tullio"]
)
def test_c7_another_name_is_another_name(client, name):
    make_author("Livia Serravalle")

    assert state_after(client, name=name, proof=proof_of(make_commenter())) == State.PUBLISHED


@pytest.mark.parametrize("name", ["Grazia Deledda", "grazia_deledda", "GDELEDDA", "g.deledda"])
def test_c7_the_names_of_the_staff_are_held_too(client, name):
    make_user("gdeledda", first_name="Grazia", last_name="Deledda", superuser=False)

    assert state_after(client, name=name, proof=proof_of(make_commenter())) == State.PENDING


@pytest.mark.parametrize("who", [{"staff": False, "superuser": False}, {"is_active": False}])
def test_a_name_that_signs_nothing_any_more_is_free(client, who):
    make_user("gdeledda", **who)

    assert state_after(client, name="gdeledda", proof=proof_of(make_commenter())) == State.PUBLISHED


def test_c7_staff_without_a_full_name_reserves_no_empty_one(client):
    make_user("x", first_name="", last_name="")
    Author.objects.create(name="???")

    assert state_after(client, name="Ada", proof=proof_of(make_commenter())) == State.PUBLISHED


def test_c7_a_reserved_name_without_proof_says_both_reasons(client):
    make_author("Ada")

    post(client, make_article(), name="ADA")

    reasons = ReaderComment.objects.get().reasons
    assert reasons[0] == "Il tuo indirizzo e-mail è ancora da confermare."
    assert RESERVED in reasons


def test_c7_a_readers_name_never_gets_the_mark_of_an_author(client):
    author = make_author("Livia Serravalle", user=make_user("livia"))
    article = make_article(authors=[author])
    make_comment(article, name="Livia Serravalle", email="livia@example.org")

    page = client.get(article.get_absolute_url()).text

    assert "comment__mark" not in page
    assert "comment--author" not in page
