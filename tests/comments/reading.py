"""Tools that read a page as a browser does: its form's fields, its sentences, its shape."""

from html.parser import HTMLParser

VOID = {"br", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Page(HTMLParser):
    """A page read once. ``open`` must be empty at its end: every tag is closed, in its turn."""

    def __init__(self, text):
        super().__init__()
        self.open, self.crossed = [], []
        self.fields, self.said, self.alarms, self.ids, self.links = {}, {}, [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in VOID and tag != "path":
            self.open.append((tag, attrs))
        if attrs.get("id"):
            self.ids.append(attrs["id"])
        if tag == "a":
            self.links.append(attrs)
        if tag == "input" and "name" in attrs:
            chosen = attrs.get("type") != "radio" or "checked" in attrs
            if chosen:
                self.fields[attrs["name"]] = attrs.get("value", "")
        if tag == "textarea":
            self.fields[attrs["name"]] = ""

    def handle_startendtag(self, tag, attrs):
        pass  # a drawing's path

    def handle_endtag(self, tag):
        if not self.open or self.open[-1][0] != tag:
            self.crossed.append(tag)
        else:
            self.open.pop()

    def handle_data(self, data):
        tag, attrs = self.open[-1] if self.open else ("", {})
        if tag == "textarea":
            self.fields[attrs["name"]] += data
        if tag == "p" and (attrs.get("id") or "").startswith("error-"):
            self.said[attrs["id"].removeprefix("error-")] = data.strip()
        if attrs.get("role") == "alert":
            self.alarms.append(data.strip())


def page_of(response):
    return Page(response.text)


def fields_of(response):
    """What a browser sends if the reader presses the button of this page again."""
    return page_of(response).fields


def press_again(client, response, *, address="192.0.2.1", **more):
    """Send the form that came back, as it stands."""
    return client.post("/commenti/", fields_of(response) | more, REMOTE_ADDR=address)
