"""Putting documents into the index and taking them out. Nothing else writes there.

Whoever calls is in the transaction that changes what readers see, and holds the lock of the row it
is about: of two writers of one document the second then finds what the first left.
"""

from dataclasses import dataclass, field
from datetime import datetime

from pagecache.tags import purge_on_commit
from search import analysis
from search.backend import backend
from search.models import Document, document_key
from search.spelling import learn

COMMENTS = ("comments", "comments_terms", "comments_due")


@dataclass(frozen=True)
class Entry:
    """What a room gives to be found. A text is made of pieces (text, language code)."""

    kind: str
    number: int
    date: datetime
    title: str
    standfirst: str = ""
    body: tuple[tuple[str, str], ...] = ()
    tags: list[str] = field(default_factory=list)
    facets: list[str] = field(default_factory=list)


def facet(kind, number):
    """Return the word for a label: ``kind`` is one letter, ``number`` its row's."""
    return f"{analysis.FACET}{kind}{number}"


def put(entries):
    """Index ``entries`` anew. Comments that were put for them stay. Five queries, however many."""
    entries = list(entries)
    if not entries:
        return
    kept = {}
    for kind in {entry.kind for entry in entries}:
        numbers = [entry.number for entry in entries if entry.kind == kind]
        old = Document.objects.filter(kind=kind, number__in=numbers)
        kept |= {(kind, row.pop("number")): row for row in old.values("number", *COMMENTS)}
        old.delete()
    rows = [document(entry, kept.get((entry.kind, entry.number), {})) for entry in entries]
    Document.objects.bulk_create(rows)
    backend().stored([row.pk for row in rows])
    purge_on_commit("search")
    learn([name for entry in entries for name in (entry.title, *entry.tags)])


def document(entry, comments):
    return Document(
        id=document_key(entry.kind, entry.number, entry.date),
        kind=entry.kind,
        number=entry.number,
        date=entry.date,
        title=entry.title,
        standfirst=entry.standfirst,
        body=" ".join(text for text, _ in entry.body),
        title_terms=analysis.field(((entry.title, "it"),), common=True),
        tags_terms=analysis.field(tuple((name, "it") for name in entry.tags)),
        standfirst_terms=analysis.field(((entry.standfirst, "it"),)),
        body_terms=analysis.field(entry.body),
        facets=" ".join(entry.facets),
        **comments,
    )


def put_comments(kind, said):
    """Write what is said below documents: ``{number: [text, …]}``. Three queries, however many.

    Numbers that are not in the index are passed over.
    """
    rows = list(Document.objects.filter(kind=kind, number__in=list(said)).only("number"))
    for row in rows:
        row.comments = "\n".join(said[row.number])
        row.comments_terms = analysis.field(tuple((text, "it") for text in said[row.number]))
        row.comments_due = False
    if rows:
        Document.objects.bulk_update(rows, COMMENTS)
        backend().stored([row.pk for row in rows])
        purge_on_commit("search")


def comments_appeared(kind, number):
    """Have the comments of a document put anew, soon."""
    Document.objects.filter(kind=kind, number=number).update(comments_due=True)


def comments_due(kind, limit):
    """Return the numbers of documents that wait for their comments. One query."""
    due = Document.objects.filter(kind=kind, comments_due=True).order_by()
    return list(due.values_list("number", flat=True)[:limit])


def remove(kind, numbers):
    """Take documents out of the index; those that are not in it are no error."""
    if Document.objects.filter(kind=kind, number__in=list(numbers)).delete()[0]:
        purge_on_commit("search")


def remove_others(kind, numbers):
    """Take out every document of ``kind`` but these: the end of a rebuild."""
    known = set(Document.objects.filter(kind=kind).values_list("number", flat=True))
    gone = sorted(known - set(numbers))
    for start in range(0, len(gone), 500):
        remove(kind, gone[start : start + 500])
    return len(gone)
