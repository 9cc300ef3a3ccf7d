"""What readers write, in the search index: as one more field of the story they write under."""

from comments.models import ReaderComment
from kit import tree
from search import index

BATCH = 50  # stories a run


def update(articles):
    """Index the comments of these stories, by number, as readers see them now.

    For what must vanish at once. What appears waits for the worker (``refresh_due``): a long
    discussion is not read again for each answer.
    """
    said = {number: [] for number in articles}
    shown = ReaderComment.objects.visible().filter(article__in=said).order_by("pk")
    for number, html in shown.values_list("article", "html"):
        said[number].append(tree.parse(html).text())
    index.put_comments("article", said)


def refresh_due(limit=BATCH):
    """Index the comments of stories that wait for it; return how many."""
    numbers = index.comments_due("article", limit)
    if numbers:
        update(numbers)
    return len(numbers)
