import logging
import re
from typing import Callable

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from redis.exceptions import RedisError

from . import settings
from .limiter import take
from .problems import Problem, answer
from .settings import Policy

KEY = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def limited_by(policy: Policy) -> type[APIRoute]:
    """A class of routes that are limited, before their body is read."""

    class LimitedRoute(APIRoute):
        def get_route_handler(self) -> Callable:
            handle = super().get_route_handler()

            async def limited(request: Request) -> Response:
                client = client_of(request)
                try:
                    verdict = await take(policy, client)
                except (RedisError, OSError) as error:
                    logging.warning("not limited: %r", error)
                    if settings.FAIL_OPEN:
                        return await answered(handle, request)
                    raise Problem(503, "The limits cannot be checked now.", {"Retry-After": "1"}) from error
                if verdict.passed:
                    response = await answered(handle, request)
                else:
                    detail = f"Try again in {verdict.wait} s."
                    response = answer(429, detail, {"Retry-After": str(verdict.wait)})
                response.headers["RateLimit-Policy"] = f'"{policy.name}";q={policy.limit};w={policy.seconds}'
                response.headers["RateLimit"] = f'"{policy.name}";r={verdict.remaining};t={verdict.wait}'
                return response

            return limited

    return LimitedRoute


async def answered(handle: Callable, request: Request) -> Response:
    """What is wrong with the request becomes an answer here, so that it carries the fields too."""
    try:
        if request.method == "POST":
            media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
            if media_type != "application/json":
                return answer(415, "Send application/json.")
        return await handle(request)
    except RequestValidationError as error:
        is_json = all("json" not in str(each["type"]) for each in error.errors())
        return answer(422 if is_json else 400, str(error.errors()[0]["msg"]))


def client_of(request: Request) -> str:
    key = request.headers.get("x-api-key")
    if key is None:
        return f"address:{address_of(request)}"
    if not KEY.fullmatch(key):
        raise Problem(400, "X-Api-Key is not a key.")
    return f"key:{key}"


def address_of(request: Request) -> str:
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    if settings.TRUST_PROXY and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()
    return request.client.host
