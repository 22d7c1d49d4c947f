"""What stands in the cells of a row, which are kept as JSON beside the heads of their columns."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Text, and_, cast, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from archive.catalogue.schema import sheet_row


def in_a_cell(text: str) -> ColumnElement[bool]:
    """That a row of `sheet_row` has `text` in one of its cells; heads are no cells.

    In the whole JSON it is looked for first, which costs less, and as JSON escapes what is not
    ASCII: there digits may be part of an escape.
    """
    escaped = "".join(f"/{sign}" if sign in "/%_" else sign for sign in text)
    perhaps = cast(sheet_row.c.raw, Text).icontains(json.dumps(text)[1:-1], autoescape=True)
    return and_(perhaps, _AnyCell(sheet_row.c.raw, func.lower(f"%{escaped}%")))


class _AnyCell(FunctionElement[bool]):
    """Whether a cell of a row is like a pattern."""

    type = Boolean()
    inherit_cache = True


@compiles(_AnyCell, "sqlite")
def _on_sqlite(element: _AnyCell, compiler: Any, **kw: Any) -> str:
    raw, pattern = (compiler.process(one, **kw) for one in element.clauses)
    return (
        f"EXISTS (SELECT 1 FROM json_each({raw}) AS pair "  # noqa: S608
        f"WHERE lower(json_extract(pair.value, '$[1]')) LIKE {pattern} ESCAPE '/')"
    )


@compiles(_AnyCell, "postgresql")
def _on_postgresql(element: _AnyCell, compiler: Any, **kw: Any) -> str:
    raw, pattern = (compiler.process(one, **kw) for one in element.clauses)
    return (
        f"EXISTS (SELECT 1 FROM json_array_elements({raw}) AS pair "  # noqa: S608
        f"WHERE lower(pair.value ->> 1) LIKE {pattern} ESCAPE '/')"
    )
