"""Pictures as JSON, for the editor's "choose a picture" dialogue. Staff only."""

from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_safe

from images import crops, uploads
from images.forms import UploadForm
from images.models import Image
from images.pictures import card_url, thumb_url
from kit.text import LINE_CONTROLS

PAGE = 24  # pictures
LAST_PAGE = 10_000
SEARCH_LIMIT = 200  # characters


class PickerViews:
    """Mixin for the admin class of pictures: list and upload, one picture."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("scegli/", view(self.picker), name="images_image_picker"),
            path("scegli/<int:pk>/", view(self.picker_one), name="images_image_picker_one"),
            *super().get_urls(),
        ]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def picker(self, request):
        if request.method == "POST":
            return self.picker_upload(request)
        self.check_may_look(request)
        words = LINE_CONTROLS.sub(" ", request.GET.get("q", "")).strip()
        if len(words) > SEARCH_LIMIT:
            return refusal({"q": [f"Cerca con al massimo {SEARCH_LIMIT} caratteri."]})
        found, _ = self.get_search_results(request, Image.objects.newest_first(), words)
        start = (page_number(request) - 1) * PAGE
        images = list(found[start : start + PAGE + 1])
        results = [described(image) for image in images[:PAGE]]
        return JsonResponse({"results": results, "more": len(images) > PAGE})

    def picker_upload(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return refusal(form.errors)
        try:
            image = uploads.keep(form.instance, form.ready)
        except uploads.Refused as refused:
            return refusal({"file": refused.messages})
        self.log_addition(request, image, [{"added": {}}])
        return JsonResponse(described(image), status=201)

    @method_decorator(require_safe)
    def picker_one(self, request, pk):
        self.check_may_look(request)
        return JsonResponse(described(get_object_or_404(Image, pk=pk)))

    def check_may_look(self, request):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied


def page_number(request):
    page = request.GET.get("page", "1")
    known = page.isascii() and page.isdigit() and len(page) <= len(str(LAST_PAGE))
    return min(max(int(page), 1), LAST_PAGE) if known else 1


def refusal(errors):
    return JsonResponse({"errors": {name: list(told) for name, told in errors.items()}}, status=422)


def described(image):
    return {
        "id": image.pk,
        "title": image.title,
        "alt": image.alt,
        "decorative": image.decorative,
        "credit": image.credit,
        "licence": image.licence,
        "focus": image.focus,
        "thumb": thumb_url(image),
        "card": card_url(image),
        "fits": crops.fits(image),  # for a card on a social site
        "width": image.width,
        "height": image.height,
    }
