"""STUB to be replaced."""
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.safestring import mark_safe


class Refused(ValidationError):
    pass


def clean(html, profile):
    return html


def trusted(html):
    return mark_safe(html)


class HtmlField(models.TextField):
    def __init__(self, *args, profile="article", **kwargs):
        self.profile = profile
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"profile": self.profile}

    def clean_html(self, value):
        return clean(value, self.profile)

    def pre_save(self, instance, add):
        value = self.clean_html(super().pre_save(instance, add))
        setattr(instance, self.attname, value)
        return value
