"""The one validator for mail addresses: what a form accepts is what a header may hold (M1)."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from kit.text import INVISIBLE, LINE_CONTROLS

ADDRESS_LENGTH = 254  # characters (RFC 5321, section 4.5.3.1.3, without the angle brackets)
# A name of other characters must stand in quotes, or it would be read as more addresses.
NAMED = re.compile(r'(?:"[^"\\<>]*"|[^"\\<>,;:@()\[\]]*) <(?P<address>[^<>\s]+)>')


def validate_address(value):
    """Raise ValidationError unless ``value`` is one bare address we would write to.

    Stricter than Django: no quoted local part (it may hold blanks, commas and control
    characters) and no ``[192.0.2.1]`` in place of a domain.
    """
    if len(value) > ADDRESS_LENGTH or LINE_CONTROLS.search(value) or '"' in value or "[" in value:
        raise ValidationError("Questo indirizzo e-mail non è scritto bene.", code="invalid")
    if value != value.translate(INVISIBLE):
        raise ValidationError("Questo indirizzo e-mail ha caratteri invisibili.", code="invalid")
    validate_email(value)


def clean_address(value):
    """Return ``value`` without outer blanks. Errors: ValueError, without the address in it."""
    value = refuse_controls(str(value), "an address").strip()
    try:
        validate_address(value)
    except ValidationError:
        raise ValueError("not one mail address") from None
    return value


def bare_address(value):
    """Return the address in ``name <address>``, or in a bare address. Errors: as above."""
    value = refuse_controls(str(value), "an address").strip()
    named = NAMED.fullmatch(value) if len(value) <= 2 * ADDRESS_LENGTH else None
    return clean_address(named["address"] if named else value.removeprefix("<").removesuffix(">"))


def refuse_controls(value, what):
    """Return ``value``. Errors: ValueError if it is more than one line, or holds a control."""
    if LINE_CONTROLS.search(value):
        raise ValueError(f"{what} holds a line end or a control character")
    return value
