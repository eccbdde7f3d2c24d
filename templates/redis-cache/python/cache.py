"""TODO 1: connect to REDIS_URL (redis.asyncio.Redis.from_url(...))."""


async def cached(key, load):
    """The answer for `key`: from Redis if it is there, else from `load()`, which asks Postgres.

    TODO 1: look for the key, and where it is not there, load the value and store it with an expiry
    (CACHE_TTL_SECONDS, CACHE_JITTER). A missing product is worth a key too (CACHE_NEGATIVE_TTL_SECONDS). Tell the
    route where the answer came from: X-Cache, Cache-Control, Age.

    TODO 3: a hundred requests for one cold key should not be a hundred queries.

    TODO 5: Redis will be away, or silent. No request waits for it longer than CACHE_TIMEOUT_MS, and none fails.
    """
    return await load()


async def forget(sku):
    """TODO 2: make everything that was cached about this product and all lists be forgotten, at every instance,
    before the write is answered.

    TODO 4: a reader may have read the old state before the write, and may be about to store it after you are done
    here. Whose word counts then?
    """
