"""What a client may say about a task, field by field."""

import re
from datetime import date
from typing import Any, Callable, Iterator

from .problems import FieldError, Problem

STATUSES = ("todo", "doing", "done")
MOST_TASKS = 100
MOST_TAGS = 20
DEFAULTS = {"reference": None, "description": None, "status": "todo", "priority": 3, "dueOn": None, "tags": []}

# Postgres has no U+0000, and UTF-8 no surrogates.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# As `\S` of the contract is meant, which is not quite Python's.
VISIBLE = re.compile("[^\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]")


def task_input(value: Any) -> dict:
    """A whole task, with its defaults. Raises a Problem that names every fault."""
    return checked(value, input_errors, lambda fields: {**DEFAULTS, **fields})


def task_patch(value: Any) -> dict:
    """Only the fields that were sent."""
    return checked(value, patch_errors, lambda fields: fields)


def task_batch(value: Any) -> list[dict]:
    return checked(value, batch_errors, lambda batch: [{**DEFAULTS, **fields} for fields in batch["tasks"]])


def is_tag(value: Any) -> bool:
    return is_text(1, 40)(value)


def checked(value: Any, errors_of: Callable, result_of: Callable):
    errors = list(errors_of(value, ()))
    if errors:
        raise Problem(422, "The body breaks a rule.", errors=errors)
    return result_of(value)


def batch_errors(value: Any, path: tuple) -> Iterator[FieldError]:
    if not isinstance(value, dict):
        yield FieldError(path, "must be an object")
        return
    yield from (FieldError((*path, name), "is unknown") for name in value if name != "tasks")
    tasks = value.get("tasks")
    if not isinstance(tasks, list) or not 1 <= len(tasks) <= MOST_TASKS:
        yield FieldError((*path, "tasks"), f"must be a list of 1 to {MOST_TASKS} tasks")
        return
    for position, task in enumerate(tasks):
        yield from input_errors(task, (*path, "tasks", position))


def input_errors(value: Any, path: tuple) -> Iterator[FieldError]:
    yield from patch_errors(value, path)
    if isinstance(value, dict) and "title" not in value:
        yield FieldError((*path, "title"), "is required")


def patch_errors(value: Any, path: tuple) -> Iterator[FieldError]:
    if not isinstance(value, dict):
        yield FieldError(path, "must be an object")
        return
    for name, field in value.items():
        if name == "tags":
            yield from tags_errors(field, (*path, name))
        elif name not in RULES:
            yield FieldError((*path, name), "is unknown, or not for clients to say")
        elif not RULES[name][0](field):
            yield FieldError((*path, name), RULES[name][1])


def tags_errors(value: Any, path: tuple) -> Iterator[FieldError]:
    if not isinstance(value, list) or len(value) > MOST_TAGS:
        yield FieldError(path, f"must be a list of at most {MOST_TAGS} tags")
        return
    for position, tag in enumerate(value):
        if not is_tag(tag):
            yield FieldError((*path, position), "must be a text of 1 to 40 characters")
        elif tag in value[:position]:
            yield FieldError((*path, position), "is there already")


def is_text(least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and least <= len(value) <= most and not UNSTORABLE.search(value)


def or_null(rule: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or rule(value)


def is_reference(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[A-Z][A-Z0-9]{1,9}-[0-9]{1,6}", value) is not None


def is_title(value: Any) -> bool:
    return is_text(1, 200)(value) and VISIBLE.search(value) is not None


def is_priority(value: Any) -> bool:
    # To JSON 3.0 is as good as 3; to Python True is as good as 1.
    return not isinstance(value, bool) and isinstance(value, (int, float)) and value in (1, 2, 3, 4, 5)


def is_day(value: Any) -> bool:
    try:
        return re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is not None and bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "reference": (or_null(is_reference), "must be null or such as OPS-7"),
    "title": (is_title, "must be a text of 1 to 200 characters, not only white space"),
    "description": (or_null(is_text(0, 100_000)), "must be null or a text of at most 100,000 characters"),
    "status": (lambda value: isinstance(value, str) and value in STATUSES, f"must be one of {', '.join(STATUSES)}"),
    "priority": (is_priority, "must be an integer from 1 to 5"),
    "dueOn": (or_null(is_day), "must be null or a day, as YYYY-MM-DD"),
}
