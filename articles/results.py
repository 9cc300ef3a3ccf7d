"""The lines of a result page: documents of the index that are, asked once more, visible."""

from datetime import datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.html import format_html

from articles.lists import KEY, MOMENT
from articles.models import Article, Page
from articles.shown import Place, Signature, names_of
from kit.prepared import Several, prepared
from search import finding, snippets


class Story(NamedTuple):
    """What the line of a story shows, with the names and words of a row of Article."""

    pk: int
    title: str
    slug: str
    published_at: datetime
    comment_count: int
    main_category: Place
    signatures: tuple[Signature, ...]
    pinned: bool = False  # a mark of the front page

    get_absolute_url = Article.get_absolute_url
    cache_tag = Article.cache_tag


class Result(NamedTuple):
    """One line of the result page; ``title`` and ``passage`` are HTML."""

    url: str
    title: str
    passage: str
    in_comments: bool
    article: Story | None = None


def results(keys, query):
    """Return the Results of documents; what readers may not see is left out. Three queries."""
    documents = finding.documents(keys)
    numbers = {"article": [], "page": []}
    for document in documents:
        numbers[document.kind].append(document.number)
    rows = {("article", story.pk): story for story in stories(numbers["article"])}
    if numbers["page"]:
        pages = Page.objects.visible().filter(pk__in=numbers["page"])
        rows |= {("page", page.pk): page for page in pages.only("title", "slug")}
    wanted = snippets.phrases(query)
    return [
        result(rows[document.kind, document.number], document, wanted)
        for document in documents
        if (document.kind, document.number) in rows
    ]


def stories(numbers):
    """Return the visible ones of at most PER_PAGE stories, in no order. Two queries."""
    rows = lines(now=timezone.now(), keys=numbers) if numbers else []
    names = names_of([row[0] for row in rows])
    return [
        Story(*columns, Place(category, path), tuple(names[columns[0]]))
        for *columns, category, path in rows
    ]


@prepared(now=MOMENT, keys=Several(KEY, finding.PER_PAGE))
def lines(now, keys):
    columns = (*Story._fields[:5], "main_category__name", "main_category__path")
    return Article.objects.visible(now).filter(pk__in=keys).order_by().values_list(*columns)


def result(row, document, wanted):
    passage, in_comments = snippets.passage(document.body, wanted), False
    if not passage and not snippets.hits(document.standfirst, wanted):
        passage = snippets.passage(document.comments, wanted)
        in_comments = bool(passage)
    return Result(
        url=row.get_absolute_url(),
        title=with_marks(snippets.marked(row.title, wanted)),
        passage=with_marks(passage or snippets.marked(document.standfirst, wanted)),
        in_comments=in_comments,
        article=row if document.kind == "article" else None,
    )


def with_marks(pieces):
    """Return the pieces of ``snippets`` as HTML."""
    form = "".join(["<mark>{}</mark>" if hit else "{}" for _, hit in pieces])
    return format_html(form, *[text for text, _ in pieces]) if pieces else ""
