import random
from uuid import uuid4

from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel, Field, StrictStr
from starlette.exceptions import HTTPException

from . import settings
from .limited import limited_by
from .problems import Problem, answer

QUOTES = [
    {"text": "Simple is better than complex.", "author": "Tim Peters"},
    {"text": "Errors should never pass silently.", "author": "Tim Peters"},
]

app = FastAPI(openapi_url=None, redirect_slashes=False)
quotes = APIRouter(route_class=limited_by(settings.DEFAULT))
reports = APIRouter(route_class=limited_by(settings.STRICT))


class ReportInput(BaseModel):
    title: StrictStr = Field(min_length=1, max_length=200)

    class Config:
        extra = "forbid"


@app.get("/healthz")
async def health():
    return {"status": "ok"}


@quotes.get("/quotes")
async def list_quotes():
    return {"items": QUOTES}


@quotes.get("/quotes/random")
async def random_quote():
    return random.choice(QUOTES)


@reports.post("/reports", status_code=202)
async def request_report(report: ReportInput):
    return {"id": str(uuid4()), "title": report.title}


app.include_router(quotes)
app.include_router(reports)


@app.exception_handler(Problem)
async def answer_problem(_request: Request, problem: Problem):
    return answer(problem.status, problem.detail, problem.headers)


@app.exception_handler(HTTPException)
async def answer_framework_error(_request: Request, error: HTTPException):
    return answer(error.status_code, error.detail, error.headers)


@app.exception_handler(Exception)
async def answer_bug(_request: Request, _error: Exception):
    return answer(500)
