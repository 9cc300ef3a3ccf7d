from django.core.management.base import BaseCommand, CommandError

from comments import privacy


class Command(BaseCommand):
    help = "Forget a mail address: its comments become those of Anonimo, or go with --texts."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--texts", action="store_true", help="delete the texts too")

    def handle(self, *, email, texts, **options):
        commenter = privacy.find(email)
        if commenter is None:
            raise CommandError("nobody commented with this address")
        self.stdout.write(f"{privacy.erase(commenter, texts=texts)} comments anonymised")
