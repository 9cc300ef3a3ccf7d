"""What became of a mail, for who asks "non mi è arrivato niente". Nobody writes mail here.

The words of a mail are shown nowhere: they may hold links to a new password or to a reader's page.
"""

from django.contrib import admin
from django.contrib.admin.actions import delete_selected
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.timezone import localtime

from outbox.models import Message
from outbox.sending import retry


def moment(when):
    return date_format(localtime(when), "j M Y, H:i") if when else "—"


class StateFilter(admin.SimpleListFilter):
    title = "stato"
    parameter_name = "stato"

    def lookups(self, request, model_admin):
        return [
            ("attesa", "in attesa"),
            ("riprovare", "da riprovare"),
            ("inviati", "inviati"),
            ("falliti", "non riusciti"),
        ]

    def queryset(self, request, queryset):
        chosen = {
            "attesa": queryset.untried,
            "riprovare": queryset.troubled,
            "inviati": queryset.sent,
            "falliti": queryset.failed,
        }
        return chosen.get(self.value(), queryset.all)()


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    list_display = ["to", "subject", "state", "reason", "tries", "written", "next_try", "left"]
    fields = ["to", "subject", "state", "error", "tries", "written", "next_try", "left", "about"]
    list_filter = [StateFilter, "created_at"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["to", "subject", "about"]
    search_help_text = "Cerca negli indirizzi e negli oggetti"
    actions = ["retry_now", "delete_selected"]

    def get_queryset(self, request):
        return super().get_queryset(request).without_words()

    # --- what is shown ---

    @admin.display(description="stato")
    def state(self, message):
        if message.sent_at:
            return "inviato"
        if message.failed_at:
            return "non riuscito"
        return "da riprovare" if message.tries else "in attesa"

    @admin.display(description="motivo")
    def reason(self, message):
        return Truncator(message.error).chars(120)

    @admin.display(description="scritto", ordering="created_at")
    def written(self, message):
        return moment(message.created_at)

    @admin.display(description="prossimo tentativo", ordering="due_at")
    def next_try(self, message):
        return "—" if message.sent_at or message.failed_at else moment(message.due_at)

    @admin.display(description="inviato", ordering="sent_at")
    def left(self, message):
        return moment(message.sent_at)

    # --- who may do what: look, try again, delete ---

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_retry_permission(self, request):
        return request.user.has_perm("outbox.change_message")

    # --- actions ---

    @admin.action(description="Riprova adesso", permissions=["retry"])
    def retry_now(self, request, queryset):
        number = retry(queryset)
        self.message_user(request, f"Messaggi che riproviamo subito: {number}.")

    @admin.action(description="Elimina", permissions=["delete"])
    def delete_selected(self, request, queryset):
        return delete_selected(self, request, queryset)
