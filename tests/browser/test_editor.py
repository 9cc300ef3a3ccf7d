"""The visual editor in a real browser: writing, quotations, pictures, the round trip."""

import io
import re

import pytest
from django.urls import reverse
from PIL import Image as Pillow

from articles.models import Article
from images.models import Image
from kit import html
from tests.factories import make_article, make_author, make_category, make_image, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EVERYTHING = (
    "<p>Testo con <strong>forza</strong>, <em>accento</em>, <s>ripensamento</s>, H<sub>2</sub>O, "
    'x<sup>2</sup>, <code>ls -l</code>, <kbd>Ctrl</kbd>, <abbr title="Linux Standard Base">LSB'
    '</abbr>,<br>un <a href="https://www.kernel.org/">link</a> e <a href="/chi-siamo/">uno di casa'
    '</a> con <a href="https://example.org/"><code>codice</code></a>.</p>'
    "<h2>Titolo</h2><h3>Sottotitolo</h3>"
    "<ul><li>uno</li><li>due<ul><li>dentro</li></ul></li></ul>"
    '<ol start="3"><li>tre</li><li><p>quattro</p><p>ancora</p></li></ol>'
    "<blockquote><p>Una citazione semplice.</p></blockquote>"
    '<pre><code class="language-bash">for f in *; do\n    echo "$f" &amp;&amp; true\ndone'
    "</code></pre>"
    "<pre><code>senza lingua</code></pre>"
    "<hr>"
    '<table><thead><tr><th scope="col">Nome</th><th scope="col">Data</th></tr></thead>'
    '<tbody><tr><th scope="row">7.4</th><td>maggio</td></tr>'
    '<tr><td colspan="2">una <em>sola</em></td></tr></tbody></table>'
    '<figure class="picture" data-image="{image}"><figcaption>Un <em>pinguino</em></figcaption>'
    "</figure>"
    '<figure class="picture" data-image="{image}"></figure>'
    '<figure class="video" data-video="youtube:aqz-KE-bpKQ"><figcaption>Il filmato</figcaption>'
    "</figure>"
    '<figure class="quotation"><blockquote class="original" lang="en" cite="https://example.org/a">'
    "<p>It <em>just</em> works.</p><p>Really.</p></blockquote>"
    '<blockquote class="translation" lang="it"><p>Funziona e <em>basta</em>.</p><p>Davvero.</p>'
    "</blockquote><figcaption><cite>Ada Neri</cite> "
    '<time datetime="2022-11-16"></time></figcaption></figure>'
    '<figure class="quotation"><blockquote class="original" lang="de"><p>Ja.</p></blockquote>'
    '<blockquote class="translation" lang="it"><p>Sì.</p></blockquote></figure>'
    "<p>Fine.</p>"
)


@pytest.fixture
def desk(page, live_site, login):
    """Call with a story, or without for a new one: its form, ready to be written in."""
    login(page, live_site)

    def open_form(article=None):
        name = "admin:articles_article_" + ("change" if article else "add")
        page.goto(live_site.url + reverse(name, args=[article.pk] if article else []))
        page.locator(".ProseMirror").wait_for()
        return page

    return open_form


def save(page):
    with page.expect_navigation():
        page.get_by_role("button", name="Salva e continua").click()
    assert page.locator(".errornote").count() == 0, page.locator("#content").inner_text()


def complaints(page):
    """What the console said; a picture without its file is the test's own."""
    return [line for line in page.said if "404" not in line]


def png():
    stream = io.BytesIO()
    Pillow.effect_mandelbrot((800, 450), (-2, -1.5, 1, 1.5), 20).convert("RGB").save(stream, "PNG")
    return {"name": "figura.png", "mimeType": "image/png", "buffer": stream.getvalue()}


def test_every_kind_of_block_survives_the_round_trip(desk):
    image = make_image()
    body = html.clean(EVERYTHING.replace("{image}", str(image.pk)), "article")
    story = make_article(body=body)
    page = desk(story)

    page.locator(".ProseMirror > p").last.click()
    page.keyboard.press("End")
    page.keyboard.type("x")
    page.keyboard.press("Backspace")
    written = page.locator("#id_body").input_value()
    assert html.clean(written, "article") == str(body)
    save(page)

    assert Article.objects.get().body == str(body)
    assert complaints(page) == []


def test_a_form_that_was_only_opened_sends_the_body_back_untouched(desk):
    body = html.clean(EVERYTHING.replace("{image}", str(make_image().pk)), "article")
    page = desk(make_article(body=body))

    assert page.locator("#id_body").input_value() == str(body)


def test_a_story_with_a_quotation_and_an_uploaded_picture(desk):
    make_category("Kernel")
    page = desk()
    page.fill("#id_title", "Esce il kernel")
    page.locator(".field-main_category .select2-selection").click()
    page.get_by_role("option", name="Kernel").click()

    page.locator(".ProseMirror").click()
    page.keyboard.type("Ecco la novità.")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Citazione bilingue").click()
    page.keyboard.type("It just works.")
    page.keyboard.press("Tab")
    page.keyboard.type("Funziona e basta.")
    page.keyboard.press("Tab")
    page.keyboard.type("Ada Neri")
    page.keyboard.press("Tab")
    page.keyboard.type("https://example.org/annuncio")
    page.get_by_label("Data", exact=True).fill("2022-11-16")
    page.get_by_label("Lingua dell’originale").select_option("fr")

    page.locator(".ProseMirror > p").last.click()
    page.get_by_role("button", name="Figura", exact=True).click()
    page.get_by_role("tab", name="Carica una figura").click()
    upload = page.locator("dialog.picker")
    upload.get_by_label("File").set_input_files(png())
    upload.get_by_role("button", name="Carica e inserisci").click()
    assert upload.get_by_text("Scrivi che cosa si vede").is_visible()
    upload.get_by_label("Testo alternativo").fill("Un frattale")
    upload.get_by_label("Credito").fill("Redazione")
    upload.get_by_role("button", name="Carica e inserisci").click()
    page.locator(".block--picture .block__caption").click()
    page.keyboard.type("Il frattale di Mandelbrot")
    save(page)

    image = Image.objects.get()
    assert (image.alt, image.credit, image.title) == ("Un frattale", "Redazione", "figura")
    assert Article.objects.get().body == (
        "<p>Ecco la novità.</p>"
        '<figure class="quotation"><blockquote class="original" lang="fr" '
        'cite="https://example.org/annuncio"><p>It just works.</p></blockquote>'
        '<blockquote class="translation" lang="it"><p>Funziona e basta.</p></blockquote>'
        "<figcaption><cite>Ada Neri</cite> "
        '<time datetime="2022-11-16"></time></figcaption></figure>'
        f'<figure class="picture" data-image="{image.pk}">'
        "<figcaption>Il frattale di Mandelbrot</figcaption></figure>"
    )
    page.locator(".block--picture img[src]").wait_for()
    assert [line for line in complaints(page) if "422" not in line] == []


def test_paste_is_cleaned_by_the_vocabulary(desk):
    page = desk()
    hostile = (
        '<h1 style="color:red" onclick="x()">Titolo</h1><p class="x">Ciao <b>mondo</b>'
        '<script>alert(1)</script><img src="x" onerror="alert(1)"> '
        '<a href="javascript:alert(1)" target="_blank">male</a> '
        '<a href="https://example.org/" target="_blank" rel="x">bene</a></p>'
        '<iframe src="https://example.org/"></iframe><font color="red">testo</font>'
    )
    page.evaluate(
        """html => {
            const data = new DataTransfer()
            data.setData("text/html", html)
            const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true })
            document.querySelector(".ProseMirror").dispatchEvent(event)
        }""",
        hostile,
    )

    written = page.locator("#id_body").input_value()
    assert "<h2>Titolo</h2>" in written
    assert '<a href="https://example.org/">bene</a>' in written
    for bad in ("script", "onerror", "style", "target", "iframe", "font", "<img", "class"):
        assert bad not in written


def test_link_video_and_table_dialogs_speak_italian_and_check(desk):
    page = desk()
    page.locator(".ProseMirror").click()
    page.get_by_role("button", name="Video").click()
    page.get_by_label("Indirizzo su YouTube o Vimeo").fill("https://example.org/film")
    page.get_by_role("button", name="Inserisci").click()
    assert page.get_by_text("Non è l’indirizzo di un video").is_visible()
    page.get_by_label("Indirizzo su YouTube o Vimeo").fill("https://youtu.be/aqz-KE-bpKQ?t=3")
    page.get_by_role("button", name="Inserisci").click()
    page.locator(".ProseMirror > p").last.click()
    page.get_by_role("button", name="Link", exact=True).click()
    page.get_by_role("dialog").get_by_label("Indirizzo").fill("www.kernel.org")
    page.get_by_role("dialog").get_by_label("Testo").fill("il kernel")
    page.get_by_role("button", name="Inserisci").click()
    page.locator(".ProseMirror > p").last.wait_for()

    written = page.locator("#id_body").input_value()
    assert 'data-video="youtube:aqz-KE-bpKQ"' in written
    assert '<a href="https://www.kernel.org">il kernel</a>' in written


def test_every_tool_has_an_italian_name_and_the_keyboard_reaches_it(desk):
    page = desk()
    bar = page.get_by_role("toolbar", name="Strumenti del testo")
    names = bar.locator("button").evaluate_all("all => all.map(b => b.getAttribute('aria-label'))")

    assert all(names)
    assert not re.search(r"\b(bold|table|undo|insert|row)\b", " ".join(names), re.IGNORECASE)
    bar.locator("select").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Corsivo"


def test_the_opening_picture_is_chosen_in_the_same_dialog(desk):
    image = make_image(title="Pinguino", alt="Un pinguino")
    page = desk(make_article())

    page.get_by_role("button", name="Scegli o carica").click()
    page.locator("dialog.picker").get_by_role("button", name="Pinguino").click()
    page.locator(".lead__words", has_text="Pinguino — Un pinguino").wait_for()
    save(page)
    assert Article.objects.get().lead_image == image

    page.get_by_role("button", name="Togli", exact=True).click()
    save(page)
    assert Article.objects.get().lead_image is None


def test_a_refused_form_comes_back_with_the_text_in_the_editor(desk):
    page = desk(make_article(body="<p>prima</p>"))
    page.locator(".ProseMirror").click()
    page.keyboard.type("scritto ora ")
    page.fill("#id_title", "t" * 300)
    assert "50 caratteri di troppo" in page.locator("#id_title-counter").inner_text()
    with page.expect_navigation():
        page.get_by_role("button", name="Salva e continua").click()

    assert page.locator(".errornote").is_visible()
    assert "scritto ora" in page.locator(".ProseMirror").inner_text()


def test_rows_move_with_two_buttons(desk):
    story = make_article(authors=[make_author("Ada"), make_author("Bruno")])
    page = desk(story)

    page.get_by_role("button", name="Sposta giù").first.click()
    save(page)

    assert [author.name for author in story.signatures] == ["Bruno", "Ada"]


def test_without_scripts_the_html_is_there_to_be_edited(browser, live_site, login):
    context = browser.new_context(java_script_enabled=False, locale="it-IT")
    page = context.new_page()
    login(page, live_site, make_user())
    story = make_article(body="<p>prima</p>")
    page.goto(live_site.url + reverse("admin:articles_article_change", args=[story.pk]))
    page.fill("#id_body", "<p>dopo</p>")
    page.get_by_role("button", name="Salva e continua").click()
    context.close()

    assert Article.objects.get().body == "<p>dopo</p>"
