"""The mails of the comments, in Italian, as arguments for ``outbox.posting.post``.

Nothing a stranger typed goes to a stranger: only mails about published comments
carry a text (trust table, M2).
"""

from django.conf import settings

import outbox.posting as outbox
from comments import tokens
from outbox.letters import address, letter, link, quote, say

REASONS = 10  # of one comment
SHORT = 500  # in a moderators' mail, which holds many: the whole may be 100 kB


def confirmation_mail(comment):
    """Our words, the story's title, one link."""
    token = tokens.make("confirm", comment.pk)
    parts = [
        say(f"qualcuno ha commentato «{comment.article.title}» con questo indirizzo e-mail."),
        say("Se sei tu, conferma: il commento va avanti e i prossimi saranno più veloci."),
        link("Conferma il tuo indirizzo", address("comment_confirm", token)),
        say("Il link vale 7 giorni. Se non sei tu non fare niente: non ti scriviamo altro."),
    ]
    return letter(
        comment.user_email, "Conferma il tuo commento", parts, about=f"comment:{comment.pk}:confirm"
    )


def follower_mail(comment, subscription):
    stop = address("comment_unsubscribe", tokens.make("unsubscribe", subscription.pk))
    parts = [
        say(f"{comment.signature} ha scritto sotto «{comment.article.title}»:"),
        quote(comment.comment),
        link("Leggi e rispondi", settings.SITE_URL + comment.get_absolute_url()),
        link("Non voglio più avvisi da questa discussione", stop),
    ]
    return letter(
        subscription.commenter.email,
        f"Nuovo commento a «{comment.article.title}»",
        parts,
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        key=f"follower:{comment.pk}:{subscription.commenter_id}",
        about=f"comment:{comment.pk}",
    )


def author_mail(comment, user):
    parts = [
        say(f"{comment.signature} ha commentato il tuo articolo «{comment.article.title}»:"),
        quote(comment.comment),
        link("Leggi e rispondi", settings.SITE_URL + comment.get_absolute_url()),
    ]
    return letter(
        user.email,
        f"Hanno commentato «{comment.article.title}»",
        parts,
        key=f"author:{comment.pk}:{user.pk}",
        about=f"comment:{comment.pk}",
    )


ACTIONS = {"published": "Pubblica", "trash": "Cestina", "spam": "È spam"}


def moderator_mail(user, comments, waiting):
    """The comments that wait, each with links that open a page: nothing happens on a GET.

    As many as one mail holds: some letters are seven in HTML, and the queue has them all.
    """
    parts = []
    for comment in comments:
        site = f" ({comment.user_url})" if comment.user_url else ""
        parts += [
            say(f"{comment.signature}{site}, dalla rete {comment.network or 'sconosciuta'},"),
            say(f"sotto «{comment.article.title}»:"),
            quote(comment.comment, SHORT),
            *[say(f"• {reason}") for reason in [*comment.reasons, *comment.notes][:REASONS]],
        ]
        for action, label in ACTIONS.items():
            token = tokens.make("moderate", [comment.pk, action, comment.state, user.pk])
            parts.append(link(label, address("comment_decide", token)))
    many = "Aspetta un commento" if waiting == 1 else f"Aspettano {waiting} commenti"
    parts.append(link(f"{many}: apri la coda", address("admin:comments_readercomment_changelist")))
    subject = (
        f"Un commento da leggere a «{comments[0].article.title}»"
        if len(comments) == 1
        else f"{len(comments)} commenti da leggere"
    )
    last = max(comment.pk for comment in comments)
    made = letter(user.email, subject, parts, key=f"moderator:{last}:{user.pk}")
    if len(comments) > 1 and len(f"{made['text']}{made['html']}".encode()) > outbox.MOST_BYTES:
        return moderator_mail(user, comments[: len(comments) // 2], waiting)
    return made


def data_mail(request_, email):
    token = tokens.make("data", request_.pk)
    parts = [
        say(f"qualcuno ha chiesto, per questo indirizzo: {request_.get_kind_display()}."),
        link("Apri la pagina e decidi", address("comment_data", token)),
        say("Il link vale 24 ore e una volta sola. Se non sei tu non fare niente."),
    ]
    return letter(email, "La tua richiesta sui tuoi dati", parts)
