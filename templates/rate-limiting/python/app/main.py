import random
from uuid import uuid4

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel

from . import settings
from .limits import limited_by

QUOTES = [
    {"text": "Simple is better than complex.", "author": "Tim Peters"},
    {"text": "Errors should never pass silently.", "author": "Tim Peters"},
]

app = FastAPI()
quotes = APIRouter(route_class=limited_by(settings.DEFAULT))
reports = APIRouter(route_class=limited_by(settings.STRICT))

# TODO 3: make every error a problem document (RFC 9457), those that FastAPI finds by itself included:
# @app.exception_handler(HTTPException of starlette.exceptions) and (RequestValidationError).


class ReportInput(BaseModel):
    # TODO 6: a title is a string of 1 to 200 characters, and there are no other fields. What breaks that is 422, what is
    # no JSON 400, and another media type 415; each has cost the client a request all the same.
    title: str


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
