import json
import re
from typing import Optional

from fastapi import Request

from problems import Problem

SORTS = ("name", "price", "-price", "-rating")


def text(least: int, most: int):
    def rule(value) -> bool:
        return isinstance(value, str) and least <= len(value) <= most and not re.search("[\0-\x1f\ud800-\udfff]", value)

    return rule


def integer(least: int, most: int):
    return lambda value: type(value) is int and least <= value <= most


def is_sku(value) -> bool:
    return isinstance(value, str) and re.fullmatch("[A-Z0-9-]{3,32}", value) is not None


CHANGEABLE = {
    "name": text(1, 100),
    "category": text(1, 40),
    "price": integer(0, 100_000_000),
    "description": text(0, 2_000),
}


async def read_product(request: Request) -> dict:
    fields = await read_object(request, {"sku": is_sku, **CHANGEABLE})
    for name in ("sku", "name", "category", "price"):
        if name not in fields:
            raise Problem(422, f"{name} is missing.")
    return {"description": "", **fields}


async def read_patch(request: Request) -> dict:
    fields = await read_object(request, CHANGEABLE)
    if not fields:
        raise Problem(422, "There is nothing to change.")
    return fields


async def read_rating(request: Request) -> int:
    fields = await read_object(request, {"rating": integer(1, 5)})
    if "rating" not in fields:
        raise Problem(422, "rating is missing.")
    return fields["rating"]


async def read_object(request: Request, rules: dict) -> dict:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise Problem(415, "Send application/json.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > 102_400:
            raise Problem(413)
    try:
        fields = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Problem(400, "The body is not JSON.")
    if not isinstance(fields, dict):
        raise Problem(422, "Send an object.")
    for name, value in fields.items():
        if name not in rules or not rules[name](value):
            raise Problem(422, "A field is unknown or breaks a rule.")
    return fields


def parse_sku(request: Request) -> str:
    sku = request.path_params["sku"]
    if not is_sku(sku):
        raise Problem(400, "This is no sku.")
    return sku


def parse_customer(request: Request) -> Optional[str]:
    """None: nobody in particular."""
    customer = request.headers.get("x-customer")
    if customer is not None and not re.fullmatch("[!-~]{1,40}", customer):
        raise Problem(400, "This is no customer.")
    return customer


def parse_page_query(request: Request):
    """Category, sort and page, with their defaults."""
    query = {"category": None, "sort": "name", "page": 1}
    items = request.query_params.multi_items()
    if len(items) != len({name for name, _ in items}):
        raise Problem(400, "Give each parameter once.")
    for name, value in items:
        if name == "category" and CHANGEABLE["category"](value):
            query[name] = value
        elif name == "sort" and value in SORTS:
            query[name] = value
        elif name == "page" and re.fullmatch("[0-9]{1,6}", value) and 1 <= int(value) <= 1_000:
            query[name] = int(value)
        else:
            raise Problem(400, "There is a parameter that this list does not have, or not with this value.")
    return query["category"], query["sort"], query["page"]
