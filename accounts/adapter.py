import logging
from threading import Thread

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.db import connections
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from kit.network import address_of

log = logging.getLogger("accounts.mail")

WRONG = "Il nome o la password non sono giusti. Controlla e riprova."
TOO_MANY = "Troppi tentativi da qui o con questo nome. Aspetta cinque minuti e riprova."


class StaffAdapter(DefaultAccountAdapter):
    """Only staff log in; addresses come from the settings, never from the request (rule 4)."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "too_many_login_attempts": TOO_MANY,
        "incorrect_password": "La password non è giusta.",
        "enter_current_password": "La password attuale non è giusta.",
    }

    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request):
        return address_of(request, settings.TRUSTED_PROXIES)

    def _get_login_attempts_cache_key(self, request, **credentials):
        """One count for an account, whichever of its two names was typed (A1)."""
        name = credentials.get("email") or credentials.get("username") or ""
        same = User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name))
        account = same.order_by("pk").values_list("pk", flat=True).first()
        return f"login:{account or name.lower()}"

    def get_reset_password_from_key_url(self, key):
        user, _, secret = key.partition("-")
        return settings.SITE_URL + reverse("account_reset_password_from_key", args=[user, secret])

    def get_password_change_redirect_url(self, request):
        return reverse("admin:index")

    def send_mail(self, template_prefix, email, context):
        """Put the mail in the outbox after answering.

        One more row takes milliseconds, and only for who exists: waiting would tell (A1).
        """
        context = {"email": email, "site_name": settings.SITE_NAME} | context
        message = self.render_mail(template_prefix, email, context)
        Thread(target=deliver, args=[message], name="account-mail").start()


def deliver(message):
    try:
        message.send()
    except Exception:
        log.exception("a mail of the login pages was not stored")
    finally:
        connections.close_all()  # this thread's own, opened for one row
