"""What search engines and feed hubs were told, and why they were not. Nobody writes here."""

from django.contrib import admin
from django.utils.formats import date_format
from django.utils.timezone import localtime

from articles import pings
from articles.models import Ping


def moment(when):
    return date_format(localtime(when), "j M Y, H:i").lower() if when else "—"


@admin.register(Ping)
class PingAdmin(admin.ModelAdmin):
    list_display = ["address", "kind", "state", "error", "tries", "written", "next_try"]
    fields = ["address", "kind", "state", "error", "tries", "written", "next_try"]
    list_filter = ["kind", "created_at"]
    list_per_page = 50
    show_full_result_count = False
    actions = ["retry_now"]

    @admin.display(description="stato")
    def state(self, ping):
        if ping.sent_at:
            return "inviato"
        if ping.failed_at:
            return "non riuscito"
        return "da riprovare" if ping.tries else "in attesa"

    @admin.display(description="scritto", ordering="created_at")
    def written(self, ping):
        return moment(ping.created_at)

    @admin.display(description="prossimo tentativo", ordering="due_at")
    def next_try(self, ping):
        return "—" if ping.sent_at or ping.failed_at else moment(ping.due_at)

    # --- who may do what: look, try again, delete ---

    def has_module_permission(self, request):
        """Not on the newsroom's front page of a site that tells nobody."""
        return pings.wanted() and super().has_module_permission(request)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_retry_permission(self, request):
        return request.user.has_perm("articles.change_ping")

    @admin.action(description="Riprova adesso", permissions=["retry"])
    def retry_now(self, request, queryset):
        done = pings.retry(queryset)
        sentence = "1 avviso riparte" if done == 1 else f"{done} avvisi ripartono"
        self.message_user(request, f"{sentence}: ci vuole qualche secondo.")
