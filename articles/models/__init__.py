from articles.models.around import DistinctTags, FormerPath, Related, TagAlias
from articles.models.article import Article
from articles.models.beside import Byline, FormerSlug, Source
from articles.models.card import SocialCard
from articles.models.labels import Category, Series, Tag
from articles.models.listed import Listed, with_stories
from articles.models.page import Page
from articles.models.ping import Ping
from articles.models.preview import PreviewLink
from articles.models.tally import Tally

__all__ = [
    "Article",
    "Byline",
    "Category",
    "DistinctTags",
    "FormerPath",
    "FormerSlug",
    "Listed",
    "Page",
    "Ping",
    "PreviewLink",
    "Related",
    "Series",
    "SocialCard",
    "Source",
    "Tag",
    "TagAlias",
    "Tally",
    "with_stories",
]
