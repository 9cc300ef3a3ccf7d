"""What the public may ask of comments. Nothing of xtd is mounted (trust table, P2)."""

from django.urls import path

from articles import converters as converters  # registers the parts of addresses
from articles.feeds.routes import feed_of
from comments import feeds
from comments.views import letters, posting, rights

urlpatterns = [
    path("commenti/", posting.receive, name="comment_post"),
    path("commenti/anteprima/", posting.preview, name="comment_preview"),
    path("commenti/ricevuto/<str:token>/", posting.sent, name="comment_sent"),
    path("commenti/mio/<str:token>/", posting.mine, name="comment_mine"),
    path("commenti/correggi/<str:token>/", posting.correct, name="comment_correct"),
    path("commenti/conferma/<str:token>/", letters.confirm, name="comment_confirm"),
    path("commenti/decidi/<str:token>/", letters.decide, name="comment_decide"),
    path("commenti/basta/<str:token>/", letters.unsubscribe, name="comment_unsubscribe"),
    path("commenti/segnala/<serial:number>/", rights.report, name="comment_report"),
    path("commenti/dati/", rights.ask_for_data, name="comment_ask_for_data"),
    path("commenti/dati/<str:token>/", rights.data, name="comment_data"),
    *feed_of("comments/", feeds.all_comments, "comments_feed"),
    *feed_of(
        "<year:year>/<month:month>/<anyslug:slug>/",
        feeds.of_story,
        "story_comments_feed",
        old=feeds.of_story,
    ),
]
