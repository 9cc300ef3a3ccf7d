import pytest

from tests.outbox.server import MailServer


@pytest.fixture
def smtp(settings):
    """A mail server on loopback, and the settings that lead to it."""
    server = MailServer().start()
    settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = False
    settings.EMAIL_TIMEOUT = 30  # a busy machine is no broken server
    yield server
    server.stop()


@pytest.fixture
def as_rows(settings):
    """Django's mail functions as in production; pytest-django puts them into memory."""
    settings.EMAIL_BACKEND = "outbox.backend.OutboxBackend"
