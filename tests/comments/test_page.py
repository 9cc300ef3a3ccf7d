"""The discussion on the article's page: headings, order, anchors, marks, who sees what."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from comments.faces import face_of
from comments.models import Policy, ReaderComment, State
from comments.templatetags.thread import heading
from tests.comments.reading import fields_of, page_of
from tests.comments.writing import aged, make_comment, make_commenter, post, proof_of
from tests.factories import make_article, make_author, make_image, make_series, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]

TOKEN = re.compile(r'name="form" value="[^"]*"')


def show(client, article, more=""):
    return client.get(article.get_absolute_url() + more)


def shown(page):
    """``[(number of the comment, how many lists it stands in)]`` in reading order."""
    depth, found = 0, []
    for tag in re.finditer(r'<ol class="thread|</ol>|id="comment-(\d+)"', page):
        if tag[1]:
            found.append((int(tag[1]), depth - 1))
        else:
            depth += 1 if tag[0].startswith("<ol") else -1
    return found


def part_of(page, comment):
    """The HTML of one comment on a page."""
    return re.search(rf'<article id="comment-{comment.pk}".*?</article>', page, re.DOTALL)[0]


# --- headings ---


def test_the_three_headings():
    assert heading(0, "T") == "Nessun commento"
    assert heading(1, "T") == "Una risposta a «T»"
    assert heading(2, "T") == "2 risposte a «T»"
    assert heading(1200, "T") == "1200 risposte a «T»"


@pytest.mark.parametrize(
    ("published", "said"),
    [
        (0, "Nessun commento"),
        (1, "Una risposta a «Linux &amp; soci»"),
        (3, "3 risposte a «Linux &amp; soci»"),
    ],
)
def test_the_heading_counts_what_readers_see(client, published, said):
    article = make_article(title="Linux & soci")
    for state in (State.PENDING, State.SPAM, State.TRASH, State.UNCONFIRMED):
        make_comment(article, state=state)
    for _ in range(published):
        make_comment(article)

    page = show(client, article).text

    assert f'<h2 id="comments-title" class="comments__title">{said}</h2>' in page
    article.refresh_from_db()
    assert article.comment_count == published


# --- order and shape ---


@pytest.mark.both
def test_the_oldest_comes_first_and_answers_stand_under_what_they_answer(client):
    first = make_comment()
    article = first.article
    second = make_comment(article)
    answer = make_comment(parent=first)
    deeper = make_comment(parent=answer)
    late = make_comment(parent=first)

    assert shown(show(client, article).text) == [
        (first.pk, 0),
        (answer.pk, 1),
        (deeper.pk, 2),
        (late.pk, 1),
        (second.pk, 0),
    ]


@pytest.mark.both
def test_the_date_decides_not_the_number(client):
    article = make_article()
    now = timezone.now()
    young = make_comment(article, submit_date=now - timedelta(minutes=1))
    old = make_comment(article, submit_date=now - timedelta(minutes=9))

    assert [number for number, _ in shown(show(client, article).text)] == [old.pk, young.pk]


def test_five_levels_and_no_more(client):
    thread = [make_comment()]
    for _ in range(4):
        thread.append(make_comment(parent=thread[-1]))
    deep = make_comment(parent=thread[3], answers=thread[4])

    levels = dict(shown(show(client, deep.article).text))

    assert [levels[comment.pk] for comment in [*thread, deep]] == [0, 1, 2, 3, 4, 4]


def test_every_anchor_is_there_once(client):
    parent = make_comment()
    answer = make_comment(parent=parent)

    ids = page_of(show(client, parent.article)).ids

    for name in ("comments", "respond", f"comment-{parent.pk}", f"comment-{answer.pk}"):
        assert ids.count(name) == 1, name
    assert len(ids) == len(set(ids))


def test_a_comment_has_a_date_in_words_a_permalink_and_two_ways_on(client):
    comment = make_comment(submit_date=datetime(2024, 8, 1, 22, 5, tzinfo=UTC))
    ReaderComment.objects.filter(pk=comment.pk).update(edited_at=timezone.now())
    article = comment.article
    address = article.get_absolute_url()

    part = part_of(show(client, article).text, comment)

    assert f'href="#comment-{comment.pk}"' in part
    assert "2 agosto 2024, 00:05</time>" in part
    assert 'datetime="2024-08-0' in part
    assert f'href="{address}?replytocom={comment.pk}#respond" rel="nofollow"' in part
    assert f'href="/commenti/segnala/{comment.pk}/" rel="nofollow"' in part
    assert ">Rispondi</a>" in part
    assert ">Segnala</a>" in part
    assert "corretto" in part


def test_a_name_leads_to_its_site_and_nobody_vouches_for_it(client):
    article = make_article()
    with_site = make_comment(article, name="<b>Ada</b>", user_url="https://example.org/?a=1&b=2")
    without = make_comment(article, name="Eva")

    page = show(client, article).text

    assert (
        '<a href="https://example.org/?a=1&amp;b=2" rel="nofollow ugc noopener">'
        "<bdi>&lt;b&gt;Ada&lt;/b&gt;</bdi></a>" in part_of(page, with_site)
    )
    assert '<h3 id="by-' in part_of(page, without)
    assert "nofollow ugc" not in part_of(page, without)


def test_authors_of_the_story_and_the_rest_of_the_staff_are_marked(client):
    livia, boss = make_user("livia"), make_user("capo")
    article = make_article(authors=[make_author("Livia", user=livia), make_author("Ospite")])
    by_author = make_comment(article, user=livia, name="Livia")
    by_staff = make_comment(article, user=boss, name="Capo")
    by_reader = make_comment(article, name="Ospite")

    page = show(client, article).text

    marks = [
        re.findall(r'comment__mark">([^<]*)', part_of(page, c))
        for c in (by_author, by_staff, by_reader)
    ]
    assert marks == [["ha scritto l’articolo"], ["redazione"], []]


def test_a_face_is_drawn_here_and_tells_nothing(client, settings):
    comment = make_comment(email="ada@example.org", name="Ada")
    part = part_of(show(client, comment.article).text, comment)

    assert 'aria-hidden="true"><path d="' in part
    assert "<img" not in part
    assert face_of("ada@example.org", "Ada") == face_of("ada@example.org", "Eva") == comment.face
    settings.SECRET_KEY = "another " * 8
    assert face_of("ada@example.org", "Ada") != comment.face  # nobody makes it without the key


# --- what is not published ---


@pytest.mark.parametrize("state", [state for state in State if state != State.PUBLISHED])
def test_p1_a_hidden_comment_leaves_no_trace(client, state):
    article = make_article()
    make_comment(article)
    before = TOKEN.sub("", show(client, article).text)
    make_comment(article, state=state, name="MARCA", text="marchio", user_url="https://marca.it")

    assert TOKEN.sub("", show(client, article).text) == before


@pytest.mark.parametrize("state", [state for state in State if state != State.PUBLISHED])
def test_p1_a_hidden_parent_keeps_its_place_and_shows_nothing(client, state):
    parent = make_comment(name="MARCA", text="marchio", user_url="https://marca.it")
    answer = make_comment(parent=parent)
    ReaderComment.objects.filter(pk=parent.pk).update(
        state=state, reasons=["motivo"], notes=["nota"]
    )

    page = show(client, parent.article).text

    assert shown(page) == [(parent.pk, 0), (answer.pk, 1)]
    assert page.count("Qui c’era un commento. Non è più visibile.") == 1
    for secret in ("MARCA", "marchio", "marca.it", "motivo", "nota<"):
        assert secret not in page
    assert f"replytocom={parent.pk}#" not in page
    assert "Una risposta a «" in page


def test_p1_hidden_comments_with_nothing_to_see_below_go_altogether(client):
    root = make_comment()
    middle = make_comment(parent=root)
    leaf = make_comment(parent=middle)
    ReaderComment.objects.filter(pk__in=[root.pk, middle.pk]).update(state=State.SPAM)
    assert shown(show(client, root.article).text) == [(root.pk, 0), (middle.pk, 1), (leaf.pk, 2)]

    ReaderComment.objects.filter(pk=leaf.pk).update(state=State.TRASH)

    assert shown(show(client, root.article).text) == []
    assert "Nessun commento" in show(client, root.article).text


# --- folding ---


@pytest.mark.both
def test_from_two_hundred_comments_on_threads_are_folded(client):
    parent = make_comment()
    for _ in range(2):
        make_comment(parent=parent)
    lonely = make_comment(parent.article)
    for _ in range(195):
        make_comment(parent.article)
    assert "<details" not in show(client, parent.article).text.partition('id="comments"')[2]

    make_comment(parent.article)
    page = show(client, parent.article)

    thread = page.text.partition('id="comments"')[2]
    assert "200 risposte a «" in thread
    assert re.findall(r"<summary>(.*?)</summary>", thread) == ["2 risposte"]
    assert (page_of(page).open, page_of(page).crossed) == ([], [])
    assert thread.index("<details") > thread.index(f"comment-{parent.pk}")
    assert thread.index("</details>") < thread.index(f'id="comment-{lonely.pk}"')


# --- the form: answering, closed ---


def test_an_answer_is_begun_with_a_link_and_without_scripts(client):
    comment = make_comment(name="Ada <b>")

    response = show(client, comment.article, f"?replytocom={comment.pk}")

    assert "Rispondi a <bdi>Ada &lt;b&gt;</bdi>" in response.text
    assert "Non rispondere, scrivi in fondo" in response.text
    fields = fields_of(response) | {"comment": "Sì", "name": "Eva", "email": "eva@example.org"}
    assert fields["reply_to"] == str(comment.pk)
    assert client.post("/commenti/", fields).status_code == 302
    assert ReaderComment.objects.latest("pk").parent_id == comment.pk


@pytest.mark.parametrize("more", ["?replytocom={}", "?replytocom={}&x=1", "?x=1&replytocom={}"])
def test_k4_the_page_of_one_answer_is_kept_by_nobody(client, more):
    comment = make_comment()

    response = show(client, comment.article, more.format(comment.pk))

    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "Cache-Tags" not in response.headers
    assert "ETag" not in response.headers


@pytest.mark.both
@pytest.mark.parametrize("asked", ["0", "-1", "x", "9" * 30, "1.5", "²", "hidden", "elsewhere"])
def test_what_is_no_comment_of_this_story_is_not_answered(client, asked):
    article = make_article()
    odd = {"hidden": make_comment(article, state=State.PENDING).pk, "elsewhere": make_comment().pk}

    response = show(client, article, f"?replytocom={odd.get(asked, asked)}")

    assert response.status_code == 200
    assert "Lascia un commento" in response.text
    assert fields_of(response)["reply_to"] == ""
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("more", ["?x=1", "?utm_source=a", "?replytocom=", "?comment=1", "?p=7;q"])
def test_k1_other_parameters_change_nothing(client, more):
    comment = make_comment()
    plain, other = show(client, comment.article), show(client, comment.article, more)

    assert TOKEN.sub("", other.text) == TOKEN.sub("", plain.text)
    assert other.headers["Cache-Control"] == plain.headers["Cache-Control"]
    assert other.headers["Cache-Tags"] == plain.headers["Cache-Tags"]


def test_the_page_of_an_article_is_shared_and_says_what_it_shows(client):
    comment = make_comment()

    headers = show(client, comment.article).headers

    assert headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert f"article:{comment.article_id}" in headers["Cache-Tags"].split()
    assert headers["ETag"]


def close_by_switch(article):
    article.comments_open = False
    article.save()


def close_by_age(article):
    Policy.objects.create(close_after_days=14)
    type(article).objects.update(published_at=timezone.now() - timedelta(days=14, minutes=1))
    article.refresh_from_db()


@pytest.mark.parametrize("close", [close_by_switch, close_by_age])
def test_a_closed_discussion_can_be_read_and_not_written(client, close):
    comment = make_comment()
    article = comment.article
    close(article)

    page = show(client, article, f"?replytocom={comment.pk}").text

    assert "I commenti sono chiusi" in page
    assert "Rispondi" not in page
    assert "<form" not in page.partition('id="respond"')[2].partition("</section>")[0]
    assert comment.comment in page
    assert ">Segnala</a>" in page


@pytest.mark.parametrize("close", [close_by_switch, close_by_age])
def test_who_wrote_while_it_was_closed_gets_the_text_back(client, close):
    article = make_article()
    close(article)

    response = post(client, article, comment="Un testo lungo.")

    assert response.status_code == 403
    assert page_of(response).alarms == ["I commenti a questo articolo sono chiusi."]
    assert fields_of(response)["comment"] == "Un testo lungo."
    assert not ReaderComment.objects.exists()


@pytest.mark.parametrize(("days", "open_"), [(0, True), (13, True), (14, False), (400, False)])
def test_a_discussion_closes_after_the_days_the_moderators_set(client, days, open_):
    Policy.objects.create(close_after_days=14)
    article = make_article(published_at=timezone.now() - timedelta(days=days, minutes=1))

    assert ("Lascia un commento" in show(client, article).text) == open_


# --- the own comment, for an hour ---


def write(client, **fields):
    """A comment just sent: ``(row, address of its story with it in place)``."""
    response = post(client, fields.pop("article", None) or make_article(), **fields)
    page = client.get(response["Location"]).text
    comment = ReaderComment.objects.latest("pk")
    return comment, re.search(r'href="(/commenti/mio/[^"#]+)#comment-\d+"', page)[1]


def test_the_writer_sees_the_own_comment_in_place_and_nobody_else_does(client):
    before = make_comment()
    comment, mine = write(client, article=before.article, reply_to=before.pk)

    response = client.get(mine)

    part = part_of(response.text, comment)
    assert shown(response.text) == [(before.pk, 0), (comment.pk, 1)]
    assert "Lo vedi solo tu.</strong> Da confermare." in part
    assert "Il tuo indirizzo e-mail è ancora da confermare." in part
    assert comment.comment in part
    assert "Una risposta a «" in response.text
    assert "Rispondi" not in part
    assert response.headers["Cache-Control"] == "private, no-store"
    assert comment.comment not in show(client, before.article).text


def test_c10_the_writer_reads_reasons_and_never_the_notes(client):
    comment, mine = write(client)
    ReaderComment.objects.filter(pk=comment.pk).update(notes=["parola segreta"])

    assert "segreta" not in client.get(mine).text


@pytest.mark.parametrize(("minutes", "status"), [(59, 200), (61, 404)])
def test_m4_the_link_lives_an_hour(client, minutes, status):
    comment = make_comment(state=State.PENDING)

    token = aged("mine", [comment.pk, 0], minutes * 60)

    assert client.get(f"/commenti/mio/{token}/").status_code == status
    assert client.get(f"/commenti/ricevuto/{token}/").status_code == status


def test_the_link_of_one_comment_shows_no_other(client):
    article = make_article()
    make_comment(article, state=State.PENDING, text="di un altro")
    comment, mine = write(client, article=article)

    page = client.get(mine).text

    assert "di un altro" not in page
    assert shown(page) == [(comment.pk, 0)]


def test_a_comment_that_was_published_meanwhile_is_like_any_other_behind_its_link(client):
    comment, mine = write(client)
    ReaderComment.objects.filter(pk=comment.pk).update(state=State.PUBLISHED)

    page = client.get(mine).text

    assert "Lo vedi solo tu" not in page
    assert "Rispondi" in part_of(page, comment)


def test_p1_behind_the_link_a_story_that_was_withdrawn_is_a_404(client):
    comment, mine = write(client)
    comment.article.status = "draft"
    comment.article.save()

    assert client.get(mine).status_code == 404


def test_who_is_published_at_once_is_led_to_the_comment(client):
    response = post(client, make_article(), proof=proof_of(make_commenter()))

    comment = ReaderComment.objects.get()
    assert f'href="{comment.get_absolute_url()}"' in client.get(response["Location"]).text


# --- cost ---


def full_article():
    """A story of last month with everything on its page."""
    parts = [make_article(published_at=timezone.now() - timedelta(days=n)) for n in (29, 31)]
    series = make_series()
    article = make_article(
        published_at=timezone.now() - timedelta(days=30),
        series=series,
        lead_image=make_image(),
        authors=[make_author("Ada", user=make_user(), picture=make_image())],
        sources=[{"outlet": "X", "url": "https://example.org/"}],
    )
    for part in parts:
        part.series = series
        part.save()
    return article


@pytest.mark.both
def test_two_hundred_comments_cost_the_queries_of_two_and_at_most_nine(
    client, django_assert_num_queries, django_assert_max_num_queries
):
    article = full_article()
    parent = make_comment(article, user_url="https://example.org")
    make_comment(parent=parent)
    with django_assert_max_num_queries(9) as few:
        show(client, article)

    for number in range(66):
        parent = make_comment(article)
        answer = make_comment(parent=parent, user=make_user(password="x"))
        make_comment(parent=answer, state=list(State)[number % 5])

    with django_assert_num_queries(len(few)):
        page = show(client, article).text
    assert len(shown(page)) > 140
    with django_assert_max_num_queries(len(few) + 1):
        show(client, article, f"?replytocom={parent.pk}")


@pytest.mark.both
def test_a_deep_thread_costs_no_more_either(client, django_assert_max_num_queries):
    parent = make_comment(full_article())
    for _ in range(4):
        parent = make_comment(parent=parent)
    above = ReaderComment.objects.get(pk=parent.parent_id)
    for _ in range(5):
        parent = make_comment(parent=above, answers=parent)
    assert ReaderComment.objects.exclude(parent_id=F("pk")).count() == 9

    with django_assert_max_num_queries(9):
        assert show(client, parent.article).text.count("in risposta a") == 5
