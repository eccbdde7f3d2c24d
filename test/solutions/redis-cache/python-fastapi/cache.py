"""Cache-aside with versions, and one reading at a time for all instances.

Each subject (a product, or the lists) has a version, a random word that a write takes away after its commit. An
answer is stored together with the version of before its reading, only while that is still the one, and it counts only
while it is. Whoever finds nothing takes a lock for key and version; the others wait until the answer is there. The
lock expires, so that a reader that died holds them up no longer than LOCK_MS.
"""

import asyncio
import json
import os
import random
import re
import sys
import time
import uuid
from dataclasses import dataclass
from typing import Any, Awaitable, Callable

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError

LOCK_MS = 2_500
POLL_S = 0.025

TTL = float(os.environ["CACHE_TTL_SECONDS"])
NEGATIVE_TTL = float(os.environ["CACHE_NEGATIVE_TTL_SECONDS"])
JITTER = float(os.environ["CACHE_JITTER"])
TIMEOUT = float(os.environ["CACHE_TIMEOUT_MS"]) / 1000
VERSION_MS = int(2 * TTL * 1000)

# KEYS: version, answer, lock. ARGV: version, answer, its life, the life of a version.
STORE = """
redis.call('DEL', KEYS[3])
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
"""


@dataclass
class Answer:
    value: Any
    source: str
    life: float = 0
    age: float = 0


class TooSlow(Exception):
    pass


class Budget:
    """All waits of one request for Redis take so long and no longer."""

    def __init__(self) -> None:
        self.left = TIMEOUT

    async def spend(self, command: Awaitable):
        begin = time.monotonic()
        # Not cancelled when its time is over: the connection is then not left with half an answer.
        task = asyncio.ensure_future(command)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        done, _ = await asyncio.wait({task}, timeout=max(0, self.left))
        self.left -= time.monotonic() - begin
        if not done:
            raise TooSlow("Redis is too slow")
        return task.result()


class Cache:
    def __init__(self) -> None:
        self._redis = redis.Redis.from_url(
            os.environ["REDIS_URL"],
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),
        )
        self._flights: dict[str, asyncio.Future] = {}

    async def read(self, key: str, subject: str, load: Callable[[], Awaitable[Any]]) -> Answer:
        budget = Budget()
        try:
            version, found = await self._find(key, subject, budget)
            if found is not None:
                return found
            if version is None:
                version = await self._begin(subject, budget)
        except Exception as error:
            complain("was not asked", error)
            return Answer(await load(), "BYPASS")
        flight = f"{key} {version}"
        under_way = self._flights.get(flight)
        if under_way is None:
            reading = self._load_once(key, subject, version, budget, load)
            under_way = self._flights[flight] = asyncio.ensure_future(reading)
            under_way.add_done_callback(lambda _: self._flights.pop(flight, None))
        return await under_way

    async def forget(self, *subjects: str) -> None:
        try:
            await Budget().spend(self._redis.delete(*map(version_key, subjects)))
        except Exception as error:
            complain("was not told of a write", error)

    async def close(self) -> None:
        await self._redis.connection_pool.disconnect(inuse_connections=True)

    async def _find(self, key: str, subject: str, budget: Budget):
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.get(version_key(subject)).get(key).pttl(key)
        try:
            version, text, left = await budget.spend(pipeline.execute())
        except ResponseError as error:
            if "WRONGTYPE" not in str(error):
                raise
            await budget.spend(self._redis.delete(key, version_key(subject)))
            return None, None
        if version is not None and re.fullmatch(b"[0-9a-f]{32}", version) is None:
            await budget.spend(self._redis.delete(version_key(subject)))
            return None, None
        version = version and version.decode()
        entry = decode(text)
        if version is None or entry is None or entry["version"] != version or left <= 0:
            return version, None
        age = max(0.0, entry["life"] - left / 1000)
        return version, Answer(entry["value"], "HIT", entry["life"], age)

    async def _begin(self, subject: str, budget: Budget) -> str:
        name, proposal = version_key(subject), uuid.uuid4().hex
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.set(name, proposal, px=VERSION_MS, nx=True).get(name)
        _, version = await budget.spend(pipeline.execute())
        return (version or proposal.encode()).decode()

    async def _load_once(self, key, subject, version, budget, load) -> Answer:
        """Of all instances one reads; the others wait for its answer, as long as its lock is there."""
        lock = f"{key}:lock:{version}"
        try:
            while not await budget.spend(self._redis.set(lock, "1", px=LOCK_MS, nx=True)):
                await asyncio.sleep(POLL_S)
                budget.left = TIMEOUT
                now, found = await self._find(key, subject, budget)
                if found is not None:
                    return found
                if now != version:
                    break
        except Exception as error:
            complain("gave no lock", error)
        try:
            return await self._load(key, subject, version, lock, budget, load)
        except Exception:
            await self._release(lock, budget)
            raise

    async def _load(self, key, subject, version, lock, budget, load) -> Answer:
        begin = time.monotonic()
        value = await load()
        life = life_of(value)
        left = int((life - (time.monotonic() - begin)) * 1000)
        text = json.dumps({"version": version, "life": life, "value": value})
        if left > 0:
            keys = [version_key(subject), key, lock]
            try:
                await budget.spend(self._redis.eval(STORE, 3, *keys, version, text, left, VERSION_MS))
            except Exception as error:
                complain("did not store an answer", error)
        return Answer(value, "MISS", life, time.monotonic() - begin)

    async def _release(self, lock: str, budget: Budget) -> None:
        try:
            await budget.spend(self._redis.delete(lock))
        except Exception:
            pass  # It expires.


def decode(text):
    try:
        entry = json.loads(text or b"null")
        ours = isinstance(entry["version"], str) and isinstance(entry["life"], (int, float)) and "value" in entry
        return entry if ours else None
    except (ValueError, TypeError, KeyError):
        return None


def life_of(value) -> float:
    life = TTL * (1 - JITTER * random.random())
    return min(life, NEGATIVE_TTL) if value is None else life


def version_key(subject: str) -> str:
    return f"catalogue:version:{subject}"


def complain(what: str, error: Exception) -> None:
    print(f"redis {what}: {error or type(error).__name__}", file=sys.stderr)
