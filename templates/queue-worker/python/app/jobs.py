import json
from datetime import timezone

from .database import query
from .settings import MAX_ATTEMPTS


async def insert_job(job: dict) -> dict:
    return await query(
        """INSERT INTO jobs (type, payload, priority, max_attempts, created_at, run_at)
           VALUES (%s, %s, %s, %s, now(), now() + %s * interval '1 millisecond')
           RETURNING *""",
        job["type"],
        json.dumps(job["payload"]),
        job.get("priority", 5),
        MAX_ATTEMPTS,
        job.get("delayMs", 0),
    )


async def find_job(job_id):
    return await query("SELECT * FROM jobs WHERE id = %s", job_id)


def to_json(row: dict) -> dict:
    """A row as the API shows it."""
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
