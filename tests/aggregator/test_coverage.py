"""Already covered: the inbox says so when a story of ours cites the address or is about the same."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from aggregator.coverage import covered
from aggregator.models import Cluster
from articles.models import Article
from tests.aggregator.desk import INBOX, desk_of, editor, press
from tests.aggregator.making import make_feed, make_item
from tests.factories import make_article, make_category

pytestmark = pytest.mark.django_db
ADDRESS = "https://fonte.example/2026/notizia"


def stories(*items):
    """What is told about the lines of ``items``: a list of titles for each."""
    lines = list(Cluster.objects.for_inbox().filter(items__in=items).distinct())
    found = covered(lines)
    return [sorted(story.title for story in found[item.cluster_id]) for item in items]


def cite(url, title="La nostra", **fields):
    return make_article(title=title, sources=[{"outlet": "Fonte", "url": url}], **fields)


@pytest.mark.parametrize(
    "spelling",
    [
        ADDRESS,
        "http://www.fonte.example/2026/notizia/",
        f"{ADDRESS}?utm_source=feed&utm_medium=rss",
        f"{ADDRESS}#commenti",
        "HTTPS://FONTE.example:443/2026/./notizia",
    ],
)
def test_a_story_that_cites_the_address_in_any_spelling_is_told(spelling):
    cite(spelling)

    assert stories(make_item(url=ADDRESS)) == [["La nostra"]]


def test_another_address_is_another_story():
    cite(f"{ADDRESS}-2")

    assert stories(make_item(url=ADDRESS)) == [[]]


def test_the_address_of_any_item_of_the_line_counts():
    first = make_item()
    make_item(None, first.cluster, url=ADDRESS)
    cite(ADDRESS)

    assert stories(first) == [["La nostra"]]


def test_two_lines_with_one_address_are_both_told():
    items = [make_item(url=ADDRESS), make_item(url=f"{ADDRESS}/")]
    cite(ADDRESS)

    assert stories(*items) == [["La nostra"], ["La nostra"]]


def test_a_very_similar_title_is_told_and_one_with_another_number_is_not():
    make_article(title="Linux 6.20: kernel nuovo con scheduler Rust")
    same = make_item(title="Linux 6.20 kernel, nuovo scheduler Rust")
    other = make_item(title="Linux 6.21 kernel, nuovo scheduler Rust")
    far = make_item(title="Ricetta della torta di mele")

    assert stories(same, other, far) == [["Linux 6.20: kernel nuovo con scheduler Rust"], [], []]


def test_a_title_of_long_ago_is_not_told_but_its_address_is():
    story = cite(ADDRESS, title="Supercomputer pinguini mongolfiera acquatica")
    Article.objects.filter(pk=story.pk).update(modified_at=timezone.now() - timedelta(days=400))

    same_title = make_item(title="Supercomputer pinguini mongolfiera acquatica")
    assert stories(same_title, make_item(url=ADDRESS)) == [[], [story.title]]


def test_a_draft_is_told_too_because_somebody_is_writing_it():
    cite(ADDRESS, status="draft", published_at=None)

    assert stories(make_item(url=ADDRESS)) == [["La nostra"]]


def test_a_line_s_own_story_is_not_told_twice():
    item = make_item(url=ADDRESS)
    story = cite(ADDRESS, title=item.title)
    Cluster.objects.update(article=story)

    assert stories(item) == [[]]


def test_a_story_that_cites_and_resembles_is_told_once():
    item = make_item(url=ADDRESS, title="Supercomputer pinguini mongolfiera acquatica")
    cite(ADDRESS, title=item.title)

    assert stories(item) == [[item.title]]


def test_the_inbox_says_it_and_links_the_story():
    make_category()
    client = desk_of(editor())
    first = make_item(url=ADDRESS, title="Prima riga")
    press(client, "take", first)
    story = Article.objects.get()
    Article.objects.update(title="<b>Nostra</b>")
    make_item(make_feed(title="Altra"), url=f"{ADDRESS}?utm_source=x", title="Seconda riga")

    page = client.get(INBOX).text

    link = reverse("admin:articles_article_change", args=[story.pk])
    assert f'Già trattato: <a href="{link}">&lt;b&gt;Nostra&lt;/b&gt;</a>' in page
    assert "Già trattato" not in client.get(INBOX, {"stato": "taken"}).text


def test_the_cost_is_two_queries_whatever_the_list(django_assert_num_queries):
    for number in range(20):
        cite(make_item(url=f"{ADDRESS}/{number}").url)
    lines = list(Cluster.objects.for_inbox())

    with django_assert_num_queries(2):
        assert all(covered(lines).values())


def test_no_lines_cost_nothing_and_break_nothing():
    assert covered([]) == {}
