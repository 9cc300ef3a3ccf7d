"""The demo's discussions: readers invented by us, under the stories of the same file name."""

import tomllib
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from accounts.models import Author, User
from articles.models import Article
from comments import markdown, moderation
from comments.faces import face_of
from comments.models import Commenter, ReaderComment, State
from comments.models.comment import fingerprint, place
from kit.text import slugify

HERE = Path(__file__).resolve().parent


def load(slugs):
    """Load the discussion of every story of ``{file name: slug}``; return how many comments.

    A story that has comments already is left alone.
    """
    done = 0
    held = tomllib.loads((HERE / "held.toml").read_text(encoding="utf-8"))["comments"]
    for name, slug in slugs.items():
        file = HERE / "discussions" / f"{name}.toml"
        rows = tomllib.loads(file.read_text(encoding="utf-8"))["comments"] if file.exists() else []
        rows += [row for row in held if row["story"] == name]
        article = Article.objects.filter(slug=slug).exclude(published_at=None).first()
        if rows and article and not article.comments.exists():
            with transaction.atomic():
                load_discussion(article, rows)
            done += len(rows)
    return done


def load_discussion(article, rows):
    known = {}
    for row in sorted(rows, key=lambda row: row["minutes"]):
        comment = load_comment(article, row, known)
        if "key" in row:
            known[row["key"]] = comment
    moderation.recount([article.pk])


def load_comment(article, row, known):
    state = State(row.get("state", State.PUBLISHED))
    author = Author.objects.get(slug=row["author"]) if "author" in row else None
    user = account_of(author) if author else None
    name = author.name if author else row["name"]
    email = user.email if user else f"{slugify(name) or 'lettore'}@lettori.example"
    made = markdown.render(row["text"])
    parent, answers = place_under(known[row["reply_to"]] if "reply_to" in row else None)
    when = min(article.published_at + timedelta(minutes=row["minutes"]), timezone.now())
    comment = ReaderComment(
        **place(article),
        article=article,
        commenter=commenter_of(email, state, when),
        user=user,
        signature=name,
        user_email=email,
        user_url=row.get("site", ""),
        comment=row["text"],
        html=made,
        html_version=markdown.VERSION,
        face=face_of(email, name),
        parent_id=parent.pk if parent else 0,
        answers=answers,
        fingerprint=fingerprint(parent and parent.pk, email, row["text"]),
        submit_date=when,
        state=state,
        state_since=when,
        reasons=row.get("reasons", []),
        told_at=when,  # nobody is written to about invented comments
        reported_at=when,
    )
    comment.save()
    return comment


def place_under(answered):
    """Where an answer hangs and whom it names: the thread has five levels."""
    if answered is None or answered.level < moderation.LEVELS:
        return answered, None
    return ReaderComment.objects.get(pk=answered.parent_id), answered


def commenter_of(email, state, when):
    trusted = when if state == State.PUBLISHED else None
    confirmed = None if state == State.UNCONFIRMED else when
    defaults = {"confirmed_at": confirmed, "trusted_at": trusted}
    return Commenter.objects.get_or_create(email=email, defaults=defaults)[0]


def account_of(author):
    """An account for an author who answers readers. Nobody can log in with it."""
    if author.user is None:
        user = User(username=author.slug, email=f"{author.slug}@example.org")
        user.set_unusable_password()
        user.save()
        Author.objects.filter(pk=author.pk).update(user=user)
        author.user = user
    return author.user
