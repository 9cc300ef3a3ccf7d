import pytest


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """The real hasher is slow on purpose, and some tests try sixty times."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
