"""The part of a story's form for search engines and social sites, and how both will show it."""

import json

from django.conf import settings
from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import NoReverseMatch

from articles import outside
from articles.cards import picture_for
from images.pictures import card_url

FIELDSET = (
    "Fuori dal sito",
    {
        "fields": [
            "outside_preview",
            "search_title",
            "search_description",
            "social_title",
            "social_description",
            "social_image",
        ],
        "classes": ["collapse", "elsewhere"],
        "description": "Come l’articolo si vede nei motori di ricerca e sui social. Sono campi "
        "facoltativi: se li lasci vuoti facciamo noi.",
    },
)


class OutsideFields:
    """Mixin for ArticleAdmin: the preview beside the fields. Without a script it shows what is
    stored; static/articles/outside.js follows the typing."""

    @admin.display(description="come si vede fuori")
    def outside_preview(self, article):
        return render_to_string("admin/articles/article/_outside.html", faces(article))


def faces(article):
    """What the preview shows of a story as it is stored; a new one has nothing yet."""
    image = picture_for(article)
    return {
        "site": settings.SITE_NAME,
        "host": settings.SITE_HOST,
        "path": " › ".join(way(article)),
        "search_title": outside.search_title(article),
        "search_description": outside.search_description(article),
        "social_title": outside.social_title(article),
        "social_description": outside.social_description(article),
        "category": article.main_category.name if article.main_category_id else "",
        "picture": card_url(image) if image else "",
        # What the script needs besides the fields of the form.
        "told": json.dumps(
            {
                "opening": outside.opening(article.body_html),
                "searchText": outside.SEARCH_TEXT,
                "socialText": outside.SOCIAL_TEXT,
            }
        ),
    }


def way(article):
    """The parts of the story's address, as a search engine prints them."""
    if article.published_at is None:
        return ["anno", "mese", *([article.slug] if article.slug else [])]
    try:
        return [part for part in article.get_absolute_url().split("/") if part]
    except (NoReverseMatch, OverflowError):  # a form sent back with an impossible date
        return []
