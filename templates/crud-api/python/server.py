import os

import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

from store import find_task, insert_task, list_tasks

app = FastAPI(openapi_url=None)

# TODO 2: make every error a problem document (RFC 9457), those that FastAPI finds by itself included:
# @app.exception_handler(...). A method that a path does not have is 405, and `Allow` names all that it has.


@app.get("/healthz")
async def health():
    return {"status": "ok"}


@app.post("/tasks")
async def create_task(request: Request):
    # TODO 3: check the body. Every rule is in the contract: types, ranges, unknown fields, U+0000. Answer 422 and
    # point to each fault. A pydantic model can do much of it, but converts "3" to 3 unless told not to.
    task = await insert_task(await request.json())
    # TODO 4: say where the task is (Location) and which version of it this is (ETag).
    # TODO 5: a reference that is taken is 409, also when fifty clients ask for it in the same millisecond.
    # TODO 8: with an Idempotency-Key, the same request twice gives one task.
    return JSONResponse(task, 201)


@app.get("/tasks/{id}")
async def show_task(id: str):
    # TODO 4: an id that is no UUID is 400. With If-None-Match, the answer may be 304.
    task = await find_task(id)
    if task is None:
        raise HTTPException(404)
    return task


# TODO 5: PUT, PATCH and DELETE /tasks/{id}. With If-Match, of many writers that come together one wins. Without it,
# two that change different fields both do.


@app.get("/tasks")
async def show_page():
    # TODO 6: limit, sort, filters, and a cursor that holds the place while tasks come and go. One page is a fixed
    # number of SQL statements, tags included.
    return {"items": await list_tasks(), "nextCursor": None}


# TODO 7: POST /tasks/batch stores up to a hundred tasks, or none.

# TODO 10: on SIGTERM, accept no new connections, finish the requests in flight, and exit with code 0 within 5 seconds.
# Some versions of uvicorn do the one and not the other. Who keeps a connection open that nobody uses any more?
uvicorn.run(app, host="0.0.0.0", port=int(os.environ.get("PORT", "3000")), log_level="warning")
