import json
import re
from uuid import UUID

from fastapi import Request

from .problems import Problem

MAX_BODY = 262_144


def integer(least: int, most: int):
    # `type`, since True is an int too.
    return lambda value: type(value) is int and least <= value <= most


def is_text(value) -> bool:
    # Postgres has no room for U+0000, and UTF-8 none for half a surrogate pair.
    return isinstance(value, str) and len(value) <= 150_000 and not re.search("[\0\ud800-\udfff]", value)


def is_numbers(value) -> bool:
    number = integer(-1_000_000, 1_000_000)
    return isinstance(value, list) and 1 <= len(value) <= 1000 and all(number(each) for each in value)


#: For each type the fields of its payload: those that must be there, and those that may.
PAYLOADS = {
    "sleep": ({"ms": integer(0, 10_000)}, {"steps": integer(1, 20)}),
    "sum": ({"numbers": is_numbers}, {}),
    "digest": ({"text": is_text}, {}),
    "flaky": ({"failures": integer(0, 1000)}, {"ms": integer(0, 10_000)}),
}
JOB = (
    {"type": lambda value: isinstance(value, str) and value in PAYLOADS, "payload": lambda value: isinstance(value, dict)},
    {"priority": integer(1, 9), "delayMs": integer(0, 3_600_000)},
)


async def read_job(request: Request) -> dict:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise Problem(415, "Send application/json.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise Problem(413)
    try:
        job = json.loads(body.decode("utf-8"), parse_constant=refuse, parse_float=as_number)
    except (ValueError, RecursionError):
        raise Problem(400, "The body is not JSON.")
    errors = check(job, *JOB, "")
    if not errors:
        errors = check(job["payload"], *PAYLOADS[job["type"]], "/payload")
    if errors:
        raise Problem(422, "The body breaks a rule.", errors=errors)
    return {"priority": 5, "delayMs": 0, **job}


def check(value, required: dict, optional: dict, pointer: str) -> list:
    if not isinstance(value, dict):
        return [{"pointer": pointer, "detail": "must be an object"}]
    rules = {**required, **optional}
    missing = [(name, "is missing") for name in required if name not in value]
    unknown = [(name, "is unknown") for name in value if name not in rules]
    broken = [(name, "breaks a rule") for name in value if name in rules and not rules[name](value[name])]
    return [{"pointer": f"{pointer}/{escape(name)}", "detail": detail} for name, detail in missing + unknown + broken]


def escape(name: str) -> str:
    # A lone surrogate could not be sent.
    return name.replace("~", "~0").replace("/", "~1").encode("utf-8", "replace").decode()


def refuse(constant: str):
    raise ValueError(f"{constant} is no JSON")


def as_number(text: str):
    """1.0 and 1e3 are whole numbers in JSON."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def parse_id(text: str) -> UUID:
    if not re.fullmatch("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text):
        raise Problem(400, "This is no UUID.")
    return UUID(text)


def parse_key(request: Request):
    """None where there is none."""
    key = request.headers.get("idempotency-key")
    if key is not None and not re.fullmatch("[!-~]{1,255}", key):
        raise Problem(400, "An Idempotency-Key is 1 to 255 visible ASCII characters.")
    return key
