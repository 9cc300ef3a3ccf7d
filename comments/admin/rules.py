"""What moderators set: numbers, words with a box to try them, blocks, people."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone

from comments import markdown
from comments.facts import gather
from comments.forms import TextField
from comments.models import Block, Commenter, Policy, State, Word
from comments.rules import judge
from kit.fields import LineFormField


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin):
    fields = ["need_approved", "hold_all", "hold_links", "hold_after_days", "close_after_days"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        """There is one row: the list is its form."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        policy = Policy.objects.first() or Policy.objects.create()
        return HttpResponseRedirect(reverse("admin:comments_policy_change", args=[policy.pk]))


class TryForm(forms.Form):
    comment = TextField()
    name = LineFormField(label="Nome", initial="Ada", required=False)
    email = LineFormField(label="E-mail", initial="ada@example.org", required=False)
    site = LineFormField(label="Sito", required=False)
    known = forms.BooleanField(
        label="Indirizzo confermato e già approvato", required=False, initial=True
    )


def tried(data):
    """The verdict on a comment that nobody sent, by the rules as they stand now."""
    text, html = data["comment"]
    return judge(
        gather(
            text=text,
            name=data["name"],
            email=data["email"],
            site=data["site"],
            address="",
            links=markdown.links(html),
            confirmed=data["known"],
            trusted=data["known"],
            now=timezone.now(),
        )
    )


@admin.register(Word)
class WordAdmin(admin.ModelAdmin):
    list_display = ["text", "effect", "whole", "note"]
    list_filter = ["effect", "whole"]
    search_fields = ["text", "note"]

    def get_urls(self):
        here = path("prova/", self.admin_site.admin_view(self.try_rules), name="comments_word_try")
        return [here, *super().get_urls()]

    def try_rules(self, request):
        """A box to try the rules: nothing is kept."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = TryForm(request.POST or None)
        verdict = tried(form.cleaned_data) if request.method == "POST" and form.is_valid() else None
        context = self.admin_site.each_context(request) | {
            "title": "Prova le regole",
            "form": form,
            "verdict": verdict,
            "state": State(verdict.state).label if verdict else "",
            "opts": Word._meta,
        }
        return render(request, "admin/comments/word/try.html", context)


@admin.register(Block)
class BlockAdmin(admin.ModelAdmin):
    list_display = ["value", "kind", "expires_at", "note", "by", "created_at"]
    list_filter = ["kind"]
    list_select_related = ["by"]
    search_fields = ["value", "note"]
    fields = ["kind", "value", "expires_at", "note"]

    def save_model(self, request, obj, form, change):
        obj.by = obj.by or request.user
        super().save_model(request, obj, form, change)


@admin.register(Commenter)
class CommenterAdmin(admin.ModelAdmin):
    list_display = ["email", "confirmed_at", "trusted_at", "published", "refused"]
    search_fields = ["email"]
    fields = ["email", "confirmed_at", "trusted_at", "proofs_from"]
    readonly_fields = fields
    actions = ["revoke", "distrust"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False  # erase_commenter does it, with all that hangs on it

    def log_change(self, request, obj, message):
        """There is nothing to change, and Django's log would keep the address past an erasure."""

    def get_queryset(self, request):
        refused = Q(comments__state__in=[State.SPAM, State.TRASH])
        return (
            super()
            .get_queryset(request)
            .annotate(
                published_count=Count("comments", filter=Q(comments__state=State.PUBLISHED)),
                refused_count=Count("comments", filter=refused),
            )
        )

    @admin.display(description="pubblicati", ordering="published_count")
    def published(self, commenter):
        return commenter.published_count

    @admin.display(description="rifiutati", ordering="refused_count")
    def refused(self, commenter):
        return commenter.refused_count

    @admin.action(description="Annulla le prove date ai browser", permissions=["change"])
    def revoke(self, request, queryset):
        keys = list(queryset.values_list("pk", flat=True))
        Commenter.objects.filter(pk__in=keys).update(proofs_from=timezone.now())
        self.message_user(request, "Fatto: al prossimo commento torna la mail di conferma.")

    @admin.action(description="Togli la fiducia", permissions=["change"])
    def distrust(self, request, queryset):
        keys = list(queryset.values_list("pk", flat=True))
        Commenter.objects.filter(pk__in=keys).update(trusted_at=None)
        self.message_user(request, "Fatto: il prossimo commento aspetta una persona.")
