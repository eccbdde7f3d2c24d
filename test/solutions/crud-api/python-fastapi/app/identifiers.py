import re
from typing import Any

from .problems import bad_request


def is_uuid(value: Any) -> bool:
    """Python's UUID and Postgres would take more spellings, such as braces around it."""
    pattern = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


def parse_id(text: str) -> str:
    if not is_uuid(text):
        raise bad_request("The id is not a UUID.")
    return text
