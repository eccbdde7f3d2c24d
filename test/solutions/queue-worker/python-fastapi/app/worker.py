import asyncio
import os
import signal
import sys

from .database import Database, DatabaseUnavailable
from .queue import Queue
from .schema import extend_schema
from .settings import CONCURRENCY, LEASE
from .work import WORK, AttemptFailed

#: How often an idle worker looks for a job.
POLL = 0.25
#: How often a worker looks for others that were lost.
EXPIRE = 0.5


class Worker:
    def __init__(self) -> None:
        # A connection for each job, and some for what goes on besides.
        self.database = Database(size=CONCURRENCY + 2)
        self.queue = Queue(self.database)
        self.stopping = asyncio.Event()
        self.tasks: set = set()
        self.jobs: list = []

    async def run(self) -> None:
        await extend_schema(self.database)
        chores = [asyncio.create_task(self.renew_leases()), asyncio.create_task(self.expire_leases())]
        await self.take_jobs()
        if self.tasks:
            await asyncio.wait(self.tasks)
        for chore in chores:
            chore.cancel()

    async def take_jobs(self) -> None:
        while not self.stopping.is_set():
            if len(self.tasks) >= CONCURRENCY:
                await asyncio.wait(self.tasks, return_when=asyncio.FIRST_COMPLETED)
                continue
            try:
                job = await self.queue.begin()
            except DatabaseUnavailable as error:
                complain("cannot take a job", error)
                job = None
            if job is None:
                await self.idle()
            else:
                task = asyncio.create_task(self.attempt(job))
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)

    async def idle(self) -> None:
        try:
            await asyncio.wait_for(self.stopping.wait(), POLL)
        except asyncio.TimeoutError:
            pass

    async def attempt(self, job: dict) -> None:
        self.jobs.append(job)
        try:
            if not await self.do(job):
                complain(f"job {job['id']}", "it was lost before it was done")
        except DatabaseUnavailable as error:
            # The lease runs out, and somebody begins anew.
            complain(f"job {job['id']}", error)
        finally:
            self.jobs.remove(job)

    async def do(self, job: dict) -> bool:
        async def report(progress: int) -> None:
            try:
                await self.queue.report(job, progress)
            except DatabaseUnavailable as error:
                complain("progress", error)

        try:
            result = await WORK[job["type"]](job["payload"], job["attempts"], report)
        except AttemptFailed as error:
            return await self.queue.fail(job, str(error))
        return await self.queue.complete(job, result)

    async def renew_leases(self) -> None:
        while True:
            await asyncio.sleep(LEASE / 3)
            try:
                if self.jobs:
                    await self.queue.renew(self.jobs)
            except DatabaseUnavailable as error:
                complain("leases", error)

    async def expire_leases(self) -> None:
        while True:
            try:
                await self.queue.expire()
                await asyncio.sleep(EXPIRE)
            except DatabaseUnavailable as error:
                complain("lost workers", error)
                # While Postgres was away nobody could renew a lease. All get the time for it once it is back.
                await asyncio.sleep(LEASE)


def complain(what: str, error) -> None:
    print(f"{what}: {error}", file=sys.stderr, flush=True)


async def main() -> None:
    worker = Worker()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, worker.stopping.set)
    await worker.run()


asyncio.run(main())
os._exit(0)
