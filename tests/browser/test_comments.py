"""Readers and moderators in a real browser: from the first word to the mail of a follower."""

import re

import pytest

from comments import followers, moderators
from comments.models import Policy, ReaderComment, State, Word
from outbox.models import Message
from tests.comments.writing import make_comment, make_commenter, proof_of
from tests.factories import make_article, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LINK = re.compile(r"http://[^\s\"<>]+/commenti/[^\s\"<>]+")
PAUSE = 3500  # ms: a form sent sooner is held, as it should be


def write(page, text, *, name="Ada", email="ada@example.org"):
    page.fill("#id_comment", text)
    page.fill("#id_name", name)
    page.fill("#id_email", email)


def send(page):
    with page.expect_navigation():
        page.get_by_role("button", name="Invia il commento").click()


def last_link(to, word):
    """The address in the newest mail to somebody that leads to ``word``."""
    mail = Message.objects.filter(to=to).latest("pk")
    return next(link for link in LINK.findall(mail.text) if f"/{word}/" in link)


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def test_a_reader_comments_confirms_and_is_read(page, live_site, login):
    article = make_article(title="Un titolo")
    page.goto(live_site.url + article.get_absolute_url())
    write(page, "Bello, ma *manca* qualcosa.")
    page.get_by_role("button", name="Anteprima").click()
    page.locator("[data-preview] em", has_text="manca").wait_for()
    page.check("#id_remember")
    page.check("input[name=wants][value=thread]")
    send(page)
    assert "manca la conferma" in page.inner_text("h1")
    with page.expect_navigation():
        page.get_by_role("link", name="Vedilo al suo posto").click()
    assert page.get_by_text("Lo vedi solo tu.").is_visible()

    page.goto(last_link("ada@example.org", "conferma"))
    assert ReaderComment.objects.get().state == State.UNCONFIRMED
    press(page, "Sì, confermo")
    assert "lo legge una persona" in page.inner_text("h1")
    page.get_by_role("button", name="Ricordalo in questo browser").click()
    assert page.context.cookies() == []

    moderator = page.context.browser.new_context(locale="it-IT").new_page()
    login(moderator, live_site, make_user("moderatrice"))
    moderator.goto(f"{live_site.url}/admin/comments/readercomment/")
    assert "primo commento" in moderator.inner_text(".card__why")
    press(moderator, "Pubblica")
    assert moderator.get_by_role("button", name="Annulla").is_visible()

    page.goto(live_site.url + article.get_absolute_url())
    assert page.get_by_role("heading", name="Una risposta a «Un titolo»").is_visible()
    assert page.locator("#id_name").input_value() == "Ada"
    page.wait_for_timeout(100)
    ReaderComment.objects.update(submit_date="2026-01-01T00:00:00Z")  # fifteen seconds are long
    page.fill("#id_comment", "Ora esco subito.")
    send(page)
    assert ReaderComment.objects.latest("pk").state in (State.PUBLISHED, State.PENDING)
    assert "indirizzo" not in " ".join(ReaderComment.objects.latest("pk").reasons)
    assert not [said for said in page.said if "error" in said.lower()], page.said
    moderator.context.close()


def test_everything_works_with_scripts_off(browser, live_site):
    parent = make_comment(name="Bruno", text="Apro io.")
    article = parent.article
    page = browser.new_context(java_script_enabled=False, locale="it-IT").new_page()
    page.goto(live_site.url + article.get_absolute_url())
    with page.expect_navigation():
        page.get_by_role("link", name="Rispondi").click()
    assert page.get_by_role("heading", name="Rispondi a Bruno").is_visible()
    write(page, "E io rispondo.", email="storto")
    page.locator("form[data-comment-form]").evaluate("form => form.noValidate = true")
    send(page)
    assert page.locator("#error-email").inner_text().startswith("Questo indirizzo")
    assert page.input_value("#id_comment") == "E io rispondo."
    page.fill("#id_email", "ada@example.org")
    press(page, "Anteprima")
    assert page.locator(".form__preview").get_by_text("E io rispondo.").is_visible()
    send(page)
    answer = ReaderComment.objects.latest("pk")
    assert (answer.parent_id, answer.state) == (parent.pk, State.UNCONFIRMED)
    page.goto(last_link("ada@example.org", "conferma"))
    press(page, "Sì, confermo")
    answer.refresh_from_db()
    assert answer.state == State.PENDING
    assert page.context.cookies() == []
    page.context.close()


def test_answering_in_place_and_a_text_that_survives_a_closed_tab(page, live_site):
    parent = make_comment(name="Bruno")
    address = live_site.url + parent.article.get_absolute_url()
    page.goto(address)
    page.get_by_role("link", name="Rispondi").click()
    assert page.locator(f"#comment-{parent.pk} #respond").is_visible()
    assert page.evaluate("document.activeElement.id") == "respond-title"
    page.fill("#id_comment", "Un testo lungo che non voglio perdere")
    page.goto("about:blank")
    page.goto(address)
    assert page.input_value("#id_comment") == "Un testo lungo che non voglio perdere"
    page.get_by_role("link", name="Rispondi").click()
    page.get_by_role("button", name="Non rispondere, scrivi in fondo").click()
    assert page.locator(f"#comment-{parent.pk} #respond").count() == 0
    page.fill("#id_name", "Ada")
    page.fill("#id_email", "ada@example.org")
    send(page)
    page.goto(address)
    assert page.input_value("#id_comment") == ""


def test_a_moderator_decides_from_the_mail_and_a_follower_is_told_once(page, live_site):
    make_user("moderatrice")
    follower = make_commenter("segue@example.org")
    first = make_comment(email="segue@example.org", wants="thread")
    follower.subscriptions.create(
        article=first.article, scope="thread", created_at=first.submit_date
    )
    waiting = make_comment(first.article, state=State.PENDING, text="Mi pubblicate?")
    assert moderators.tell_due() == 1

    page.goto(last_link("moderatrice@example.org", "decidi"))
    assert page.get_by_text("Mi pubblicate?").is_visible()
    waiting.refresh_from_db()
    assert waiting.state == State.PENDING
    press(page, "Pubblica")
    assert "è pubblicato" in page.inner_text("h1")
    ReaderComment.objects.filter(pk=waiting.pk).update(told_at=None)
    assert followers.tell_due() == 1
    assert followers.tell_due() == 0
    letters = Message.objects.filter(to="segue@example.org")
    assert letters.count() == 1

    page.goto(last_link("segue@example.org", "basta"))
    press(page, "Sì, smettete")
    assert "niente più avvisi" in page.inner_text("h1")


def test_a_troll_meets_each_rule(page, live_site):
    article = make_article()
    Word.objects.create(text="pillole", effect=Word.Effect.TRASH)
    Word.objects.create(text="gratis")
    proof = proof_of(make_commenter("troll@example.org"))
    meets = {
        "Uno https://a.example e due https://b.example": "Contiene 2 link",
        "Tutto gratis, venite": "Contiene una parola che ci fa leggere",
        "Compra pillole": "Contiene parole che qui non pubblichiamo",
    }
    for text, reason in meets.items():
        page.goto(live_site.url + article.get_absolute_url())
        write(page, text, name="Troll", email="troll@example.org")
        page.evaluate("token => localStorage.setItem('mmul.proof', token)", f'"{proof}"')
        send(page)
        assert reason in page.inner_text(".talk__list"), text
        assert "pillole" not in page.inner_text(".talk__list")
        ReaderComment.objects.update(submit_date="2026-01-01T00:00:00Z")

    page.goto(live_site.url + article.get_absolute_url())
    write(page, "Compro tutto", name="Troll", email="troll@example.org")
    page.evaluate("document.querySelector('[name=homepage]').value = 'x'")
    send(page)
    assert "campo nascosto" in page.inner_text("[role=alert]")
    assert page.input_value("#id_comment") == "Compro tutto"
    Policy.objects.create(close_after_days=1)
    article.published_at = article.published_at.replace(year=2020)
    article.save()
    page.fill("#id_comment", "Ancora io")
    send(page)
    assert "chiusi" in page.inner_text("[role=alert]")
