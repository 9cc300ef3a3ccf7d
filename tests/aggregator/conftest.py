import pytest


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """The real hasher is slow on purpose, and nearly every test of the inbox needs staff."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
