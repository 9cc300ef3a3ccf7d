"""The search page: what it shows, what it refuses, what it never tells."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import lookup, merging, publishing, searching
from articles.models import Article
from pagecache.tags import purged
from search import finding
from search.models import Synonym
from tests.factories import make_article, make_author, make_category, make_page, make_tag

pytestmark = pytest.mark.django_db
MARKER = "zibaldonsegreto"


def indexed(**fields):
    article = make_article(**fields)
    publishing.announce_due()
    return article


def answer(client, text="", **more):
    response = client.get("/cerca/", {"q": text} | more)
    return response.context["answer"]


def titles(client, text="", **more):
    return [r.article.title for r in answer(client, text, **more).results]


def test_the_words_are_marked_in_title_and_passage(client):
    indexed(title="Il cormorano", body="<p>Un <em>cormorano</em> vola &amp; pesca.</p>")

    page = client.get("/cerca/", {"q": "cormorani"}).text

    assert "Il <mark>cormorano</mark>" in page
    assert "Un <mark>cormorano</mark> vola &amp; pesca." in page


def test_what_a_reader_types_comes_back_as_text(client):
    page = client.get("/cerca/", {"q": '"><script>alert(1)</script> tag:<b>'}).text

    assert "<script>alert" not in page
    assert "<b>" not in page


def test_an_empty_search_shows_the_form_and_how_to_ask(client):
    page = client.get("/cerca/").text

    assert "Come si cerca" in page
    assert 'name="q"' in page


def test_search_pages_stay_out_of_other_indexes(client):
    assert '<meta name="robots" content="noindex, follow">' in client.get("/cerca/?q=x").text


@pytest.mark.parametrize("old", ["/?s=pinguini+reali", "/search/pinguini%20reali/"])
def test_wordpress_s_addresses_lead_to_the_search(client, old):
    response = client.get(old)

    assert response.status_code == 301
    assert response.headers["Location"] == "/cerca/?q=pinguini+reali"


def test_operators_and_fields_of_the_form_choose_alike(client):
    livia, tag = make_author("Livia Serravalle"), make_tag("Red Hat")
    software = make_category("Software")
    kernel = make_category("Kernel", parent=software)
    indexed(title="Cormorano uno", authors=[livia], main_category=kernel)
    indexed(title="Cormorano due", tags=[tag], main_category=make_category("Desktop"))

    for one, two in [
        ("cormorano autore:livia", {"autore": "Livia"}),
        ("cormorano categoria:kernel", {"categoria": "software/kernel"}),
        ("cormorano categoria:software", {"categoria": "software"}),
        ('cormorano -tag:"red hat"', {}),
        ("autore:serravalle", {"autore": "livia-serravalle"}),
    ]:
        assert titles(client, one) == ["Cormorano uno"], one
        if two:
            assert titles(client, "cormorano", **two) == ["Cormorano uno"], two
    assert titles(client, "tag:red-hat") == ["Cormorano due"]
    assert titles(client, "autore:nessuno cormorano") == []


def test_dates_are_days_months_or_years_and_include_both_ends(client):
    for year, month, day in [(2014, 3, 1), (2014, 12, 31), (2015, 1, 1)]:
        at = timezone.make_aware(timezone.datetime(year, month, day, 0, 30))
        indexed(title=f"Cormorano {year}-{month}", published_at=at)

    assert titles(client, "cormorano dal:2014 al:2014", ordine="data") == [
        "Cormorano 2014-12",
        "Cormorano 2014-3",
    ]
    assert titles(client, "cormorano dal:2014-12-31") == ["Cormorano 2015-1", "Cormorano 2014-12"]
    assert titles(client, "cormorano al:1/3/2014") == ["Cormorano 2014-3"]
    assert "Non capisco la data «ieri»" in " ".join(answer(client, "cormorano dal:ieri").told)


def test_an_editor_s_synonym_works_both_ways(client):
    indexed(title="Marangone in porto")
    Synonym.objects.create(one="cormorano", other="marangone")

    assert titles(client, "cormorano") == ["Marangone in porto"]
    assert titles(client, "cormorani in porto") == ["Marangone in porto"]


def test_a_typing_error_gets_a_proposal_that_finds_something(client):
    indexed(title="Il cormorano", tags=[make_tag("Ubuntu")])

    assert answer(client, "cormrano").correction == "cormorano"
    assert answer(client, "cormoarno").correction == "cormorano"
    assert answer(client, "Ubutu").correction == "Ubuntu"
    assert answer(client, "qwertyuiop").correction == ""
    page = client.get("/cerca/", {"q": "Ubutu"}).text
    assert 'Forse cercavi <a href="/cerca/?q=Ubuntu">Ubuntu</a>?' in page


def test_when_no_story_has_all_words_those_with_some_are_shown(client):
    indexed(title="Il cormorano")
    indexed(title="La gazza")

    shown = answer(client, "cormorano astronave")

    assert shown.some
    assert [r.article.title for r in shown.results] == ["Il cormorano"]


def test_of_some_words_the_rarer_one_comes_first_however_old(client):
    indexed(title="Astronave 1", published_at=timezone.now() - timedelta(days=2000))
    for n in range(12):
        indexed(title=f"Cormorano {n}")

    assert titles(client, "cormorano astronave zucchina")[0] == "Astronave 1"


def test_pages_hold_ten_and_the_last_is_the_last(client):
    for n in range(12):
        indexed(title=f"Cormorano {n}")

    assert len(titles(client, "cormorano")) == 10
    assert len(titles(client, "cormorano", pagina="2")) == 2
    assert client.get("/cerca/?q=cormorano&pagina=3").status_code == 404
    for odd in ("0", "-1", "51", "9" * 30, "x"):
        assert client.get("/cerca/", {"q": "cormorano", "pagina": odd}).status_code == 404


@pytest.mark.parametrize("how_many", [1, 50])
def test_cost_does_not_grow_with_the_hits(client, django_assert_max_num_queries, how_many):
    for n in range(how_many):
        indexed(title=f"Cormorano {n}", tags=[make_tag()])

    # Three of them PostgreSQL's, for the time a search may take; three for texts of hits that
    # are all alike, twenty at a time.
    with django_assert_max_num_queries(13):
        client.get("/cerca/?q=cormorano")


def test_the_pages_of_results_are_one_order_cut_in_pieces(client):
    for n in range(45):
        words = "cormorano " * (n % 7)
        indexed(title=f"Storia {n}", body=f"<p>{words} e un altro cormorano</p>")

    pages = [titles(client, "cormorano", pagina=str(number)) for number in range(1, 6)]

    assert [len(page) for page in pages] == [10, 10, 10, 10, 5]
    assert len({title for page in pages for title in page}) == 45


def test_more_hits_than_are_ranked_are_said_to_be_more(client, monkeypatch):
    monkeypatch.setattr(finding, "POOL", 3)
    for n in range(5):
        indexed(title=f"Gabbiano {n}", body="<p>cormorano</p>")
    old = timezone.now() - timedelta(days=900)
    indexed(title="Il cormorano", published_at=old)

    shown = answer(client, "cormorano")

    assert shown.more
    assert shown.results[0].article.title == "Il cormorano"  # its title, however old


def test_page_cache_is_told_what_the_page_is_made_of(client):
    article = indexed(title="Il cormorano")

    tags = client.get("/cerca/?q=cormorano").headers["Cache-Tags"].split()

    assert {"lists", "search", article.cache_tag} <= set(tags)


# --- bad input ---

ODD = [
    "autore: tag: categoria: dal: al:",
    '"',
    'kernel "aperta',
    "%_\\",
    "'; DROP TABLE search_document; --",
    "kernel' OR '1'='1",
    "kernel AND OR NOT NEAR(a b)",
    'title_terms:kernel* ^"x" {a b}:c',
    "a & b | !c <-> d:*",
    "((((((((((",
    "'a':1A 'b'::tsvector",
    "zqzt1 OR 1=1",
    "\\'\\\\",
    "🐧 \u202e\u200b\ufeff",
    "-" * 100,
    "- - -kernel",
    "*" * 190,
    "é" * 200,
    "a\u0300" * 90,
]


@pytest.mark.parametrize("text", ODD)
def test_q1_syntax_of_any_database_is_text(client, text):
    indexed(title="Kernel")

    assert client.get("/cerca/", {"q": text}).status_code == 200
    assert (
        client.get("/cerca/", {"autore": text, "dal": text, "categoria": text}).status_code == 200
    )
    assert client.get("/cerca/suggerimenti/", {"q": text}).status_code in (200, 400)


def test_q2_too_long_a_search_is_refused_with_its_text_kept(client):
    text = "parola " * 400

    response = client.get("/cerca/", {"q": text[:2000]})

    assert response.status_code == 400
    assert "al massimo 200 caratteri" in response.text
    assert "parola parola" in response.text
    assert client.get("/cerca/", {"q": "x" * 10_000}).status_code == 414


def test_q2_no_query_is_asked_for_what_is_too_long_or_empty(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):  # the menu and the categories of the form
        client.get("/cerca/", {"q": "x" * 3000})
    with django_assert_max_num_queries(3):
        client.get("/cerca/", {"q": "%_\\"})


def test_nul_is_refused_before_any_database(client):
    assert client.get("/cerca/?q=a%00b").status_code == 400


def test_the_thirty_first_search_of_a_minute_waits(client):
    for _ in range(30):
        assert client.get("/cerca/?q=kernel").status_code == 200

    response = client.get("/cerca/?q=kernel+lento")

    assert response.status_code == 429
    assert response.headers["Retry-After"] == "60"
    assert "kernel lento" in response.text
    assert client.get("/cerca/").status_code == 200
    assert client.get("/cerca/?q=kernel", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_a_search_that_takes_too_long_says_so(client, monkeypatch):
    monkeypatch.setattr(finding, "SECONDS", -1)
    for n in range(40):
        indexed(title=f"Kernel {n}", body="<p>" + "parola " * 300 + "</p>")
    monkeypatch.setattr(lookup.finding, "find", slow)

    response = client.get("/cerca/?q=kernel")

    assert response.status_code == 503
    assert "troppo pesante" in response.text


def slow(*args, **kwargs):
    raise finding.TooSlow


# --- what is never told ---


def hidden_stories():
    later = timezone.now() + timedelta(days=1)
    yield make_article(title=MARKER, body=f"<p>{MARKER}</p>", status="draft", published_at=None)
    yield make_article(title=f"{MARKER} due", standfirst=MARKER, published_at=later)
    article = indexed(title=f"{MARKER} tre", tags=[make_tag(MARKER)])
    publishing.withdraw(Article.objects.filter(pk=article.pk))
    yield article


def test_p1_hidden_stories_are_found_by_no_road(client):
    list(hidden_stories())
    publishing.announce_due()

    shown = answer(client, MARKER)
    near = answer(client, MARKER[:-1])
    assert (shown.count, shown.correction, near.count, near.correction) == (0, "", 0, "")
    assert answer(client, f"tag:{MARKER}").count == 0
    for begun in (MARKER[:4], MARKER):
        assert client.get("/cerca/suggerimenti/", {"q": begun}).json() == {"titles": []}


def test_q3_a_row_the_index_should_not_have_is_not_shown(client):
    article = indexed(title=f"Airone {MARKER}", standfirst="", body=f"<p>{MARKER}</p>")
    assert MARKER in client.get("/cerca/?q=airone").text

    Article.objects.filter(pk=article.pk).update(status="draft")

    assert MARKER not in client.get("/cerca/?q=airone").text
    assert MARKER not in client.get("/cerca/feed/?q=airone").text
    assert client.get("/cerca/suggerimenti/?q=airo").json() == {"titles": []}


def test_q3_addresses_of_commenters_are_not_in_the_index(client):
    from comments.searching import refresh_due
    from search.models import Document
    from tests.comments.writing import make_comment

    article = indexed()
    make_comment(article, user_email=f"{MARKER}@example.org", ip_address="192.0.2.77")
    Document.objects.update(comments_due=True)
    refresh_due()

    row = Document.objects.values().get()
    assert not [v for v in row.values() if MARKER in str(v) or "192.0.2" in str(v)]


# --- the feed of a search ---


def test_a_search_has_a_feed_with_its_newest_stories(client):
    article = indexed(title="Il cormorano")
    indexed(title="La gazza")

    page = client.get("/cerca/?q=cormorano&ordine=data")
    feed = client.get(page.context["answer"].feed_url)

    assert page.context["answer"].feed_url == "/cerca/feed/?q=cormorano"
    assert 'type="application/rss+xml"' in page.text
    assert feed.headers["Content-Type"].startswith("application/rss+xml")
    assert article.get_absolute_url() in feed.text
    assert "gazza" not in feed.text
    assert client.get("/cerca/feed/atom/?q=cormorano").status_code == 200
    assert client.get("/cerca/feed/json/?q=cormorano").json()["items"]


@pytest.mark.parametrize("old", ["/?s=gazza+ladra&feed=rss2", "/search/gazza%20ladra/feed/"])
def test_wordpress_s_search_feeds_lead_to_ours(client, old):
    assert client.get(old).headers["Location"] == "/cerca/feed/?q=gazza+ladra"


def test_a_feed_of_no_search_is_not_there(client):
    assert client.get("/cerca/feed/").status_code == 404
    assert client.get("/cerca/feed/", {"q": "x" * 300}).status_code == 404
    assert client.get("/cerca/feed/?q=%25_").status_code == 200


# --- suggestions ---


def test_titles_are_suggested_while_a_word_is_typed(client):
    article = indexed(title="Distribuzioni atomiche")

    response = client.get("/cerca/suggerimenti/", {"q": "distribuzi"})

    assert response.json() == {
        "titles": [{"title": "Distribuzioni atomiche", "url": article.get_absolute_url()}]
    }
    assert client.get("/cerca/suggerimenti/", {"q": "atomiche distr"}).json()["titles"]
    assert not client.get("/cerca/suggerimenti/", {"q": "d"}).json()["titles"]


def test_suggestions_have_a_limit_of_their_own(client):
    for _ in range(30):
        client.get("/cerca/suggerimenti/?q=ker")

    assert client.get("/cerca/suggerimenti/?q=ker").status_code == 429
    assert client.get("/cerca/?q=kernel").status_code == 200


@pytest.mark.parametrize("begun", ["gi", "run", "run0", "10", "open-so"])
def test_short_names_and_parts_of_compounds_are_suggested(client, begun):
    indexed(title="Git e run0 su Windows 10, open-source")

    assert client.get("/cerca/suggerimenti/", {"q": begun}).json()["titles"]


# --- what a second reading found ---


def test_a_tag_s_other_names_are_the_tag(client):
    kept, gone = make_tag("Kubernetes"), make_tag("K8s")
    indexed(title="Uno", tags=[kept])
    indexed(title="Due", tags=[gone])

    merging.merge([gone], kept)
    while searching.index_due():
        pass

    assert sorted(titles(client, tag="k8s")) == ["Due", "Uno"]
    assert sorted(titles(client, tag="kubernetes")) == ["Due", "Uno"]


def test_a_deleted_tag_is_no_word_of_its_stories(client):
    tag = make_tag("Zuppainglese")
    indexed(tags=[tag])

    tag.delete()
    searching.index_due()

    assert titles(client, "zuppainglese") == []


def test_whatever_changes_the_index_forgets_the_result_pages(
    client, django_capture_on_commit_callbacks
):
    seen = []

    def hear(tags, **signal):
        seen.extend(tags)

    purged.connect(hear)
    try:
        make_article(announced_at=timezone.now())
        with django_capture_on_commit_callbacks(execute=True):
            searching.index_due()
    finally:
        purged.disconnect(hear)

    assert "search" in seen


def test_some_words_in_order_of_date_too_and_no_feed_of_what_is_not_asked(client):
    indexed(title="Il cormorano")

    by_date = answer(client, "cormorano astronave", ordine="data")
    assert (by_date.some, by_date.count) == (True, 1)
    assert "Segui via RSS" not in client.get("/cerca/?q=cormorano+astronave").text
    assert not answer(client, "mirror garr").some


def test_two_typing_errors_get_a_proposal(client):
    indexed(title="Wayland ha vinto")
    indexed(title="Il Kernel")

    assert answer(client, "waylnad kernle").correction == "Wayland Kernel"


def test_a_page_whose_title_is_all_common_words_is_found(client):
    make_page("Chi siamo")

    assert [r.url for r in answer(client, "chi siamo").results] == ["/chi-siamo/"]


def test_words_of_the_index_s_own_find_nothing(client):
    indexed(body="<p>Uno.</p><pre><code>due</code></pre>")

    assert answer(client, "zgapz").count == 0
    assert answer(client, "zqzc1").count == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/search/due+parole/", "/cerca/?q=due+parole"),
        ("/search/linux/page/1/", "/cerca/?q=linux"),
        ("/search/linux/feed/atom/", "/cerca/feed/atom/?q=linux"),
        ("/search/linux/feed/rss/", "/cerca/feed/?q=linux"),
        ("/feed/?s=linux", "/cerca/feed/?q=linux"),
        ("/page/2/?s=linux", "/cerca/?q=linux"),
        ("/?s=", "/cerca/"),
        ("/?s=&feed=rss2", "/cerca/"),
    ],
)
def test_every_spelling_of_wordpress_s_search_is_one_redirect(client, old, new):
    response = client.get(old)

    assert (response.status_code, response.headers["Location"]) == (301, new)
