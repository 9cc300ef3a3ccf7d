"""The main job, end to end: an editor writes a story, a reader reads it."""

import io

import pytest
from PIL import Image as Pillow

from articles.models import Article
from tests.factories import PASSWORD, make_category, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def drawing():
    stream = io.BytesIO()
    Pillow.effect_mandelbrot((800, 450), (-2, -1.5, 1, 1.5), 20).convert("RGB").save(stream, "PNG")
    return {"name": "sala.png", "mimeType": "image/png", "buffer": stream.getvalue()}


def log_in(page, site):
    page.goto(f"{site.url}/admin/")
    page.fill("input[name=login]", "redattrice")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Entra").click()
    page.wait_for_url("**/admin/")


def write(page, site):
    page.goto(f"{site.url}/admin/articles/article/add/")
    page.fill("#id_title", "Un supercomputer in affitto")
    page.fill("#id_standfirst", "Si paga a ore.")
    page.locator(".field-main_category .select2-selection").click()
    page.get_by_role("option", name="Cloud").click()
    page.locator(".ProseMirror").click()
    page.keyboard.type("Migliaia di GPU.")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Citazione bilingue").click()
    for text in ("Look who owns the clock.", "Guarda di chi è l’orologio.", "Ada Neri"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.type("https://example.org/note")
    page.locator(".ProseMirror > p").last.click()
    page.get_by_role("button", name="Figura", exact=True).click()
    page.get_by_role("tab", name="Carica una figura").click()
    upload = page.locator("dialog.picker")
    upload.get_by_label("File").set_input_files(drawing())
    upload.get_by_label("Testo alternativo").fill("Una sala macchine")
    upload.get_by_role("button", name="Carica e inserisci").click()
    page.locator(".block--picture").wait_for()


def test_an_editor_writes_a_story_and_a_reader_reads_it(page, browser, live_site):
    make_user("redattrice")
    make_category("Cloud", menu_order=1)

    log_in(page, live_site)
    write(page, live_site)
    with page.expect_navigation():
        page.locator("[name=_preview]").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Un supercomputer in affitto"
    assert page.get_by_text("Look who owns the clock.").is_visible()
    assert Article.objects.visible().count() == 0

    page.goto(f"{live_site.url}/admin/articles/article/{Article.objects.get().pk}/change/")
    page.locator("input[name=status][value=ready]").check()
    with page.expect_navigation():
        page.locator("[name=_save]").click()

    reader = browser.new_context(java_script_enabled=False, locale="it-IT").new_page()
    reader.goto(live_site.url)
    reader.get_by_role("link", name="Un supercomputer in affitto").first.click()
    assert reader.get_by_role("heading", level=1).inner_text() == "Un supercomputer in affitto"
    assert reader.locator("figure.quotation [lang=en]").inner_text().strip('“”" ') == (
        "Look who owns the clock."
    )
    assert reader.get_by_text("Guarda di chi è l’orologio.").is_visible()
    assert reader.get_by_alt_text("Una sala macchine").is_visible()
    assert reader.context.cookies() == []
    reader.context.close()
