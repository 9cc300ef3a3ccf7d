from django.apps import AppConfig
from django.db.models.signals import (
    post_delete,
    post_migrate,
    post_save,
    pre_delete,
    pre_migrate,
)


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Articoli"

    def ready(self):
        from articles import listing, searching
        from articles.cards import forget_file

        # Signals, because a deletion of many rows passes by no method of ours, and a name is
        # changed in more places than one.
        for model in ("articles.Article", "articles.Page"):
            post_delete.connect(searching.forget, sender=model)
        post_save.connect(searching.page_saved, sender="articles.Page")
        for model in ("articles.Tag", "articles.Series", "accounts.Author"):
            post_save.connect(searching.name_saved, sender=model)
        for model in ("articles.Tag", "articles.Series"):  # authors who have signed stay
            pre_delete.connect(searching.name_goes, sender=model)
        # Not SocialCard.delete(): a card goes with its story, by cascade.
        post_delete.connect(forget_file, sender="articles.SocialCard")
        pre_migrate.connect(listing.before_migrations, sender=self)
        post_migrate.connect(listing.after_migrations, sender=self)
