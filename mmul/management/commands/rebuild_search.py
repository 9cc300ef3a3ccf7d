from django.core.management.base import BaseCommand

import comments.searching
from articles import searching
from kit.progress import Progress


class Command(BaseCommand):
    help = "Build the search index anew, comments included, while the site goes on."

    def handle(self, **options):
        batches = searching.batches()
        bar = Progress(self.stdout, len(batches))
        for batch in batches:
            searching.update(batch)
            comments.searching.update(batch)
            bar.step()
        searching.end_rebuild()
        bar.end()
        self.stdout.write(f"{sum(map(len, batches))} stories indexed")
