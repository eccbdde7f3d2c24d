"""The tasks in their tables. `connection` is one that is in a transaction."""

from typing import NamedTuple, Optional
from uuid import uuid4

from psycopg.errors import UniqueViolation

from .problems import Problem
from .timestamps import timestamp

COLUMNS = """
    tasks.id, reference, title, description, status, priority, to_char(due_on, 'YYYY-MM-DD') AS due_on,
    ARRAY(SELECT tag FROM task_tags WHERE task_id = tasks.id ORDER BY position) AS tags,
    created_at, updated_at, version"""


class Versioned(NamedTuple):
    task: dict
    version: int


async def insert(connection, inputs: list[dict]) -> list[Versioned]:
    """Stores all of the tasks, in three statements however many they are."""
    ids = [uuid4() for _ in inputs]
    await or_reference_taken(
        connection.execute(
            """INSERT INTO tasks (id, reference, title, description, status, priority, due_on)
               SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::smallint[], %s::date[])
                 AS input (id, reference, title, description, status, priority, due_on)
               -- Batches that share references take them in one order, so that they cannot deadlock.
               ORDER BY reference""",
            [
                ids,
                [task["reference"] for task in inputs],
                [task["title"] for task in inputs],
                [task["description"] for task in inputs],
                [task["status"] for task in inputs],
                [int(task["priority"]) for task in inputs],
                [task["dueOn"] for task in inputs],
            ],
        )
    )
    await insert_tags(connection, dict(zip(ids, (task["tags"] for task in inputs))))
    rows = await connection.execute(
        f"""SELECT {COLUMNS} FROM unnest(%s::uuid[]) WITH ORDINALITY AS wanted (id, place) JOIN tasks USING (id)
            ORDER BY place""",
        [ids],
    )
    return [versioned(row) for row in await rows.fetchall()]


async def find(connection, id: str) -> Optional[Versioned]:
    row = await (await connection.execute(f"SELECT {COLUMNS} FROM tasks WHERE id = %s", [id])).fetchone()
    return row and versioned(row)


async def lock(connection, id: str) -> Optional[Versioned]:
    """As `find`, and until the transaction ends nobody else can change the task."""
    # Two statements: one that waits for the lock would show the tags from before its wait.
    await connection.execute("SELECT FROM tasks WHERE id = %s FOR UPDATE", [id])
    return await find(connection, id)


async def replace(connection, id: str, fields: dict) -> Versioned:
    """The task must be locked."""
    await or_reference_taken(
        connection.execute(
            """UPDATE tasks
               SET reference = %s, title = %s, description = %s, status = %s, priority = %s, due_on = %s,
                   version = version + 1,
                   -- now() is when the transaction began, which may be before the last change.
                   updated_at = greatest(updated_at, clock_timestamp())
               WHERE id = %s""",
            [
                fields["reference"],
                fields["title"],
                fields["description"],
                fields["status"],
                int(fields["priority"]),
                fields["dueOn"],
                id,
            ],
        )
    )
    await connection.execute("DELETE FROM task_tags WHERE task_id = %s", [id])
    await insert_tags(connection, {id: fields["tags"]})
    return await find(connection, id)


async def remove(connection, id: str) -> None:
    await connection.execute("DELETE FROM tasks WHERE id = %s", [id])


async def insert_tags(connection, tags_by_id: dict) -> None:
    rows = [(id, position, tag) for id, tags in tags_by_id.items() for position, tag in enumerate(tags)]
    if rows:
        await connection.execute(
            """INSERT INTO task_tags (task_id, position, tag)
               SELECT * FROM unnest(%s::uuid[], %s::smallint[], %s::text[])""",
            [list(column) for column in zip(*rows)],
        )


async def or_reference_taken(execution):
    try:
        return await execution
    except UniqueViolation as error:
        if error.diag.constraint_name != "tasks_reference_key":
            raise
        raise Problem(409, "The reference is taken.")


def versioned(row: dict) -> Versioned:
    return Versioned(public(row), row["version"])


def public(row: dict) -> dict:
    return {
        "id": str(row["id"]),
        "reference": row["reference"],
        "title": row["title"],
        "description": row["description"],
        "status": row["status"],
        "priority": row["priority"],
        "dueOn": row["due_on"],
        "tags": row["tags"],
        "createdAt": timestamp(row["created_at"]),
        "updatedAt": timestamp(row["updated_at"]),
    }
