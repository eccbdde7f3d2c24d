import os

import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response

from cache import cached, forget
from store import delete_product, insert_product, insert_review, read_page, read_product, update_product

app = FastAPI(openapi_url=None)

# TODO 7: make every error a problem document (RFC 9457): @app.exception_handler(...). Check the bodies (422) and the
# query parameters (400); a sku that is taken is 409.


@app.get("/healthz")
async def health():
    return {"status": "ok"}


@app.get("/products/{sku}")
async def show_product(sku: str, request: Request):
    customer = request.headers.get("x-customer")
    # What else does the answer depend on, besides the sku? All of it belongs into the key.
    product = await cached(f"product:{sku}", lambda: read_product(sku, customer))
    return found(product)


@app.get("/products")
async def list_products(request: Request):
    query = request.query_params
    category, sort, page = query.get("category"), query.get("sort", "name"), int(query.get("page", "1"))
    customer = request.headers.get("x-customer")
    return await cached("list", lambda: read_page(category, sort, page, customer))


@app.post("/products")
async def create_product(request: Request):
    created = await insert_product(await request.json())
    await forget(created["sku"])
    return JSONResponse(created, 201, {"Location": f"/products/{created['sku']}"})


@app.patch("/products/{sku}")
async def change_product(sku: str, request: Request):
    changed = await update_product(sku, await request.json())
    await forget(sku)
    return found(changed)


@app.delete("/products/{sku}")
async def remove_product(sku: str):
    deleted = await delete_product(sku)
    await forget(sku)
    found(deleted or None)
    return Response(status_code=204)


@app.post("/products/{sku}/reviews")
async def review_product(sku: str, request: Request):
    rating = (await request.json())["rating"]
    stored = await insert_review(sku, rating)
    await forget(sku)
    found(stored or None)
    return JSONResponse({"rating": rating}, 201)


def found(value):
    if value is None:
        raise HTTPException(404)
    return value


# TODO 8: on SIGTERM, finish the requests in flight and exit with code 0 within 5 seconds. Some versions of uvicorn
# do the one and not the other; and what becomes of the connections to Redis, if it is silent just then?
uvicorn.run(app, host="0.0.0.0", port=int(os.environ.get("PORT", "3000")), log_level="warning")
