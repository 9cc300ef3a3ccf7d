"""Plain functions that make rows for tests; each fills in what the test is not about."""

import itertools
from datetime import timedelta

from django.utils import timezone

from accounts.models import Author, User
from articles.models import Article, Byline, Category, Page, Series, Source, Tag
from images.models import Image

_count = itertools.count(1)


PASSWORD = "una password lunga"


def make_user(username=None, *, password=PASSWORD, staff=True, superuser=True, **fields):
    username = username or f"utente{next(_count)}"
    user = User(
        username=username,
        email=f"{username}@example.org",
        is_staff=staff,
        is_superuser=superuser,
        **fields,
    )
    user.set_password(password)
    user.save()
    return user


def make_author(name=None, **fields):
    return Author.objects.create(name=name or f"Firma {next(_count)}", **fields)


def make_category(name=None, **fields):
    return Category.objects.create(name=name or f"Categoria {next(_count)}", **fields)


def make_tag(name=None, **fields):
    return Tag.objects.create(name=name or f"Tag {next(_count)}", **fields)


def make_series(title=None, **fields):
    return Series.objects.create(title=title or f"Serie {next(_count)}", **fields)


def make_image(**fields):
    """A picture's row without its file: enough for pages, which never open files."""
    number = next(_count)
    defaults = {
        "title": f"Figura {number}",
        "alt": "Un pinguino su una pila di libri",
        "credit": "Disegno della redazione",
        "name": f"ab/{number:040x}.jpg",
        "width": 1600,
        "height": 900,
        "rendered_at": timezone.now(),
        "renditions": [
            {"width": 640, "type": "image/avif", "name": f"ab/{number:040x}-640.avif"},
            {"width": 640, "type": "image/jpeg", "name": f"ab/{number:040x}-640.jpg"},
        ],
    }
    return Image.objects.create(**defaults | fields)


def make_article(*, authors=None, tags=(), sources=(), **fields):
    """A visible story of an hour ago, with one author and one category."""
    number = next(_count)
    defaults = {
        "title": f"Titolo {number}",
        "standfirst": "Un sommario di una frase.",
        "body": "<p>Un testo di prova.</p>",
        "status": Article.Status.READY,
        "published_at": timezone.now() - timedelta(hours=1),
    }
    fields = defaults | fields
    if "main_category" not in fields:
        fields["main_category"] = Category.objects.first() or make_category()
    article = Article.objects.create(**fields)
    for position, author in enumerate(authors if authors is not None else [make_author()]):
        Byline.objects.create(article=article, author=author, position=position)
    article.tags.set(tags)
    for position, source in enumerate(sources):
        Source.objects.create(article=article, position=position, **source)
    return article


def make_page(title=None, **fields):
    return Page.objects.create(title=title or f"Pagina {next(_count)}", **fields)
