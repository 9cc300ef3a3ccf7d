"""Signed links: what they carry, how long they live, and what a forged one gets (M4, M5)."""

import base64
import json
import pickle
from pathlib import Path

import pytest
from django.core import signing
from django.test import Client

from comments import followers, moderation, tokens
from comments.models import DataRequest, Decision, ReaderComment, State, Subscription
from comments.tokens import AGES, DAY, HOUR, LENGTH, Expired, Forged
from tests.comments.deciding import follow, moderator
from tests.comments.writing import aged, make_comment, post
from tests.factories import make_article

BIG = 2**63 - 1
# The longest value each purpose ever carries.
VALUES = {
    "form": BIG,
    "confirm": BIG,
    "moderate": [BIG, "published", "unconfirmed", BIG],
    "mine": [BIG, 1],
    "correct": BIG,
    "data": BIG,
    "proof": BIG,
    "unsubscribe": BIG,
}
RUBBISH = ["x", "a:b:c", "::", "x" * 300, "x" * 3000, "e\u0300:1:2", "..", "W10:1:x"]


def test_m4_every_purpose_has_the_life_of_the_trust_table():
    assert AGES == {
        "form": 30 * DAY,
        "confirm": 7 * DAY,
        "moderate": 7 * DAY,
        "mine": HOUR,
        "correct": 600,
        "data": DAY,
        "proof": 365 * DAY,
        "unsubscribe": None,
    }
    assert VALUES.keys() == AGES.keys()


@pytest.mark.parametrize("purpose", AGES)
def test_m4_a_token_gives_back_its_value_and_its_age(purpose):
    value = VALUES[purpose]

    assert tokens.read(purpose, tokens.make(purpose, value)).value == value
    read = tokens.read(purpose, aged(purpose, value, 100))
    assert read.value == value
    assert 100 <= read.age <= 102


@pytest.mark.parametrize("purpose", AGES)
def test_m4_a_token_lives_exactly_as_long_as_it_should(purpose):
    most = AGES[purpose]
    if most is None:
        assert tokens.read(purpose, aged(purpose, 1, 40 * 365 * DAY)).value == 1
        return
    assert tokens.read(purpose, aged(purpose, 1, most - 5)).value == 1
    with pytest.raises(Expired):
        tokens.read(purpose, aged(purpose, 1, most + 5))


@pytest.mark.parametrize("purpose", AGES)
def test_m4_no_character_of_a_token_may_change(purpose):
    token = tokens.make(purpose, VALUES[purpose])

    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(Forged):
            tokens.read(purpose, token[:place] + other + token[place + 1 :])
    for changed in (token[:-1], token[1:], f"{token}x", f" {token}", f"{token}\n", token.upper()):
        with pytest.raises(Forged):
            tokens.read(purpose, changed)


@pytest.mark.parametrize("purpose", AGES)
def test_m4_a_token_is_good_for_one_purpose(purpose):
    token = tokens.make(purpose, VALUES[purpose])

    for other in AGES.keys() - {purpose}:
        with pytest.raises(Forged):
            tokens.read(other, token)


@pytest.mark.parametrize("purpose", AGES)
def test_m4_the_longest_token_has_at_most_three_hundred_characters(purpose):
    assert len(tokens.make(purpose, VALUES[purpose])) <= LENGTH == 300


@pytest.mark.parametrize("purpose", AGES)
def test_m4_a_token_holds_json(purpose):
    payload = tokens.make(purpose, VALUES[purpose]).split(":")[0]

    assert json.loads(base64.urlsafe_b64decode(payload + "==")) == VALUES[purpose]


@pytest.mark.parametrize("token", [*RUBBISH, "", None, 7, b"x", "\0", "\ud800", "." + "x" * 20])
def test_m4_rubbish_is_forged_and_nothing_worse(token):
    for purpose in AGES:
        with pytest.raises(Forged):
            tokens.read(purpose, token)


def test_a_purpose_that_nobody_declared_makes_no_token():
    with pytest.raises(KeyError):
        tokens.make("admin", 1)


class Bomb:
    exploded: list[int] = []

    def __reduce__(self):
        return (Bomb.exploded.append, (1,))


@pytest.mark.parametrize("mark", ["", "."])
def test_m5_whoever_has_the_key_still_runs_no_code(mark):
    payload = mark + base64.urlsafe_b64encode(pickle.dumps(Bomb())).decode().rstrip("=")
    for purpose in AGES:
        token = signing.TimestampSigner(salt=f"comments.{purpose}").sign(payload)
        with pytest.raises(Forged):
            tokens.read(purpose, token)
    assert Bomb.exploded == []


def test_m4_nothing_of_the_room_reads_a_pickle():
    room = Path(tokens.__file__).parent

    assert [f for f in room.rglob("*.py") if "import pickle" in f.read_text("utf-8")] == []


@pytest.mark.django_db
def test_m4_the_links_of_xtd_with_their_pickles_are_not_there(client):
    for words in ("confirm/x", "mute/x", "sent", "post", "reply/1", "like/1", "api/read", "cr/1/1"):
        assert client.get(f"/comments/{words}/").status_code == 404, words


@pytest.mark.parametrize("purpose", AGES)
def test_m5_after_a_change_of_key_every_link_of_before_still_works(purpose, settings):
    old = settings.SECRET_KEY
    token = tokens.make(purpose, VALUES[purpose])
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "neu" * 20, [old]

    assert tokens.read(purpose, token).value == VALUES[purpose]
    new = tokens.make(purpose, VALUES[purpose])
    settings.SECRET_KEY_FALLBACKS = []
    assert tokens.read(purpose, new).value == VALUES[purpose]
    with pytest.raises(Forged):
        tokens.read(purpose, token)


# --- the pages behind the links ---

PAGES = {
    "mine": ["ricevuto", "mio"],
    "correct": ["correggi"],
    "confirm": ["conferma"],
    "moderate": ["decidi"],
    "unsubscribe": ["basta"],
    "data": ["dati"],
}
ADDRESSES = [(purpose, name) for purpose, names in PAGES.items() for name in names]


def address(name, token):
    return f"/commenti/{name}/{token}/"


@pytest.fixture
def made():
    """One comment and what hangs on it; ``{purpose: the value of its token}``."""
    comment = make_comment(state=State.UNCONFIRMED, email="ada@example.org")
    request = DataRequest.objects.create(
        kind="copy", commenter=comment.commenter, network="", at=comment.submit_date
    )
    return {
        "mine": [comment.pk, 0],
        "correct": comment.pk,
        "confirm": comment.pk,
        "moderate": [comment.pk, "published", "unconfirmed", moderator().pk],
        "unsubscribe": follow(comment.article, "eva@example.org").pk,
        "data": request.pk,
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("purpose", "name"), ADDRESSES)
def test_m4_a_page_behind_a_link_is_for_its_reader_alone(client, made, purpose, name):
    response = client.get(address(name, tokens.make(purpose, made[purpose])))

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "Cache-Tags" not in response.headers
    assert not response.cookies


@pytest.mark.django_db
@pytest.mark.parametrize(("purpose", "name"), ADDRESSES)
@pytest.mark.parametrize("way", ["get", "post"])
def test_m4_an_old_or_forged_link_shows_nothing_and_does_nothing(client, made, purpose, name, way):
    before = list(ReaderComment.objects.values())
    bad = [*RUBBISH, tokens.make(purpose, 999_999), tokens.make(purpose, BIG)]
    bad += [tokens.make(other, made[purpose]) for other in AGES if other != purpose]
    if AGES[purpose]:
        bad.append(aged(purpose, made[purpose], AGES[purpose] + 60))

    for token in bad:
        response = getattr(client, way)(address(name, token), {"comment": "x"})
        assert response.status_code in (403, 404, 405, 410), token
        assert "Testo" not in response.text

    assert list(ReaderComment.objects.values()) == before
    assert not Decision.objects.exists()
    assert not Subscription.objects.exclude(ended_at=None).exists()
    assert not DataRequest.objects.exclude(done_at=None).exists()


@pytest.mark.django_db
def test_m4_a_link_is_good_for_one_object(client):
    first, second = (make_comment(state=State.UNCONFIRMED) for _ in range(2))

    client.post(address("conferma", tokens.make("confirm", first.pk)))

    first.commenter.refresh_from_db()
    second.commenter.refresh_from_db()
    assert first.commenter.confirmed_at
    assert second.commenter.confirmed_at is None


@pytest.mark.django_db
def test_m4_a_replay_repeats_nothing(client, made):
    decide = address("decidi", tokens.make("moderate", made["moderate"]))
    confirm = address("conferma", tokens.make("confirm", made["confirm"]))
    stop = address("basta", tokens.make("unsubscribe", made["unsubscribe"]))
    data = address("dati", tokens.make("data", made["data"]))
    for link in (decide, confirm, stop, data):
        client.post(link)
    after = (
        list(ReaderComment.objects.values()),
        list(Decision.objects.values()),
        list(Subscription.objects.values()),
        list(DataRequest.objects.values()),
    )

    answers = [client.post(link) for link in (decide, confirm, stop, data)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 410]
    assert after == (
        list(ReaderComment.objects.values()),
        list(Decision.objects.values()),
        list(Subscription.objects.values()),
        list(DataRequest.objects.values()),
    )


@pytest.mark.django_db
def test_m4_a_link_about_something_that_is_gone_says_so(client, made):
    links = {
        name: address(name, tokens.make(purpose, made[purpose])) for purpose, name in ADDRESSES
    }
    comment = ReaderComment.objects.get()
    comment.article.delete()

    statuses = {name: client.get(link).status_code for name, link in links.items()}

    assert statuses == {
        "ricevuto": 404,
        "mio": 404,
        "correggi": 404,
        "conferma": 410,
        "decidi": 410,
        "basta": 410,
        "dati": 200,  # the person is still there
    }


@pytest.mark.django_db
def test_m4_a_moderators_link_acts_only_from_the_state_it_names(client):
    comment = make_comment(state=State.PENDING)
    value = [comment.pk, "trash", "pending", moderator().pk]
    link = address("decidi", tokens.make("moderate", value))
    moderation.move(
        comment, State.PUBLISHED, expected=State.PENDING, via=Decision.Via.MAIL, by=None
    )

    response = client.post(link)

    comment.refresh_from_db()
    assert comment.state == State.PUBLISHED
    assert "Ci ha già pensato qualcun altro" in response.text


@pytest.mark.django_db
def test_m5_a_form_and_a_proof_of_before_the_change_of_key_are_taken(client, settings):
    article = make_article()
    old = settings.SECRET_KEY
    form = tokens.make("form", article.pk)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "neu" * 20, [old]

    assert post(client, article, form=form).status_code == 302


@pytest.mark.django_db
def test_m4_unsubscribing_works_after_years_and_needs_no_login():
    subscription = follow(make_article(), "eva@example.org")
    token = aged("unsubscribe", subscription.pk, 3 * 365 * DAY)

    assert Client().post(address("basta", token)).status_code == 200
    subscription.refresh_from_db()
    assert subscription.ended_at
    assert not followers.unsubscribe(subscription)
