"""WordPress's addresses: such sites live on old links."""

from django.urls import path

from articles import converters as converters  # registers the parts of addresses
from articles import feeds, oembed, views


def listing(route, view, name):
    """A list and its further pages, ``route``page/N/; page 1 is the list's own address."""
    return [
        path(f"{route}page/1/", views.first_page),
        path(f"{route}page/<number:number>/", view, name=f"{name}_n"),
        path(route, view, name=name),
    ]


urlpatterns = [
    *listing("", views.front_page, "front"),
    path("feed/", feeds.site_feed, name="feed"),
    path("oembed/", oembed.answer, name="oembed"),
    *listing("category/<slugs:path>/", views.category, "category"),
    *listing("tag/<anyslug:slug>/", views.tag, "tag"),
    *listing("author/<anyslug:slug>/", views.author, "author"),
    *listing("serie/<anyslug:slug>/", views.series, "series"),
    *listing("<year:year>/", views.archive, "year"),
    *listing("<year:year>/<month:month>/", views.archive, "month"),
    *listing("<year:year>/<month:month>/<day:day>/", views.archive, "day"),
    path("<year:year>/<month:month>/<anyslug:slug>/", views.article_page, name="article"),
    path("anteprima/<anyslug:token>/", views.preview, name="preview"),
    path("<anyslug:slug>/", views.static_page, name="page"),
]
