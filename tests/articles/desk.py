"""What a browser would send back from the form of a story, for the tests of the admin."""

from django.urls import reverse

ADD = "admin:articles_article_add"
CHANGE = "admin:articles_article_change"
NO_ROWS = {
    f"{prefix}-{name}": value
    for prefix in ("bylines", "sources")
    for name, value in {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}.items()
}


def filled(**fields):
    """The form of a new story, with nothing under it."""
    from tests.factories import make_category

    data = NO_ROWS | {
        "title": "Il kernel 6.20 è uscito",
        "standfirst": "Una frase.",
        "body": "<p>Testo.</p>",
        "status": "draft",
        "published_at_0": "",
        "published_at_1": "",
        "opened_version": "1",
    }
    if "main_category" not in fields:
        data["main_category"] = make_category().pk
    return data | fields


def opened(client, article):
    """The form of ``article`` as it was opened now: what goes back if nothing is touched."""
    response = client.get(reverse(CHANGE, args=[article.pk]))
    assert response.status_code == 200
    form = response.context["adminform"].form
    data = {name: sent(form[name]) for name in form.fields}
    data |= date_parts(form, "published_at") | date_parts(form, "revised_at")
    for inline in response.context["inline_admin_formsets"]:
        formset = inline.formset
        data[f"{formset.prefix}-TOTAL_FORMS"] = len(formset.forms)
        data[f"{formset.prefix}-INITIAL_FORMS"] = formset.initial_form_count()
        for row in formset.forms:
            data |= {row.add_prefix(name): sent(row[name]) for name in row.fields}
    return {name: value for name, value in data.items() if value is not None}


def sent(field):
    value = field.value()
    if isinstance(value, bool):
        return "on" if value else None
    if isinstance(value, list):
        return [getattr(item, "pk", item) for item in value]
    return "" if value is None else value


def date_parts(form, name):
    value = form[name].value()
    if value is None:
        return {f"{name}_0": "", f"{name}_1": "", name: None}
    from django.utils.timezone import localtime

    moment = localtime(value) if value.tzinfo else value
    parts = {f"{name}_0": moment.strftime("%Y-%m-%d"), f"{name}_1": moment.strftime("%H:%M:%S")}
    return parts | {name: None}


def save(client, article, **changes):
    data = opened(client, article) | changes
    return client.post(reverse(CHANGE, args=[article.pk]), data)


def errors(response):
    """Every sentence the form says, rows included."""
    assert response.status_code == 200, response.headers.get("Location")
    return " ".join(str(error) for error in response.context["errors"])
