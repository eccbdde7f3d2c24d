"""What jobs do, by their type."""

import asyncio
import hashlib


class AttemptFailed(Exception):
    pass


async def sleep(payload, _attempt, report):
    steps = payload.get("steps", 1)
    loop = asyncio.get_running_loop()
    begin = loop.time()
    for step in range(1, steps + 1):
        await asyncio.sleep(begin + payload["ms"] / 1000 * step / steps - loop.time())
        await report(100 * step // steps)
    return {"ms": payload["ms"]}


async def sum_up(payload, _attempt, _report):
    return {"sum": sum(payload["numbers"])}


async def digest(payload, _attempt, _report):
    return {"sha256": hashlib.sha256(payload["text"].encode("utf-8")).hexdigest()}


async def flaky(payload, attempt, _report):
    await asyncio.sleep(payload.get("ms", 0) / 1000)
    if attempt <= payload["failures"]:
        raise AttemptFailed(f"attempt {attempt} failed")
    return {"attempt": attempt}


WORK = {"sleep": sleep, "sum": sum_up, "digest": digest, "flaky": flaky}
