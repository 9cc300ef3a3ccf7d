import json

from django.core.management.base import BaseCommand, CommandError

from comments import privacy


class Command(BaseCommand):
    help = "Print everything kept about a mail address, as JSON."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        commenter = privacy.find(email)
        if commenter is None:
            raise CommandError("nobody commented with this address")
        copy = privacy.copy_of(commenter)
        self.stdout.write(json.dumps(copy, ensure_ascii=False, indent=2))
