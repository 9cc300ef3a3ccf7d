"""Who signs: with or without a login, at which address, and who may give rights to whom (A4)."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Author, User
from pagecache.tags import purged
from tests.factories import PASSWORD, make_article, make_author, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ADMIN = "/admin/accounts"


@pytest.fixture
def forgotten(django_capture_on_commit_callbacks):
    """Call with a function that posts; returns the tags the site was told to forget."""

    def watch(post):
        heard = []

        def listen(tags, **_):
            heard.append(tags)

        purged.connect(listen)
        with django_capture_on_commit_callbacks(execute=True):
            assert post().status_code == 302
        purged.disconnect(listen)
        return heard

    return watch


def filled(**fields):
    """The form of an author as a browser sends it."""
    names = ("name", "slug", "biography", "picture", "website", "mastodon", "user")
    return dict.fromkeys(names, "") | {"name": "Ada Rossi"} | fields


def add(client, **fields):
    return client.post(f"{ADMIN}/author/add/", filled(**fields))


def complaints(response):
    assert response.status_code == 200, response.headers.get("Location")
    return " ".join(str(error) for error in response.context["errors"])


# --- signing ---


def test_an_author_without_a_login_signs_a_story(client, staff_client):
    assert add(staff_client, name="Ospite d’Onore", biography="Passava di qui.").status_code == 302
    guest = Author.objects.get()
    story = make_article(title="Una storia", authors=[guest])

    page = client.get(story.get_absolute_url()).text
    own = client.get(guest.get_absolute_url())

    assert guest.user is None
    assert "Ospite d’Onore" in page
    assert "Passava di qui." in page
    assert "Una storia" in own.text


@pytest.mark.both
def test_a_login_that_is_deleted_leaves_the_signature():
    user = make_user("ada")
    author = make_author("Ada", user=user)
    story = make_article(authors=[author])
    user.delete()
    author.refresh_from_db()

    assert author.user is None
    assert story.signatures == [author]


@pytest.mark.both
def test_a_login_signs_with_one_name_only():
    user = make_user("ada")
    make_author("Ada", user=user)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_author("Ada Due", user=user)


# --- the address ---


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Nicolò Ünsàl", "nicolo-unsal"),
        ("Giosuè D’Amàto", "giosue-damato"),
        ("Łukasz Søren Groß", "lukasz-soren-gross"),
        ("  Ada   Rossi ", "ada-rossi"),
        ("Ada (ospite)", "ada-ospite"),
        ("C++ C#", "c-plus-plus-c-sharp"),
    ],
)
def test_the_address_comes_from_the_name(client, name, slug):
    author = make_author(name)
    make_article(authors=[author])

    assert author.slug == slug
    assert client.get(f"/author/{slug}/").status_code == 200


def test_a_new_name_keeps_the_old_address(staff_client):
    author = make_author("Ada Rossi")
    data = filled(name="Ada Bianchi", slug="ada-rossi")
    staff_client.post(f"{ADMIN}/author/{author.pk}/change/", data)
    author.refresh_from_db()

    assert (author.name, author.slug) == ("Ada Bianchi", "ada-rossi")


def test_an_address_that_is_taken_is_refused_in_words(staff_client):
    make_author("Ada Rossi")

    assert "esiste già" in complaints(add(staff_client, name="Altra", slug="ada-rossi"))


@pytest.mark.both
def test_a_second_author_of_the_same_name_is_no_crash(staff_client):
    make_author("Ada Rossi")
    staff_client.raise_request_exception = False

    assert add(staff_client, name="Ada Rossi").status_code in (200, 302)


@pytest.mark.parametrize("name", ["李四", "Ада", "!!!"])
def test_a_name_without_latin_letters_breaks_no_page(staff_client, client, name):
    staff_client.raise_request_exception = False
    if add(staff_client, name=name).status_code == 200:
        return  # refused, in words
    story = make_article(authors=[Author.objects.get()])

    assert client.get(story.get_absolute_url()).status_code == 200
    assert client.get("/").status_code == 200


# --- what the form checks ---


@pytest.mark.parametrize(
    ("mastodon", "url"),
    [
        ("@ada@mastodon.uno", "https://mastodon.uno/@ada"),
        ("@ada_rossi@sociale.example.org", "https://sociale.example.org/@ada_rossi"),
        (" @ada@mastodon.uno ", "https://mastodon.uno/@ada"),
        ("", ""),
    ],
)
def test_a_mastodon_name_becomes_an_address(staff_client, mastodon, url):
    assert add(staff_client, mastodon=mastodon).status_code == 302
    assert Author.objects.get().mastodon_url == url


@pytest.mark.parametrize(
    "mastodon",
    [
        "ada",
        "@ada",
        "ada@mastodon.uno",
        "@ada@mastodon",
        "@ada@mastodon.uno/@eva",
        "@ada@eva@mastodon.uno",
        "https://mastodon.uno/@ada",
        "@ada@mastodon.uno?x=1",
        '@ada@"onload=x.uno',
        "@ada @mastodon.uno",
    ],
)
def test_a_mastodon_name_of_another_form_is_refused_in_italian(staff_client, mastodon):
    said = complaints(add(staff_client, mastodon=mastodon))

    assert "Scrivilo così: @nome@istanza.it" in said
    assert not Author.objects.exists()


def test_a_biography_says_its_limit_and_keeps_the_text(staff_client):
    text = "à" * 2001
    response = add(staff_client, biography=text)

    assert "2000 caratteri (ne ha 2001)" in complaints(response)
    assert text in response.text
    assert add(staff_client, biography="à" * 2000).status_code == 302


@pytest.mark.parametrize("website", ["javascript:alert(1)", "ftp://example.org/", "//example.org"])
def test_a_site_is_a_web_address(staff_client, website):
    assert "Inserisci un URL valido." in complaints(add(staff_client, website=website))


def test_a_name_is_one_line_without_invisible_characters():
    author = Author(name="Ada\u202e\u200b Rossi", biography="")
    author.full_clean(exclude=["slug"])

    assert author.name == "Ada Rossi"
    with pytest.raises(ValidationError, match="caratteri di controllo"):
        Author(name="Ada\x07Rossi").full_clean(exclude=["slug"])


def test_a_biography_is_text_on_the_page(client):
    author = make_author("Ada", biography="<script>alert(1)</script> & così via")
    story = make_article(authors=[author])
    for path in (story.get_absolute_url(), author.get_absolute_url()):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; così via" in page


# --- what a change makes the site forget ---


def test_adding_changing_and_deleting_an_author_purges_every_page(staff_client, forgotten):
    assert forgotten(lambda: add(staff_client)) == [("all",)]
    author = Author.objects.get()
    change = f"{ADMIN}/author/{author.pk}/change/"
    data = filled(name="Ada Bianchi", slug="ada")
    assert forgotten(lambda: staff_client.post(change, data)) == [("all",)]
    delete = f"{ADMIN}/author/{author.pk}/delete/"
    assert forgotten(lambda: staff_client.post(delete, {"post": "yes"})) == [("all",)]
    assert not Author.objects.exists()


def test_deleting_authors_from_the_list_purges_once(staff_client, forgotten):
    pks = [make_author().pk for _ in range(3)]
    data = {"action": "delete_selected", "_selected_action": pks, "post": "yes"}

    assert forgotten(lambda: staff_client.post(f"{ADMIN}/author/", data)) == [("all",)]
    assert not Author.objects.exists()


@pytest.mark.both
def test_an_author_who_signed_something_cannot_be_deleted(staff_client):
    author = make_author("Ada")
    make_article(authors=[author])
    staff_client.post(f"{ADMIN}/author/{author.pk}/delete/", {"post": "yes"})

    assert Author.objects.filter(pk=author.pk).exists()


def test_a_refused_form_purges_nothing(staff_client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        complaints(add(staff_client, mastodon="ada"))

    assert callbacks == []


# --- rights ---

OWN_RIGHTS = ("view_user", "add_user", "change_user", "delete_user", "change_author", "add_author")


@pytest.fixture
def ada(client):
    """Someone of the staff who may edit users and is no superuser, signed in."""
    user = make_user("ada", superuser=False)
    user.user_permissions.set(Permission.objects.filter(codename__in=OWN_RIGHTS))
    client.force_login(user)
    return user


def rights(user):
    user = User.objects.get(pk=user.pk)
    flags = (user.is_superuser, user.is_staff)
    return *flags, set(user.groups.all()), set(user.user_permissions.all())


def all_rights(user, **fields):
    """The form of a user with every right ticked."""
    everything = list(Permission.objects.values_list("pk", flat=True))
    return {
        "username": user.username,
        "email": user.email,
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "groups": list(Group.objects.values_list("pk", flat=True)),
        "user_permissions": everything,
    } | fields


@pytest.mark.parametrize("whose", ["own", "another's", "a reader's"])
def test_a4_staff_who_are_no_superusers_give_rights_to_nobody(client, ada, whose):
    Group.objects.create(name="Amministratori")
    reader = whose == "a reader's"
    user = ada if whose == "own" else make_user("bea", superuser=False, staff=not reader)
    before = rights(user)
    data = all_rights(user, first_name="Cambiata")
    response = client.post(f"{ADMIN}/user/{user.pk}/change/", data)

    assert response.status_code == 302
    assert User.objects.get(pk=user.pk).first_name == "Cambiata"  # the form itself was taken
    assert rights(user) == before


def test_a4_a_new_user_made_by_staff_has_no_rights(client, ada):
    words = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    data = all_rights(User(username="eva", email="eva@example.org")) | words
    response = client.post(f"{ADMIN}/user/add/", data)

    assert response.status_code == 302
    assert rights(User.objects.get(username="eva")) == (False, False, set(), set())


def test_a4_staff_do_not_touch_a_superuser(client, ada):
    boss = make_user("capo", first_name="Capo")
    own = f"{ADMIN}/user/{boss.pk}"
    words = {"password1": "un’altra password", "password2": "un’altra password"}
    chosen = {"action": "delete_selected", "_selected_action": [boss.pk], "post": "yes"}

    client.post(f"{own}/change/", all_rights(boss, first_name="Altro", is_active=""))
    client.post(f"{own}/password/", words | {"usable_password": "true"})
    client.post(f"{own}/delete/", {"post": "yes"})
    client.post(f"{ADMIN}/user/", chosen)

    boss = User.objects.get(pk=boss.pk)
    assert (boss.first_name, boss.is_active, boss.check_password(PASSWORD)) == ("Capo", True, True)


def test_a4_a_superuser_gives_rights(staff_client):
    user = make_user("bea", superuser=False, staff=False)
    staff_client.post(f"{ADMIN}/user/{user.pk}/change/", all_rights(user))

    assert rights(user)[:2] == (True, True)
    assert len(rights(user)[3]) == Permission.objects.count()


def test_a4_staff_who_may_edit_groups_give_their_own_group_no_rights(client, ada):
    ada.user_permissions.add(*Permission.objects.filter(codename="change_group"))
    group = Group.objects.create(name="Redattori")
    ada.groups.add(group)
    everything = list(Permission.objects.values_list("pk", flat=True))
    data = {"name": "Redattori", "permissions": everything}
    client.post(f"/admin/auth/group/{group.pk}/change/", data)

    assert not group.permissions.exists()


def test_a4_staff_without_a_right_to_authors_see_none(client):
    client.force_login(make_user("ada", superuser=False))
    author = make_author("Bea")
    for path in ("", "add/", f"{author.pk}/change/", f"{author.pk}/delete/"):
        assert client.get(f"{ADMIN}/author/{path}").status_code == 403
        assert client.post(f"{ADMIN}/author/{path}", filled()).status_code == 403
    assert Author.objects.get().name == "Bea"
