"""The two forms of a picture: its texts, and its texts with a file."""

from pathlib import PurePath

from django import forms

from images import uploads
from images.models import Image
from kit.text import LINE_CONTROLS, tidy_line

TEXTS = ["title", "alt", "decorative", "credit", "credit_url", "licence", "focus"]


class ImageForm(forms.ModelForm):
    class Meta:
        model = Image
        fields = TEXTS

    def clean(self):
        cleaned = super().clean()
        if "alt" not in self.errors and not cleaned.get("alt") and not cleaned.get("decorative"):
            self.add_error("alt", "Scrivi che cosa si vede, oppure spunta «solo decorativa».")
        return cleaned


class UploadForm(ImageForm):
    """Texts and file. When it is valid, ``ready`` holds our own encoding of the file."""

    file = forms.FileField(
        label="File",
        widget=forms.FileInput(
            attrs={"accept": "image/jpeg,image/png,image/gif,image/webp,image/avif"}
        ),
        help_text="JPEG, PNG, GIF, WebP o AVIF, fino a 20 MB e 50 milioni di punti. Ne teniamo una "
        "copia nostra: dritta, lunga al massimo 2.560 punti, senza dati nascosti.",
        error_messages={"required": "Scegli un file."},
    )
    field_order = ["file", *TEXTS]
    ready = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text += " Vuoto: prende il nome del file."

    def clean_file(self):
        self.ready = uploads.examine(self.cleaned_data["file"])
        return self.cleaned_data["file"]

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("title") and "title" not in self.errors and cleaned.get("file"):
            cleaned["title"] = title_from(cleaned["file"].name)
        return cleaned


def title_from(file_name):
    stem = LINE_CONTROLS.sub("", PurePath(file_name).stem.replace("_", " "))
    return tidy_line(stem)[:200].strip() or "Figura senza nome"
