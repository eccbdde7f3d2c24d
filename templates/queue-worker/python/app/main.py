from uuid import UUID

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

from .jobs import find_job, insert_job, to_json
from .queue import add

app = FastAPI(openapi_url=None)

# TODO 2: make every error a problem document (RFC 9457), those that FastAPI finds by itself included:
# @app.exception_handler(HTTPException of starlette.exceptions) and (RequestValidationError).


@app.get("/healthz")
async def health():
    return {"status": "ok"}


@app.post("/jobs")
async def create_job(request: Request):
    # TODO 2: a body that breaks a rule is 422 and says where; what is no JSON is 400, another media type 415, and more
    # than 256 KiB 413. Nothing is converted.
    # TODO 7: Idempotency-Key.
    job = await request.json()
    row = await insert_job(job)
    # TODO 5: a job with a delay is stored, and nobody will ever begin it.
    if not job.get("delayMs"):
        await add(row["id"])
    return JSONResponse(to_json(row), 202, {"Location": f"/jobs/{row['id']}"})


@app.get("/jobs/{job_id}")
async def show_job(job_id: UUID):
    row = await find_job(job_id)
    if row is None:
        raise HTTPException(404)
    return JSONResponse(to_json(row))


# TODO 8: POST /jobs/{id}/cancel, POST /jobs/{id}/retry and GET /dead-letters.
