from django.apps import AppConfig
from django.db.models.signals import post_delete


class ImagesConfig(AppConfig):
    name = "images"
    verbose_name = "Figure"

    def ready(self):
        from images.renditions import forget_files

        # Not Image.delete(): a deletion of many rows does not pass by there.
        post_delete.connect(forget_files, sender="images.Image")
