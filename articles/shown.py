"""What a story shows in a list, and nothing else: the facts of kit.memo.

They have the names and words of the rows they are made from, so that a template reads the same
whether it gets a row or these.
"""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from accounts.models import Author
from articles.lists import KEY, WINDOW
from articles.models import Article, Byline, Category
from articles.models.columns import SHELF
from images.pictures import Shown as Picture
from images.pictures import as_copies
from kit.prepared import Several, prepared


class Place(NamedTuple):
    name: str
    path: str

    get_absolute_url = Category.get_absolute_url


class Signature(NamedTuple):
    name: str
    slug: str

    get_absolute_url = Author.get_absolute_url


class Signer(NamedTuple):
    """One who signed a story, as its author box shows them."""

    name: str
    slug: str
    biography: str
    website: str
    mastodon: str
    picture: Picture | None

    get_absolute_url = Author.get_absolute_url
    mastodon_url = Author.mastodon_url


class OnShelf(NamedTuple):
    pk: int
    title: str
    slug: str
    published_at: datetime
    main_category: Place
    lead_image: Picture | None

    get_absolute_url = Article.get_absolute_url


class Card(NamedTuple):
    pk: int
    title: str
    slug: str
    published_at: datetime
    main_category: Place
    lead_image: Picture | None
    standfirst: str
    pinned: bool
    comment_count: int
    signatures: tuple[Signature, ...]

    get_absolute_url = Article.get_absolute_url
    cache_tag = Article.cache_tag
    cache_tags = Article.cache_tags


def cards(rows):
    """Return the Cards of rows of ``for_card()``, in their order. One query."""
    names, end = names_of([row[0] for row in rows]), len(SHELF)
    return [Card(*place(row[:end]), *row[end:], tuple(names[row[0]])) for row in rows]


def shelf(rows):
    """Return rows of ``for_shelf()`` as they stand under another story. No query."""
    return [place(row) for row in rows]


def names_of(keys):
    """``{story: [Signature]}`` of at most WINDOW stories, each as its byline says. One query."""
    names = defaultdict(list)
    if keys:
        for story, *name in signed(stories=keys):
            names[story].append(Signature(*name))
    return names


@prepared(stories=Several(KEY, WINDOW))
def signed(stories):
    return Byline.objects.names(stories)


def place(row):
    pk, title, slug, when, category, path, *image = row
    picture = None
    if image[0] is not None:
        *facts, renditions = image
        picture = Picture(*facts, as_copies(renditions))
    return OnShelf(pk, title, slug, when, Place(category, path), picture)
