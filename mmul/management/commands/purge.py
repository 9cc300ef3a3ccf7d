from django.core.management.base import BaseCommand

from pagecache.tags import purge_on_commit


class Command(BaseCommand):
    help = "Make every process forget kept pages: those that show a tag, or all of them."

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--tag", action="append", metavar="TAG", help="article:12, lists…; may be given again"
        )
        what.add_argument("--all", action="store_true", help="everything, as after a release")

    def handle(self, *, tag, all, **options):
        purge_on_commit(*(["all"] if all else tag))
        self.stdout.write("Forgotten here at once, elsewhere within a second.")
