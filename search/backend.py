"""The one place that knows which database we stand on: ``backend().newest(…)``."""

from django.db import connection

from search import postgresql, sqlite


def backend():
    return {"sqlite": sqlite, "postgresql": postgresql}[connection.vendor]
