from redis.asyncio import Redis

from .settings import REDIS_URL

QUEUE = "queue"

#: It connects at the first command.
redis = Redis.from_url(REDIS_URL, decode_responses=True)

# TODO 9: Redis will go away, and come back. How long does `add` wait meanwhile? (socket_timeout,
# socket_connect_timeout) What was answered 202 has to be done all the same: let the workers look for jobs that nobody
# could tell them of.


async def add(job_id) -> None:
    # TODO 5: priority 1 goes first, and nothing goes before its `run_at`. A list cannot know; a sorted set can
    # (ZADD, BZPOPMIN).
    await redis.lpush(QUEUE, str(job_id))


async def take() -> str:
    """The id of the next job, once there is one."""
    while True:
        # TODO 6: from here on the job is in this process, and nowhere else. What if it dies now?
        popped = await redis.brpop(QUEUE, 5)
        if popped is not None:
            return popped[1]
