from django import template

from images.pictures import picture_html

register = template.Library()


@register.simple_tag
def picture(image, size, *, eager=False, alt=None):
    """``{% picture image "card" %}``: see images.pictures for the named sizes. No query."""
    return picture_html(image, size, eager=eager, alt=alt)
