import signal

from django.conf import settings
from django.core.management.base import BaseCommand

from mmul import worker
from nodes.leading import Candidate


class Command(BaseCommand):
    help = "Do what the clock asks for: announcements, pictures, mail. Of several, one leads."

    def add_arguments(self, parser):
        names = [step.name for step in worker.STEPS]
        parser.add_argument("--once", action="store_true", help="run every step once and end")
        parser.add_argument("--only", choices=names, help="run this step once and end")

    def handle(self, *, once, only, verbosity, **options):
        if once or only:
            for name, done in worker.run_once(only).items():
                self.stdout.write(f"{name}: {done}")
            return
        running = worker.Worker(lead=Candidate(patience=settings.TAKE_OVER_SECONDS))
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: running.stop())
        running.run()
