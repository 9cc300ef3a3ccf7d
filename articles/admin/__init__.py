from articles.admin.article import ArticleAdmin
from articles.admin.labels import CategoryAdmin, SeriesAdmin
from articles.admin.pages import PageAdmin
from articles.admin.pings import PingAdmin
from articles.admin.tags import TagAdmin

__all__ = ["ArticleAdmin", "CategoryAdmin", "PageAdmin", "PingAdmin", "SeriesAdmin", "TagAdmin"]
