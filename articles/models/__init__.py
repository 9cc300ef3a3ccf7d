from articles.models.around import DistinctTags, FormerPath, Related, TagAlias
from articles.models.article import Article, Byline, FormerSlug, Source
from articles.models.labels import Category, Series, Tag
from articles.models.page import Page
from articles.models.preview import PreviewLink

__all__ = [
    "Article",
    "Byline",
    "Category",
    "DistinctTags",
    "FormerPath",
    "FormerSlug",
    "Page",
    "PreviewLink",
    "Related",
    "Series",
    "Source",
    "Tag",
    "TagAlias",
]
