from django.apps import AppConfig
from django.db.models.signals import post_migrate


def make_cache_table(using, **_):
    """Login limits are counted in the database; Django makes that table only on demand."""
    from django.core.management import call_command

    call_command("createcachetable", database=using, verbosity=0)


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Persone"

    def ready(self):
        post_migrate.connect(make_cache_table, sender=self)
