"""The moderators' mail: at once for the first comment that waits, then a digest each half hour."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from comments import moderation, moderators
from comments.models import Decision, ReaderComment
from comments.moderators import DIGEST, MOST, tell_due
from mmul.worker import STEPS
from outbox.models import Message
from tests.comments.deciding import at_once, links_in, mails_to, moderator, told
from tests.comments.writing import make_comment, make_commenter, post, proof_of
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def boss():
    return moderator("capo")


def held(**more):
    return make_comment(state="pending", **more)


def test_the_worker_asks_every_few_seconds():
    steps = {step.work: step.every for step in STEPS}

    assert steps[tell_due] == 20


# --- when ---


def test_the_first_comment_that_waits_is_told_at_once(boss, client):
    person = make_commenter(trusted=False)
    post(client, make_article(title="Un titolo"), proof=proof_of(person), comment="Eccomi")

    assert tell_due() == 1

    (mail,) = mails_to()
    assert mail.to == boss.email
    assert mail.subject.endswith("Un commento da leggere a «Un titolo»")
    assert "> Eccomi" in mail.text
    assert "• È il tuo primo commento qui" in mail.text
    assert "Aspetta un commento: apri la coda" in mail.text


def test_those_that_follow_wait_for_the_half_hour_and_come_together(boss):
    now = timezone.now()
    held()
    tell_due(now)
    for _ in range(3):
        held()

    for minutes in (1, 10, 29):
        assert tell_due(now + minutes * MINUTE) == 0
    assert tell_due(now + DIGEST) == 3

    first, second = mails_to(boss.email)
    assert second.subject.endswith("3 commenti da leggere")
    assert "Aspettano 4 commenti: apri la coda" in second.text
    assert first.key != second.key


def test_after_half_an_hour_of_peace_the_next_one_is_told_at_once(boss):
    now = timezone.now()
    held()
    tell_due(now)
    held()
    tell_due(now + DIGEST)
    held()

    assert tell_due(now + 2 * DIGEST) == 1
    assert len(mails_to()) == 3


def test_a_comment_is_told_once(boss):
    now = timezone.now()
    held()

    assert [tell_due(now + n * DIGEST) for n in range(4)] == [1, 0, 0, 0]


def test_nothing_is_told_when_nothing_waits(boss):
    make_comment()
    held(reported_at=timezone.now() - timedelta(days=1))

    assert tell_due() == 0
    assert told() == []


@pytest.mark.parametrize("state", ["unconfirmed", "published", "spam", "trash"])
def test_only_what_waits_for_a_person_is_told(boss, state):
    make_comment(state=state)

    assert tell_due() == 0


def test_what_was_decided_before_the_digest_is_not_in_it(boss):
    now = timezone.now()
    held()
    tell_due(now)
    decided, left = held(text="Già deciso"), held(text="Ancora qui")
    moderation.move(decided, "trash", expected="pending", via=Decision.Via.QUEUE, by=boss)

    assert tell_due(now + DIGEST) == 1

    mail = mails_to()[-1]
    assert left.comment in mail.text
    assert decided.comment not in mail.text


# --- to whom ---


def test_only_active_staff_who_may_decide_is_told():
    moderator("capo")
    make_user("super")
    moderator("lettrice", "view_readercomment")
    make_user("ospite", superuser=False)
    User.objects.filter(pk=moderator("via").pk).update(is_active=False)
    User.objects.filter(pk=moderator("fuori").pk).update(is_staff=False)
    User.objects.filter(pk=moderator("muta").pk).update(email="")
    held()

    tell_due()

    assert told() == ["capo@example.org", "super@example.org"]


def test_without_moderators_nothing_breaks():
    held()

    assert tell_due() == 1
    assert told() == []


def test_each_moderator_has_links_of_his_own(boss):
    other = moderator("vice")
    held()

    tell_due()

    assert set(links_in(mails_to(boss.email)[0])).isdisjoint(
        set(links_in(mails_to(other.email)[0])[:-1])
    )


# --- what it holds ---


def test_it_says_who_wrote_from_where_under_what_and_why(boss):
    held(
        article=make_article(title="Il titolo"),
        name="Ada",
        user_url="https://ada.example/",
        address="203.0.113.77",
        reasons=["Un motivo."],
        notes=["Una nota."],
    )

    tell_due()

    (mail,) = mails_to()
    for words in ["Ada (https://ada.example/), dalla rete 203.0.113.0/24,", "• Un motivo."]:
        assert words in mail.text
    assert "• Una nota." in mail.text
    assert "sotto «Il titolo»:" in mail.text
    assert "203.0.113.77" not in mail.text + mail.html
    assert len(links_in(mail)) == 5  # the site, three acts, the queue


def test_a_long_digest_prints_some_and_counts_all(boss):
    article = make_article()
    for _ in range(MOST + 5):
        held(article=article)

    assert tell_due() == MOST + 5

    (mail,) = mails_to()
    assert mail.text.count("/commenti/decidi/") == 3 * MOST
    assert f"Aspettano {MOST + 5} commenti" in mail.text
    assert not ReaderComment.objects.filter(reported_at=None).exists()


@pytest.mark.parametrize("letter", ["'", "😀", "&", "<", "\n'"])
def test_no_flood_of_long_comments_stops_the_mail(boss, letter):
    text = letter * 10_000
    article = make_article(title=(letter.strip() * 250)[:250])
    for number in range(MOST + 1):
        comment = held(article=article, text=f"{number} {letter}")
        ReaderComment.objects.filter(pk=comment.pk).update(
            comment=text,
            signature=(letter.strip() * 245)[:245],
            user_url="https://example.org/?" + "&" * 170,
            reasons=["Una frase lunga come le nostre: la legge una persona." * 2] * 6,
            notes=[f"Parola della lista «{letter.strip() * 200}» nel campo testo."] * 40,
        )

    assert tell_due() == MOST + 1
    assert len(mails_to(boss.email)) == 1


# --- two workers ---


@pytest.mark.django_db(transaction=True)
def test_d2_two_workers_send_one_mail():
    moderator("capo")
    for _ in range(3):
        held()

    done = at_once(lambda _: tell_due(), 4)

    assert sorted(done) == [0, 0, 0, 3]
    assert Message.objects.count() == 1


def test_d1_killed_before_the_end_it_is_told_the_next_time(boss, monkeypatch):
    held()

    def broken(letters):
        raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(moderators.outbox, "post_many", broken)
        with pytest.raises(OSError, match="killed"):
            tell_due()

    assert tell_due() == 1
    assert len(mails_to()) == 1


def test_a_comment_put_back_into_the_queue_by_a_moderator_is_no_news(boss):
    comment = held()
    tell_due()
    moderation.move(comment, "published", expected="pending", via=Decision.Via.QUEUE)
    moderation.move(comment, "pending", expected="published", via=Decision.Via.QUEUE)
    ReaderComment.objects.update(reported_at=F("reported_at") - DIGEST)

    assert tell_due() == 0
