import asyncio
import json
import traceback

from .database import query
from .jobs import find_job
from .queue import take
from .work import WORK


async def main() -> None:
    # TODO 4: one job at a time, and a long one holds up all the others. Work on settings.CONCURRENCY at a time.
    # TODO 10: on SIGTERM take no further job, finish those you have, and exit with code 0.
    while True:
        try:
            await do_job(await take())
        except Exception:
            # TODO 3: that was it, for the job.
            traceback.print_exc()
            await asyncio.sleep(0.1)


async def do_job(job_id: str) -> None:
    job = await find_job(job_id)

    # TODO 1: begin an attempt: one conditional UPDATE makes the job `running` (it may have been cancelled, or somebody
    # else has it), and a row goes into `attempts`, before the work.
    # TODO 6: the job is yours for settings.LEASE_MS. Renew that while you work, and let somebody look for jobs
    # whose lease has run out.
    result = await WORK[job["type"]](job["payload"], 1, report)
    # TODO 3: work may raise AttemptFailed: then comes a pause, and another attempt, or the job is dead.

    # TODO 1: one transaction: the job is `completed`, the attempt has its outcome, and a row goes into `effects`; all
    # of it only if the job is still this attempt's.
    await query("UPDATE jobs SET status = 'completed', result = %s WHERE id = %s", json.dumps(result), job_id)


async def report(_progress: int) -> None:
    """TODO 1: it is asked for while the job runs."""


asyncio.run(main())
