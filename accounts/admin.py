from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied

from accounts.models import Author, User
from pagecache.tags import purge_on_commit

# One login for all: the admin's own page would know nothing of the limits on failed tries.
admin.site.login = secure_admin_login(admin.site.login)


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    list_display = ["username", "email", "first_name", "last_name", "is_staff", "is_active"]
    list_filter = ["is_active", "is_staff", "is_superuser", "groups"]
    search_fields = ["username", "email", "first_name", "last_name"]
    fieldsets = [
        ("Accesso", {"fields": ["username", "email", "password"]}),
        ("Persona", {"fields": ["first_name", "last_name"]}),
        (
            "Che cosa può fare",
            {
                "description": "Entra in redazione solo chi è attivo e fa parte dello staff.",
                "fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"],
            },
        ),
        ("Date", {"fields": ["last_login", "date_joined"], "classes": ["collapse"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "description": "L’indirizzo serve per ricevere una nuova password.",
                "fields": ["username", "email", "usable_password", "password1", "password2"],
            },
        ),
    ]
    readonly_fields = ["last_login", "date_joined"]

    def user_change_password(self, request, id, form_url=""):
        """Only a superuser sets the password of somebody else: it is a way to become him."""
        if not request.user.is_superuser:
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    def get_readonly_fields(self, request, obj=None):
        """Only a superuser makes superusers, or gives rights: not even to himself otherwise."""
        fields = super().get_readonly_fields(request, obj)
        if request.user.is_superuser:
            return fields
        return [*fields, "is_superuser", "is_staff", "groups", "user_permissions"]

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (request.user.is_superuser or not (obj and obj.is_superuser))

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and (request.user.is_superuser or not (obj and obj.is_superuser))


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    """A group is a set of rights: only a superuser gives them."""

    def has_add_permission(self, request):
        return request.user.is_superuser

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser


@admin.register(Author)
class AuthorAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "user"]
    list_select_related = ["user"]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["picture", "user"]
    view_on_site = False  # an author without stories has no page yet
    fieldsets = [
        (None, {"fields": ["name", "slug", "biography", "picture"]}),
        ("Dove si trova", {"fields": ["website", "mastodon"]}),
        ("Accesso", {"fields": ["user"]}),
    ]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        # A name stands on every card and story it signed.
        purge_on_commit("all")

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        purge_on_commit("all")

    def delete_queryset(self, request, queryset):
        super().delete_queryset(request, queryset)
        purge_on_commit("all")
