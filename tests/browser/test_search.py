"""A reader searches: without scripts, and with the titles that appear while one types."""

import pytest
from playwright.sync_api import expect

from articles import publishing
from tests.factories import make_article, make_category

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def archive(live_site):
    software = make_category("Software", menu_order=1)
    for number in range(12):
        make_article(title=f"Il cormorano numero {number}", main_category=software)
    make_article(title="La gazza", body="<p>Un cormorano di passaggio.</p>")
    publishing.announce_due()
    return live_site


def test_a_reader_without_scripts_finds_a_story(browser, archive):
    context = browser.new_context(java_script_enabled=False, locale="it-IT")
    page = context.new_page()
    page.goto(f"{archive.url}/")

    page.get_by_role("link", name="Cerca").click()
    page.get_by_label("Cerca nell’archivio").fill("cormorani")
    page.get_by_role("button", name="Cerca").click()

    expect(page.get_by_role("status")).to_contain_text("13 risultati per «cormorani»")
    assert page.locator(".hit").count() == 10
    assert page.locator(".hit mark").first.inner_text() == "cormorano"
    page.get_by_role("link", name="Altri risultati").click()
    expect(page.locator(".hit")).to_have_count(3)

    page.get_by_text("Filtra per categoria").click()
    page.get_by_label("Categoria", exact=True).select_option("Software")
    page.get_by_role("button", name="Cerca").click()
    page.get_by_role("link", name="Il cormorano numero 11", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Il cormorano numero 11")
    assert context.cookies() == []
    context.close()


def test_a_typing_error_leads_back_without_scripts(browser, archive):
    context = browser.new_context(java_script_enabled=False, locale="it-IT")
    page = context.new_page()
    page.goto(f"{archive.url}/cerca/?q=cormrano")

    page.get_by_role("link", name="cormorano", exact=True).click()

    expect(page.get_by_role("status")).to_contain_text("13 risultati")
    context.close()


def test_titles_appear_while_one_types_and_the_arrows_reach_them(page, archive):
    page.goto(f"{archive.url}/cerca/")
    box = page.get_by_label("Cerca nell’archivio")

    box.press_sequentially("gaz")
    expect(page.get_by_role("link", name="La gazza")).to_be_visible()
    box.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("La gazza")
    assert page.said == []


def test_escape_closes_the_titles_and_keeps_the_words(page, archive):
    page.goto(f"{archive.url}/cerca/")
    box = page.get_by_label("Cerca nell’archivio")
    box.press_sequentially("gaz")
    expect(page.get_by_role("link", name="La gazza")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("link", name="La gazza")).to_be_hidden()
    expect(box).to_have_value("gaz")
