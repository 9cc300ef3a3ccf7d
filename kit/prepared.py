"""Questions to the database whose SQL is written once: the ORM says what, only values change.

Building a QuerySet and turning it into SQL costs more than the answer: for a list of ten stories
two thirds of all. The pages of readers ask the same few questions for ever (docs/adr/0021).

    @prepared(now=DateTimeField(), start=OFFSET)
    def of_front(now, start):
        return Article.objects.visible(now).front_page_order().stories(start, start + 10)

    of_front(now=timezone.now(), start=0)  # a list of what the QuerySet gives
"""

from copy import copy
from functools import update_wrapper
from types import SimpleNamespace
from typing import NamedTuple

from django.db import connections
from django.db.models import Expression, Field, prefetch_related_objects

OFFSET = "offset"
START = 1_000_000_000_007  # stands where the offset goes; no list is that long


class Several(NamedTuple):
    """A list of values, one to ``most``: the SQL has a place for each of the most."""

    field: Field
    most: int


class Slot(Expression):
    """The place of a value that comes with each question."""

    def __init__(self, name, field):
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]


class Row(Expression):
    """The places of Several values: what stands after IN."""

    def __init__(self, name, kind):
        super().__init__(output_field=kind.field)
        self.slots = [Slot(f"{name} {number}", kind.field) for number in range(kind.most)]

    def as_sql(self, compiler, connection):
        return f"({', '.join(['%s'] * len(self.slots))})", self.slots


def prepared(**places):
    """Make a question of a function that returns a QuerySet.

    ``places``: for each of its parameters the field whose values it takes, Several of them, or
    OFFSET. Nothing else may change from call to call: settings and clocks are read once.
    """
    return lambda build: Question(build, places)


class Question:
    def __init__(self, build, places):
        update_wrapper(self, build)
        self.build, self.places = build, places
        self.queryset, self.compiled = None, {}

    def __call__(self, **values):
        """Ask the database that the router names; return a list."""
        if self.queryset is None:
            self.queryset = self.built()
        queryset = self.queryset
        using = queryset.db
        if using not in self.compiled:
            self.compiled[using] = compiled(queryset.query, using)
        query = copy(queryset.query)
        asked = self.asked(connections[using], values)
        query.get_compiler = lambda using: asked
        # What Django's iterables read of a QuerySet. A real one would be cloned for each question.
        source = SimpleNamespace(
            db=using,
            query=query,
            model=queryset.model,
            _fields=queryset._fields,
            _known_related_objects={},
        )
        rows = list(queryset._iterable_class(source))
        if rows and queryset._prefetch_related_lookups:
            prefetch_related_objects(rows, *queryset._prefetch_related_lookups)
        return rows

    def built(self):
        return self.build(**{name: place(name, kind) for name, kind in self.places.items()})

    def asked(self, connection, values):
        """A compiler that has its SQL already, and the values of this question."""
        compiler, sql, params, converters = self.compiled[connection.alias]
        bound = {}
        for name, kind in self.places.items():
            bound |= bind(name, kind, values[name], connection)
        given = tuple([bound[p.name] if isinstance(p, Slot) else p for p in params])
        compiler = copy(compiler)
        compiler.connection = connection  # it was compiled in another thread
        compiler.as_sql = lambda: (sql, given)
        compiler.get_converters = lambda expressions: converters
        return compiler


def place(name, kind):
    """What the QuerySet is built with in the place of values."""
    if kind == OFFSET:
        return START
    if isinstance(kind, Several):
        return Row(name, kind)
    return Slot(name, kind)


def bind(name, kind, value, connection):
    if kind == OFFSET:
        return {OFFSET: value}
    if not isinstance(kind, Several):
        return {name: kind.get_db_prep_value(value, connection)}
    if not 0 < len(value) <= kind.most:
        raise ValueError(f"{name} takes 1 to {kind.most} values, not {len(value)}")
    found = [kind.field.get_db_prep_value(one, connection) for one in value]
    found += found[-1:] * (kind.most - len(found))  # said twice, found once
    return {f"{name} {number}": one for number, one in enumerate(found)}


def compiled(query, using):
    compiler = query.clone().get_compiler(using)
    sql, params = compiler.as_sql()
    before, offset, after = sql.partition(f"OFFSET {START}")
    if offset:
        sql, here = f"{before}OFFSET %s{after}", before.count("%s")
        params = (*params[:here], Slot(OFFSET, None), *params[here:])
    columns = [column for column, _, _ in compiler.select[: compiler.col_count]]
    return compiler, sql, params, compiler.get_converters(columns)
