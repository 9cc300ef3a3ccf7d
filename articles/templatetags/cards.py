"""Stories in lists, each remembered by all it shows (kit/memo.py)."""

from django import template

from articles.shown import Signature, Signer
from images.pictures import shown
from kit.memo import rendered

register = template.Library()


@register.simple_tag
def card(article):
    """One story in a list, a Card of articles/shown.py. No query."""
    return rendered("articles/_card.html", article=article)


@register.simple_tag
def lead_card(article):
    """The story that opens the front page, a Card of articles/shown.py. No query."""
    return rendered("articles/_lead.html", article=article)


@register.simple_tag
def byline(article, preview):
    """Who and when under a headline; ``article`` with its signatures. No query."""
    return rendered(
        "articles/_byline.html",
        authors=tuple([Signature(author.name, author.slug) for author in article.signatures]),
        published=article.published_at,
        revised=article.revised_at,
        minutes=article.reading_minutes,
        comments=article.comment_count,
        preview=preview,
    )


@register.simple_tag
def author_box(authors):
    """Who wrote a story; rows of Author with their portraits. No query."""
    signers = [
        Signer(a.name, a.slug, a.biography, a.website, a.mastodon, shown(a.picture))
        for a in authors
    ]
    return rendered("articles/_author_box.html", authors=tuple(signers))


@register.simple_tag
def shelf(related):
    """Stories to read after this one, as articles/shown.py has them. No query."""
    return rendered("articles/_related.html", related=tuple(related))
