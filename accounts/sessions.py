from django.contrib.sessions.models import Session
from django.utils import timezone


def forget_expired_due(at=None):
    """Delete the rows of ended logins; return how many."""
    return Session.objects.filter(expire_date__lt=at or timezone.now()).delete()[0]
