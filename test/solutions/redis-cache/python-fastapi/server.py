import asyncio
import os
import signal
import sys
from contextlib import contextmanager
from urllib.parse import quote

import psycopg
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from cache import Answer, Cache
from database import Database, DatabaseUnavailable
from problems import Problem
from validation import parse_customer, parse_page_query, parse_sku, read_patch, read_product, read_rating

LISTS = "lists"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")

app = FastAPI(openapi_url=None, redirect_slashes=False)


@app.get("/healthz")
async def health():
    await database.one("SELECT 1")
    return {"status": "ok"}


@app.get("/products")
async def list_products(request: Request):
    category, sort, page = parse_page_query(request)
    customer = parse_customer(request)

    async def load():
        return (await database.one("SELECT product_page(%s, %s, %s, %s)", category, sort, page, customer))[0]

    return cached(await cache.read(key_of("list", category, sort, page, customer), LISTS, load), customer)


@app.get("/products/{sku}")
async def show_product(request: Request):
    sku = parse_sku(request)
    customer = parse_customer(request)
    answer = await cache.read(key_of("product", sku, customer), sku, lambda: detail(sku, customer))
    return cached(answer, customer)


@app.post("/products")
async def create_product(request: Request):
    product = await read_product(request)
    names = ("sku", "name", "category", "price", "description")
    try:
        await database.one(
            "INSERT INTO products (sku, name, category, price, description) VALUES (%s, %s, %s, %s, %s)",
            *(product[name] for name in names),
        )
    except psycopg.errors.UniqueViolation:
        raise Problem(409, "There is a product with this sku.")
    await cache.forget(product["sku"], LISTS)
    created = {**product, "rating": None, "reviewCount": 0}
    return JSONResponse(created, 201, {"Location": f"/products/{product['sku']}"})


@app.patch("/products/{sku}")
async def change_product(request: Request):
    sku = parse_sku(request)
    patch = await read_patch(request)
    changed = await database.one(
        """UPDATE products SET name = coalesce(%s, name), category = coalesce(%s, category),
             price = coalesce(%s, price), description = coalesce(%s, description)
           WHERE sku = %s RETURNING sku""",
        *(patch.get(name) for name in ("name", "category", "price", "description")),
        sku,
    )
    if changed is None:
        raise no_such_product()
    await cache.forget(sku, LISTS)
    product = await detail(sku, None)
    if product is None:
        raise no_such_product()
    return product


@app.delete("/products/{sku}")
async def delete_product(request: Request):
    sku = parse_sku(request)
    if await database.one("DELETE FROM products WHERE sku = %s RETURNING sku", sku) is None:
        raise no_such_product()
    await cache.forget(sku, LISTS)
    return Response(status_code=204)


@app.post("/products/{sku}/reviews")
async def review_product(request: Request):
    sku = parse_sku(request)
    rating = await read_rating(request)
    stored = await database.one(
        "INSERT INTO reviews (sku, rating) SELECT sku, %s FROM products WHERE sku = %s FOR SHARE RETURNING sku",
        rating,
        sku,
    )
    if stored is None:
        raise no_such_product()
    await cache.forget(sku, LISTS)
    return JSONResponse({"rating": rating}, 201)


def allow_only(path: str, *allowed: str) -> None:
    async def refuse():
        raise Problem(405, headers={"Allow": ", ".join(allowed)})

    app.add_api_route(path, refuse, methods=[method for method in METHODS if method not in allowed])


allow_only("/healthz", "GET")
allow_only("/products", "GET", "POST")
allow_only("/products/{sku}", "GET", "PATCH", "DELETE")
allow_only("/products/{sku}/reviews", "POST")


@app.exception_handler(Problem)
async def answer_problem(_request, problem: Problem):
    return problem.response()


@app.exception_handler(HTTPException)
async def answer_http_error(_request, error: HTTPException):
    return Problem(error.status_code).response()


@app.exception_handler(DatabaseUnavailable)
async def answer_outage(_request, error: DatabaseUnavailable):
    print(f"database unavailable: {error}", file=sys.stderr)
    return Problem(503, "The database cannot be reached.").response()


async def detail(sku, customer):
    return (await database.one("SELECT product_detail(%s, %s)", sku, customer))[0]


def cached(answer: Answer, customer):
    headers = {"Vary": "X-Customer", "X-Cache": answer.source}
    if answer.source == "BYPASS":
        headers["Cache-Control"] = "no-store"
    else:
        private = "" if customer is None else "private, "
        headers["Cache-Control"] = f"{private}max-age={int(answer.life)}"
        headers["Age"] = str(int(answer.age))
    if answer.value is None:
        raise no_such_product(headers)
    return JSONResponse(answer.value, headers=headers)


def no_such_product(headers=None) -> Problem:
    return Problem(404, "There is no such product.", headers)


def key_of(*parts) -> str:
    """What separates the parts cannot be in them, and None is none of the texts."""
    return ":".join(["catalogue", *("" if part is None else quote(str(part), safe="") for part in parts)])


class Server(uvicorn.Server):
    """Leaves the signals to us: uvicorn would end by them once it has stopped, and not with code 0."""

    def install_signal_handlers(self) -> None:
        pass

    @contextmanager
    def capture_signals(self):
        yield


async def main() -> None:
    global database, cache
    database, cache = Database(), Cache()
    port = int(os.environ.get("PORT", "3000"))
    server = Server(uvicorn.Config(app, host="0.0.0.0", port=port, log_level="warning", access_log=False))

    def stop() -> None:
        server.should_exit = True
        # Whoever has not sent the rest of a request by then will not.
        asyncio.get_running_loop().call_later(4, os._exit, 0)

    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop)
    await server.serve()
    await database.close()
    await cache.close()


asyncio.run(main())
# Commands that Redis never answered may still be waited for.
os._exit(0)
