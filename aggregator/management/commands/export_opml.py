from django.core.management.base import BaseCommand

from aggregator import opml
from aggregator.models import Feed


class Command(BaseCommand):
    help = "Print all feeds as OPML."

    def handle(self, **options):
        self.stdout.write(opml.write(Feed.objects.all()).decode())
