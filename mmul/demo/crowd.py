"""Comments in great number for measurements: same seed, same comments, written in bulk.

A comment is a row in three tables (xtd's inheritance), which Django cannot insert in bulk: the
rows are written table by table, with the numbers given here.
"""

import random
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from articles.models import Article
from comments import markdown, moderation
from comments.faces import face_of
from comments.models import ReaderComment, State
from comments.models.comment import place
from mmul.demo.corpus import sentence

BATCH = 5000
TEXTS = 500  # distinct texts
THREAD = 20  # comments of one story, one after another


def generate(comments, *, seed=1):
    """Insert ``comments`` published ones, THREAD under each of the newest stories first."""
    stories = Article.objects.visible().newest_first().only("pk", "published_at")
    chosen = list(stories[: comments // THREAD + 1])
    crowds = [[story, THREAD] for story in chosen]
    crowds[-1][1] += comments - THREAD * len(chosen)
    write(crowds, seed=seed)


def write(crowds, *, seed=1):
    """Insert published comments: ``crowds`` says how many under which story."""
    rng = random.Random(seed)  # noqa: S311 - measurements want the same crowd twice
    texts = [" ".join(sentence(rng) for _ in range(rng.randint(1, 4))) for _ in range(TEXTS)]
    made = [(text, markdown.render(text)) for text in texts]
    first = (ReaderComment.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    places = [(story, step, count) for story, count in crowds for step in range(count)]
    for start in range(0, len(places), BATCH):
        batch = enumerate(places[start : start + BATCH], start=first + start)
        with transaction.atomic():
            insert([row(rng, pk, *where, made) for pk, where in batch])
    after_numbers(first + len(places))
    keys = [story.pk for story, _ in crowds]
    for start in range(0, len(keys), BATCH):
        moderation.recount(keys[start : start + BATCH])


def row(rng, pk, story, step, count, made):
    """The columns of the ``step``-th of ``count`` comments of a story, by table."""
    text, html = rng.choice(made)
    answers = step % 4  # a thread of four: a comment, and three answers down to level 3
    name = f"Lettore {rng.randint(1, 5000)}"
    when = story.published_at + timedelta(minutes=7 * step)
    base = place(story)
    return {
        "django_comments": {
            "id": pk,
            "content_type_id": base["content_type"].pk,
            "object_pk": base["object_pk"],
            "site_id": base["site_id"],
            "user_name": name,
            "user_email": f"{name.replace(' ', '').lower()}@lettori.example",
            "user_url": "",
            "comment": text,
            "submit_date": when,
            "is_public": True,
            "is_removed": False,
        },
        "django_comments_xtd_xtdcomment": {
            "comment_ptr_id": pk,
            "thread_id": pk - answers,
            "parent_id": pk - 1 if answers else pk,
            "level": answers,
            "order": answers + 1,
            "followup": False,
            "nested_count": min(3 - answers, count - step - 1),
        },
        "comments_readercomment": {
            "xtdcomment_ptr_id": pk,
            "article_id": story.pk,
            "signature": name,
            "wants": "none",
            "html": html,
            "html_version": markdown.VERSION,
            "fingerprint": f"{pk:064x}",
            "network": "",
            "face": face_of("", name),
            "state": State.PUBLISHED.value,
            "state_since": when,
            "reasons": "[]",
            "notes": "[]",
            "told_at": timezone.now(),
        },
    }


def insert(rows):
    with connection.cursor() as cursor:
        for table in rows[0]:
            columns = list(rows[0][table])
            names = ", ".join(connection.ops.quote_name(column) for column in columns)
            marks = ", ".join(["%s"] * len(columns))
            # Names of tables and columns stand in this file.
            sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
            cursor.executemany(sql, [list(row[table].values()) for row in rows])


def after_numbers(number):
    """Let PostgreSQL go on counting after the numbers given here."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('django_comments', 'id'), %s)", [number]
            )
