from django.apps import AppConfig
from django.db.models.signals import post_delete


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Articoli"

    def ready(self):
        from articles.cards import forget_file

        # Not SocialCard.delete(): a card goes with its story, by cascade.
        post_delete.connect(forget_file, sender="articles.SocialCard")
