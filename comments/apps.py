import sys
from types import ModuleType

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.db.models.signals import pre_save

# An empty module in the place of xtd's template tags: Django imports the tags of every app it
# finds, and xtd's bring Django REST framework into each process. No template of ours loads them.
sys.modules["django_comments_xtd.templatetags"] = ModuleType("django_comments_xtd.templatetags")


class CommentsConfig(AppConfig):
    name = "comments"
    verbose_name = "Commenti"

    def ready(self):
        """Take away xtd's receiver: saving a comment would publish every held reply below it (C9).

        It is connected by name when xtd's own app is ready, so ours must come after it.
        """
        from django_comments_xtd.models import publish_or_unpublish_on_pre_save

        from comments.models import ReaderComment

        if not pre_save.disconnect(publish_or_unpublish_on_pre_save, sender=ReaderComment):
            raise ImproperlyConfigured("INSTALLED_APPS: comments must stand after xtd")
