"""Who is told of a published comment: those who asked, once each, whenever it is published."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Article
from comments import followers, moderation, tokens
from comments.models import Commenter, Decision, ReaderComment, Subscription
from comments.moderation import move
from outbox.models import Message
from outbox.sending import forget_due
from tests.comments.deciding import follow, links_in, mails_to, moderator, told
from tests.comments.writing import make_comment, make_commenter, post, proof_of
from tests.factories import make_article, make_author, make_user

pytestmark = pytest.mark.django_db

Via = Decision.Via
DAY = timedelta(days=1)


@pytest.fixture
def article():
    return make_article(title="Un titolo", authors=[make_author()])


def fresh(article=None, **more):
    """A published comment of which nobody was told yet."""
    return make_comment(article, **{"told_at": None} | more)


# --- replies to me, or the whole discussion ---


def test_m3_the_whole_discussion_is_told_of_every_comment(article):
    follow(article, "eva@example.org", "thread")
    root = fresh(article)
    fresh(parent=root)

    assert followers.tell_due() == 2
    assert told() == ["eva@example.org"] * 2


def test_m3_who_asked_for_replies_is_told_of_answers_to_the_own_comments(article):
    follow(article, "eva@example.org", "replies")
    mine = make_comment(article, email="eva@example.org")
    fresh(parent=mine)

    followers.tell_due()

    assert told() == ["eva@example.org"]


def test_m3_who_asked_for_replies_hears_of_nothing_else(article):
    follow(article, "eva@example.org", "replies")
    mine = make_comment(article, email="eva@example.org")
    other = fresh(article)
    fresh(parent=other)
    below = make_comment(parent=mine)
    fresh(parent=below)

    followers.tell_due()

    assert told() == []


def test_m3_a_deep_answer_is_told_to_whom_it_names_and_to_whom_it_hangs_under(article):
    for name in ("eva", "zoe", "ada"):
        follow(article, f"{name}@example.org", "replies")
    comment = make_comment(article, email="ada@example.org")
    for _ in range(2):
        comment = make_comment(parent=comment)
    parent = make_comment(parent=comment, email="eva@example.org")
    deepest = make_comment(parent=parent, email="zoe@example.org")
    fresh(parent=parent, answers=deepest)

    followers.tell_due()

    assert told() == ["eva@example.org", "zoe@example.org"]


def test_m3_followers_of_another_story_hear_nothing(article):
    follow(make_article(), "eva@example.org")
    fresh(article)

    followers.tell_due()

    assert told() == []


# --- never ---


def test_m3_an_address_that_nobody_confirmed_is_never_told(article):
    follow(article, "eva@example.org", confirmed=False)
    fresh(article)

    assert followers.tell_due() == 1
    assert told() == []


def test_m3_nobody_is_told_of_the_own_comment(article):
    follow(article, "eva@example.org", "thread")
    fresh(article, email="eva@example.org")
    mine = make_comment(article, email="eva@example.org")
    fresh(parent=mine, email="eva@example.org")

    followers.tell_due()

    assert told() == []


@pytest.mark.parametrize("state", ["unconfirmed", "pending", "spam", "trash"])
def test_m3_nothing_is_told_of_what_readers_do_not_see(article, state):
    follow(article, "eva@example.org")
    fresh(article, state=state)

    assert followers.tell_due() == 0
    assert told() == []


@pytest.mark.parametrize("hidden", [{"status": "draft"}, {"published_at": timezone.now() + DAY}])
def test_p1_nothing_is_told_while_the_story_is_hidden(article, hidden):
    follow(article, "eva@example.org")
    fresh(article)
    Article.objects.filter(pk=article.pk).update(**hidden)
    assert followers.tell_due() == 0

    Article.objects.filter(pk=article.pk).update(status="ready", published_at=timezone.now() - DAY)
    assert followers.tell_due() == 1
    assert told() == ["eva@example.org"]


def test_m3_who_unsubscribed_is_told_no_more(article):
    followers.unsubscribe(follow(article, "eva@example.org"))
    fresh(article)

    followers.tell_due()

    assert told() == []


# --- when: on the step to published, also days later; once ---


def test_m3_approval_days_later_tells_everybody(article):
    follow(article, "eva@example.org")
    old = timezone.now() - 9 * DAY
    comment = fresh(article, state="pending", submit_date=old, state_since=old)
    followers.tell_due()
    assert told() == []

    move(comment, "published", expected="pending", via=Via.QUEUE)

    assert followers.tell_due() == 1
    assert told() == ["eva@example.org"]


def test_m3_a_comment_published_at_once_is_told_too(client, article):
    follow(article, "eva@example.org")

    post(client, article, proof=proof_of(make_commenter()))

    assert followers.tell_due() == 1
    assert told() == ["eva@example.org"]


def test_m3_nobody_is_told_twice(article):
    follow(article, "eva@example.org")
    fresh(article)

    assert [followers.tell_due() for _ in range(3)] == [1, 0, 0]
    assert told() == ["eva@example.org"]


def test_m3_killed_before_the_claim_was_kept_it_is_told_once(article):
    follow(article, "eva@example.org")
    comment = fresh(article)
    followers.tell_due()
    ReaderComment.objects.filter(pk=comment.pk).update(told_at=None)

    followers.tell_due()

    assert told() == ["eva@example.org"]


def test_m3_the_claim_and_its_mails_are_kept_together_or_not_at_all(article, monkeypatch):
    follow(article, "eva@example.org")
    fresh(article)

    def broken(letters):
        raise OSError("killed")

    monkeypatch.setattr(followers.outbox, "post_many", broken)
    with pytest.raises(OSError, match="killed"):
        followers.tell_due()

    assert ReaderComment.objects.get().told_at is None


def test_m3_restored_before_anybody_was_told_it_is_told(article):
    follow(article, "eva@example.org")
    comment = fresh(article)
    move(comment, "trash", expected="published", via=Via.QUEUE)
    assert followers.tell_due() == 0

    move(comment, "published", expected="trash", via=Via.QUEUE)

    assert followers.tell_due() == 1
    assert told() == ["eva@example.org"]


def test_m3_restored_months_later_it_is_not_told_again(article):
    follow(article, "eva@example.org")
    comment = fresh(article)
    now = timezone.now()
    followers.tell_due()
    Message.objects.update(sent_at=now, text="", html="", headers={})
    move(comment, "pending", expected="published", via=Via.QUEUE)
    forget_due(now + 31 * DAY)
    assert told() == []

    move(comment, "published", expected="pending", via=Via.QUEUE)
    followers.tell_due()

    assert told() == []


def test_m3_a_mail_goes_to_an_author_who_also_follows_and_each_has_its_key(article):
    user = make_user("vera")
    story = make_article(authors=[make_author(user=user)])
    follow(story, "eva@example.org")
    comment = fresh(story)
    eva = Commenter.objects.get(email="eva@example.org")

    followers.tell_due()

    keys = set(Message.objects.values_list("key", flat=True))
    assert keys == {f"follower:{comment.pk}:{eva.pk}", f"author:{comment.pk}:{user.pk}"}


# --- who asked: only the owner of the address ---


def test_m3_somebody_else_cannot_subscribe_a_confirmed_address(client, article):
    make_commenter("eva@example.org")
    post(client, article, email="eva@example.org", wants="thread")
    fresh(article)

    followers.tell_due()

    assert "eva@example.org" not in [m.to for m in mails_to() if m.key]
    assert not Subscription.objects.exists()


def test_m3_somebody_else_cannot_undo_an_unsubscription(client, article):
    followers.unsubscribe(follow(article, "eva@example.org"))

    post(client, article, email="eva@example.org", wants="thread")

    assert Subscription.objects.get().ended_at


def test_m3_the_wish_counts_from_the_confirmation_of_its_own_comment(client, article):
    make_commenter("eva@example.org")
    post(client, article, email="eva@example.org", wants="thread")

    client.post(links_in(mails_to("eva@example.org")[0])[0])

    assert Subscription.objects.get().scope == "thread"


def test_m3_an_old_confirmation_link_does_not_subscribe_again(client, article):
    post(client, article, email="eva@example.org", wants="thread")
    link = links_in(mails_to("eva@example.org")[0])[0]
    client.post(link)
    followers.unsubscribe(Subscription.objects.get())

    client.post(link)

    assert Subscription.objects.get().ended_at


def test_m3_a_wish_confirmed_after_the_approval_still_counts(client, article):
    post(client, article, email="eva@example.org", wants="replies")
    link = links_in(mails_to("eva@example.org")[0])[0]
    comment = ReaderComment.objects.get()
    move(comment, "published", expected="unconfirmed", via=Via.QUEUE)
    assert not Subscription.objects.exists()

    client.post(link)

    assert Subscription.objects.get().scope == "replies"


def test_the_holder_of_the_proof_may_ask_again_after_unsubscribing(client, article):
    followers.unsubscribe(follow(article, "eva@example.org"))
    person = make_commenter("eva@example.org")

    post(client, article, email="eva@example.org", wants="thread", proof=proof_of(person))

    assert Subscription.objects.get().ended_at is None


# --- authors ---


def test_the_authors_of_the_story_are_told(article):
    vera, anna = make_user("vera"), make_user("anna")
    authors = [make_author(user=vera), make_author(user=anna), make_author()]
    fresh(make_article(title="Mio", authors=authors), name="Eva")

    followers.tell_due()

    assert told() == ["anna@example.org", "vera@example.org"]
    (mail,) = mails_to("vera@example.org")
    assert mail.subject.endswith("Hanno commentato «Mio»")
    assert "Eva ha commentato il tuo articolo «Mio»" in mail.text


def test_an_author_is_not_told_of_the_own_answer_or_after_leaving():
    vera, anna = make_user("vera"), make_user("anna", is_active=False)
    story = make_article(authors=[make_author(user=vera), make_author(user=anna)])
    fresh(story, user=vera)
    fresh(story, email="vera@example.org")

    followers.tell_due()

    assert told() == []


def test_an_author_without_an_address_holds_up_nobody(article):
    user = make_user("vera")
    type(user).objects.filter(pk=user.pk).update(email="")
    story = make_article(authors=[make_author(user=user)])
    follow(story, "eva@example.org")
    fresh(story)
    follow(article, "zoe@example.org")
    fresh(article)

    assert followers.tell_due() == 2
    assert told() == ["eva@example.org", "zoe@example.org"]


# --- the mail ---


def test_m2_the_mail_quotes_at_most_a_thousand_characters_as_text(article):
    follow(article, "eva@example.org")
    fresh(article, name="Ada", text="*" + "parola " * 500 + "<b>")

    followers.tell_due()

    (mail,) = mails_to("eva@example.org")
    quoted = [line for line in mail.text.splitlines() if line.startswith("> ")]
    assert len(quoted) == 1
    assert len(quoted[0]) <= 1003
    assert quoted[0].endswith("…")
    assert "<b>" not in mail.html
    assert "Ada ha scritto sotto «Un titolo»" in mail.text


def test_the_mail_leads_to_the_comment_and_says_how_to_stop(article):
    row = follow(article, "eva@example.org")
    comment = fresh(article)

    followers.tell_due()

    (mail,) = mails_to("eva@example.org")
    assert comment.get_absolute_url() in mail.text
    stop = f"http://127.0.0.1:8000{links_in(mail)[-1]}"
    assert mail.headers == {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert tokens.read("unsubscribe", stop.split("/")[-2]).value == row.pk


def test_r2_the_mail_tells_no_address_of_the_writer(article):
    follow(article, "eva@example.org")
    fresh(article, email="ada@example.net", address="203.0.113.77")

    followers.tell_due()

    (mail,) = mails_to("eva@example.org")
    for word in ("ada@example.net", "203.0.113"):
        assert word not in mail.text + mail.html


# --- unsubscribing ---


@pytest.fixture
def stop(article):
    return f"/commenti/basta/{tokens.make('unsubscribe', follow(article, 'eva@example.org').pk)}/"


def standing():
    return Subscription.objects.get().ended_at is None


def test_m4_a_get_of_the_unsubscribe_link_only_shows(client, stop):
    for method in (client.get, client.head):
        assert method(stop).status_code == 200

    page = client.get(stop)
    assert "Vuoi smettere di ricevere avvisi?" in page.text
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "private, no-store"
    assert standing()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://mail.example", "sec-fetch-site": "cross-site"},
        {"origin": "null", "referer": "https://mail.example/"},
    ],
)
def test_m3_one_click_from_a_mail_program_works_without_cookies_or_login(stop, headers):
    client = Client(enforce_csrf_checks=True)

    answer = client.post(stop, {"List-Unsubscribe": "One-Click"}, headers=headers)

    assert answer.status_code == 200
    assert not standing()
    assert "Fatto: niente più avvisi" in answer.text
    assert not answer.cookies


def test_m4_unsubscribing_twice_changes_nothing(client, stop):
    client.post(stop)
    first = Subscription.objects.get().ended_at

    assert client.post(stop).status_code == 200
    assert Subscription.objects.get().ended_at == first
    assert "Fatto" in client.get(stop).text


def test_m4_the_link_never_expires_and_does_one_thing(client, article, stop):
    other = follow(make_article(), "eva@example.org")

    client.post(stop)

    assert tokens.AGES["unsubscribe"] is None
    assert Subscription.objects.get(pk=other.pk).ended_at is None


@pytest.mark.parametrize("token", ["x", "a" * 301, "1:2:3"])
def test_m4_a_forged_unsubscribe_link_is_dead(client, stop, token):
    assert client.post(f"/commenti/basta/{token}/").status_code == 410
    for purpose in ("confirm", "mine", "data"):
        odd = tokens.make(purpose, Subscription.objects.get().pk)
        assert client.post(f"/commenti/basta/{odd}/").status_code == 410
    assert standing()


def test_the_worker_tells_a_few_at_a_time_oldest_first(article):
    now = timezone.now()
    rows = [fresh(article, state_since=now - n * DAY) for n in range(3)]

    assert followers.tell_due(limit=2) == 2

    left = ReaderComment.objects.get(told_at=None)
    assert left == rows[0]


def test_the_moderators_permission_is_not_needed_to_be_told_as_author():
    story = make_article(authors=[make_author(user=make_user("vera", superuser=False))])
    moderator("capo")
    fresh(story)

    followers.tell_due()

    assert told() == ["vera@example.org"]
    assert moderation.LEVELS == 4
