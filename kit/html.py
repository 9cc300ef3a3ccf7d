"""The one door for HTML: what strangers and editors write becomes HTML here, and only here.

Shape first, clean last (trust table, rule 1): ``shaping`` makes a tree that follows the
vocabulary, it is written out once, nh3 has the last word, and nobody edits the result as text.
"""

import json

import nh3
from django import forms
from django.db import models
from django.utils.safestring import mark_safe

from kit import shaping, tree
from kit.text import CONTROLS
from kit.vocabulary import PROFILES, Refused, thousands

__all__ = ["HtmlField", "HtmlFormField", "Refused", "clean", "script_json", "trusted"]

ROUNDS = 4


def _door(vocabulary):
    """Return nh3 with the same tables: it must find nothing to do, and looks all the same."""
    return nh3.Cleaner(
        tags=vocabulary.tags,
        attributes=vocabulary.attribute_names,
        attribute_filter=vocabulary.allows,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        strip_comments=True,
    )


_DOORS = {profile: _door(vocabulary) for profile, vocabulary in PROFILES.items()}


class Cleaned(str):
    """HTML that passed the door of ``profile``. Any change to it gives a plain str again."""

    __slots__ = ("profile",)


def clean(html: str, profile: str) -> str:
    """Return ``html`` in the closed vocabulary of ``profile``; clean(clean(x)) is clean(x).

    Raises ``Refused``, a ValidationError in Italian, over a limit. Cost: about 50 ms for 100 kB;
    nothing for what it returned itself.
    """
    if isinstance(html, Cleaned) and html.profile == profile:
        return html
    vocabulary = PROFILES[profile]
    _measure_before(html, vocabulary)
    text = CONTROLS.sub("", html.replace("\r\n", "\n").replace("\r", "\n"))
    for _ in range(ROUNDS):
        text = _shaped(text, vocabulary)
        passed = _DOORS[profile].clean(text)
        if passed == text:
            break
        text = passed  # nh3 knows an address that no browser would open; take the link away
    done = Cleaned(passed)
    done.profile = profile
    return done


def _shaped(html, vocabulary):
    root = shaping.shape(html, vocabulary)
    if root.depth() > vocabulary.depth:
        raise shaping.too_deep(vocabulary)
    text = tree.write(root)
    if len(text) > vocabulary.characters:
        raise Refused(
            f"Il testo è troppo lungo: al massimo {thousands(vocabulary.characters)} caratteri di "
            f"HTML, qui sono {thousands(len(text))}."
        )
    return text


def _measure_before(html, vocabulary):
    if len(html) > vocabulary.raw_characters:
        raise Refused(
            f"Il testo è troppo lungo: al massimo {thousands(vocabulary.raw_characters)} caratteri "
            f"prima della pulizia, qui sono {thousands(len(html))}. Incollalo come testo semplice."
        )
    openings = html.count("<")
    if openings > vocabulary.openings:
        raise Refused(
            f"Il testo ha troppi tag HTML: al massimo {thousands(vocabulary.openings)}, qui sono "
            f"{thousands(openings)}. Incollalo come testo semplice."
        )


def trusted(html):
    """Mark as safe what ``clean`` returned, or what rendering made of it on a tree."""
    return mark_safe(html)  # noqa: S308


# What could end a <script>, begin a comment in it, or end a line of JavaScript (trust table, S3).
_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def script_json(data):
    """Return ``data`` as JSON that may stand in a ``<script>``, whatever its texts hold."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_SCRIPT)
    return mark_safe(text)  # noqa: S308


class HtmlFormField(forms.CharField):
    """A text of HTML. Over a limit the form says so and keeps what was typed."""

    widget = forms.Textarea

    def __init__(self, *args, profile="article", **kwargs):
        self.profile = profile
        super().__init__(*args, **kwargs | {"strip": False})

    def to_python(self, value):
        return clean(super().to_python(value), self.profile)


class HtmlField(models.TextField):
    """A column of HTML in the vocabulary of ``profile``, whatever road the text came by."""

    def __init__(self, *args, profile="article", **kwargs):
        self.profile = profile
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"profile": self.profile}

    def clean_html(self, value):
        return clean(value, self.profile) if isinstance(value, str) else value

    def clean(self, value, instance):
        return super().clean(self.clean_html(value), instance)

    def pre_save(self, instance, add):
        value = self.clean_html(super().pre_save(instance, add))
        setattr(instance, self.attname, value)
        return value

    def get_db_prep_save(self, value, connection):
        # QuerySet.update() and bulk_update() do not pass by pre_save.
        value = self.clean_html(value)
        value = str(value) if isinstance(value, Cleaned) else value
        return super().get_db_prep_save(value, connection)

    def formfield(self, **kwargs):
        defaults = {"form_class": HtmlFormField, "profile": self.profile}
        return super().formfield(**defaults | kwargs)
