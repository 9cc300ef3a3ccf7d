"""A reader asks for the own data or to be forgotten: what goes, what stays, who may ask (R3)."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from comments import desk, followers, moderators, privacy, tokens
from comments.models import (
    Commenter,
    ConfirmationMail,
    DataRequest,
    Decision,
    ReaderComment,
    Report,
    Subscription,
)
from outbox.models import Message
from tests.comments.deciding import (
    desk_of,
    follow,
    links_in,
    mails_to,
    moderator,
    press,
    purges,
    report_on,
    take_back,
)
from tests.comments.writing import make_comment, make_commenter, post, proof_of
from tests.factories import make_article, make_author, make_user

pytestmark = pytest.mark.django_db

MARK = "zanzibar"
EMAIL = f"{MARK}@example.org"
ASK = "/commenti/dati/"
DAY = timedelta(days=1)


def found(*words):
    """Every ``table.column`` of the whole database that holds one of ``words``."""
    places = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    if any(word in str(value).lower() for word in words):
                        places.add(f"{table}.{column}")
    return places


@pytest.fixture
def person(client):
    """Somebody with a trace in every place we have, made by the ways readers and staff go."""
    boss = moderator("capo", superuser=True)
    article = make_article(authors=[make_author(user=make_user("vera"))])
    follow(article, "eva@example.org")
    fields = {"name": f"{MARK} Rossi", "email": EMAIL, "site": f"https://{MARK}.example/"}
    post(client, article, comment=f"{MARK} uno", wants="thread", address="203.0.113.77", **fields)
    root = ReaderComment.objects.get()
    client.post(links_in(mails_to(EMAIL)[0])[0])
    moderators.tell_due()
    root.refresh_from_db()
    desk_client = desk_of(boss)
    press(desk_client, "published", root)
    desk_client.post(f"/admin/comments/readercomment/{root.pk}/change/", {"comment": f"{MARK} due"})
    followers.tell_due()
    make_comment(parent=root, text="La risposta di un altro")
    for state in ("unconfirmed", "pending", "spam", "trash", "published"):
        more = {"user_url": f"https://{MARK}.example/", "address": "203.0.113.78"}
        last = make_comment(
            article, email=EMAIL, name=MARK, text=f"{MARK} {state}", state=state, **more
        )
    press(desk_client, "trash", last)
    take_back(desk_client)
    report_on(root, "personal", f"È {MARK} in persona")
    failed = Message.objects.exclude(key=None).filter(to="vera@example.org")
    failed.update(failed_at=timezone.now(), error="Il server ha risposto 550")
    privacy.ask("copy", EMAIL, "203.0.113.0/24")
    return Commenter.objects.get(email=EMAIL)


def test_the_person_of_these_tests_is_everywhere(person):
    places = found(MARK)

    for place in [
        "django_comments.user_name",
        "django_comments.user_email",
        "django_comments.user_url",
        "django_comments.comment",
        "comments_readercomment.signature",
        "comments_readercomment.html",
        "comments_commenter.email",
        "comments_decision.text_before",
        "comments_report.text",
        "outbox_message.to",
        "outbox_message.text",
        "outbox_message.html",
    ]:
        assert place in places, place
    holders = set(Message.objects.filter(text__contains=MARK).values_list("to", flat=True))
    assert holders == {"capo@example.org", "eva@example.org", "vera@example.org"}
    for model in (ConfirmationMail, DataRequest, Subscription):
        assert model.objects.filter(commenter=person).exists()
    assert "comments_readercomment.network" in found("203.0.113.")
    assert "django_comments.ip_address" in found("203.0.113.")


# --- erasure ---


def test_r3_erased_with_the_texts_nothing_is_left_in_any_table(person):
    assert privacy.erase(person, texts=True) == 6

    assert found(MARK, "203.0.113.") == set()


def test_r3_erased_without_the_texts_only_the_texts_are_left(person):
    privacy.erase(person, texts=False)

    assert found(MARK) == {"django_comments.comment", "comments_readercomment.html"}
    assert found("203.0.113.") == set()
    rows = ReaderComment.objects.filter(comment__contains=MARK)
    assert rows.count() == 6
    for row in rows:
        assert (row.signature, row.user_name, row.user_email, row.user_url) == (
            "Anonimo", "Anonimo", "", ""
        )  # fmt: skip
        assert (row.commenter, row.ip_address, row.network, row.face) == (None, None, "", "")


def test_r3_a_face_and_a_fingerprint_lead_nobody_back(person):
    before = set(ReaderComment.objects.values_list("face", "fingerprint"))

    privacy.erase(person, texts=False)

    after = ReaderComment.objects.filter(signature="Anonimo")
    for face, print_ in after.values_list("face", "fingerprint"):
        assert face == ""
        assert print_ not in {p for _, p in before}


@pytest.mark.parametrize("texts", [True, False])
def test_r3_the_others_and_their_place_in_the_thread_stay(person, client, texts):
    answer = ReaderComment.objects.get(comment="La risposta di un altro")

    privacy.erase(person, texts=texts)

    answer.refresh_from_db()
    assert (answer.state, answer.level, answer.signature) == ("published", 1, "Lettore")
    page = client.get(answer.article.get_absolute_url()).text
    assert "La risposta di un altro" in page
    assert ("Qui c’era un commento" in page) == texts
    assert (f"{MARK} due" in page) == (not texts)
    answer.article.refresh_from_db()
    assert answer.article.comment_count == (1 if texts else 3)


def test_r3_who_answered_only_the_own_comments_leaves_no_empty_rows():
    root = make_comment(email=EMAIL)
    make_comment(parent=make_comment(parent=root, email=EMAIL), email=EMAIL)

    privacy.erase(privacy.find(EMAIL), texts=True)

    assert not ReaderComment.objects.exists()


def test_r3_pages_that_showed_the_person_are_forgotten(person, django_capture_on_commit_callbacks):
    other = make_comment(email=EMAIL)
    stories = {f"article:{other.article_id}"}
    stories |= {f"article:{pk}" for pk in person.comments.values_list("article", flat=True)}

    with purges() as tags, django_capture_on_commit_callbacks(execute=True):
        privacy.erase(person, texts=False)

    assert {"comments", *stories} <= {tag for sent in tags for tag in sent}


def test_r3_followers_who_were_not_told_yet_are_told_of_anonimo(person):
    assert f"{MARK} Rossi" in mails_to("eva@example.org")[0].text

    privacy.erase(person, texts=False)
    followers.tell_due()

    (mail,) = mails_to("eva@example.org")
    assert "Anonimo ha scritto sotto" in mail.text
    assert "Rossi" not in mail.text + mail.html


def test_r3_moderators_still_hear_of_the_others_in_the_same_digest(person):
    Message.objects.filter(key__startswith="moderator:").delete()
    ReaderComment.objects.update(reported_at=None)
    make_comment(state="pending", text="Un altro che aspetta")
    moderators.tell_due()

    privacy.erase(person, texts=True)
    assert found(MARK) == set()
    moderators.tell_due()

    (mail,) = [m for m in mails_to("capo@example.org") if m.key.startswith("moderator:")]
    assert "Un altro che aspetta" in mail.text


def test_r3_a_mail_in_the_hands_of_a_worker_goes_too(person):
    Message.objects.update(claimed_at=timezone.now())

    privacy.erase(person, texts=True)

    assert found(MARK) == set()


def test_r3_somebody_without_comments_is_forgotten_too():
    follow(make_article(), EMAIL)

    assert privacy.erase(privacy.find(EMAIL), texts=True) == 0
    assert found(MARK) == set()


def test_r3_a_proof_of_an_erased_address_is_worth_nothing(person, client):
    proof = proof_of(person)
    privacy.erase(person, texts=True)

    post(client, make_article(), email=EMAIL, proof=proof, address="198.51.100.99")

    assert ReaderComment.objects.latest("pk").state == "unconfirmed"


# --- a copy ---


def test_r3_the_copy_holds_everything(person):
    copy = privacy.copy_of(person)
    text = json.dumps(copy, ensure_ascii=False)

    assert (copy["email"], bool(copy["confermato"]), bool(copy["approvato"])) == (EMAIL, True, True)
    assert len(copy["commenti"]) == 6
    first = copy["commenti"][-1] if "due" in copy["commenti"][-1]["testo"] else copy["commenti"][0]
    states = {c["stato"] for c in copy["commenti"]}
    assert states == {"da confermare", "in attesa", "pubblicato", "spam", "cestino"}
    for words in [
        f"{MARK} Rossi",
        f"https://{MARK}.example/",
        f"{MARK} due",
        f"{MARK} uno",  # the text of before the desk's edit
        "203.0.113.77",
        "203.0.113.0/24",
        "tutta la discussione",
        "Conferma il tuo commento",
        "una copia dei miei dati",
    ]:
        assert words in text, words
    assert first["articolo"]
    assert len(copy["mail di conferma"]) >= 1


def test_c10_the_copy_tells_no_word_of_the_lists(person):
    ReaderComment.objects.update(notes=["Parola della lista «forza» nel campo testo."])

    assert "forza" not in json.dumps(privacy.copy_of(person))


def test_the_copy_of_somebody_else_holds_nothing_of_this_person(person):
    other = Commenter.objects.exclude(pk=person.pk).filter(comments__isnull=False).first()

    assert MARK not in json.dumps(privacy.copy_of(other))


# --- by mail, without an account ---


def ask(client, email=EMAIL, kind="copy", **more):
    return client.post(ASK, {"kind": kind, "email": email, "homepage": ""}, **more)


def link_of(email=EMAIL):
    return links_in(mails_to(email)[-1])[0]


@pytest.fixture
def reader():
    make_comment(email=EMAIL, name="Ada", text="Il mio commento")
    return make_commenter(EMAIL)


def test_r3_the_answer_is_the_same_for_every_address(client, reader):
    known, unknown = ask(client), ask(client, "nessuno@example.org")

    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert known.headers.items() - {("X-Request-ID", known["X-Request-ID"])} == (
        unknown.headers.items() - {("X-Request-ID", unknown["X-Request-ID"])}
    )
    assert [m.to for m in mails_to()] == [EMAIL]


def test_r3_an_address_we_do_not_know_is_not_kept(client):
    ask(client, "nessuno@example.org")

    assert found("nessuno") == set()


def test_m2_the_mail_holds_only_our_words(client, reader):
    ask(client)

    (mail,) = mails_to(EMAIL)
    assert "una copia dei miei dati" in mail.text
    assert "24 ore" in mail.text
    for words in ("Ada", "Il mio commento"):
        assert words not in mail.text + mail.html
    assert len(links_in(mail)) == 1


def test_m2_a_mailbox_gets_at_most_three_such_mails_a_day(client, reader):
    for number in range(5):
        ask(client, REMOTE_ADDR=f"198.51.{number}.1")

    assert len(mails_to(EMAIL)) == 3


def test_m4_a_get_of_the_link_does_nothing(client, reader):
    ask(client, kind="all")

    for method in (client.get, client.head):
        answer = method(link_of())
        assert answer.status_code == 200
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Cache-Control"] == "private, no-store"
    assert Commenter.objects.exists()
    assert DataRequest.objects.get().done_at is None


def test_r3_the_copy_comes_once_as_a_file(client, reader):
    ask(client)
    link = link_of()
    assert EMAIL not in client.get(link).text  # who has the link knows it (R2)

    answer = client.post(link)

    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == 'attachment; filename="i-miei-dati.json"'
    assert answer["Cache-Control"] == "private, no-store"
    assert json.loads(answer.text)["commenti"][0]["testo"] == "Il mio commento"
    for again in (client.post(link), client.get(link)):
        assert again.status_code == 410
        assert "Il mio commento" not in again.text


@pytest.mark.parametrize(("kind", "texts"), [("name", True), ("all", False)])
def test_r3_the_reader_erases_the_own_traces_by_mail(client, reader, kind, texts):
    ask(client, kind=kind)
    link = link_of()

    page = client.post(link)

    assert "Fatto: ti abbiamo dimenticato" in page.text
    assert found(MARK) == set()
    assert ReaderComment.objects.filter(comment="Il mio commento").exists() == texts
    assert client.post(link).status_code == 410


def test_m4_the_link_lasts_a_day(client, reader, monkeypatch):
    assert tokens.AGES["data"] == 24 * 3600
    ask(client, kind="all")
    monkeypatch.setitem(tokens.AGES, "data", -1)

    assert client.get(link_of()).status_code == 410
    assert client.post(link_of()).status_code == 410
    assert Commenter.objects.exists()


def test_m4_a_forged_link_does_nothing(client, reader):
    ask(client, kind="all")
    number = DataRequest.objects.get().pk

    for token in ["x", tokens.make("confirm", number), tokens.make("data", str(number))]:
        assert client.post(f"{ASK}{token}/").status_code == 410
    assert Commenter.objects.exists()


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}]
)
def test_c2_neither_form_is_pressed_by_another_site(client, reader, headers):
    assert ask(client, kind="all", headers=headers).status_code == 403
    ask(client, kind="all")

    client.post(link_of(), headers=headers)

    assert len(mails_to(EMAIL)) == 1
    assert Commenter.objects.exists()


def test_m4_two_presses_at_once_erase_once(client, reader):
    ask(client, kind="all")
    request_ = DataRequest.objects.select_related("commenter").get()

    privacy.carry_out(request_)

    assert privacy.carry_out(request_) is None
    assert not DataRequest.objects.exists()


def test_m4_two_presses_at_once_give_one_copy(client, reader):
    ask(client)
    request_ = DataRequest.objects.select_related("commenter").get()

    assert privacy.carry_out(request_)["email"] == EMAIL
    assert privacy.carry_out(request_) is None


def test_a_form_that_is_not_filled_in_comes_back_with_reasons(client):
    page = client.post(ASK, {"email": "ada"})

    assert page.status_code == 422
    assert "Scegli che cosa vuoi." in page.text
    assert "non è scritto bene" in page.text
    assert 'value="ada"' in page.text


def test_r1_the_form_is_a_shared_page_without_cookies(client):
    answer = client.get(ASK)

    assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert not answer.cookies


# --- the desk's commands ---


def test_the_desk_erases_by_command(person, capsys):
    call_command("erase_commenter", f"  {EMAIL.upper()} ")

    assert capsys.readouterr().out == "6 comments anonymised\n"
    assert found(MARK) == {"django_comments.comment", "comments_readercomment.html"}


def test_the_desk_erases_texts_by_command(person):
    call_command("erase_commenter", EMAIL, "--texts")

    assert found(MARK) == set()


def test_the_desk_exports_by_command(person, capsys):
    call_command("export_commenter", EMAIL)

    copy = json.loads(capsys.readouterr().out)
    assert copy == json.loads(json.dumps(privacy.copy_of(person)))


@pytest.mark.parametrize("command", ["erase_commenter", "export_commenter"])
def test_a_command_says_when_nobody_has_this_address(command):
    with pytest.raises(CommandError, match="nobody commented"):
        call_command(command, "nessuno@example.org")


def test_the_log_of_decisions_survives_without_the_words(person):
    root = ReaderComment.objects.get(comment=f"{MARK} due")
    desk.edit(root, moderator(), f"{MARK} tre", f"<p>{MARK} tre</p>")

    privacy.erase(person, texts=False)

    log = Decision.objects.filter(comment=root)
    assert log.exists()
    assert not log.exclude(text_before="").exists()
    assert Report.objects.get().text == ""
