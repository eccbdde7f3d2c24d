import json

from fastapi import Request

from .problems import Problem, bad_request

MOST_BYTES = 1_048_576


async def read_json(request: Request, *media_types: str):
    """The body, whatever JSON it is."""
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type not in media_types:
        raise Problem(415, f"Send {' or '.join(media_types)}.")
    parts, length = [], 0
    # To the end, also when it is too long: who is still sending would not see the answer.
    async for chunk in request.stream():
        length += len(chunk)
        if length <= MOST_BYTES:
            parts.append(chunk)
    if length > MOST_BYTES:
        raise Problem(413, "The body is too large.")
    try:
        return json.loads(b"".join(parts).decode("utf-8"), parse_constant=refuse)
    except (ValueError, RecursionError):
        raise bad_request("The body is not JSON.")


def refuse(constant: str):
    """Python would take NaN and Infinity."""
    raise ValueError(constant)
