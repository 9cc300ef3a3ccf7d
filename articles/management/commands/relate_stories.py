from django.core.management.base import BaseCommand
from django.utils import timezone

from articles import related
from articles.models import Article
from kit.progress import Progress


class Command(BaseCommand):
    help = "Find the related stories of all that have none yet, as the worker does."

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="of every story, again")

    def handle(self, *, all, **options):
        at = timezone.now()
        stories = Article.objects.visible(at)
        if all:
            stories.update(related_at=None)
        pks = list(stories.unrelated().newest_first().values_list("pk", flat=True))
        bar = Progress(self.stdout, len(pks))
        done = 0
        for pk in pks:
            done += related.relate(pk, at)
            bar.step()
        bar.end()
        self.stdout.write(f"related: {done}")
