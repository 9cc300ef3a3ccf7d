"""The outside world in a real browser: from a site's address to a published story."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from aggregator import desk, polling
from aggregator.models import Cluster, Feed
from articles.models import Article
from tests.aggregator.making import make_feed, make_item, rss
from tests.browser.test_pages_look import LONG, SCHEMES, serious
from tests.factories import make_article, make_author, make_category, make_user
from tests.kit.loopback import ALLOW, Reply, serving

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
INBOX = "/admin/aggregator/cluster/"
WORDS = ["pinguini in mongolfiera", "scheduler per forni", "editor di spartiti"]
PAGE = b"""<html><head><title>Il blog</title><link rel="alternate" type="application/rss+xml"
href="/feed" title="Gli articoli"></head><body>Ciao</body></html>"""

# Django's own: the band above, the menu at the side, a search field with a title for a label.
DJANGO = {"exclude": [["#header"], [".breadcrumbs"], ["#nav-sidebar"], ["#searchbar"]]}


def entry(number, base="https://blog.example"):
    when = timezone.now() - timedelta(hours=number + 1)
    return {
        "title": f"Nuovi {WORDS[number]}",
        "link": f"{base}/2026/{number}",
        "guid": f"{number}",
        "description": f"<p>Il testo {number} che resta <em>fuori</em>.</p>",
        "pubDate": f"{when:%a, %d %b %Y %H:%M:%S} +0000",
    }


@pytest.fixture
def world(settings):
    """A site with a page and two feeds, the second with the first one's newest news."""
    settings.FETCH_ALLOW = ALLOW
    more = "<language>en</language>"
    later = {"title": "Altrove", "pubDate": f"{timezone.now():%a, %d %b %Y %H:%M:%S} +0000"}
    same = entry(0, "http://www.blog.example") | later
    routes = {
        "/": lambda request: Reply(PAGE, headers={"Content-Type": "text/html"}),
        "/feed": lambda request: rss(*map(entry, range(3)), title="Penguin Weekly", more=more),
        "/altro": lambda request: rss(same, title="Le Manchot"),
    }
    with serving(routes) as base:
        yield base


def focused(page):
    return page.evaluate("document.activeElement.querySelector('.line__title')?.innerText")


def is_quiet(page):
    """No script failed; the admin has no icon, which a browser asks for once."""
    return [said for said in page.said if "error" in said.lower() and "404" not in said] == []


def press(page, key):
    with page.expect_navigation():
        page.keyboard.press(key)


def add_the_site(page, site, world):
    """Add a feed by the address of its page, and choose what the page names."""
    page.goto(f"{site.url}/admin/aggregator/feed/add/")
    page.fill("#id_address", f"{world}/")
    page.fill("#id_title", "")
    with page.expect_navigation():
        page.locator("[name=_save]").click()
    polling.poll_due()
    page.reload()
    assert "È una pagina web" in page.inner_text("#content")
    with page.expect_navigation():
        page.get_by_role("button", name="Usa questo").click()
    assert Feed.objects.get().address == f"{world}/feed"
    polling.poll_due()


def walk(page, site):
    """Up and down, open an extract, drop a line and take it back: with keys alone."""
    page.goto(site.url + INBOX)
    assert page.locator("[data-line]").count() == 3
    for key, title in zip("jjjk", [WORDS[0], WORDS[1], WORDS[2], WORDS[1]], strict=True):
        page.keyboard.press(key)
        assert focused(page) == f"Nuovi {title}"
    page.keyboard.press("Enter")
    assert page.locator("details[open] .line__text em").inner_text() == "fuori"
    press(page, "x")
    assert page.locator("[data-line]").count() == 2
    assert focused(page) == f"Nuovi {WORDS[2]}"
    assert Cluster.objects.filter(state="dropped").count() == 1
    press(page, "u")
    assert page.locator("[data-line]").count() == 3
    page.locator(".line__title", has_text=WORDS[0]).wait_for()
    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press("s")
    page.get_by_text("★ in evidenza").wait_for()
    assert focused(page) == f"Nuovi {WORDS[0]}"


def write_and_publish(page, site):
    press(page, "p")
    page.wait_for_url("**/admin/articles/article/*/change/")
    beside = page.locator(".beside")
    assert beside.get_by_text("Il testo 0 che resta").is_visible()
    assert "Il testo 0" not in page.locator(".ProseMirror").inner_text()
    assert page.locator("#id_sources-0-outlet").input_value() == "Penguin Weekly"
    page.fill("#id_title", "Pinguini, il nostro articolo")
    page.fill("#id_standfirst", "Volano.")
    page.locator("input[name=status][value=ready]").check()
    assert is_quiet(page), page.said
    with page.expect_navigation():
        page.locator("[name=_save]").click()


def test_an_editor_takes_a_piece_of_news_from_a_site_to_a_story(page, live_site, login, world):
    make_category("Kernel", menu_order=1)
    user = make_user("redattrice")
    make_author("Vera Bianchi", user=user)
    login(page, live_site, user)

    add_the_site(page, live_site, world)
    walk(page, live_site)
    write_and_publish(page, live_site)
    assert desk.mark_used_due() == 1

    story = Article.objects.visible().get()
    page.goto(live_site.url + story.get_absolute_url())
    assert page.get_by_role("link", name=f"Nuovi {WORDS[0]}").get_attribute("href") == (
        "https://blog.example/2026/0"
    )
    assert page.get_by_text("Penguin Weekly").first.is_visible()
    assert "Il testo 0" not in page.inner_text("main")

    make_feed(f"{world}/altro", title="")
    polling.poll_due()
    page.goto(f"{live_site.url}{INBOX}?stato=used")
    assert page.get_by_text("Usata in").is_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="separa").click()
    page.goto(live_site.url + INBOX)
    told = page.locator("[data-line]", has_text="Altrove").locator(".line__covered")
    assert told.inner_text() == "Già trattato: Pinguini, il nostro articolo"


def test_the_inbox_works_with_scripts_off(browser, live_site, login):
    make_category()
    item = make_item(title="Una riga", html="<p>Il testo intero.</p>")
    page = browser.new_context(java_script_enabled=False, locale="it-IT").new_page()
    login(page, live_site)
    page.goto(live_site.url + INBOX)
    page.locator(".line__more summary").click()
    assert page.get_by_text("Il testo intero.").is_visible()
    page.get_by_label("perché").select_option("pubblicità")
    for name in ("Scarta", "Annulla", "Stella", "Prendi"):
        with page.expect_navigation():
            page.get_by_role("button", name=name, exact=True).click()
    line = Cluster.objects.get(items=item)
    assert (line.state, line.starred, line.article) == ("taken", True, Article.objects.get())
    assert page.get_by_text("Il testo intero.").is_visible()
    page.context.close()


@pytest.fixture
def full():
    """Lines of every kind, some of them hard to lay out."""
    make_category()
    story = make_article(title="Una storia nostra")
    feed = make_feed(title=f"Testata {LONG}", category=f"{LONG}/Kernel", site="https://a.example/")
    for state in Cluster.State.values:
        item = make_item(feed, title=f"{LONG} {state}", state=state, author=LONG, extract=LONG * 6)
        make_item(None, item.cluster, title=LONG, language="de")
    for _ in range(5):
        make_item(feed)
    cited = make_item(title="Già scritta", html=f"<p>{LONG * 3}</p><pre>{LONG * 4}</pre>")
    story.sources.create(outlet="Fonte", url=cited.url)
    desk.star(cited.cluster, True)
    since = timezone.now() - timedelta(days=2)
    make_feed(title="Muta", failing_since=since, error="Non va. " + LONG, failures=3)
    return feed


def addresses(feed):
    public = ["/", "/rassegna/", "/rassegna/fonti/", "/rassegna/fonti/richiesta/"]
    staff = [INBOX, f"{INBOX}?stato=tutte", "/admin/aggregator/feed/"]
    return [*public, *staff, f"/admin/aggregator/feed/{feed.pk}/change/"]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_serious(page, live_site, login, full, scheme):
    login(page, live_site)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = {}
    for address in addresses(full):
        page.goto(live_site.url + address)
        page.evaluate("document.querySelectorAll('main details').forEach(it => it.open = true)")
        staff = address.startswith("/admin/")
        found[address] = serious(Axe().run(page, context=DJANGO if staff else None))
    assert found == {address: [] for address in addresses(full)}


def test_nothing_scrolls_sideways_at_320_pixels(page, live_site, login, full):
    login(page, live_site)
    page.set_viewport_size({"width": 320, "height": 800})
    widths = {}
    for address in addresses(full)[:6]:
        page.goto(live_site.url + address)
        page.evaluate("document.querySelectorAll('main details').forEach(it => it.open = true)")
        widths[address] = page.evaluate("document.documentElement.scrollWidth")
    assert widths == dict.fromkeys(addresses(full)[:6], 320)
