"""What moderators set: blocks, words with their test box, the rules' numbers, people."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from comments.facts import blocked_by
from comments.models import Block, Policy, ReaderComment, State, Word
from tests.comments.deciding import QUEUE, desk_of, moderator, said
from tests.comments.writing import make_comment, make_commenter, post, proof_of
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db

BLOCKS = "/admin/comments/block/"
TRY = "/admin/comments/word/prova/"


@pytest.fixture
def desk():
    return desk_of(moderator("capo"))


def block(kind, value, **more):
    row = Block(kind=kind, value=value, **more)
    row.full_clean(exclude=["by"])
    row.save()
    return row


def arrived(client, **fields):
    """The comment that a trusted reader sends, as it came in."""
    person = make_commenter(fields.get("email", "ada@example.org"))
    post(client, make_article(), proof=proof_of(person), **fields)
    return ReaderComment.objects.latest("pk")


# --- blocks ---


def test_a_card_leads_to_a_block_that_is_filled_in(desk):
    make_comment(state="pending", email="ada+x@example.org", address="2001:db8:1:2::3")
    page = desk.get(QUEUE).text
    links = [unescape(link) for link in re.findall(rf'href="({BLOCKS}add/[^"]+)"', page)]

    forms = [desk.get(link).context["adminform"].form.initial for link in links]

    assert forms == [
        {"kind": "email", "value": "ada+x@example.org"},
        {"kind": "network", "value": "2001:db8:1::/48"},
    ]


def test_a_block_says_who_made_it(desk):
    data = {"kind": "email", "value": " Ada@Example.org ", "expires_at_0": "", "note": "Insulti"}

    desk.post(f"{BLOCKS}add/", data)

    row = Block.objects.get()
    assert (row.value, row.note, row.by.username) == ("ada@example.org", "Insulti", "capo")
    assert "capo" in desk.get(BLOCKS).text


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("email", "ada", "Non è un indirizzo e-mail."),
        ("domain", "ada@example.org", "Scrivi solo il dominio"),
        ("domain", "com", "Scrivi solo il dominio"),
        ("network", "example.org", "Non è un indirizzo di rete."),
        ("network", "192.0.2.0/99", "Non è un indirizzo di rete."),
    ],
)
def test_a_block_that_blocks_nothing_is_refused(desk, kind, value, words):
    page = desk.post(f"{BLOCKS}add/", {"kind": kind, "value": value})

    assert words in page.text
    assert not Block.objects.exists()


def test_the_same_block_twice_is_refused(desk):
    block("domain", "example.org")

    page = desk.post(f"{BLOCKS}add/", {"kind": "domain", "value": "@Example.ORG."})

    assert page.status_code == 200
    assert Block.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "ada@example.org"),
        ("domain", "example.org"),
        ("network", "192.0.2.0/24"),
        ("network", "192.0.0.0/16"),
        ("network", "192.0.2.1"),
    ],
)
def test_what_is_blocked_goes_to_the_trash_with_a_reason(client, kind, value):
    row = block(kind, value, note="nota privata")

    comment = arrived(client)

    assert comment.state == State.TRASH
    assert comment.reasons == ["La redazione ha sospeso i commenti che arrivano da qui."]
    assert comment.notes == [f"Bloccato: {row.get_kind_display()}."]


def test_a_blocked_writer_reads_why_and_never_the_note_or_the_list(client):
    block("email", "ada@example.org", note="nota privata")
    person = make_commenter()

    page = client.get(post(client, make_article(), proof=proof_of(person))["Location"]).text

    assert "La redazione ha sospeso" in page
    assert "nota privata" not in page
    assert "Bloccato" not in page


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "eva@example.org"),
        ("domain", "ample.org"),
        ("domain", "example.org.it"),
        ("domain", "other.example.org"),
        ("network", "192.0.3.0/24"),
        ("network", "2001:db8::/32"),
    ],
)
def test_a_neighbour_of_what_is_blocked_is_not_blocked(client, kind, value):
    block(kind, value)

    assert arrived(client).state == State.PUBLISHED


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "ada@mail.example.org"},
        {"email": "ada@a.b.example.org"},
        {"site": "https://example.org/x"},
        {"site": "https://www.EXAMPLE.org:8443/"},
    ],
)
def test_a_blocked_domain_covers_what_lies_below_it_in_mail_and_site(client, fields):
    block("domain", "example.org")

    comment = arrived(client, **({"email": "ada@elsewhere.example"} | fields))

    assert comment.state == State.TRASH


def test_a_block_of_an_ipv6_network_holds(client):
    block("network", "2001:db8:1::/48")

    assert arrived(client, address="2001:db8:1:2::3").state == State.TRASH


def test_a_block_ends_at_its_hour(client):
    end = timezone.now() + timedelta(hours=1)
    row = block("email", "ada@example.org", expires_at=end)
    ada = ("ada@example.org", "", "")
    assert blocked_by(*ada, end - timedelta(seconds=1))
    assert not blocked_by(*ada, end)
    Block.objects.filter(pk=row.pk).update(expires_at=timezone.now())

    assert arrived(client).state == State.PUBLISHED


# --- the box to try the rules ---


def try_out(desk, comment="Ciao a tutti", **fields):
    data = {"comment": comment, "name": "Ada", "email": "ada@example.org", "site": ""}
    return desk.post(TRY, data | {"known": "on"} | fields).text


def test_the_box_says_what_would_become_of_a_comment(desk):
    assert "Il commento sarebbe: pubblicato." in try_out(desk)


def test_the_box_knows_links_words_blocks_and_reserved_names(desk):
    Word.objects.create(text="pillole", effect="trash")
    Word.objects.create(text="casino", whole=False)
    block("domain", "spam.example")
    make_user("linus", first_name="Linus", last_name="Rossi")

    two = try_out(desk, "https://a.example https://b.example")
    assert "in attesa" in two
    assert "Contiene 2 link" in two
    assert "cestino" in try_out(desk, "Vendo pillole")
    assert "«casino» nel campo testo" in try_out(desk, "Che casinò!")
    assert "(lo vede solo la redazione)" in try_out(desk, "Che casinò!")
    assert "cestino" in try_out(desk, email="x@spam.example")
    assert "firma del giornale" in try_out(desk, name="línus  ROSSI")
    assert "da confermare" in try_out(desk, known="")


def test_the_box_follows_the_numbers_of_the_moment(desk):
    Policy.objects.create(hold_all=True)

    assert "Qui una persona legge ogni commento" in try_out(desk)


def test_the_box_keeps_nothing(desk):
    try_out(desk)

    assert not ReaderComment.objects.exists()


def test_the_box_keeps_what_was_typed_and_says_what_is_wrong(desk):
    page = try_out(desk, " ", name="Ada Lovelace")

    assert "Scrivi qualcosa" in page
    assert 'value="Ada Lovelace"' in page


def test_the_box_is_for_who_may_see_the_words(client):
    assert client.get(TRY).status_code == 302
    stranger = desk_of(make_user("ospite", superuser=False))

    assert stranger.get(TRY).status_code == 403
    assert stranger.post(TRY, {"comment": "x"}).status_code == 403


def test_the_box_is_linked_from_the_words(desk):
    assert f'href="{TRY}"' in desk.get("/admin/comments/word/").text


# --- the numbers ---


def test_the_list_of_the_rules_is_their_form(desk):
    page = desk.get("/admin/comments/policy/", follow=True)

    row = Policy.objects.get()
    assert page.redirect_chain == [(f"/admin/comments/policy/{row.pk}/change/", 302)]
    assert "Link che bastano per far aspettare" in page.text
    desk.get("/admin/comments/policy/")
    assert Policy.objects.count() == 1


def test_the_defaults_are_those_of_wordpress():
    policy = Policy.current()

    assert (policy.hold_all, policy.need_approved) == (False, True)
    assert (policy.hold_links, policy.hold_after_days, policy.close_after_days) == (2, 60, 0)


def test_saved_numbers_count_at_once(desk, client):
    desk.get("/admin/comments/policy/")
    address = reverse("admin:comments_policy_change", args=[Policy.objects.get().pk])
    data = {"hold_links": 0, "hold_after_days": 0, "close_after_days": 0}

    assert desk.post(address, data).status_code == 302

    assert not Policy.current().need_approved
    person = make_commenter(trusted=False)
    text = "https://a.example https://b.example https://c.example"
    post(client, make_article(), proof=proof_of(person), comment=text)
    assert ReaderComment.objects.get().state == State.PUBLISHED


@pytest.mark.parametrize("wrong", ["-1", "x", "", "99999999"])
def test_a_wrong_number_is_refused(desk, wrong):
    desk.get("/admin/comments/policy/")
    address = reverse("admin:comments_policy_change", args=[Policy.objects.get().pk])
    data = {"hold_links": 2, "hold_after_days": 60, "close_after_days": wrong}

    assert desk.post(address, data).status_code == 200
    assert Policy.current().close_after_days == 0


def test_there_is_one_row_of_rules_and_nobody_deletes_it(desk):
    desk.get("/admin/comments/policy/")
    row = Policy.objects.get()

    assert desk.get("/admin/comments/policy/add/").status_code == 403
    assert desk.post(f"/admin/comments/policy/{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_who_may_not_set_the_rules_sees_none(client):
    stranger = desk_of(make_user("ospite", superuser=False))

    for address in ("policy", "word", "block", "commenter"):
        assert stranger.get(f"/admin/comments/{address}/").status_code == 403, address
    assert not Policy.objects.exists()


# --- people ---


def people(desk, action, *persons):
    data = {"action": action, "_selected_action": [p.pk for p in persons], "index": 0}
    return said(desk.post("/admin/comments/commenter/", data, follow=True))


def test_people_are_listed_with_what_became_of_their_comments(desk):
    comment = make_comment(email="ada@example.org")
    make_comment(comment.article, email="ada@example.org", state="spam")
    make_comment(comment.article, email="ada@example.org", state="trash")

    page = desk.get("/admin/comments/commenter/").text

    assert "ada@example.org" in page
    assert '<td class="field-published">1</td>' in page
    assert '<td class="field-refused">2</td>' in page


def test_revoked_proofs_count_no_more(desk, client):
    person = make_commenter()
    proof = proof_of(person)
    later = timezone.now() + timedelta(seconds=5)

    words = people(desk, "revoke", person)
    type(person).objects.update(proofs_from=later)  # signatures count whole seconds
    post(client, make_article(), proof=proof)

    assert "torna la mail di conferma" in words
    assert ReaderComment.objects.get().state == State.UNCONFIRMED


def test_who_lost_the_trust_waits_again(desk, client):
    person = make_commenter()

    words = people(desk, "distrust", person)

    assert "aspetta una persona" in words
    post(client, make_article(), proof=proof_of(person))
    assert ReaderComment.objects.get().state == State.PENDING


def test_nobody_makes_or_deletes_a_person_by_hand(desk):
    person = make_commenter()
    here = f"/admin/comments/commenter/{person.pk}"

    assert desk.get("/admin/comments/commenter/add/").status_code == 403
    assert desk.post(f"{here}/delete/", {"post": "yes"}).status_code == 403
    desk.post(f"{here}/change/", {"email": "other@example.org"})

    person.refresh_from_db()
    assert person.email == "ada@example.org"
    assert not LogEntry.objects.filter(object_repr__contains="ada@").exists()
