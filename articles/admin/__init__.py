from articles.admin.article import ArticleAdmin
from articles.admin.labels import CategoryAdmin, SeriesAdmin, TagAdmin
from articles.admin.pages import PageAdmin

__all__ = ["ArticleAdmin", "CategoryAdmin", "PageAdmin", "SeriesAdmin", "TagAdmin"]
