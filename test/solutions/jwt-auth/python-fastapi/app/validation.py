import json
import re
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, ValidationError

from .problems import Problem

MOST_BYTES = 65_536


def body(model: type[BaseModel]):
    """A dependency: the body, as an instance of the model. Where a route asks for more, it comes last."""

    async def read(request: Request) -> BaseModel:
        fields = await read_json(request)
        if not isinstance(fields, dict):
            raise Problem(422, "Send an object.")
        if not all(map(is_storable, fields.values())):
            raise Problem(422, "A field is null, or has a character that cannot be stored.")
        try:
            return model(**fields)
        except (ValidationError, TypeError):
            raise Problem(422, "A field is missing or breaks a rule.")

    return read


async def read_json(request: Request):
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise Problem(415, "Send application/json.")
    received = b""
    async for chunk in request.stream():
        received += chunk
        if len(received) > MOST_BYTES:
            raise Problem(413)
    try:
        return json.loads(received.decode(), parse_constant=refuse)
    except (ValueError, RecursionError):
        raise Problem(400, "The body is not JSON.")


def is_storable(value) -> bool:
    """No field here may be null, which pydantic takes where a field has None for a default."""
    # Postgres has no U+0000, and UTF-8 no surrogates.
    return value is not None and not (isinstance(value, str) and re.search("[\0\ud800-\udfff]", value))


def refuse(constant: str):
    """Python would take NaN and Infinity."""
    raise ValueError(constant)


def is_uuid(value) -> bool:
    """As it is written here: Python's UUID would take braces and other forms too."""
    try:
        return isinstance(value, str) and str(UUID(value)) == value.lower()
    except ValueError:
        return False
