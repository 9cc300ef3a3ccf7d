"""The forms readers fill in. Limits are counted after tidying; nothing is ever cut in silence."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from comments import markdown
from comments.models import DataRequest, ReaderComment, Report
from comments.models.comment import NAME_LENGTH
from comments.models.people import mailbox
from comments.rules import MOST_LINKS
from kit.fields import LineFormField, ProseFormField
from kit.text import INVISIBLE, refuse_controls
from kit.vocabulary import thousands
from outbox.addresses import validate_address

TEXT_LENGTH = 10_000
EMAIL_LENGTH = 254
SITE_LENGTH = 200
TRAP = "homepage"  # the name of the field that people do not see


def at_most(limit):
    """A length validator that says both numbers, with Italian thousands."""

    def measure(value):
        if len(value) > limit:
            raise ValidationError(
                f"Al massimo {thousands(limit)} caratteri: qui sono {thousands(len(value))}.",
                code="max_length",
            )

    return measure


def readable(value):
    """Refuse what has nothing to read: blanks, invisible characters, lone marks."""
    left = value.translate(INVISIBLE)
    if not any(unicodedata.category(c)[0] in "LNPS" for c in left):
        raise ValidationError("Scrivi qualcosa: così non c’è niente da leggere.", code="required")


class TextField(ProseFormField):
    """A comment. ``clean`` returns ``(text as typed, safe HTML)``."""

    default_error_messages = {"required": "Scrivi qualcosa: così non c’è niente da leggere."}

    def __init__(self, **kwargs):
        super().__init__(label="Commento", strip=True, **kwargs)
        self.validators += [at_most(TEXT_LENGTH), readable]

    def clean(self, value):
        text = super().clean(value)
        self.count_links(text.count("://"))
        made = markdown.render(text)
        self.count_links(markdown.links(made))  # "://" may be written in other ways
        if not made:
            raise ValidationError(self.error_messages["required"], code="required")
        return text, made

    def count_links(self, number):
        if number >= MOST_LINKS:
            raise ValidationError(f"Ci sono troppi link: meno di {MOST_LINKS}.")


def mail_address(value):
    at_most(EMAIL_LENGTH)(value)
    validate_address(value)


class MailField(forms.EmailField):
    """One bare address, such as the outbox writes to."""

    default_validators = [mail_address]

    def __init__(self, label, *, required):
        said = {"required": required, "invalid": "Questo indirizzo e-mail non è scritto bene."}
        super().__init__(label=label, max_length=None, error_messages=said)


def site_address(value):
    """Return a site as an http or https address, or raise; ``example.org`` is taken as https."""
    if not value:
        return ""
    if not re.match(r"[a-z][a-z0-9+.-]*:", value, re.IGNORECASE):
        value = f"https://{value}"
        at_most(SITE_LENGTH)(value)
    wrong = ValidationError("Scrivi un indirizzo come https://esempio.it, o lascia vuoto.")
    try:
        URLValidator(schemes=["http", "https"])(value)
    except ValidationError:
        raise wrong from None
    return value


class CommentForm(forms.Form):
    comment = TextField()
    name = LineFormField(
        label="Nome",
        validators=[at_most(NAME_LENGTH), refuse_controls],
        error_messages={"required": "Scrivi il nome con cui vuoi firmare."},
    )
    email = MailField("E-mail", required="Serve un indirizzo e-mail: non lo pubblichiamo.")
    site = LineFormField(
        label="Sito", required=False, validators=[at_most(SITE_LENGTH), refuse_controls]
    )
    wants = forms.ChoiceField(
        label="Avvisi per mail",
        choices=ReaderComment.Wants.choices,
        required=False,
        error_messages={"invalid_choice": "Scegli una di queste possibilità."},
    )
    # Hidden, so never wrong: there is no place to say so.
    reply_to = forms.Field(required=False)
    proof = forms.Field(required=False)

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        if not any(unicodedata.category(c)[0] in "LN" for c in name):
            raise ValidationError("Scrivi un nome con almeno una lettera o una cifra.")
        return name

    def clean_email(self):
        return mailbox(self.cleaned_data["email"])

    def clean_site(self):
        return site_address(self.cleaned_data["site"])

    def clean_wants(self):
        return self.cleaned_data["wants"] or ReaderComment.Wants.NONE

    def clean_reply_to(self):
        """The comment that is answered; 0 is none, -1 one that cannot be there."""
        number = (self.cleaned_data["reply_to"] or "").strip()
        return int(number or 0) if re.fullmatch(r"\d{0,18}", number, re.ASCII) else -1

    def clean_proof(self):
        return self.cleaned_data["proof"] or ""


class CorrectionForm(forms.Form):
    comment = TextField()


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label="Che cosa non va?",
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Scegli un motivo."},
    )
    text = ProseFormField(label="Vuoi spiegare meglio?", required=False, validators=[at_most(1000)])


class DataForm(forms.Form):
    kind = forms.ChoiceField(
        label="Che cosa vuoi?",
        choices=DataRequest.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Scegli che cosa vuoi."},
    )
    email = MailField("L’indirizzo e-mail con cui hai commentato", required="Scrivi l’indirizzo.")

    def clean_email(self):
        return mailbox(self.cleaned_data["email"])
