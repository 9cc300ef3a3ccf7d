from django.core.management.base import BaseCommand, CommandError

from aggregator.discovery import feeds_in, looks_like_feed
from kit.fetch import PAGE_TYPES, FetchError, fetch


class Command(BaseCommand):
    help = "Look at a page and print the feeds it names."

    def add_arguments(self, parser):
        parser.add_argument("url")

    def handle(self, *, url, **options):
        try:
            answer = fetch(url, accept=PAGE_TYPES)
        except FetchError as error:
            raise CommandError(error.sentence) from None
        if answer.status != 200:
            raise CommandError(f"the page answers {answer.status}")
        if looks_like_feed(answer.body):
            self.stdout.write(f"{answer.url}  (this is a feed)")
            return
        found = feeds_in(answer.body, answer.url, answer.content_type)
        for feed in found:
            self.stdout.write(f"{feed.url}  {feed.title}")
        if not found:
            raise CommandError("no feed found there")
