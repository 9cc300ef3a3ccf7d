"""Fields for what people type: tidied, then measured, never cut in silence."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from images.models import Image
from kit.fields import AddressField, LineField, ProseField
from tests.factories import make_author, make_image


def check(field, value):
    return field.clean(value, None)


def refusal(field, value):
    with pytest.raises(ValidationError) as caught:
        check(field, value)
    return " ".join(caught.value.messages)


def test_a_line_with_a_nul_is_refused():
    assert "caratteri di controllo" in refusal(LineField(max_length=50), "a\x00b")


def test_a_line_with_a_nul_is_refused_by_the_form_too():
    with pytest.raises(ValidationError):
        LineField(max_length=50).formfield().clean("a\x00b")


def test_a_line_loses_invisible_characters():
    assert check(LineField(max_length=50), " Ada\u202e Love\u200blace ") == "Ada Lovelace"


def test_characters_are_counted_after_nfc():
    field = LineField(max_length=4)

    assert check(field, "e\u0301" * 4) == "éééé"
    assert field.formfield().clean("e\u0301" * 4) == "éééé"


@pytest.mark.parametrize("field", [LineField(max_length=5), ProseField(max_length=5)])
def test_past_the_limit_the_sentence_names_it(field):
    assert "5 caratteri" in refusal(field, "x" * 6)
    with pytest.raises(ValidationError, match="5 caratteri"):
        field.formfield().clean("x" * 6)


def test_the_browser_is_not_asked_to_cut():
    attrs = LineField(max_length=5).formfield().widget.attrs

    assert "maxlength" not in attrs
    assert attrs["data-limit"] == "5"


def test_a_form_that_refuses_keeps_what_was_typed():
    form = forms.modelform_factory(Image, fields=["title"])({"title": "x" * 201})

    assert "200 caratteri" in form.errors["title"][0]
    assert form["title"].value() == "x" * 201


@pytest.mark.parametrize("address", ["https://example.org/a?b=c#d", "http://perù.example/"])
def test_an_address_is_http_or_https(address):
    assert check(AddressField(), address) == address


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "ftp://example.org/",
        "data:text/html,x",
        "//example.org/",
        "/qui",
        "https://",
        "https://example.org/\nx",
        "https://example.org/" + "x" * 2048,
    ],
)
def test_anything_else_is_no_address(address):
    assert refusal(AddressField(), address)


def test_prose_keeps_its_lines():
    assert check(ProseField(max_length=50), "a\r\nb\x00") == "a\nb"


@pytest.mark.django_db
def test_a_row_made_by_a_command_is_tidied_too():
    author = make_author("Ada\u200b Lovelace", biography="a\r\nb\x00")
    author.refresh_from_db()

    assert (author.name, author.biography) == ("Ada Lovelace", "a\nb")


@pytest.mark.django_db
def test_s1_a_bulk_update_is_tidied_too():
    image = make_image()
    Image.objects.filter(pk=image.pk).update(credit="Ada\u202e")
    image.refresh_from_db()

    assert image.credit == "Ada"
