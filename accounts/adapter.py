import logging
from threading import Thread

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.urls import reverse

from kit.network import client_address

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
        peer = request.META.get("REMOTE_ADDR", "")
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        return client_address(peer, forwarded, settings.TRUSTED_PROXIES)

    def get_reset_password_from_key_url(self, key):
        user, _, secret = key.partition("-")
        return settings.SITE_URL + reverse("account_reset_password_from_key", args=[user, secret])

    def get_password_change_redirect_url(self, request):
        return reverse("admin:index")

    def send_mail(self, template_prefix, email, context):
        """Send after answering: waiting for the server would tell who exists (A1)."""
        context = {"email": email, "site_name": settings.SITE_NAME} | context
        message = self.render_mail(template_prefix, email, context)
        Thread(target=deliver, args=[message], name="account-mail").start()


def deliver(message):
    try:
        message.send()
    except Exception:
        log.exception("a mail of the login pages was not sent")
