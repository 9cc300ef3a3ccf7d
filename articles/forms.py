"""What editors fill in: the story and the page, with what the database alone cannot say."""

from django import forms
from django.core.exceptions import ValidationError

from articles.editor import BodyWidget
from articles.models import Article, Page

MAX_TAGS = 20


class ArticleForm(forms.ModelForm):
    class Media:
        # Here and not in the admin: on the list there is no editor, whose import map they need.
        css = {"all": ["articles/outside.css"]}
        js = [
            forms.Script("articles/rows.js", defer=True),
            forms.Script("articles/lead-picture.js", type="module"),
            forms.Script("articles/outside.js", type="module"),
        ]

    opened_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    change_address = forms.BooleanField(
        label="Cambia l’indirizzo",
        required=False,
        help_text="L’articolo è già uscito: se spunti, il vecchio indirizzo porta al nuovo.",
    )

    class Meta:
        model = Article
        # Not "authors": they sign through the rows of Byline, in their order.
        fields = (
            "title", "standfirst", "lead_image", "lead_caption", "body", "status", "published_at",
            "pinned", "comments_open", "revised_at", "main_category", "categories", "tags",
            "series", "series_part", "slug",
            "search_title", "search_description",
            "social_title", "social_description", "social_image",
        )  # fmt: skip
        widgets = {
            "body": BodyWidget,
            "standfirst": forms.Textarea(attrs={"rows": 3}),
            "search_description": forms.Textarea(attrs={"rows": 2}),
            "social_description": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {
            "title": "In testa alla pagina, negli elenchi e nei motori di ricerca.",
            "lead_caption": "Esce sotto la figura di apertura, prima del credito.",
            "status": "Bozza: la vede solo la redazione. Pronto: esce alla data di uscita, subito "
            "se la data è vuota.",
            "main_category": "Sta sopra il titolo, in pagina e negli elenchi.",
            "categories": "L’articolo compare anche in questi elenchi.",
            "tags": f"Stanno in fondo all’articolo. Al massimo {MAX_TAGS}.",
            "series": "Aggiunge il riquadro con le altre parti.",
            "series_part": "Il numero d’ordine nella serie.",
            "search_title": "Vuoto: il titolo dell’articolo.",
            "search_description": "Vuoto: il sommario, o le prime frasi del testo.",
            "social_title": "Vuoto: il titolo dell’articolo.",
            "social_description": "Vuoto: il sommario, o le prime frasi del testo.",
            "social_image": "Vuoto: la figura di apertura. Se non è adatta, disegniamo una "
            "cartolina col titolo.",
            "comments_open": "Se togli la spunta, i commenti già usciti restano.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # A maxlength attribute makes the browser cut a paste without a word. Who may only look has
        # a form without fields.
        if "slug" in self.fields:
            self.fields["slug"].widget.attrs.pop("maxlength", None)
        self.initial["opened_version"] = self.instance.version
        self.stored = None  # the row as somebody else left it, when this form is stale
        self.former_slug = self.instance.slug
        self.was_public = bool(self.instance.pk) and self.instance.is_visible()
        self.public_address = self.instance.get_absolute_url() if self.was_public else ""
        if not self.was_public:
            self.fields.pop("change_address", None)

    def clean_tags(self):
        tags = self.cleaned_data["tags"]
        if len(tags) > MAX_TAGS:
            raise ValidationError(f"Al massimo {MAX_TAGS} tag: ne hai scelti {len(tags)}.")
        return tags

    def clean_series_part(self):
        part = self.cleaned_data["series_part"]
        if part is not None and not self.cleaned_data.get("series"):
            raise ValidationError("La parte ha senso solo con una serie.")
        return part

    def clean(self):
        cleaned = super().clean()
        self.refuse_stale(cleaned.get("opened_version"))
        if self.was_public:
            self.freeze_slug(cleaned)
        return cleaned

    def refuse_stale(self, opened):
        """Refuse once if somebody saved meanwhile; saving again after reading goes through (A5).

        The row is locked (ArticleAdmin.get_object), so nobody slips in between.
        """
        if not self.instance.pk or opened == self.instance.version:
            return
        self.stored = Article.objects.get(pk=self.instance.pk)
        self.data = self.data.copy()
        self.data[self.add_prefix("opened_version")] = str(self.instance.version)
        self.add_error(
            None,
            "Qualcun altro ha salvato questo articolo mentre ci lavoravi. Non hai perso nulla: qui "
            "sotto ci sono i due testi. Se salvi ancora, resta il tuo.",
        )

    def freeze_slug(self, cleaned):
        """A published address changes only if the editor says so."""
        if cleaned.get("change_address"):
            return
        if cleaned.get("slug") not in ("", self.former_slug):
            self.add_error(
                "slug",
                "L’articolo è già uscito con un altro indirizzo: per cambiarlo spunta "
                "«Cambia l’indirizzo».",
            )
        else:
            cleaned["slug"] = self.former_slug


class PageForm(forms.ModelForm):
    class Meta:
        model = Page
        fields = ("title", "slug", "body", "published", "menu_order")
        widgets = {"body": BodyWidget}
