import sys

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from .database import Database, DatabaseUnavailable
from .jobs import Jobs
from .problems import Problem
from .schema import extend_schema
from .validation import parse_id, parse_key, read_job

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")

app = FastAPI(openapi_url=None, redirect_slashes=False)


@app.on_event("startup")
async def start():
    global database, jobs
    database = Database(size=6)
    jobs = Jobs(database)
    await extend_schema(database)


@app.get("/healthz")
async def health():
    await database.rows("SELECT 1")
    return {"status": "ok"}


@app.post("/jobs")
async def create_job(request: Request):
    key = parse_key(request)
    job, replayed = await jobs.submit(await read_job(request), key)
    headers = {"Location": f"/jobs/{job['id']}"}
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    return JSONResponse(job, 202, headers)


@app.get("/jobs/{job_id}")
async def show_job(job_id: str):
    return JSONResponse(await jobs.find(parse_id(job_id)))


@app.post("/jobs/{job_id}/cancel")
async def cancel_job(job_id: str):
    return JSONResponse(await jobs.cancel(parse_id(job_id)))


@app.post("/jobs/{job_id}/retry")
async def retry_job(job_id: str):
    return JSONResponse(await jobs.retry(parse_id(job_id)), 202)


@app.get("/dead-letters")
async def list_dead_letters():
    return JSONResponse({"items": await jobs.dead_letters()})


def allow_only(path: str, allowed: str) -> None:
    async def refuse():
        raise Problem(405, headers={"Allow": allowed})

    app.add_api_route(path, refuse, methods=[method for method in METHODS if method != allowed])


allow_only("/healthz", "GET")
allow_only("/jobs", "POST")
allow_only("/jobs/{job_id}", "GET")
allow_only("/jobs/{job_id}/cancel", "POST")
allow_only("/jobs/{job_id}/retry", "POST")
allow_only("/dead-letters", "GET")


@app.exception_handler(Problem)
async def answer_problem(_request, problem: Problem):
    return problem.response()


@app.exception_handler(HTTPException)
async def answer_http_error(_request, error: HTTPException):
    return Problem(error.status_code).response()


@app.exception_handler(DatabaseUnavailable)
async def answer_outage(_request, error: DatabaseUnavailable):
    print(f"database unavailable: {error}", file=sys.stderr)
    return Problem(503, "The database cannot be reached.", {"Retry-After": "1"}).response()
