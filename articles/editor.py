"""The visual editor of a body: which modules the browser loads, and what they are told.

The modules in static/articles/editor/ are plain ES modules. They import the editor itself,
and each other, by name: the import map below gives each name its hashed address.
"""

import json

from django import forms
from django.urls import reverse
from js_asset import ImportMap, Media, Script

from articles import quotations
from images.models import Image

ENGINE = {"django-prose-editor/editor": "django_prose_editor/editor.js"}
SHEETS = ("articles/editor.css", "articles/blocks.css", "articles/ask.css")
MODULES = ("ask", "body", "code", "embeds", "picker", "quotation", "store", "tables", "toolbar")

CODE_LANGUAGES = {
    "bash": "Shell",
    "c": "C",
    "cpp": "C++",
    "css": "CSS",
    "diff": "diff / patch",
    "docker": "Dockerfile",
    "go": "Go",
    "html": "HTML",
    "ini": "ini / conf",
    "java": "Java",
    "javascript": "JavaScript",
    "json": "JSON",
    "make": "Makefile",
    "nix": "Nix",
    "perl": "Perl",
    "php": "PHP",
    "python": "Python",
    "ruby": "Ruby",
    "rust": "Rust",
    "sql": "SQL",
    "toml": "TOML",
    "xml": "XML",
    "yaml": "YAML",
}


def picker_config():
    """What picker.js needs: where the pictures are, and which licences there are."""
    return {
        "picker": reverse("admin:images_image_picker"),
        # The number 0 stands for the picture's; a script puts the real one.
        "picture": reverse("admin:images_image_picker_one", args=[0]),
        "licences": dict(Image.Licence.choices),
        "focus": dict(Image.Focus.choices),
    }


class BodyWidget(forms.Textarea):
    """A textarea of HTML; with scripts on, the visual editor in its place."""

    media = Media(
        importmap=ImportMap(
            ENGINE | {f"mmul/{name}": f"articles/editor/{name}.js" for name in MODULES}
        ),
        css={"all": ["django_prose_editor/material-icons.css", *SHEETS]},
        js=[
            Script("django_prose_editor/editor.js", type="module"),
            Script("articles/editor/main.js", type="module"),
        ],
    )

    def __init__(self, attrs=None):
        super().__init__({"rows": 24, "class": "vLargeTextField"} | (attrs or {}))

    def get_context(self, name, value, attrs):
        config = picker_config() | {
            "languages": quotations.LANGUAGES,
            "code": CODE_LANGUAGES,
        }
        attrs = {"data-body-editor": json.dumps(config)} | (attrs or {})
        return super().get_context(name, value, attrs)


class WithNonce:
    """Mixin for ModelAdmin: the import map is inline, so it carries the request's nonce."""

    def render_change_form(self, request, context, *args, **kwargs):
        nonce = str(getattr(request, "csp_nonce", ""))
        context["media"] = Media.from_media(context["media"], nonce=nonce)
        return super().render_change_form(request, context, *args, **kwargs)
