from typing import Optional

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from . import store
from .body import read_json
from .entity_tags import assert_matches, etag_of, is_fresh
from .identifiers import parse_id
from .idempotency import once, parse_key
from .listing import list_tasks, parse_query
from .problems import Problem
from .rules import task_batch, task_input, task_patch
from .store import Versioned

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"

router = APIRouter()


@router.get("/tasks")
async def show_page(request: Request):
    query = parse_query(request.query_params.multi_items())
    return JSONResponse(await list_tasks(request.app.state.database, query))


@router.post("/tasks")
async def create_task(request: Request):
    key = parse_key(request)
    fields = task_input(await read_json(request, JSON))

    async def work(connection):
        async def create():
            return (await store.insert(connection, [fields]))[0]

        return (await create(), False) if key is None else await once(connection, key, fields, create)

    created, replayed = await request.app.state.database.transaction(work)
    headers = {"Location": f"/tasks/{created.task['id']}"}
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    return answer(created, 201, headers)


@router.post("/tasks/batch")
async def create_tasks(request: Request):
    inputs = task_batch(await read_json(request, JSON))
    created = await request.app.state.database.transaction(lambda connection: store.insert(connection, inputs))
    return JSONResponse({"items": [task for task, _version in created]}, 201)


@router.get("/tasks/{id}")
async def show_task(id: str, request: Request):
    wanted = parse_id(id)
    row = await request.app.state.database.one(f"SELECT {store.COLUMNS} FROM tasks WHERE id = %s", wanted)
    found = existing(row and store.versioned(row))
    if is_fresh(request, found.version):
        return Response(status_code=304, headers={"ETag": etag_of(found.version)})
    return answer(found)


@router.put("/tasks/{id}")
async def replace_task(id: str, request: Request):
    fields = task_input(await read_json(request, JSON))
    return answer(await change(request, parse_id(id), lambda _task: fields))


@router.patch("/tasks/{id}")
async def patch_task(id: str, request: Request):
    fields = task_patch(await read_json(request, MERGE_PATCH, JSON))
    return answer(await change(request, parse_id(id), lambda task: {**task, **fields}))


@router.delete("/tasks/{id}")
async def delete_task(id: str, request: Request):
    wanted = parse_id(id)

    async def work(connection):
        assert_matches(request, existing(await store.lock(connection, wanted)).version)
        await store.remove(connection, wanted)

    await request.app.state.database.transaction(work)
    return Response(status_code=204)


async def change(request: Request, id: str, changed) -> Versioned:
    async def work(connection):
        current = existing(await store.lock(connection, id))
        assert_matches(request, current.version)
        return await store.replace(connection, id, changed(current.task))

    return await request.app.state.database.transaction(work)


def existing(found: Optional[Versioned]) -> Versioned:
    if found is None:
        raise Problem(404, "There is no task with this id.")
    return found


def answer(found: Versioned, status: int = 200, headers: Optional[dict] = None) -> JSONResponse:
    return JSONResponse(found.task, status, {"ETag": etag_of(found.version), **(headers or {})})
