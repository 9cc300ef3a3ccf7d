"""The shelf of pictures: upload, describe, find again."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime

from images import files, renditions, uploads
from images.forms import TEXTS, ImageForm, UploadForm
from images.models import TRIES, Image
from images.picker import PickerViews
from images.pictures import picture_html
from pagecache.tags import purge_on_commit


def grouped(number):
    return f"{number:,}".replace(",", ".")


class CopiesFilter(admin.SimpleListFilter):
    title = "copie"
    parameter_name = "copie"

    def lookups(self, request, model_admin):
        return [("pronte", "pronte"), ("attesa", "in preparazione"), ("fallite", "non riuscite")]

    def queryset(self, request, queryset):
        chosen = {
            "pronte": queryset.finished,
            "attesa": queryset.waiting,
            "fallite": queryset.failed,
        }
        return chosen.get(self.value(), queryset.all)()


@admin.register(Image)
class ImageAdmin(PickerViews, admin.ModelAdmin):
    list_display = ["thumb", "title", "licence", "credit", "size", "copies", "day"]
    list_display_links = ["thumb", "title"]
    list_filter = [CopiesFilter, "created_at", "animated", "licence"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["title", "alt", "credit"]
    search_help_text = "Cerca nei nomi, nei testi alternativi e nei crediti"
    readonly_fields = ["look", "size", "copies", "addresses", "created_at"]
    actions = ["make_copies_again"]

    class Media:
        css = {"all": ["images/desk.css"]}

    # --- what is shown ---

    @admin.display(description="figura")
    def thumb(self, image):
        return picture_html(image, "thumb", alt="")

    @admin.display(description="figura")
    def look(self, image):
        return format_html('<div class="picture-look">{}</div>', picture_html(image, "body"))

    @admin.display(description="misure", ordering="width")
    def size(self, image):
        return f"{grouped(image.width)} × {grouped(image.height)}"

    @admin.display(description="copie", ordering="rendered_at")
    def copies(self, image):
        if image.animated:
            return "animata, senza copie"
        if image.rendered_at:
            return f"{len(image.renditions)} pronte"
        if image.failures >= TRIES:
            return f"non riuscite: {image.error}" if image.error else "non riuscite"
        return "in preparazione"

    @admin.display(description="caricata", ordering="created_at")
    def day(self, image):
        return date_format(localtime(image.created_at), "j M Y")

    @admin.display(description="indirizzi")
    def addresses(self, image):
        rows = [(image.url, grouped(image.width), files.type_of(image.name))]
        for copy in image.renditions:
            rows.append((files.url(copy["name"]), grouped(copy["width"]), copy["type"]))
        rows = format_html_join("", '<li><a href="{}">{} punti, {}</a></li>', rows)
        return format_html('<ul class="picture-addresses">{}</ul>', rows)

    # --- the form ---

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(
            request, obj, change, **kwargs | {"form": ImageForm if change else UploadForm}
        )

    def get_fieldsets(self, request, obj=None):
        words = ["title", "alt", "decorative", "credit", "credit_url", "licence", "focus"]
        if obj is None:
            return [(None, {"fields": ["file", *words]})]
        made = ["size", "copies", "addresses", "created_at"]
        return [(None, {"fields": ["look", *words]}), ("File", {"fields": made})]

    def save_model(self, request, obj, form, change):
        """Write the form's own columns only: the worker may have made the copies meanwhile."""
        if change:
            obj.save(update_fields=[*TEXTS, "modified_at"])
            purge_on_commit(obj.cache_tag)
        else:
            uploads.keep(obj, form.ready)
            request.kept_file = obj.name

    def changeform_view(self, request, *args, **kwargs):
        """A save that fails after the file was stored takes the file back."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except uploads.Refused as refused:
            self.message_user(request, refused.messages[0], messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        except BaseException:
            files.remove([request.kept_file] if hasattr(request, "kept_file") else [])
            raise

    # --- deleting ---

    def get_deleted_objects(self, objs, request):
        """Pictures that stand in a text are protected, like those that open a story."""
        deleted, count, missing, protected = super().get_deleted_objects(objs, request)
        return deleted, count, missing, [*protected, *map(str, shown_in_texts(objs))]

    # --- actions ---

    @admin.action(description="Rifai le copie", permissions=["change"])
    def make_copies_again(self, request, queryset):
        number = renditions.begin_again(queryset)
        self.message_user(request, f"Figure di cui rifacciamo le copie: {number}.")


def shown_in_texts(images):
    """Rows of rooms above that hold one of ``images`` in a many-to-many column."""
    for field in Image._meta.get_fields(include_hidden=True):
        if field.auto_created and field.many_to_many:
            holders = field.related_model._base_manager
            yield from holders.filter(**{f"{field.field.name}__in": images}).distinct()
