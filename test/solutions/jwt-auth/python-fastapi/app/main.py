import sys

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException

from . import accounts, logins, notes
from .database import Database, DatabaseUnavailable
from .keys import Keys
from .problems import Problem
from .settings import Settings
from .tokens import AccessTokens

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def create_app(settings: Settings, database: Database) -> FastAPI:
    app = FastAPI(openapi_url=None)
    app.router.redirect_slashes = False
    keys = Keys(settings)
    app.state.settings = settings
    app.state.database = database
    app.state.tokens = AccessTokens(settings, keys)

    @app.get("/healthz")
    async def health():
        await database.one("SELECT 1")
        return {"status": "ok"}

    @app.get("/.well-known/jwks.json")
    async def show_keys():
        return {"keys": keys.published}

    for router in (accounts.router, logins.router, notes.router):
        app.include_router(router)
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
        app.add_api_route(path, refuser(", ".join(sorted(methods))), methods=[m for m in METHODS if m not in methods])


def refuser(allow: str):
    async def refuse():
        raise Problem(405, headers={"Allow": allow})

    return refuse


async def answer_problem(_request: Request, problem: Problem):
    return problem.response()


async def answer_http_error(_request: Request, error: HTTPException):
    return Problem(error.status_code).response()


async def answer_outage(_request: Request, error: DatabaseUnavailable):
    print(f"database unavailable: {error}", file=sys.stderr)
    return Problem(503, "The database cannot be reached.", {"Retry-After": "1"}).response()


async def answer_failure(_request: Request, _error: Exception):
    # Starlette raises it again when this is sent, and uvicorn prints it.
    return Problem(500).response()
