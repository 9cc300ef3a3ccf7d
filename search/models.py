"""What can be found: one row a story or page, its words as analysis.py makes them.

The room knows kinds, numbers, addresses and texts; what a story is, it has never heard.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

from kit.fields import LineField
from search import analysis

KINDS = {"article": 0, "page": 1}
FIELDS = ("title", "tags", "standfirst", "body", "comments")  # dearest first
MOST_SYNONYM_TERMS = 12


def document_key(kind, number, date):
    """Return the key of a document: the later its ``date``, the higher.

    Both databases then give the newest hits first by walking one index, and a range of dates is a
    range of keys. 34 bits of seconds, 28 of the row's number, 2 of its kind.
    """
    return (int(date.timestamp()) << 30) | ((number & (2**28 - 1)) << 2) | KINDS[kind]


def first_key(date):
    """Return the lowest key a document of this instant can have."""
    return int(date.timestamp()) << 30


class Document(models.Model):
    """Written by index.py alone, which keeps the databases' own indexes in step."""

    id = models.BigIntegerField(primary_key=True)  # document_key()
    kind = models.CharField(max_length=10)
    number = models.BigIntegerField()  # of the row in its own room
    date = models.DateTimeField()
    # As readers see them: for snippets.
    title = models.TextField()
    standfirst = models.TextField(default="")
    body = models.TextField(default="")
    comments = models.TextField(default="")
    # The same and the tags as terms: for finding and ranking.
    title_terms = models.TextField(default="")
    tags_terms = models.TextField(default="")
    standfirst_terms = models.TextField(default="")
    body_terms = models.TextField(default="")
    comments_terms = models.TextField(default="")
    # What it is filed under, as words nobody types: see index.facet().
    facets = models.TextField(default="")
    # True until the room of the comments has put its own: see index.put().
    comments_due = models.BooleanField(default=True)

    class Meta:
        verbose_name = "documento"
        verbose_name_plural = "documenti"
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="search_one_document"),
        ]
        indexes = [
            # The worker's question: documents that wait for their comments.
            models.Index(
                fields=["kind"], name="search_comments_due", condition=models.Q(comments_due=True)
            ),
        ]

    def __str__(self):
        return self.title


class Synonym(models.Model):
    """Two ways to say the same: who looks for one finds the other. Edited in the admin."""

    one = LineField("parola", max_length=100, help_text="Per esempio: RHEL.")
    other = LineField(
        "uguale a", max_length=100, help_text="Per esempio: Red Hat Enterprise Linux."
    )

    class Meta:
        verbose_name = "sinonimo"
        verbose_name_plural = "sinonimi"
        ordering = [Lower("one")]
        constraints = [
            models.UniqueConstraint(
                Lower("one"),
                Lower("other"),
                name="search_said_once",
                violation_error_message="Questo sinonimo c’è già.",
            ),
        ]

    def __str__(self):
        return f"{self.one} = {self.other}"

    def clean(self):
        sides = [analysis.terms(self.one), analysis.terms(self.other)]
        if not all(sides):
            raise ValidationError("Da tutte e due le parti serve una parola che si possa cercare.")
        if max(map(len, sides)) > MOST_SYNONYM_TERMS:
            raise ValidationError(f"Al massimo {MOST_SYNONYM_TERMS} parole per parte.")
        if sides[0] == sides[1]:
            raise ValidationError("Per la ricerca sono già la stessa parola.")


class Word(models.Model):
    """A word of a title or a tag, as readers see it: what "forse cercavi" may propose."""

    word = models.CharField(max_length=40, primary_key=True)  # folded
    shown = models.CharField(max_length=60)

    class Meta:
        verbose_name = "parola"
        verbose_name_plural = "parole"

    def __str__(self):
        return self.shown


class Misspelling(models.Model):
    """A word with one letter left out: two words one error apart share one of them."""

    text = models.CharField(max_length=40)
    word = models.ForeignKey(Word, models.CASCADE)

    class Meta:
        verbose_name = "errore di battitura"
        verbose_name_plural = "errori di battitura"
        constraints = [
            models.UniqueConstraint(fields=["text", "word"], name="search_one_error"),
        ]

    def __str__(self):
        return self.text
