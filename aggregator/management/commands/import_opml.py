from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from aggregator import opml
from kit.progress import Progress


class Command(BaseCommand):
    help = "Add the feeds of an OPML file; folders become categories."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file, **options):
        try:
            lines = opml.read(file.read_bytes())
        except OSError as error:
            raise CommandError(str(error)) from None
        except opml.Unreadable as error:
            raise CommandError(str(error)) from None
        bar = Progress(self.stderr, len(lines))
        report = opml.take_in(lines, progress=bar.step)
        bar.end()
        for address in report.refused:
            self.stdout.write(f"refused: {address}")
        self.stdout.write(
            f"{report.added} added, {report.known} known, {len(report.refused)} refused"
        )
        if lines and len(report.refused) == len(lines):
            raise CommandError("no address in this file can be read")
