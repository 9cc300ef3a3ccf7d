from django.core.exceptions import ValidationError


class MaximumLengthValidator:
    """Refuse passwords over 256 characters: hashing them is work a stranger could ask for."""

    def __init__(self, max_length=256):
        self.max_length = max_length

    def validate(self, password, user=None):
        if len(password) > self.max_length:
            raise ValidationError(
                f"La password è troppo lunga: al massimo {self.max_length} caratteri.",
                code="password_too_long",
            )

    def get_help_text(self):
        return f"Al massimo {self.max_length} caratteri."
