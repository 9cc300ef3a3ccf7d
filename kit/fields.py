"""Model fields for what people type: tidied before they are measured, never cut in silence."""

from django import forms
from django.core.validators import URLValidator
from django.db import models

from kit import text


class _Tidy:
    """Mixin for form fields: tidy first, so that limits count what will be stored."""

    tidy = staticmethod(text.tidy_line)

    def to_python(self, value):
        value = super().to_python(value)
        return self.tidy(value) if isinstance(value, str) else value

    def widget_attrs(self, widget):
        # A maxlength attribute makes the browser cut a paste without a word.
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        if self.max_length is not None:
            attrs["data-limit"] = str(self.max_length)
        return attrs


class LineFormField(_Tidy, forms.CharField):
    pass


class ProseFormField(_Tidy, forms.CharField):
    tidy = staticmethod(text.tidy_prose)
    widget = forms.Textarea


class _TidyColumn:
    tidy = staticmethod(text.tidy_line)
    form_class = LineFormField

    def to_python(self, value):
        value = super().to_python(value)
        return self.tidy(value) if isinstance(value, str) else value

    def pre_save(self, instance, add):
        # Every road in: a command or an import does not pass by a form.
        value = super().pre_save(instance, add)
        if isinstance(value, str):
            value = self.tidy(text.CONTROLS.sub("", value))
            setattr(instance, self.attname, value)
        return value

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": self.form_class} | kwargs)


class LineField(_TidyColumn, models.CharField):
    """One line a person types: NFC, no invisible characters, control characters refused."""

    default_validators = [text.refuse_controls]


class AddressField(LineField):
    """An http or https address, at most 2,048 characters."""

    default_validators = [text.refuse_controls, URLValidator(schemes=["http", "https"])]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 2048)
        super().__init__(*args, **kwargs)


class ProseField(_TidyColumn, models.TextField):
    """Text of many lines with a limit in characters; controls are removed."""

    tidy = staticmethod(text.tidy_prose)
    form_class = ProseFormField

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            from django.core.validators import MaxLengthValidator

            self.validators.append(MaxLengthValidator(self.max_length))
