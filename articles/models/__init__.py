from articles.models.article import Article, Byline, FormerSlug, Source
from articles.models.labels import Category, Series, Tag
from articles.models.page import Page
from articles.models.ping import Ping
from articles.models.preview import PreviewLink

__all__ = [
    "Article",
    "Byline",
    "Category",
    "FormerSlug",
    "Page",
    "Ping",
    "PreviewLink",
    "Series",
    "Source",
    "Tag",
]
