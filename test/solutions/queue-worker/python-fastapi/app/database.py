"""Postgres, through a few connections that are replaced when they break. One statement is one transaction."""

import asyncio
import select
from contextlib import asynccontextmanager

import psycopg
from psycopg.rows import dict_row

from .settings import DATABASE_URL

TIMEOUT = 2.4


class DatabaseUnavailable(Exception):
    pass


class Database:
    def __init__(self, size: int) -> None:
        self._idle: list = []
        self._places = asyncio.Semaphore(size)

    async def rows(self, sql: str, **values) -> list:
        try:
            return await asyncio.wait_for(self._rows(sql, values), TIMEOUT)
        except (psycopg.OperationalError, asyncio.TimeoutError, OSError) as error:
            raise DatabaseUnavailable(str(error) or type(error).__name__) from error

    async def row(self, sql: str, **values):
        """The first row, or None."""
        rows = await self.rows(sql, **values)
        return rows[0] if rows else None

    async def _rows(self, sql, values):
        async with self._connection() as connection:
            cursor = await connection.execute(sql, values)
            return await cursor.fetchall() if cursor.description else []

    @asynccontextmanager
    async def _connection(self):
        async with self._places:
            connection = await self._open()
            try:
                yield connection
            except BaseException:
                # Also one whose statement was given up: its answer might still come.
                await connection.close()
                raise
            self._idle.append(connection)

    async def _open(self):
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed and not connection.broken and not is_cut_off(connection):
                return connection
            await connection.close()
        # The server ends what nobody waits for any more.
        options = f"-c statement_timeout={int(TIMEOUT * 1000)}"
        return await psycopg.AsyncConnection.connect(DATABASE_URL, autocommit=True, row_factory=dict_row, options=options)


def is_cut_off(connection) -> bool:
    """An idle connection has nothing to read, unless that it has ended."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
