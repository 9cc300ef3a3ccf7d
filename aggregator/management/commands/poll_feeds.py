from django.core.management.base import BaseCommand, CommandError

from aggregator import polling
from aggregator.models import Feed
from kit.progress import Progress


class Command(BaseCommand):
    help = "Ask the feeds that are due and put what is new in the editors' inbox."

    def add_arguments(self, parser):
        parser.add_argument(
            "--limit", type=int, default=200, help="how many feeds at most (default: 200)"
        )
        parser.add_argument("--feed", type=int, metavar="ID", help="ask this feed now, due or not")

    def handle(self, *, limit, feed, verbosity, **options):
        bar = Progress(self.stderr, limit)
        if feed:
            chosen = Feed.objects.filter(pk=feed).first()
            if chosen is None:
                raise CommandError(f"no feed has the number {feed}")
            outcomes = polling.poll_one(chosen)
        else:
            outcomes = polling.poll_due(limit=limit, progress=lambda outcome: bar.step())
        bar.end()
        failed = [outcome for outcome in outcomes if outcome.error]
        for outcome in outcomes if verbosity > 1 else failed:
            self.stdout.write(str(outcome))
        new = sum(outcome.new for outcome in outcomes)
        self.stdout.write(f"{len(outcomes)} asked, {new} new items, {len(failed)} failed")
        if outcomes and len(failed) == len(outcomes):
            raise CommandError("no feed answered: is the network up?")
