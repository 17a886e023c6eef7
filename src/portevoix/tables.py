"""The nouns as Arrow tables: derived, never written twice."""

from collections.abc import Mapping
from datetime import date, datetime
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pyarrow as pa

_ARROW: dict[Any, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    datetime: pa.timestamp("us"),
    date: pa.date32(),
}


def schema_of(noun: type) -> pa.Schema:
    """The columns of a noun, in its own order; a field that may be None becomes a nullable column.

    >>> from portevoix.nouns import Label
    >>> schema_of(Label).field("verbatim").nullable
    False
    """
    fields = []
    for name, hint in get_type_hints(noun).items():
        nullable = False
        if isinstance(hint, UnionType):
            (hint,) = (part for part in get_args(hint) if part is not type(None))
            nullable = True
        arrow = pa.map_(pa.string(), pa.string()) if get_origin(hint) is Mapping else _ARROW[hint]
        fields.append(pa.field(name, arrow, nullable=nullable))
    return pa.schema(fields)
