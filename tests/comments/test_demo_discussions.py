"""The demo's discussions: believable, loaded once, with something to decide in the queue."""

import tomllib

import pytest
from django.utils import timezone

from articles.models import Article
from comments.models import Commenter, Decision, ReaderComment, State
from mmul.demo import discussing, loading
from outbox.models import Message
from tests.comments.deciding import QUEUE, desk_of, shown
from tests.factories import make_user
from tests.small_demo import standing

FILES = sorted((discussing.HERE / "discussions").glob("*.toml"))
ROWS = {file.stem: tomllib.loads(file.read_text("utf-8"))["comments"] for file in FILES}
HELD = tomllib.loads((discussing.HERE / "held.toml").read_text("utf-8"))["comments"]
AZURE = "microsoft-e-nvidia-supercomputer-ia"


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    with standing(django_db_blocker):
        yield


def on_the_demo(test):
    return pytest.mark.django_db(pytest.mark.once(test))


def slug_of(name):
    return loading.read_story(loading.HERE / "stories" / f"{name}.toml")["slug"]


# --- loaded ---


@on_the_demo
def test_the_demo_loads_every_discussion_once(demo):
    visible = {slug_of(name): rows for name, rows in ROWS.items()}
    for slug, rows in visible.items():
        assert ReaderComment.objects.filter(article__slug=slug).count() >= len(rows), slug
    assert ReaderComment.objects.count() == sum(map(len, ROWS.values())) + len(HELD)
    before = set(ReaderComment.objects.values_list("pk", "comment", "state_since"))

    loading.load()

    assert set(ReaderComment.objects.values_list("pk", "comment", "state_since")) == before


@on_the_demo
def test_the_azure_story_has_exactly_two_short_answers(demo, client):
    article = Article.objects.get(slug=AZURE)

    rows = list(ReaderComment.objects.filter(article=article).order_by("pk"))

    assert [row.state for row in rows] == [State.PUBLISHED] * 2
    assert rows[1].parent_id == rows[0].pk
    assert all(len(row.comment) <= 160 for row in rows)
    page = client.get(article.get_absolute_url()).text
    assert "2 risposte a «" in page
    assert article.comment_count == 2


@on_the_demo
def test_every_count_is_that_of_the_published_comments(demo):
    for article in Article.objects.all():
        assert article.comment_count == article.comments.published().count(), article


@on_the_demo
def test_the_queue_of_the_demo_has_something_to_decide(demo):
    page = desk_of(make_user("super")).get(QUEUE)

    assert len(shown(page)) >= 3
    states = set(ReaderComment.objects.values_list("state", flat=True))
    assert {"published", "pending", "unconfirmed", "spam"} <= states


@on_the_demo
def test_the_demo_s_editor_may_work_in_the_queue(demo, client):
    assert client.login(username=loading.EDITOR, password=loading.EDITOR_PASSWORD)

    assert client.get(QUEUE).status_code == 200


@on_the_demo
def test_nobody_is_written_to_about_invented_comments(demo):
    from comments import followers, moderators

    assert (followers.tell_due(), moderators.tell_due()) == (0, 0)
    assert not Message.objects.exists()


@on_the_demo
def test_no_invented_address_is_one_that_a_mail_could_reach(demo):
    for email in Commenter.objects.values_list("email", flat=True):
        assert email.endswith(("@lettori.example", "@example.org")), email


@on_the_demo
def test_no_invented_comment_comes_from_the_future_or_before_its_story(demo):
    now = timezone.now()
    for row in ReaderComment.objects.select_related("article"):
        assert row.article.published_at <= row.submit_date <= now, row


@on_the_demo
def test_some_answer_comes_from_an_author_and_some_thread_is_five_levels_deep(demo):
    assert ReaderComment.objects.exclude(user=None).exists()
    assert ReaderComment.objects.filter(level=4).exists()
    assert not Decision.objects.exists()


@on_the_demo
def test_every_story_with_a_discussion_answers(demo, client):
    for name in ROWS:
        article = Article.objects.get(slug=slug_of(name))
        assert client.get(article.get_absolute_url()).status_code == 200, name


# --- the files ---


@pytest.mark.parametrize("name", ROWS)
def test_a_discussion_file_is_well_formed(name):
    assert (loading.HERE / "stories" / f"{name}.toml").exists()
    known = set()
    for row in sorted(ROWS[name], key=lambda row: row["minutes"]):
        assert row.keys() <= {
            "key",
            "name",
            "author",
            "minutes",
            "reply_to",
            "text",
            "site",
            "state",
        }
        assert ("name" in row) != ("author" in row)
        assert row.get("reply_to") is None or row["reply_to"] in known, row["text"][:40]
        assert row["text"].strip()
        known |= {row["key"]} if "key" in row else set()


def test_held_comments_say_why_in_italian():
    for row in HELD:
        assert row["state"] in ("pending", "unconfirmed", "spam", "trash")
        assert row["state"] != "pending" or row["reasons"]


def test_nobody_wrote_the_same_twice():
    texts = [row["text"] for rows in ROWS.values() for row in rows] + [row["text"] for row in HELD]

    assert len(texts) == len(set(texts))
