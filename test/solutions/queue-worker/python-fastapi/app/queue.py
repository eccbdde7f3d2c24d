"""The table of jobs as a queue. Each step of a job is one statement, and so one transaction."""

import json
import random

from .database import Database
from .settings import BACKOFF_BASE, LEASE, PROCESS_NAME

# SKIP LOCKED: workers that ask at the same time get different jobs, and none waits for another.
BEGIN = """
WITH next AS (
  SELECT id FROM jobs
  WHERE status = 'queued' AND greatest(run_at, next_attempt_at) <= clock_timestamp()
  ORDER BY priority, created_at, id
  LIMIT 1
  FOR UPDATE SKIP LOCKED
), job AS (
  UPDATE jobs SET
    status = 'running',
    attempts = attempts + 1,
    progress = 0,
    started_at = coalesce(started_at, clock_timestamp()),
    lease_token = gen_random_uuid(),
    lease_until = clock_timestamp() + %(lease)s * interval '1 second'
  FROM next WHERE jobs.id = next.id
  RETURNING jobs.*
), attempt AS (
  INSERT INTO attempts (job_id, attempt, worker) SELECT id, attempts, %(worker)s FROM job RETURNING id AS attempt_id
)
SELECT * FROM job, attempt
"""

REPORT = "UPDATE jobs SET progress = %(progress)s WHERE id = %(id)s AND lease_token = %(token)s"

COMPLETE = """
WITH job AS (
  UPDATE jobs SET status = 'completed', result = %(result)s, error = NULL, progress = 100,
    finished_at = clock_timestamp(), lease_token = NULL, lease_until = NULL
  WHERE id = %(id)s AND lease_token = %(token)s
  RETURNING id, attempts
), attempt AS (
  UPDATE attempts SET outcome = 'completed' FROM job WHERE attempts.id = %(attempt)s
), effect AS (
  INSERT INTO effects (job_id, attempt, worker) SELECT id, attempts, %(worker)s FROM job
)
SELECT id FROM job
"""

FAIL = """
WITH job AS (
  UPDATE jobs SET
    status = CASE WHEN attempts < max_attempts THEN 'queued' ELSE 'dead' END,
    finished_at = CASE WHEN attempts < max_attempts THEN NULL ELSE clock_timestamp() END,
    next_attempt_at = clock_timestamp() + %(pause)s * interval '1 second',
    error = %(error)s, lease_token = NULL, lease_until = NULL
  WHERE id = %(id)s AND lease_token = %(token)s
  RETURNING id
), attempt AS (
  UPDATE attempts SET outcome = 'failed', error = %(error)s FROM job WHERE attempts.id = %(attempt)s
)
SELECT id FROM job
"""

RENEW = """
UPDATE jobs SET lease_until = clock_timestamp() + %(lease)s * interval '1 second'
WHERE status = 'running' AND lease_token = ANY (%(tokens)s)
"""

EXPIRE = """
WITH silent AS (
  SELECT id FROM jobs WHERE status = 'running' AND lease_until < clock_timestamp() FOR UPDATE SKIP LOCKED
), job AS (
  UPDATE jobs SET
    status = CASE WHEN attempts < max_attempts THEN 'queued' ELSE 'dead' END,
    finished_at = CASE WHEN attempts < max_attempts THEN NULL ELSE clock_timestamp() END,
    error = 'The worker was lost.', next_attempt_at = NULL, lease_token = NULL, lease_until = NULL
  FROM silent WHERE jobs.id = silent.id
  RETURNING jobs.id
)
UPDATE attempts SET outcome = 'lost' FROM job WHERE job_id = job.id AND outcome IS NULL
"""


class Queue:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self):
        """The job to work on next, with this attempt's token, or None."""
        return await self._database.row(BEGIN, lease=LEASE, worker=PROCESS_NAME)

    async def report(self, job: dict, progress: int) -> None:
        await self._database.rows(REPORT, **mine(job), progress=progress)

    async def complete(self, job: dict, result: dict) -> bool:
        """False where the job is not this attempt's any more."""
        row = await self._database.row(
            COMPLETE, **mine(job), attempt=job["attempt_id"], result=json.dumps(result), worker=PROCESS_NAME
        )
        return row is not None

    async def fail(self, job: dict, error: str) -> bool:
        """As `complete`. The job pauses, or is dead."""
        number = job["attempts"] - job["earlier_attempts"]
        pause = BACKOFF_BASE * 2 ** (number - 1) * random.uniform(1, 1.2)
        row = await self._database.row(FAIL, **mine(job), attempt=job["attempt_id"], error=error, pause=pause)
        return row is not None

    async def renew(self, jobs: list) -> None:
        await self._database.rows(RENEW, tokens=[job["lease_token"] for job in jobs], lease=LEASE)

    async def expire(self) -> None:
        """Takes jobs from workers that have been silent for longer than their lease."""
        await self._database.rows(EXPIRE)


def mine(job: dict) -> dict:
    return {"id": job["id"], "token": job["lease_token"]}
