"""WordPress's addresses: such sites live on old links."""

from django.urls import path, re_path

from articles import converters as converters  # registers the parts of addresses
from articles import lookup, oembed, sitemaps, views
from articles.feeds import views as feeds
from articles.feeds.routes import feed_of, old_files


def listing(route, view, name):
    """A list and its further pages, ``route``page/N/; page 1 is the list's own address."""
    return [
        path(f"{route}page/1/", views.first_page),
        path(f"{route}page/<number:number>/", view, name=f"{name}_n"),
        path(route, view, name=name),
    ]


urlpatterns = [
    *listing("", views.front_page, "front"),
    *feed_of("", feeds.site, "feed"),
    *old_files(),
    *feed_of("cerca/", lookup.search_feed, "search_feed"),
    path("cerca/", lookup.search_page, name="search"),
    path("cerca/suggerimenti/", lookup.suggest, name="search_suggest"),
    path("search/<str:term>/page/1/", lookup.old_address),
    path("search/<str:term>/page/<number:number>/", lookup.old_address),
    *feed_of("search/<str:term>/", lookup.old_feed, "old_search_feed", old=lookup.old_feed),
    path("search/<str:term>/", lookup.old_address),
    path("oembed/", oembed.answer, name="oembed"),
    *feed_of("category/<slugs:path>/", feeds.category, "category_feed"),
    *listing("category/<slugs:path>/", views.category, "category"),
    *feed_of("tag/<anyslug:slug>/", feeds.tag, "tag_feed"),
    *listing("tag/<anyslug:slug>/", views.tag, "tag"),
    *feed_of("author/<anyslug:slug>/", feeds.author, "author_feed"),
    *listing("author/<anyslug:slug>/", views.author, "author"),
    *listing("serie/<anyslug:slug>/", views.series, "series"),
    *listing("<year:year>/", views.archive, "year"),
    *listing("<year:year>/<month:month>/", views.archive, "month"),
    *listing("<year:year>/<month:month>/<day:day>/", views.archive, "day"),
    path("<year:year>/<month:month>/<anyslug:slug>/", views.article_page, name="article"),
    path("<year:year>/<month:month>/<anyslug:slug>/<story_tail:tail>/", views.whole_story),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-news.xml", sitemaps.news, name="sitemap_news"),
    path("sitemap-<anyslug:name>-<serial:number>.xml", sitemaps.part, name="sitemap_part"),
    path("news-sitemap.xml", sitemaps.moved, {"to": "sitemap_news"}),
    re_path(
        r"^(?:wp-sitemap[-\w]{0,200}|sitemap_index|\w[-\w]{0,100}-sitemap\d{0,4})\.xml$",
        sitemaps.moved,
    ),
    path("anteprima/<anyslug:token>/", views.preview, name="preview"),
    path("<anyslug:slug>/", views.static_page, name="page"),
]
