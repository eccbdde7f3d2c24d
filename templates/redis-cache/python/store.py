import os

import psycopg

# TODO 6: a connection for each query is slow, and waits for ever. Keep some open, and give up after a time: while
# Postgres is away, what is not cached is answered 503 within 3 seconds.


async def query(sql, *values):
    """The first row, or None."""
    async with await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        cursor = await connection.execute(sql, values)
        return await cursor.fetchone() if cursor.description else None


async def read_product(sku, customer):
    """The query that is worth a cache."""
    return (await query("SELECT product_detail(%s, %s)", sku, customer))[0]


async def read_page(category, sort, page, customer):
    """And so is this one."""
    return (await query("SELECT product_page(%s, %s, %s, %s)", category, sort, page, customer))[0]


async def insert_product(product):
    names = ("sku", "name", "category", "price", "description")
    await query(
        "INSERT INTO products (sku, name, category, price, description) VALUES (%s, %s, %s, %s, coalesce(%s, ''))",
        *(product.get(name) for name in names),
    )
    return await read_product(product["sku"], None)


async def update_product(sku, patch):
    await query(
        """UPDATE products SET name = coalesce(%s, name), category = coalesce(%s, category),
             price = coalesce(%s, price), description = coalesce(%s, description)
           WHERE sku = %s""",
        *(patch.get(name) for name in ("name", "category", "price", "description")),
        sku,
    )
    return await read_product(sku, None)


async def delete_product(sku):
    return await query("DELETE FROM products WHERE sku = %s RETURNING sku", sku) is not None


async def insert_review(sku, rating):
    sql = "INSERT INTO reviews (sku, rating) SELECT sku, %s FROM products WHERE sku = %s RETURNING sku"
    return await query(sql, rating, sku) is not None
