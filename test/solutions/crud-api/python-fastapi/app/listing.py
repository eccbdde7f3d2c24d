import re
from dataclasses import dataclass
from typing import Optional

from . import cursors
from .problems import bad_request
from .rules import STATUSES, is_tag
from .store import COLUMNS, public


@dataclass
class ListQuery:
    sort: cursors.Sort = cursors.SORTS["-createdAt"]
    limit: int = 20
    cursor: Optional[cursors.Cursor] = None
    status: Optional[str] = None
    priority: Optional[int] = None
    tag: Optional[str] = None


def parse_query(items: list[tuple[str, str]]) -> ListQuery:
    given = dict(items)
    if len(given) != len(items):
        raise bad_request("Give each parameter once.")
    query = ListQuery()
    for name, value in given.items():
        if name == "limit":
            query.limit = integer(name, value, 1, 100)
        elif name == "sort" and value in cursors.SORTS:
            query.sort = cursors.SORTS[value]
        elif name == "status" and value in STATUSES:
            query.status = value
        elif name == "priority":
            query.priority = integer(name, value, 1, 5)
        elif name == "tag" and is_tag(value):
            query.tag = value
        elif name != "cursor":
            raise bad_request("There is a parameter that this list does not have, or not with this value.")
    if "cursor" in given:
        query.cursor = cursors.decode(given["cursor"], query.sort)
    return query


async def list_tasks(database, query: ListQuery) -> dict:
    conditions, values = ["true"], []

    def where(condition: str, *more) -> None:
        conditions.append(condition)
        values.extend(more)

    if query.status is not None:
        where("status = %s", query.status)
    if query.priority is not None:
        where("priority = %s", query.priority)
    if query.tag is not None:
        where("EXISTS (SELECT FROM task_tags WHERE task_id = tasks.id AND tag = %s)", query.tag)
    column, descending = query.sort.column, query.sort.descending
    if query.cursor is not None:
        after = "<" if descending else ">"
        where(f"({column}, id) {after} (%s::{query.sort.type}, %s::uuid)", query.cursor.value, query.cursor.id)
    direction = "DESC" if descending else "ASC"
    rows = await database.all(
        # One more than asked for tells whether there is a next page.
        f"""SELECT {COLUMNS} FROM tasks WHERE {' AND '.join(conditions)}
            ORDER BY {column} {direction}, id {direction} LIMIT %s""",
        *values,
        query.limit + 1,
    )
    items = [public(row) for row in rows[: query.limit]]
    more = len(rows) > query.limit
    return {"items": items, "nextCursor": cursors.encode(query.sort, items[-1]) if more else None}


def integer(name: str, value: str, least: int, most: int) -> int:
    if not re.fullmatch("[0-9]{1,6}", value) or not least <= int(value) <= most:
        raise bad_request(f"{name} is a number from {least} to {most}.")
    return int(value)
