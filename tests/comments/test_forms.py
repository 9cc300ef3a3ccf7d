"""What readers type: limits, odd letters, what comes back and what is said next to its field."""

from urllib.parse import urlencode

import pytest

from comments.forms import (
    EMAIL_LENGTH,
    SITE_LENGTH,
    TEXT_LENGTH,
    CommentForm,
    CorrectionForm,
    DataForm,
    ReportForm,
)
from comments.models import ReaderComment, State
from comments.models.comment import NAME_LENGTH
from comments.rules import MOST_LINKS
from kit.text import tidy_line
from outbox.models import Message
from tests.comments.reading import fields_of, page_of, press_again
from tests.comments.writing import filled, make_comment, post
from tests.factories import make_article

pytestmark = [pytest.mark.django_db, pytest.mark.once]

LONGEST_EMAIL = f"{'x' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 58}.it"
EMPTY = "Scrivi qualcosa: così non c’è niente da leggere."
SITE = "Scrivi un indirizzo come https://esempio.it, o lascia vuoto."
EMAIL = "Questo indirizzo e-mail non è scritto bene."
NAME = "Scrivi un nome con almeno una lettera o una cifra."
CONTROLS = "Contiene caratteri di controllo invisibili: riscrivi il testo a mano."
TRUE = {
    "comment": "Un *testo*\n\n```\n</textarea><script>alert(1)</script>\n```",
    "name": 'Ada "l\'altra" <b>',
    "email": "ada@example.org",
    "site": "https://example.org/?a=1&b=2",
    "wants": "replies",
}


def assert_refused(response, field, sentence):
    """422, nothing kept, the sentence next to the field and nowhere else."""
    page = page_of(response)
    assert (response.status_code, page.said) == (422, {field: sentence})
    assert f'aria-invalid="true" aria-describedby="error-{field}"' in response.text or (
        f'error-{field}" aria-invalid="true"' in response.text
    )
    assert page.alarms == [
        "C’è qualcosa da sistemare: lo trovi accanto ai campi. Il testo è qui sotto, tutto."
    ]
    assert not ReaderComment.objects.exists()
    assert not Message.objects.exists()


# --- limits ---


@pytest.mark.both
@pytest.mark.parametrize(
    ("field", "most"),
    [
        ("comment", "x" * 10_000),
        ("comment", "e\u0301" * 10_000),
        ("comment", "😀" * 10_000),
        ("name", "x" * 245),
        ("name", "e\u0301" * 245),
        ("name", "x" * 245 + " \u202e"),
        ("email", LONGEST_EMAIL),
        ("site", f"https://example.org/{'x' * 180}"),
        ("site", f"example.org/{'x' * 180}"),  # and eight for https://
        ("comment", " ".join(f"https://a.example/{n}" for n in range(49))),
    ],
)
def test_exactly_at_a_limit_everything_is_kept(client, field, most):
    assert post(client, make_article(), **{field: most}).status_code == 302

    row = ReaderComment.objects.get()
    kept = {"comment": row.comment, "name": row.signature, "email": row.user_email}
    kept["site"] = row.user_url.removeprefix("https://" if "://" not in most else "")
    assert kept[field] == tidy_line(most)


def test_the_limits_are_those_of_the_trust_table():
    assert (TEXT_LENGTH, NAME_LENGTH, EMAIL_LENGTH, SITE_LENGTH) == (10_000, 245, 254, 200)
    assert (len(LONGEST_EMAIL), MOST_LINKS) == (254, 50)


@pytest.mark.parametrize(
    ("field", "over", "sentence"),
    [
        ("comment", "x" * 10_001, "Al massimo 10.000 caratteri: qui sono 10.001."),
        ("comment", ("parola " * 20_000).strip(), "Al massimo 10.000 caratteri: qui sono 139.999."),
        ("name", "x" * 246, "Al massimo 245 caratteri: qui sono 246."),
        ("name", "x" * 300, "Al massimo 245 caratteri: qui sono 300."),
        ("email", LONGEST_EMAIL[1:] + "xx", "Al massimo 254 caratteri: qui sono 255."),
        ("email", "x" * 60_000, "Al massimo 254 caratteri: qui sono 60.000."),
        ("site", f"https://example.org/{'x' * 181}", "Al massimo 200 caratteri: qui sono 201."),
        ("site", f"example.org/{'x' * 181}", "Al massimo 200 caratteri: qui sono 201."),
        ("site", "x" * 60_000, "Al massimo 200 caratteri: qui sono 60.000."),
        ("comment", "https://a.example " * 50, "Ci sono troppi link: meno di 50."),
        ("comment", "[x](https:&#47;&#47;a.example) " * 50, "Ci sono troppi link: meno di 50."),
    ],
)
def test_one_over_a_limit_is_refused_with_the_limit_and_all_of_it_comes_back(
    client, field, over, sentence
):
    response = post(client, make_article(), **{field: over})

    assert_refused(response, field, sentence)
    assert fields_of(response)[field] == over


@pytest.mark.both
def test_a_site_that_grows_past_its_column_when_https_is_added_is_refused(client):
    typed = f"example.org/{'x' * 186}"

    response = post(client, make_article(), site=typed)

    assert_refused(response, "site", "Al massimo 200 caratteri: qui sono 206.")
    assert fields_of(response)["site"] == typed


@pytest.mark.parametrize("text", ["> " * 50 + "x", "- " * 50 + "x"])
def test_fifty_levels_are_refused_next_to_the_text(client, text):
    response = post(client, make_article(), comment=text)

    sentence = "Citazioni ed elenchi sono annidati troppo: al massimo 8 livelli"
    assert response.status_code == 422
    assert page_of(response).said["comment"].startswith(sentence)
    assert fields_of(response)["comment"] == text


def test_too_many_fields_or_a_file_are_no_form_of_ours(client):
    article = make_article()
    many = {f"x{n}": "1" for n in range(50)}

    assert post(client, article, **many).status_code == 400
    with open(__file__, "rb") as file:
        assert client.post("/commenti/", filled(article) | {"f": file}).status_code == 400
    assert post(client, article, x="y" * 300_000).status_code == 413
    assert not ReaderComment.objects.exists()


# --- what is no text, no name, no address ---


NOTHING = ["", " ", " \n\t ", "\u00a0\u2003", "\u200b\u200d", "\u202e\u202c", "\ufeff"]
NOTHING += ["\u0301", "\0", "\x07\x1b", ">", "> > >", "-", "```\n```"]


@pytest.mark.parametrize("text", NOTHING)
def test_where_there_is_nothing_to_read_it_is_said(client, text):
    assert_refused(post(client, make_article(), comment=text), "comment", EMPTY)


@pytest.mark.parametrize("text", ["😀", "👍🏽", "👨‍👩‍👧‍👦", "🏳️‍🌈", "😀 😀\n\n😀", "🇮🇹"])
def test_only_emoji_is_a_comment(client, text):
    assert post(client, make_article(), comment=text).status_code == 302
    comment = ReaderComment.objects.get()
    assert comment.comment == text
    assert text.split("\n")[0] in comment.html


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Scrivi il nome con cui vuoi firmare."),
        ("   ", "Scrivi il nome con cui vuoi firmare."),
        ("\u202e\u200b", "Scrivi il nome con cui vuoi firmare."),
        ("...", NAME),
        ("😀", NAME),
        ("\u0301", NAME),
        ("Ada\r\nBcc: eva@example.org", CONTROLS),
        ("Ada\nAda", CONTROLS),
        ("Ada\x1b[0m", CONTROLS),
        ("Ada\u2028Ada", CONTROLS),
    ],
)
def test_a_name_needs_a_letter_and_one_line(client, name, sentence):
    assert_refused(post(client, make_article(), name=name), "name", sentence)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("\u202eada\u202c", "ada"),
        ("A\u200bd\u200da", "Ada"),
        ("<b>Ada</b>", "<b>Ada</b>"),
        ("Niccolo\u0300", "Niccolò"),
        ("0xAda", "0xAda"),
        ("李", "李"),
    ],
)
def test_a_name_is_kept_without_what_nobody_sees(client, typed, kept):
    post(client, make_article(), name=typed)

    assert ReaderComment.objects.get().signature == kept


@pytest.mark.parametrize(
    "site",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)//https://example.org",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://example.org",
        "mailto:ada@example.org",
        "//example.org",
        "https://",
        "http://exa mple.org",
        "una frase",
        "https://example.org/\u2028x",
        "https://example.org/\r\nSet-Cookie: a=b",
    ],
)
def test_c1_a_site_is_http_or_https_or_the_form_comes_back(client, site):
    response = post(client, make_article(), site=site)

    assert response.status_code == 422
    assert page_of(response).said["site"].split(". ")[0].rstrip(".") in (
        SITE.rstrip("."),
        CONTROLS.rstrip("."),
    )
    assert not ReaderComment.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("example.org", "https://example.org"),
        ("http://example.org", "http://example.org"),
        ("HTTPS://example.org/A", "HTTPS://example.org/A"),
        ("https://example.org/\u202ex", "https://example.org/x"),
        (" https://example.org/ ", "https://example.org/"),
    ],
)
def test_a_site_is_kept_as_an_address(client, typed, kept):
    post(client, make_article(), site=typed)

    assert ReaderComment.objects.get().user_url == kept


@pytest.mark.parametrize(
    "email",
    [
        "ada",
        "ada@",
        "ada@example",
        "ada@example.org, eva@example.org",
        "ada@example.org\r\nBcc: eva@example.org",
        "ada@example.org\nBcc: eva@example.org",
        "Ada <ada@example.org>",
        '"ada ada"@example.org',
        "ada@[192.0.2.1]",
        "ada@exa\u202emple.org",
        "a\u200bda@example.org",
        "ada@exam ple.org",
    ],
)
def test_m1_what_the_outbox_would_not_write_to_is_no_address(client, email):
    response = post(client, make_article(), email=email)

    assert_refused(response, "email", EMAIL)
    typed = fields_of(response)["email"]
    assert typed.split() == email.split()


@pytest.mark.both
def test_an_address_is_kept_in_one_spelling(client):
    post(client, make_article(), email=" ADA@Example.ORG ")

    assert ReaderComment.objects.get().user_email == "ada@example.org"
    assert Message.objects.get().to == "ada@example.org"


def test_a_wish_that_is_not_offered_is_said_next_to_the_wishes(client):
    response = post(client, make_article(), wants="tutto")

    assert page_of(response).said == {"wants": "Scegli una di queste possibilità."}
    assert response.status_code == 422


# --- odd letters ---


@pytest.mark.both
def test_control_characters_go_and_the_rest_of_the_text_stays(client):
    post(client, make_article(), comment="a\0b\x07c\x1bd\x85e\r\nf\tg")

    assert ReaderComment.objects.get().comment == "abcde\nf\tg"


@pytest.mark.both
def test_lone_surrogates_go_from_the_text_and_are_refused_in_a_line():
    form = CommentForm(filled(make_article(), comment="a\ud800b\udfffc", name="A\ud800da"))

    assert not form.is_valid()
    assert list(form.errors) == ["name"]
    assert form.errors["name"] == [CONTROLS]
    assert form.cleaned_data["comment"][0] == "abc"


@pytest.mark.both
def test_bytes_that_are_no_utf8_cost_nobody_the_text(client):
    article = make_article()
    body = urlencode(filled(article, comment="prima SEGNO dopo"))
    body = body.replace("SEGNO", "%ED%A0%80%FF")

    response = client.post("/commenti/", body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 302
    text = ReaderComment.objects.get().comment
    assert text.startswith("prima \ufffd")
    assert text.endswith("\ufffd dopo")


def test_direction_overrides_in_a_text_are_kept_and_cannot_leave_it(client):
    text = "\u202eotnemmoc nu"
    comment = make_comment(text=text)
    page = client.get(comment.article.get_absolute_url()).text

    # An element with a direction of its own is a world of its own to what stands around it.
    assert f'<div class="comment__text" dir="auto"><p>{text}</p></div>' in page


@pytest.mark.parametrize(
    "field", ["comment", "name", "email", "site", "wants", "reply_to", "proof"]
)
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x0b", "%0d%0a"])
def test_m1_no_field_writes_a_header(client, field, end):
    article = make_article(title="Titolo")
    value = str(filled(article)[field]) + f"{end}Bcc: eva@example.org"

    response = post(client, article, **{field: value})

    assert response.status_code in (302, 422)
    assert "eva@example.org" not in response.headers.get("Location", "")
    for mail in Message.objects.all():
        assert mail.to == "ada@example.org"
        assert "eva@example.org" not in f"{mail.subject} {mail.headers} {mail.sender}"
    if field in ("name", "email", "site"):
        assert not Message.objects.filter(to__contains="eva").exists()


# --- what comes back ---


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "no"},
        {"name": ""},
        {"site": "javascript:alert(1)"},
        {"comment": " \n "},
        {"wants": "tutto"},
        {"reply_to": "999999"},
        {"form": "vecchio"},
        {"homepage": "x"},
    ],
)
def test_everything_typed_comes_back(client, wrong):
    typed = TRUE | {key: value for key, value in wrong.items() if key in TRUE}

    response = post(client, make_article(), **TRUE | wrong)

    back = fields_of(response)
    assert response.status_code == 422
    assert {key: back.get(key, "tutto") for key in TRUE} == typed
    assert back["homepage"] == ""
    assert "<script>alert" not in response.text


def test_the_form_that_came_back_can_be_sent_as_it_stands(client):
    first = post(client, make_article(), **TRUE | {"email": "no"})

    second = press_again(client, first, email="ada@example.org")

    comment = ReaderComment.objects.get()
    assert second.status_code == 302
    assert comment.comment == TRUE["comment"]
    assert (comment.signature, comment.user_url) == (TRUE["name"], TRUE["site"])


def test_the_form_that_came_back_may_be_sent_at_once(client):
    """How fast somebody presses again says nothing: all was typed before."""
    first = post(client, make_article(), comment="Ecco", email="no")
    press_again(client, first, email="ada@example.org")

    assert not [why for why in ReaderComment.objects.get().reasons if "pochi istanti" in why]


def test_every_fault_is_said_at_once_each_next_to_its_field(client):
    response = post(client, make_article(), comment="", name="", email="no", site="ftp://x.it")

    assert set(page_of(response).said) == {"comment", "name", "email", "site"}


def test_a_refusal_is_a_page_of_ours_that_nobody_keeps(client):
    response = post(client, make_article(), email="no")

    assert response.headers["Cache-Control"] == "private, no-store"
    assert not response.cookies
    assert not page_of(response).open
    assert not page_of(response).crossed
    assert "Il tuo indirizzo e-mail non sarà pubblicato." in response.text
    assert "noindex" in response.text


def test_the_form_on_the_page_has_every_field_and_no_limit_that_cuts(client):
    response = client.get(make_article().get_absolute_url())

    names = ["story", "form", "reply_to", "proof", "homepage", "comment", "name", "email", "site"]
    assert list(fields_of(response)) == [*names, "wants"]
    assert fields_of(response)["wants"] == "none"
    assert "maxlength" not in response.text


# --- a story that nobody sees, a page that only takes posts ---


@pytest.mark.parametrize("story", ["", "0", "x", "9" * 30, "-1", "1 or 1=1", "\u0661", "1\0"])
def test_p2_a_story_that_is_none_is_a_404(client, story):
    assert post(client, make_article(), story=story).status_code == 404


def test_p1_a_hidden_story_answers_like_none(client):
    draft = make_article(status="draft")

    hidden, none = post(client, draft), post(client, draft, story="999999")

    assert (hidden.status_code, none.status_code) == (404, 404)
    assert hidden.content == none.content


def test_the_address_of_the_form_only_takes_posts(client):
    for address in ("/commenti/", "/commenti/anteprima/"):
        assert client.get(address).status_code == 405


# --- the other forms ---


def test_the_other_forms_measure_with_the_same_tools():
    assert not CorrectionForm({"comment": "x" * 10_001}).is_valid()
    assert CorrectionForm({"comment": "x" * 10_000}).is_valid()
    assert ReportForm({"reason": "spam", "text": "x" * 1000}).is_valid()
    long = ReportForm({"reason": "spam", "text": "x" * 1001})
    assert long.errors["text"] == ["Al massimo 1.000 caratteri: qui sono 1.001."]
    assert ReportForm({}).errors == {"reason": ["Scegli un motivo."]}
    assert DataForm({"kind": "copy", "email": "a@b.it\r\nBcc: c@d.it"}).errors == {"email": [EMAIL]}
    assert DataForm({"kind": "copy", "email": " ADA@example.org"}).is_valid()


# --- the preview without scripts ---


def test_the_preview_shows_the_text_as_it_will_read_and_keeps_nothing(client):
    response = post(client, make_article(), **TRUE, preview="1")

    assert response.status_code == 200
    assert "<em>testo</em>" in response.text
    assert {key: fields_of(response)[key] for key in TRUE} == TRUE
    assert "Ecco come si leggerà" in response.text
    assert not ReaderComment.objects.exists()


def test_after_a_preview_the_comment_is_sent_with_one_press(client):
    response = press_again(client, post(client, make_article(), **TRUE, preview="1"))

    assert response.status_code == 302
    assert ReaderComment.objects.get().state == State.UNCONFIRMED


def test_the_preview_for_scripts_is_the_same_html(client):
    response = client.post("/commenti/anteprima/", {"comment": "un *testo*"})

    assert response.status_code == 200
    assert "<p>un <em>testo</em></p>" in response.text
    empty = client.post("/commenti/anteprima/", {"comment": " "})
    assert (empty.status_code, EMPTY in empty.text) == (422, True)
