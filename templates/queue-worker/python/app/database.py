import psycopg
from psycopg.rows import dict_row

from .settings import DATABASE_URL

# TODO 9: a connection for each query is slow, and waits for ever. Keep some open, and give up after a time: while
# Postgres is away a request is answered 503 within 3 seconds. And what becomes of a worker in the middle of a job?


async def query(sql, *values):
    """The first row as a dict, or None."""
    async with await psycopg.AsyncConnection.connect(DATABASE_URL, autocommit=True, row_factory=dict_row) as connection:
        cursor = await connection.execute(sql, values)
        return await cursor.fetchone() if cursor.description else None
