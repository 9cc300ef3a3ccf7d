"""S1, one door: whatever road a body comes by, it is cleaned; nobody else cleans or trusts HTML."""

import ast
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString

from articles.models import Page
from kit import html
from tests.factories import make_page

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {file.parent for file in ROOT.glob("*/__init__.py")} - {ROOT / "tests", ROOT / "bench"}
FILES = [file for room in sorted(ROOMS) for file in sorted(room.rglob("*.py"))]
DIRTY = "<p>x<script>y</script><b>z</b>"
CLEAN = "<p>x<strong>z</strong></p>"


def names(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def users(*wanted):
    found = {file for file in FILES if any(n.split(".")[-1] in wanted for n in names(file))}
    return {str(file.relative_to(ROOT)) for file in found}


def test_s1_one_file_imports_the_cleaner():
    assert users("nh3") == {"kit/html.py"}


def test_s1_one_file_marks_html_as_safe():
    assert users("mark_safe", "SafeString", "SafeText", "SafeData") == {"kit/html.py"}


def test_s1_no_template_trusts_what_it_prints():
    templates = [*(ROOT / "templates").rglob("*"), *ROOT.glob("*/templates/**/*")]
    for file in templates:
        if file.suffix == ".html":  # a mail in plain text has nothing to escape
            text = file.read_text(encoding="utf-8").replace(" ", "")
            for way in ("|safe", "autoescapeoff", "safeseq"):
                assert way not in text, f"{file.name}: {way}"


def stored(page):
    return Page.objects.values_list("body", flat=True).get(pk=page.pk)


@pytest.mark.django_db
class TestRoads:
    def test_s1_create(self):
        page = make_page(body=DIRTY)

        assert page.body == stored(page) == CLEAN

    def test_s1_save(self):
        page = make_page()
        page.body = DIRTY
        page.save()

        assert page.body == stored(page) == CLEAN

    def test_s1_save_of_some_columns(self):
        page = make_page()
        page.body = DIRTY
        page.save(update_fields=["body"])

        assert stored(page) == CLEAN

    def test_s1_bulk_create(self):
        (page,) = Page.objects.bulk_create([Page(title="x", slug="x", body=DIRTY)])

        assert stored(page) == CLEAN

    def test_s1_bulk_update(self):
        page = make_page()
        page.body = DIRTY
        Page.objects.bulk_update([page], ["body"])

        assert stored(page) == CLEAN

    def test_s1_update(self):
        page = make_page()
        Page.objects.filter(pk=page.pk).update(body=DIRTY)

        assert stored(page) == CLEAN

    def test_s1_update_or_create(self):
        page, _ = Page.objects.update_or_create(slug="x", defaults={"title": "x", "body": DIRTY})

        assert stored(page) == CLEAN

    def test_s1_full_clean_cleans_and_refuses(self):
        page = Page(title="x", slug="una-pagina", body=DIRTY)
        page.full_clean(exclude=["menu_order"])

        assert page.body == CLEAN

        page.body = "<br>" * 20_001
        with pytest.raises(ValidationError, match=r"al massimo 20\.000"):
            page.full_clean()

    def test_a_lookup_is_not_cleaned(self):
        make_page(body="<p>x</p>")

        assert Page.objects.filter(body__contains="<p>").exists()
        assert Page.objects.filter(body__startswith="<p>x").exists()


class PageForm(forms.ModelForm):
    class Meta:
        model = Page
        fields = ("body",)


def test_a_form_cleans():
    form = PageForm({"body": DIRTY})

    assert form.is_valid()
    assert form.cleaned_data["body"] == CLEAN


def test_a_form_over_a_limit_says_so_and_keeps_what_was_typed():
    typed = "<br>" * 20_001
    form = PageForm({"body": typed})

    assert "al massimo 20.000" in form.errors["body"][0]
    assert form["body"].value() == typed


def test_the_editor_s_empty_document_is_empty():
    form = PageForm({"body": "<p></p>"})
    form.fields["body"].required = True

    assert form.errors["body"]


def test_cleaned_html_is_not_cleaned_again_and_changed_html_is():
    once = html.clean(DIRTY, "article")

    assert html.clean(once, "article") is once
    assert type(once + "x") is type(once[:3]) is str


def test_trusted_html_is_printed_as_it_is():
    assert isinstance(html.trusted("<p>x</p>"), SafeString)


def test_the_profile_survives_a_migration():
    field = Page._meta.get_field("body").clone()

    assert field.profile == "article"
