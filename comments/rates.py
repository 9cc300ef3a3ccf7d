"""How much one network, address or mailbox may write: counted in the database, so it is exact,
survives a restart and holds for all processes together (trust table, section 4).
"""

from datetime import timedelta

from django.db.models import F, Q

from comments.models import Commenter, ConfirmationMail, DataRequest, ReaderComment, Report
from kit.limits import Recent
from kit.rates import DAY, HOUR, MINUTE, TooOften, limit

FLOOD_SECONDS = 15  # WordPress
PER_MINUTE = 2  # comments of a network
ROOTS_PER_HOUR = 3  # comments of a network under one story that answer nobody
MAILS_PER_DAY, MAILS_PER_HOUR = 3, 10  # to a mailbox; from a network
IGNORED_MAILS, SILENCE = 2, timedelta(days=30)
REPORTS_PER_HOUR, REQUESTS_PER_DAY = 5, 3

previews = Recent(20, 60)


def check_comment(arrival, now):
    """Raise TooOften if this network, address or mailbox writes too much."""
    since = now - timedelta(seconds=FLOOD_SECONDS)
    same = Q(user_email=arrival.email) | Q(ip_address=arrival.address)
    last = ReaderComment.objects.filter(same, submit_date__gt=since)
    if moment := last.order_by("-submit_date").values_list("submit_date", flat=True).first():
        wait = FLOOD_SECONDS - (now - moment).total_seconds()
        raise TooOften("Scrivi troppo in fretta: aspetta qualche secondo e riprova.", wait)
    near = ReaderComment.objects.filter(network=arrival.network)
    limit(near, "submit_date", now, MINUTE, PER_MINUTE, "Da qui arrivano troppi commenti.")
    if not arrival.parent:
        roots = near.filter(article=arrival.article, parent_id=F("pk"))
        limit(roots, "submit_date", now, HOUR, ROOTS_PER_HOUR, "Qui hai già scritto parecchio.")


def check_report(network, now):
    limit(
        Report.objects.filter(network=network),
        "at",
        now,
        HOUR,
        REPORTS_PER_HOUR,
        "Da qui sono arrivate già molte segnalazioni.",
    )


def check_request(network, now):
    limit(
        DataRequest.objects.filter(network=network),
        "at",
        now,
        DAY,
        REQUESTS_PER_DAY,
        "Da qui sono arrivate già molte richieste.",
    )


def may_mail(commenter: Commenter, network, now):
    """True if another confirmation mail may go to this mailbox from this network (M2)."""
    sent = ConfirmationMail.objects.filter(commenter=commenter, at__gt=now - SILENCE)
    ignored = sent.count() if commenter.confirmed_at is None else 0
    if ignored >= IGNORED_MAILS or sent.filter(at__gt=now - DAY).count() >= MAILS_PER_DAY:
        return False
    near = ConfirmationMail.objects.filter(network=network, at__gt=now - HOUR)
    return near.count() < MAILS_PER_HOUR
