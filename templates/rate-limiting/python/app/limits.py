from typing import Callable

from fastapi import Request, Response
from fastapi.routing import APIRoute

from .settings import Policy


def limited_by(policy: Policy) -> type[APIRoute]:
    """A class of routes that `policy` limits. What stands here runs before FastAPI reads and validates the body."""

    class LimitedRoute(APIRoute):
        def get_route_handler(self) -> Callable:
            handle = super().get_route_handler()

            async def limited(request: Request) -> Response:
                # TODO 1: who is it? The client is X-Api-Key, or without one the address. A key that breaks the pattern
                # is 400. Behind a proxy (settings.TRUST_PROXY) the address is the right-most in X-Forwarded-For.
                #
                # TODO 2: count in Redis (redis.asyncio), a budget for each client and policy, and answer 429 once it
                # is used up. `default` is well served by a counter that expires with its window. Two commands are two
                # moments, though: what if another request comes between, or the process dies there? A Lua script
                # (redis.register_script) is one.
                #
                # TODO 4: `strict` lets at most N pass in *any* span of one window. A counter cannot know; what can?
                #
                # TODO 5: RateLimit-Policy and RateLimit on every answer, Retry-After on a 429. Whose clock tells how
                # long it takes?
                #
                # TODO 7: Redis will go away, and come back. Answer within 2 seconds all the same: settings.FAIL_OPEN
                # says what. (socket_timeout, socket_connect_timeout, RedisError)
                return await handle(request)

            return limited

    return LimitedRoute
