import re
from typing import Optional

from fastapi import Request

from .problems import Problem


def etag_of(version: int) -> str:
    return f'"{version}"'


def assert_matches(request: Request, version: int) -> None:
    """If-Match (RFC 9110, section 13.1.1)."""
    tags = header(request, "if-match")
    if tags is not None and tags.strip() != "*" and etag_of(version) not in entity_tags(tags):
        raise Problem(412, "The task has changed since you read it.")


def is_fresh(request: Request, version: int) -> bool:
    """If-None-Match (RFC 9110, section 13.1.2)."""
    tags = header(request, "if-none-match")
    if tags is None:
        return False
    return tags.strip() == "*" or etag_of(version) in (tag.removeprefix("W/") for tag in entity_tags(tags))


def header(request: Request, name: str) -> Optional[str]:
    """Several lines of one header are one list."""
    values = request.headers.getlist(name)
    return ", ".join(values) if values else None


def entity_tags(text: str) -> list[str]:
    # A tag may contain a comma, so the list cannot simply be split.
    return re.findall(r'(?:W/)?"[^"]*"', text)
