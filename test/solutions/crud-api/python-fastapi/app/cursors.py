"""Where a page ended: the next one begins right after it, whether or not that task is still there."""

import base64
import json
from datetime import datetime
from typing import Any, NamedTuple

from .identifiers import is_uuid
from .problems import bad_request
from .timestamps import timestamp


class Sort(NamedTuple):
    name: str
    field: str
    column: str
    type: str
    descending: bool


SORTS = {
    sort.name: sort
    for sort in (
        Sort("createdAt", "createdAt", "created_at", "timestamptz", False),
        Sort("-createdAt", "createdAt", "created_at", "timestamptz", True),
        Sort("priority", "priority", "priority", "smallint", False),
        Sort("-priority", "priority", "priority", "smallint", True),
    )
}


class Cursor(NamedTuple):
    value: Any
    id: str


def encode(sort: Sort, last: dict) -> str:
    text = json.dumps([sort.name, last[sort.field], last["id"]])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(text: str, sort: Sort) -> Cursor:
    try:
        padded = text + "=" * (-len(text) % 4)
        made_for, value, id = json.loads(base64.b64decode(padded, altchars="-_", validate=True))
        if made_for == sort.name and is_value(value, sort) and is_uuid(id):
            return Cursor(value, id)
    except (ValueError, TypeError, RecursionError):
        # Not one of ours.
        pass
    raise bad_request("The cursor is not one that this list has given.")


def is_value(value: Any, sort: Sort) -> bool:
    if sort.field == "priority":
        return type(value) is int and abs(value) < 10
    return isinstance(value, str) and timestamp(datetime.fromisoformat(value)) == value
