"""TODO 1: keep the tasks in Postgres, in the tables of schema.sql: psycopg, with the URL in DATABASE_URL. This dict
forgets them when the process ends, and other programs cannot see them. Parameters go beside the SQL, never into it:
    await connection.execute("SELECT title FROM tasks WHERE id = %s", [id])

TODO 9: Postgres will go away, and come back. Meanwhile every operation on tasks answers 503 within 3 seconds.
- How long does a query wait for a connection? For an answer that never comes?
- What becomes of a connection that broke while nobody was using it?
- Which errors tell of an outage, and which of a mistake in your SQL?
"""

from datetime import datetime, timezone
from uuid import uuid4

DEFAULTS = {"reference": None, "description": None, "status": "todo", "priority": 3, "dueOn": None, "tags": []}

tasks = {}


async def insert_task(fields):
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    task = {**DEFAULTS, **fields, "id": str(uuid4()), "createdAt": now, "updatedAt": now}
    tasks[task["id"]] = task
    return task


async def find_task(id):
    """None where there is none."""
    return tasks.get(id)


async def list_tasks():
    return list(tasks.values())
