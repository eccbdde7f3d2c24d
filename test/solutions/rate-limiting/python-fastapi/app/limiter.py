"""Counts requests in Redis, for all instances together."""

from dataclasses import dataclass
from math import ceil
from uuid import uuid4

from redis.asyncio import Redis

from . import settings
from .settings import Policy

#: Seconds. Longer than a busy machine needs; short enough to answer in time when Redis hangs.
TIMEOUT = 1.5

redis = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=TIMEOUT, socket_timeout=TIMEOUT)

# A sorted set for each client and policy: when each request passed, by Redis' own clock. Redis runs a script alone, so
# nothing comes between looking and adding. A refused request leaves nothing behind.
_take = redis.register_script(
    """
    local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000000
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
    local used = redis.call('ZCARD', KEYS[1])
    local passed = 0
    if used < limit then
        redis.call('ZADD', KEYS[1], now, ARGV[3])
        redis.call('EXPIRE', KEYS[1], ARGV[2])
        used = used + 1
        passed = 1
    end
    local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
    return { passed, limit - used, oldest + window - now }
    """
)


@dataclass(frozen=True)
class Verdict:
    passed: bool
    remaining: int
    #: Seconds until one more can pass.
    wait: int


async def take(policy: Policy, client: str) -> Verdict:
    """Raises a RedisError where Redis does not answer."""
    key = f"limits:{policy.name}:{client}"
    passed, remaining, micros = await _take([key], [policy.limit, policy.seconds, uuid4().hex])
    return Verdict(passed == 1, remaining, ceil(micros / 1_000_000))
