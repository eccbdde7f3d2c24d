import sys

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException

from . import tasks
from .database import Database, DatabaseUnavailable
from .problems import Problem

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def create_app(database: Database) -> FastAPI:
    app = FastAPI(openapi_url=None)
    app.router.redirect_slashes = False
    app.state.database = database

    @app.get("/healthz")
    async def health():
        await database.one("SELECT 1")
        return {"status": "ok"}

    app.include_router(tasks.router)
    refuse_other_methods(app)

    app.add_exception_handler(Problem, answer_problem)
    app.add_exception_handler(HTTPException, answer_http_error)
    app.add_exception_handler(DatabaseUnavailable, answer_outage)
    app.add_exception_handler(Exception, answer_failure)
    return app


def refuse_other_methods(app: FastAPI) -> None:
    """Starlette's own 405 names only the methods of the first route of the path."""
    allowed: dict[str, set[str]] = {}
    for route in app.routes:
        allowed.setdefault(route.path, set()).update(route.methods)
    for path, methods in allowed.items():
        others = [method for method in METHODS if method not in methods]
        app.add_api_route(path, refuser(", ".join(sorted(methods))), methods=others)
    # The first that fits is taken, and `/tasks/batch` fits `/tasks/{id}` too.
    app.router.routes.sort(key=lambda route: "{" in route.path)


def refuser(allow: str):
    async def refuse():
        raise Problem(405, f"Try {allow}.", headers={"Allow": allow})

    return refuse


async def answer_problem(_request: Request, problem: Problem):
    return problem.response()


async def answer_http_error(_request: Request, error: HTTPException):
    return Problem(error.status_code).response()


async def answer_outage(_request: Request, error: DatabaseUnavailable):
    print(f"database unavailable: {error}", file=sys.stderr)
    return Problem(503, "The database cannot be reached.", headers={"Retry-After": "1"}).response()


async def answer_failure(_request: Request, _error: Exception):
    # Starlette raises it again when this is sent, and uvicorn prints it.
    return Problem(500).response()
