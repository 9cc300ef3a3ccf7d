"""allauth's forms with our words, and with lengths that are checked before a password is hashed."""

from allauth.account import forms as allauth_forms
from django import forms
from django.core.validators import MaxLengthValidator

NAME_LENGTH = 254
PASSWORD_LENGTH = 256


class Spoken:
    """Mixin: Italian labels, no placeholders (they vanish while you type), focus on ``first``."""

    labels: dict[str, str] = {}
    first = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            if isinstance(field.widget, forms.PasswordInput):
                field.validators.append(MaxLengthValidator(PASSWORD_LENGTH))
        self.fields[self.first].widget.attrs["autofocus"] = True


class LoginForm(Spoken, allauth_forms.LoginForm):
    labels = {"login": "Nome utente o e-mail", "password": "Password"}
    first = "login"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""  # the page has the link to a new password
        login = self.fields["login"]
        login.validators.append(MaxLengthValidator(NAME_LENGTH))
        login.widget.attrs |= {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }


class ResetPasswordForm(Spoken, allauth_forms.ResetPasswordForm):
    labels = {"email": "Il tuo indirizzo e-mail"}
    first = "email"


class NewPasswordForm(Spoken, allauth_forms.ResetPasswordKeyForm):
    labels = {"password1": "Nuova password", "password2": "Nuova password, un’altra volta"}
    first = "password1"


class ChangePasswordForm(Spoken, allauth_forms.ChangePasswordForm):
    labels = NewPasswordForm.labels | {"oldpassword": "Password attuale"}
    first = "oldpassword"
