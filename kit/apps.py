from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Tags, Warning, register


class KitConfig(AppConfig):
    name = "kit"
    verbose_name = "Attrezzi"

    def ready(self):
        register(private_ranges_are_closed, Tags.security)


def private_ranges_are_closed(app_configs, **kwargs):
    """In production a feed should not be able to look behind our own fence (trust table, F1)."""
    if not (settings.PRODUCTION and settings.FETCH_ALLOW):
        return []
    ranges = ", ".join(str(network) for network, _ in settings.FETCH_ALLOW)
    hint = "Leave MMUL_FETCH_ALLOW empty, unless a feed really lives in your own network."
    return [Warning(f"Feeds may be read from {ranges}: private", hint=hint, id="kit.W001")]
