"""The discussion under a story: two tags, so that ``articles`` never hears of comments."""

from functools import lru_cache
from types import SimpleNamespace

from django import template
from django.db.models import BigIntegerField
from django.template.loader import render_to_string
from django.utils import timezone

from comments import faces, tokens
from comments.facts import is_closed
from comments.forms import TRAP, CommentForm
from comments.models import ReaderComment
from comments.printing import printed
from comments.thread import FOLD_FROM, assemble
from kit.html import trusted
from kit.memo import render
from kit.prepared import prepared
from kit.text import row_number
from pagecache.tags import unshared

register = template.Library()

# Stand for what differs between the empty forms of two stories.
NUMBER, TOKEN = "number-of-the-story", "token-of-the-form"


@register.simple_tag(takes_context=True)
def comment_thread(context, article):
    """The comments of ``article``. One query, however many there are.

    ``own_comment`` in the context is the number of a comment its writer may see while it waits.
    """
    own = context.get("own_comment")
    authors = {author.user_id for author in article.signatures} - {None}
    entries = assemble(rows_of(article=article.pk, own=own or 0), authors=authors, own=own)
    count = sum([not entry.hidden and not entry.own for entry in entries])
    thread = printed(
        entries,
        folds=count >= FOLD_FROM,
        open=is_open(context, article),
        address=article.get_absolute_url(),
        waiting=waiting_words(own) if own else None,
    )
    facts = {"heading": heading(count, article.title), "thread": thread}
    return render("comments/_thread.html", facts)


@prepared(article=BigIntegerField(), own=BigIntegerField())
def rows_of(article, own):
    return ReaderComment.objects.of_article(article).for_thread(own)


def waiting_words(own):
    """State and reasons of the comment that only its writer sees. One query, on its page alone."""
    return ReaderComment.objects.only("state", "reasons").filter(pk=own).first()


@register.simple_tag(takes_context=True)
def comment_form(context, article):
    """The form under a story. ``?replytocom=`` makes a page for one reader, which nobody keeps."""
    request = context.get("request")
    asked = request.GET.get("replytocom", "") if request else ""
    answered = None
    if asked:
        unshared(request)
        if number := row_number(asked):
            published = ReaderComment.objects.published().of_article(article)
            answered = published.filter(pk=number).first()
    token, open = tokens.make("form", article.pk), is_open(context, article)
    if answered is None:
        empty = empty_form(open).replace(NUMBER, str(article.pk)).replace(TOKEN, token)
        return trusted(empty)  # a number, and a token of letters, digits, ":-_"
    form = form_context(article, answered=answered, token=token, open=open)
    return render_to_string("comments/_form.html", form)


@lru_cache(2)
def empty_form(open):
    """The form of any story before anybody has typed. It is a fifth of the making of a page."""
    story = SimpleNamespace(pk=NUMBER)
    return render_to_string("comments/_form.html", form_context(story, token=TOKEN, open=open))


def is_open(context, article):
    """Asked once for a page: the answer waits in its context for the other tag."""
    if "comments_open" not in context:
        context["comments_open"] = not is_closed(article, timezone.now())
    return context["comments_open"]


def form_context(article, form=None, answered=None, token="", open=True):
    """What comments/_form.html needs. A form that was sent keeps all that was typed.

    A form that comes back is open, or the text would be lost; its signature is a list, because
    how fast it is sent again says nothing.
    """
    return {
        "article": article,
        "open": open,
        "form": form or CommentForm(initial={"reply_to": answered.pk if answered else ""}),
        "answered": answered,
        "token": token or tokens.make("form", [article.pk]),
        "trap": TRAP,
        "wants": ReaderComment.Wants.choices,
    }


@register.filter
def face(comment):
    return faces.draw(comment.face)


def heading(count, title):
    """WordPress's three headings, in Italian."""
    if count == 0:
        return "Nessun commento"
    return f"Una risposta a «{title}»" if count == 1 else f"{count} risposte a «{title}»"
