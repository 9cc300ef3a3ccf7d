"""The press review, below ``/rassegna/``."""

from django.urls import path

from aggregator import feeds, submissions, views
from articles import converters as converters  # registers the parts of addresses

urlpatterns = [
    path("", views.front, name="review"),
    path("feed/", feeds.review_feed, name="review_feed"),
    path("opml/", views.opml_file, name="review_opml"),
    path("fonti/", views.source_list, name="review_sources"),
    path("fonti/richiesta/", submissions.ask, name="review_ask"),
    path("fonti/richiesta/<str:token>/", submissions.confirm, name="review_confirm"),
    path("fonte/<serial:number>/", views.front, name="review_source"),
    path(
        "fonte/<serial:number>/<year:year>/<month:month>/<day:day>/",
        views.of_day,
        name="review_feed_day",
    ),
    path("<year:year>/<month:month>/<day:day>/", views.of_day, name="review_day"),
]
