from articles.models.article import Article, Byline, FormerSlug, Source
from articles.models.card import SocialCard
from articles.models.labels import Category, Series, Tag
from articles.models.page import Page
from articles.models.preview import PreviewLink

__all__ = [
    "Article",
    "Byline",
    "Category",
    "FormerSlug",
    "Page",
    "PreviewLink",
    "Series",
    "SocialCard",
    "Source",
    "Tag",
]
