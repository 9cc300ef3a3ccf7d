from articles.admin.article import ArticleAdmin
from articles.admin.labels import CategoryAdmin, SeriesAdmin, TagAdmin
from articles.admin.pages import PageAdmin
from articles.admin.pings import PingAdmin

__all__ = ["ArticleAdmin", "CategoryAdmin", "PageAdmin", "PingAdmin", "SeriesAdmin", "TagAdmin"]
