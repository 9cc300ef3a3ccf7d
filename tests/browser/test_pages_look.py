"""What a reader's browser makes of the pages: accessible, in both schemes, at every width."""

import itertools
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from articles import publishing
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCHEMES = ["light", "dark"]
WIDTHS = [390, 1440]
PAGES = ["front", "list", "author", "article", "bare", "page", "missing", "search"]
LONG = "Incomprensibilmenteprecipitevolissimevolmente"
EVERYTHING = """
<p>Un paragrafo con un <a href="https://example.org/">link</a>, <code>codice</code>
e <kbd>Ctrl</kbd>.</p>
<figure class="quotation"><blockquote class="original" lang="en" cite="https://example.org/x">
<p>We counted the penguins twice.</p></blockquote><blockquote class="translation" lang="it">
<p>Abbiamo contato i pinguini due volte.</p></blockquote><figcaption><cite>Ada Example</cite>
<time datetime="2022-11-16"></time></figcaption></figure>
<h2>Una sezione</h2><ul><li>uno</li><li>due</li></ul>
<pre><code class="language-bash">sudo apt install un-pacchetto-dal-nome-davvero-lungo &amp;&amp; echo \
"una riga che non sta in nessuno schermo stretto, mai e poi mai" # e un commento</code></pre>
<h3>Una sottosezione</h3><blockquote><p>Una citazione semplice.</p></blockquote>
<table><thead><tr><th scope="col">Distribuzione</th><th scope="col">Versione</th>
<th scope="col">Supporto a lungo termine</th></tr></thead>
<tbody><tr><th scope="row">Una</th><td>1.0</td><td>fino al 2030</td></tr></tbody></table>
<figure class="video" data-video="youtube:aqz-KE-bpKQ"><figcaption>Un cortometraggio</figcaption>
</figure><hr><ol start="3"><li>tre</li></ol><p>Fine.</p>
"""


@pytest.fixture
def addresses(live_site):
    """A small newspaper with everything in it; ``{name: address}`` of the pages to look at."""
    kernel = factories.make_category("Kernel", menu_order=1, description="Il cuore del sistema.")
    factories.make_category("File system", parent=kernel)
    about = factories.make_page("Chi siamo", body=EVERYTHING, menu_order=1)
    ada = factories.make_author(
        "Ada Colombo",
        biography="Scrive di kernel.",
        picture=factories.make_image(alt="Ritratto"),
        website="https://example.org/",
        mastodon="@ada@example.org",
    )
    full = make_full_story(kernel, [ada, factories.make_author("Bruno Ferrante")])
    now = timezone.now()
    for number in range(2, 16):
        bare = factories.make_article(
            title=LONG if number == 3 else f"Titolo {number}",
            main_category=kernel,
            authors=[ada],
            published_at=now - timedelta(days=number),
            lead_image=factories.make_image(focus="top") if number % 3 else None,
        )
    publishing.announce_due()
    paths = {
        "front": "/",
        "list": kernel.get_absolute_url(),
        "author": ada.get_absolute_url(),
        "article": full.get_absolute_url(),
        "bare": bare.get_absolute_url(),
        "page": about.get_absolute_url(),
        "missing": "/2020/01/non-esiste/",
        "search": "/cerca/?q=titolo&categoria=kernel",
    }
    return {name: live_site.url + path for name, path in paths.items()}


def make_full_story(category, authors):
    series = factories.make_series("Tre puntate")
    story = factories.make_article(
        title="Un articolo con tutto quello che può avere",
        main_category=category,
        authors=authors,
        tags=[factories.make_tag("open-source"), factories.make_tag("Red Hat")],
        sources=[
            {"outlet": "Penguin Weekly", "title": "Penguins", "url": "https://example.org/"},
            {"outlet": "Le Manchot", "url": "https://example.org/fr", "language": "fr"},
        ],
        lead_image=factories.make_image(licence="cc-by-sa", credit_url="https://example.org/"),
        lead_caption="Una didascalia.",
        body=EVERYTHING,
        pinned=True,
        revised_at=timezone.now(),
        series=series,
        series_part=1,
    )
    factories.make_article(main_category=category, series=series, series_part=2)
    return story


def serious(results):
    """The violations that keep somebody out, as ``rule: first place``."""
    found = results.response["violations"]
    return [
        f"{item['id']}: {item['nodes'][0]['html']} {item['nodes'][0]['failureSummary']}"
        for item in found
        if item["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_serious_on_any_page(page, addresses, scheme, width):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    found = {}
    for name, address in addresses.items():
        page.goto(address)
        found[name] = serious(Axe().run(page))
    assert found == {key: [] for key in PAGES}


def test_nothing_scrolls_sideways_at_320_pixels(page, addresses):
    page.set_viewport_size({"width": 320, "height": 800})
    widths = {}
    for name, address in addresses.items():
        page.goto(address)
        widths[name] = page.evaluate("document.documentElement.scrollWidth")
    assert widths == dict.fromkeys(PAGES, 320)


def test_every_target_is_24_pixels_or_stands_in_a_sentence(page, addresses):
    """WCAG 2.2, 2.5.8: links in running text are excepted, the others are not."""
    page.set_viewport_size({"width": 390, "height": 900})
    small = {}
    for name, address in addresses.items():
        page.goto(address)
        small[name] = page.evaluate("""
            [...document.querySelectorAll("a, button")]
              .filter((it) => !it.closest(".body, figcaption, .skip, h1, h2, h3, .series"))
              .filter((it) => it.tabIndex >= 0 && it.getBoundingClientRect().height < 24)
              .map((it) => it.outerHTML)
        """)
    assert small == {key: [] for key in PAGES}


def test_pages_are_whole_with_scripts_off(browser, addresses):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(addresses["front"])
    assert page.locator(".card").count() == 10
    page.get_by_role("link", name="Un articolo con tutto").first.click()
    assert page.locator("h1").inner_text() == "Un articolo con tutto quello che può avere"
    assert page.get_by_text("We counted the penguins twice.").is_visible()
    assert page.get_by_text("Abbiamo contato i pinguini due volte.").is_visible()
    assert page.get_by_role("link", name="YouTube").is_visible()
    assert page.get_by_role("heading", name="Fonti").is_visible()
    context.close()


def test_the_two_voices_stand_side_by_side_only_where_there_is_room(page, addresses):
    tops = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(addresses["article"])
        parts = page.locator(".quotation__part")
        tops[width] = [parts.nth(n).bounding_box()["y"] for n in (0, 1)]
    assert tops[1440][0] == tops[1440][1]
    assert tops[390][0] < tops[390][1]


def test_skip_link_is_the_first_stop_and_leads_to_the_content(page, addresses):
    page.goto(addresses["article"])
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("it => it === document.activeElement")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenuto"


@pytest.mark.parametrize("name", PAGES)
def test_headings_go_down_one_step_at_a_time(page, addresses, name):
    page.goto(addresses[name])
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_r1_a_video_asks_its_host_only_after_the_click(page, addresses):
    asked = []
    # Chromium asks for another site's frame in a process that page.route() does not reach.
    page.context.on("request", lambda request: asked.append(request.url.split("?")[0]))
    ours = urlsplit(addresses["article"]).netloc
    page.goto(addresses["article"])
    page.wait_for_load_state("networkidle")
    assert {urlsplit(url).netloc for url in asked} == {ours}
    page.locator(".video__play").click()
    page.locator(".video__frame").wait_for()
    assert page.locator(".video__frame").get_attribute("title") == "Video: Un cortometraggio"
    page.wait_for_timeout(300)
    assert [url for url in asked if urlsplit(url).netloc != ours] == [
        "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ"
    ]


def test_code_is_copied_as_it_stands(page, addresses):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(addresses["article"])
    page.get_by_role("button", name="Copia").click()
    page.get_by_role("status").filter(has_text="Codice copiato").wait_for(state="attached")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("sudo apt install")
    assert "Copia" not in copied


def test_printed_story_has_no_furniture_and_shows_addresses(page, addresses):
    page.goto(addresses["article"])
    page.emulate_media(media="print")
    for part in (".menu", ".footer", ".neighbours", ".code__copy"):
        assert not page.locator(part).first.is_visible(), part
    link = page.locator(".body a[href='https://example.org/']")
    shown = link.evaluate("it => getComputedStyle(it, '::after').content")
    assert "https://example.org/" in shown
