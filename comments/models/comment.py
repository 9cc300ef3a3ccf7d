"""A reader's comment: xtd's tables and thread arithmetic, our one field of state.

xtd knows ``is_public`` and ``is_removed`` only, so pending, spam and trash could not be told
apart. Here ``state`` is the truth and ``is_public`` follows it; both are written by
``comments.moderation.move`` and by nobody else (trust table, C9).
"""

import hashlib

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.db.models import Q
from django_comments_xtd.models import XtdComment

from articles.models import Article
from kit import html
from kit.fields import LineField

LEVELS = settings.COMMENTS_XTD_MAX_THREAD_LEVEL  # the deepest; counted from 0, as xtd does
NAME_LENGTH = 245  # WordPress's; xtd's own column holds 50 and keeps the beginning
XTD_NAME_LENGTH = 50


class State(models.TextChoices):
    UNCONFIRMED = "unconfirmed", "da confermare"
    PENDING = "pending", "in attesa"
    PUBLISHED = "published", "pubblicato"
    SPAM = "spam", "spam"
    TRASH = "trash", "cestino"


GONE = (State.SPAM, State.TRASH)
# Last the facts of printing.py, in its order: all that is shown of a comment around its text.
THREAD_COLUMNS = (
    "parent_id",
    "state",
    "answers_id",
    "html",
    "pk",
    "signature",
    "user_url",
    "user_id",
    "face",
    "submit_date",
    "edited_at",
)
FACTS = THREAD_COLUMNS.index("pk")

FEED_COLUMNS = (
    "pk",
    "signature",
    "submit_date",
    "edited_at",
    "state_since",
    "comment",
    "html",
    "article_id",
    "article__title",
    "article__slug",
    "article__published_at",
)


class ReaderCommentQuerySet(models.QuerySet):
    """Adjectives choose rows; ``for_*`` chooses columns and joins."""

    def published(self):
        return self.filter(state=State.PUBLISHED)

    def in_state(self, state):
        return self.filter(state=state)

    def of_article(self, article):
        return self.filter(article=article)

    def visible(self, at=None):
        """Published, under a story that readers see."""
        return self.published().filter(article__in=Article.objects.visible(at))

    def newest_first(self):
        return self.order_by("-pk")

    def to_tell_followers(self):
        """Not before readers see it: the story may have been withdrawn meanwhile."""
        return self.visible().filter(told_at=None)

    def to_tell_moderators(self):
        return self.filter(state=State.PENDING, reported_at=None)

    def for_thread(self, own=None):
        """Rows of a thread by age: the published ones and those that stand above some answer.

        ``own`` is the number of a comment its writer may see while it waits.
        """
        shown = Q(state=State.PUBLISHED) | Q(nested_count__gt=0) | Q(pk=own or 0)
        rows = self.filter(shown).order_by("submit_date", "pk")
        # Tuples: two thousand model instances cost as much as the page around them.
        return rows.values_list(*THREAD_COLUMNS, named=True)

    def kept(self):
        """Rows that nobody deleted for ever."""
        return self.filter(erase_at=None)

    def for_queue(self):
        return self.select_related("article", "commenter", "user")

    def for_feed(self):
        """What an entry of a feed says, and where its story is, newest first."""
        return self.order_by("-pk").values_list(*FEED_COLUMNS)


class ReaderComment(XtdComment):
    State = State

    class Wants(models.TextChoices):
        NONE = "none", "nessuna mail"
        REPLIES = "replies", "le risposte a me"
        THREAD = "thread", "tutta la discussione"

    # Written by the reader.
    article = models.ForeignKey(Article, models.CASCADE, related_name="comments")
    commenter = models.ForeignKey(
        "comments.Commenter", models.SET_NULL, null=True, related_name="comments"
    )
    signature = LineField("nome", max_length=NAME_LENGTH)
    wants = models.CharField("avvisi", choices=Wants, default=Wants.NONE, max_length=7)
    # The person answered, when the thread is too deep to show it by its shape.
    answers = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")

    # Made by the house from what was written.
    html = models.TextField(default="", editable=False)
    html_version = models.PositiveSmallIntegerField(default=0, editable=False)
    fingerprint = models.CharField(max_length=64, editable=False)
    network = models.CharField("rete", max_length=43, default="", editable=False)
    face = models.CharField(max_length=16, default="", editable=False)  # see faces.py

    # Written by moderation.py, one narrow UPDATE at a time.
    state = models.CharField("stato", choices=State, max_length=11)
    state_since = models.DateTimeField("in questo stato dal")
    # Sentences in Italian for the writer and the moderator; no word of a list stands in them.
    reasons = models.JSONField("motivi", default=list)
    notes = models.JSONField("note", default=list)  # for moderators only
    edited_at = models.DateTimeField("corretto il", null=True)
    told_at = models.DateTimeField(null=True, editable=False)  # followers
    reported_at = models.DateTimeField(null=True, editable=False)  # moderators
    # Deleted for ever then, unless the moderator takes it back before.
    erase_at = models.DateTimeField(null=True, editable=False)

    objects = ReaderCommentQuerySet.as_manager()

    class Meta:
        verbose_name = "commento"
        verbose_name_plural = "commenti"
        ordering: list[str] = []
        constraints = [
            # A double click, a reload, two tabs: one comment (trust table, C4).
            models.UniqueConstraint(
                fields=["article", "fingerprint"],
                condition=~Q(state__in=GONE),
                name="comments_same_text_once",
            ),
        ]
        indexes = [
            # A thread, and the count of its story.
            models.Index(fields=["article", "state"], name="comments_thread"),
            # The queue of the moderators, and what is old enough to be forgotten.
            models.Index(fields=["state", "state_since"], name="comments_queue"),
            # The comments feed.
            models.Index(fields=["state", "-xtdcomment_ptr"], name="comments_newest"),
            # How much a network wrote.
            models.Index(fields=["network"], name="comments_network"),
            # The worker's questions, once a minute.
            models.Index(
                fields=["state_since"],
                name="comments_to_tell",
                condition=Q(state=State.PUBLISHED, told_at=None),
            ),
            models.Index(
                fields=["state_since"],
                name="comments_to_report",
                condition=Q(state=State.PENDING, reported_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.signature}: {self.comment[:60]}"

    def save(self, *args, **kwargs):
        """Save; a new answer waits for its thread, so that two never get one ``order``.

        xtd gives the place in the thread with separate reads and writes: 6 threads with 10
        answers each left 13 distinct places. SQLite's writers already stand in a queue.
        """
        self.user_name = self.signature[:XTD_NAME_LENGTH]
        self.followup = self.wants != self.Wants.NONE
        self.is_public = self.state == State.PUBLISHED
        with transaction.atomic():
            if self.pk is None and self.parent_id and connection.vendor == "postgresql":
                thread = XtdComment.norel_objects.filter(pk=self.parent_id).values("thread_id")
                rows = XtdComment.norel_objects.filter(pk__in=thread)
                list(rows.select_for_update(of=("self",)).values_list("pk"))
            super().save(*args, **kwargs)

    def get_absolute_url(self):
        return f"{self.article.get_absolute_url()}#comment-{self.pk}"

    @property
    def is_root(self):
        return self.parent_id == self.pk

    @property
    def safe_html(self):
        return html.trusted(self.html)


def fingerprint(parent, email, text):
    """What makes two comments under one story the same: parent, mail address and text."""
    return hashlib.sha256(f"{parent or 0}\n{email}\n{text}".encode()).hexdigest()


def place(article):
    """The columns with which xtd finds the thing a comment stands under."""
    kind = ContentType.objects.get_for_model(Article)
    return {"content_type": kind, "object_pk": str(article.pk), "site_id": settings.SITE_ID}


class Decision(models.Model):
    """One change of state: who, when, why. The log of moderation, and what undo goes by."""

    class Via(models.TextChoices):
        RULES = "rules", "regole"
        READER = "reader", "chi ha scritto"
        QUEUE = "queue", "coda"
        MAIL = "mail", "mail"
        CLOCK = "clock", "scadenza"

    comment = models.ForeignKey(ReaderComment, models.CASCADE, related_name="decisions")
    before = models.CharField("prima", choices=State, max_length=11, blank=True)
    after = models.CharField("dopo", choices=State, max_length=11, blank=True)  # "": deleted
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    via = models.CharField("da dove", choices=Via, max_length=6)
    why = models.JSONField("perché", default=list)
    # What undoing gives back: the reasons of before, and whether an address was trusted by this.
    reasons_before = models.JSONField(default=list)
    gave_trust = models.BooleanField(default=False)
    text_before = models.TextField("testo di prima", default="")  # of an edit by the desk
    at = models.DateTimeField("quando")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "decisione"
        verbose_name_plural = "decisioni"
        ordering = ["-at", "-pk"]
        indexes = [
            # The last decisions of one moderator, to undo them.
            models.Index(fields=["by", "-at"], name="comments_decided_by"),
        ]

    def __str__(self):
        return f"{self.before} → {self.after}"
