"""The search index follows what readers may see."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from articles import publishing, searching
from articles.models import Article
from comments import desk, moderation
from comments.models.comment import State
from comments.searching import refresh_due
from search.models import Document
from tests.comments.writing import make_comment
from tests.factories import make_article, make_author, make_page, make_series, make_tag

pytestmark = pytest.mark.django_db


def found(client, text):
    page = client.get("/cerca/", {"q": text})
    return [result.url for result in page.context["answer"].results]


def indexed(**fields):
    article = make_article(**fields)
    publishing.announce_due()
    return article


def test_a_story_is_found_as_soon_as_it_is_announced(client):
    article = make_article(title="Il cormorano")
    assert found(client, "cormorano") == []

    publishing.announce_due()

    assert found(client, "cormorano") == [article.get_absolute_url()]


def test_withdrawing_removes_at_once_and_publishing_brings_back(client):
    article = indexed(title="Il cormorano")

    publishing.withdraw(Article.objects.filter(pk=article.pk))
    assert not Document.objects.filter(number=article.pk).exists()

    publishing.publish(Article.objects.filter(pk=article.pk))
    publishing.announce_due()
    assert found(client, "cormorano") == [article.get_absolute_url()]


def test_deleting_removes_from_the_index_on_every_road():
    for _ in range(3):
        indexed()

    Article.objects.first().delete()
    Article.objects.all().delete()

    assert not Document.objects.exists()


def test_a_story_moved_to_the_future_leaves_the_index():
    article = indexed(title="Il cormorano")

    Article.objects.filter(pk=article.pk).update(published_at=timezone.now() + timedelta(days=1))
    searching.update([article.pk])

    assert not Document.objects.exists()


def test_a_scheduled_story_is_indexed_within_the_worker_s_second():
    from mmul.worker import STEPS

    assert {step.every for step in STEPS if step.name in ("announce", "index")} == {1}


def test_tags_authors_and_series_are_words_of_the_story(client):
    author = make_author("Livia Serravalle")
    article = indexed(authors=[author], tags=[make_tag("Btrfs")], series=make_series("Soffitta"))

    for words in ("serravalle", "btrfs", "soffitta"):
        assert found(client, words) == [article.get_absolute_url()]


def test_a_renamed_tag_is_found_by_its_new_name_after_the_worker(client):
    tag = make_tag("Btrfs")
    article = indexed(tags=[tag])

    tag.name = "Istantanee"
    tag.save()
    assert searching.index_due() == 1

    assert found(client, "istantanee") == [article.get_absolute_url()]
    assert found(client, "btrfs") == []


def test_rows_written_in_bulk_are_indexed_by_the_worker(client):
    made = make_article(title="Il cormorano", announced_at=timezone.now())

    assert searching.index_due() == 1
    assert found(client, "cormorano") == [made.get_absolute_url()]
    assert searching.index_due() == 0


def test_a_published_page_is_found_and_a_hidden_one_is_not(client):
    page = make_page("Chi siamo", body="<p>Il cormorano.</p>")
    assert found(client, "cormorano") == [page.get_absolute_url()]

    page.published = False
    page.save()
    assert found(client, "cormorano") == []


def test_comments_are_found_under_their_story_and_say_so(client):
    article = indexed(body="<p>Un testo.</p>")
    make_comment(article, html="<p>Ho visto un cormorano.</p>")
    searching.update([article.pk])
    Document.objects.update(comments_due=True)

    assert refresh_due() == 1

    results = client.get("/cerca/", {"q": "cormorano"}).context["answer"].results
    assert [r.in_comments for r in results] == [True]


def test_p1_a_hidden_comment_is_not_found_from_the_moment_it_is_hidden(client):
    article = indexed()
    comment = make_comment(article, html="<p>Il cormorano.</p>", state=State.PUBLISHED)
    Document.objects.update(comments_due=True)
    refresh_due()

    moderation.move(comment, State.TRASH, expected=State.PUBLISHED, via="queue")

    assert found(client, "cormorano") == []
    assert "cormorano" not in Document.objects.get().comments


def test_an_approved_comment_is_found_after_the_worker(client):
    article = indexed()
    comment = make_comment(article, html="<p>Il cormorano.</p>", state=State.PENDING)
    refresh_due()

    moderation.move(comment, State.PUBLISHED, expected=State.PENDING, via="queue")
    assert refresh_due() == 1

    assert found(client, "cormorano") == [article.get_absolute_url()]


def test_what_the_desk_takes_out_of_a_comment_is_not_found(client, staff_client):
    from accounts.models import User

    article = indexed()
    comment = make_comment(article, html="<p>Il cormorano.</p>")
    Document.objects.update(comments_due=True)
    refresh_due()

    desk.edit(comment, User.objects.get(), "Niente.", "<p>Niente.</p>")

    assert found(client, "cormorano") == []


def test_comments_come_back_with_a_story_that_was_withdrawn(client):
    article = indexed()
    make_comment(article, html="<p>Il cormorano.</p>")
    publishing.withdraw(Article.objects.filter(pk=article.pk))
    publishing.publish(Article.objects.filter(pk=article.pk))
    publishing.announce_due()

    refresh_due()

    assert found(client, "cormorano") == [article.get_absolute_url()]


def test_a_changed_story_keeps_its_comments_in_the_index():
    article = indexed()
    make_comment(article, html="<p>Il cormorano.</p>")
    Document.objects.update(comments_due=True)
    refresh_due()

    searching.update([article.pk])

    document = Document.objects.get()
    assert "cormorano" in document.comments
    assert not document.comments_due


def test_a_rebuild_finds_everything_again_and_drops_what_is_gone(client, capsys):
    article = indexed(title="Il cormorano")
    make_comment(article, html="<p>Il gabbiano.</p>")
    Document.objects.all().delete()
    gone = indexed(title="Il fantasma")
    Article.objects.filter(pk=gone.pk).update(status="draft")

    call_command("rebuild_search")

    assert found(client, "cormorano") == found(client, "gabbiano") != []
    assert Document.objects.count() == 1
    assert "1 stories indexed" in capsys.readouterr().out


@pytest.mark.parametrize("how_many", [1, 20])
def test_indexing_costs_the_same_queries_for_one_and_for_many(
    how_many, django_assert_max_num_queries
):
    pks = [make_article(tags=[make_tag()]).pk for _ in range(how_many)]

    with django_assert_max_num_queries(25):
        searching.update(pks)


def test_quotations_are_pieces_of_their_own_language():
    body = (
        "<p>Prima.</p><figure class='quotation'><blockquote class='original' lang='en-US'>"
        "<p>Cards.</p></blockquote><blockquote class='translation' lang='it'><p>Carte.</p>"
        "</blockquote></figure><pre><code>ls -l</code></pre>"
    )

    assert searching.pieces(body) == (
        ("Prima.", "it"),
        ("Cards.", "en"),
        ("Carte.", "it"),
        ("ls -l", ""),
    )
