from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from mmul.demo import corpus, crowd, loading


class Command(BaseCommand):
    help = "Load the demo stories, or generate a large corpus for measurements."

    def add_arguments(self, parser):
        parser.add_argument("--articles", type=int, help="generate this many stories instead")
        parser.add_argument("--comments", type=int, default=0, help="generate this many comments")
        parser.add_argument("--seed", type=int, default=1, help="same seed, same corpus (1)")

    def handle(self, *, articles, comments, seed, **options):
        if articles is None:
            if comments:
                raise CommandError("--comments: say how many --articles they stand under")
            self.stdout.write(f"{loading.load()} stories loaded")
            return
        if articles < 1:
            raise CommandError("--articles: write a number above zero")

        def progress(done):
            self.stdout.write(f"\r{done} of {articles}", ending="")
            self.stdout.flush()

        corpus.generate(articles, seed=seed, progress=progress)
        self.stdout.write("")
        if comments:
            crowd.generate(comments, seed=seed)
            self.stdout.write(f"{comments} comments")
        call_command("rebuild_search", stdout=self.stdout)
