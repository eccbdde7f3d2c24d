import psycopg
from psycopg.rows import dict_row

from . import settings

# TODO 10: a connection for each query is slow, and waits for ever. Keep some open, and give up after a time: while
# Postgres is away, every operation that needs it answers 503 within 3 seconds.


async def query(sql, *values):
    """The first row as a dict, or None."""
    connecting = psycopg.AsyncConnection.connect(settings.DATABASE_URL, autocommit=True, row_factory=dict_row)
    async with await connecting as connection:
        cursor = await connection.execute(sql, values)
        return await cursor.fetchone() if cursor.description else None
