"""What web does with the table of jobs. That table is the queue, too: a job is in it once the row is committed."""

import hashlib
import json
from datetime import timezone

from .database import Database
from .problems import Problem
from .settings import MAX_ATTEMPTS


class Jobs:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def submit(self, job: dict, key):
        """The job, and whether an earlier request with this key has made it."""
        request_hash = hashlib.sha256(json.dumps(job, sort_keys=True).encode()).hexdigest()
        row = await self._database.row(
            """INSERT INTO jobs
                 (type, payload, priority, max_attempts, created_at, run_at, idempotency_key, request_hash)
               VALUES (%(type)s, %(payload)s, %(priority)s, %(max_attempts)s,
                 now(), now() + %(delay)s * interval '1 millisecond', %(key)s, %(hash)s)
               ON CONFLICT (idempotency_key) DO NOTHING RETURNING *""",
            type=job["type"],
            payload=json.dumps(job["payload"]),
            priority=job["priority"],
            max_attempts=MAX_ATTEMPTS,
            delay=job["delayMs"],
            key=key,
            hash=request_hash,
        )
        if row is not None:
            return shown(row), False
        row = await self._database.row("SELECT * FROM jobs WHERE idempotency_key = %(key)s", key=key)
        if row["request_hash"] != request_hash:
            raise Problem(422, "This Idempotency-Key was used with another payload.")
        return shown(row), True

    async def find(self, job_id):
        row = await self._database.row("SELECT * FROM jobs WHERE id = %(id)s", id=job_id)
        if row is None:
            raise Problem(404, "There is no such job.")
        return shown(row)

    async def cancel(self, job_id):
        row = await self._database.row(
            """UPDATE jobs SET status = 'cancelled', finished_at = clock_timestamp()
               WHERE id = %(id)s AND status = 'queued' RETURNING *""",
            id=job_id,
        )
        job = shown(row) if row else await self.find(job_id)
        if job["status"] != "cancelled":
            raise Problem(409, f"The job is {job['status']}.")
        return job

    async def retry(self, job_id):
        row = await self._database.row(
            """UPDATE jobs SET status = 'queued', earlier_attempts = attempts,
                 max_attempts = attempts + %(max_attempts)s, finished_at = NULL, next_attempt_at = NULL
               WHERE id = %(id)s AND status = 'dead' RETURNING *""",
            id=job_id,
            max_attempts=MAX_ATTEMPTS,
        )
        if row is None:
            job = await self.find(job_id)
            raise Problem(409, f"The job is {job['status']}.")
        return shown(row)

    async def dead_letters(self) -> list:
        rows = await self._database.rows(
            "SELECT * FROM jobs WHERE status = 'dead' ORDER BY finished_at DESC NULLS LAST, id LIMIT 100"
        )
        return [shown(row) for row in rows]


def shown(row: dict) -> dict:
    return {
        "id": str(row["id"]),
        "type": row["type"],
        "status": row["status"],
        "priority": row["priority"],
        "attempts": row["attempts"],
        "maxAttempts": row["max_attempts"],
        "progress": row["progress"],
        "result": row["result"],
        "error": row["error"],
        "createdAt": timestamp(row["created_at"]),
        "runAt": timestamp(row["run_at"]),
        "startedAt": timestamp(row["started_at"]),
        "finishedAt": timestamp(row["finished_at"]),
    }


def timestamp(value):
    return value and value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
