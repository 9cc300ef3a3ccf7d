"""The pages that links in mails open. A GET shows, a POST acts: scanners press every link (M4)."""

from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from comments import followers, moderation, tokens
from comments.mails import ACTIONS
from comments.models import Decision, ReaderComment, Subscription
from comments.moderators import moderators
from kit.origin import from_here

both = require_http_methods(["GET", "HEAD", "POST"])
DONE = {
    "published": "Il commento è pubblicato.",
    "trash": "Il commento è nel cestino.",
    "spam": "Il commento è tra lo spam.",
}


def dead_link(request, status=410):
    """Expired, forged, or about something that is gone: the same page for all."""
    return render(request, "comments/dead_link.html", status=status)


def value_of(purpose, token):
    try:
        return tokens.read(purpose, token).value
    except (tokens.Expired, tokens.Forged):
        return None


def comment_of(number):
    rows = ReaderComment.objects.kept().select_related("article", "commenter")
    return rows.filter(pk=number).first() if isinstance(number, int) else None


@both
def confirm(request, token):
    """Confirm an address. The page of the answer gives the browser its proof."""
    comment = comment_of(value_of("confirm", token))
    if comment is None or comment.commenter is None:
        return dead_link(request)
    if request.method != "POST":
        return render(request, "comments/confirm.html", {"comment": comment})
    if not from_here(request):
        return dead_link(request, 403)
    comment = moderation.confirm(comment)
    proof = tokens.make("proof", comment.commenter_id)
    return render(request, "comments/confirmed.html", {"comment": comment, "proof": proof})


@both
def decide(request, token):
    """Act on one comment from the moderators' mail: one action, only from the state it names."""
    value = value_of("moderate", token)
    if not isinstance(value, list) or len(value) != 4:
        return dead_link(request)
    number, action, expected, moderator = value
    comment, by = comment_of(number), moderators().filter(pk=moderator).first()
    if comment is None or by is None:  # who left the desk decides no more
        return dead_link(request)
    context = {"comment": comment, "label": ACTIONS[action], "stale": comment.state != expected}
    if request.method == "POST" and not context["stale"] and from_here(request):
        via = Decision.Via.MAIL
        done = moderation.move(comment, action, expected=expected, via=via, by=by)
        context |= {"done": DONE[action]} if done else {"stale": True}
    comment.refresh_from_db()
    return render(request, "comments/decide.html", context)


# One click in the mail program: it sends neither cookies nor an Origin of ours (RFC 8058).
@both
def unsubscribe(request, token):
    number = value_of("unsubscribe", token)
    rows = Subscription.objects.select_related("article").filter(pk=number)
    subscription = rows.first() if isinstance(number, int) else None
    if subscription is None:
        return dead_link(request)
    if request.method == "POST":
        followers.unsubscribe(subscription)
        subscription.refresh_from_db()
    return render(request, "comments/unsubscribe.html", {"subscription": subscription})
