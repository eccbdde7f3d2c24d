"""Postgres, through a few connections that are replaced when they break."""

import asyncio
import select
from contextlib import asynccontextmanager

import psycopg
from psycopg.rows import dict_row

TIMEOUT = 3.0
SIZE = 10


class DatabaseUnavailable(Exception):
    pass


class Database:
    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: list[psycopg.AsyncConnection] = []
        self._places = asyncio.Semaphore(SIZE)

    async def all(self, sql: str, *values):
        """All rows, as dicts. One statement is one transaction."""

        async def work(connection):
            cursor = await connection.execute(sql, values)
            return await cursor.fetchall() if cursor.description else []

        return await self.transaction(work)

    async def one(self, sql: str, *values):
        """The first row, or None."""
        rows = await self.all(sql, *values)
        return rows[0] if rows else None

    async def transaction(self, work):
        """What `work(connection)` returns. Raises DatabaseUnavailable if that takes too long."""
        try:
            return await asyncio.wait_for(self._transaction(work), TIMEOUT)
        except (psycopg.OperationalError, asyncio.TimeoutError, OSError) as error:
            raise DatabaseUnavailable(str(error) or type(error).__name__) from error

    async def _transaction(self, work):
        async with self._connection() as connection, connection.transaction():
            return await work(connection)

    @asynccontextmanager
    async def _connection(self):
        async with self._places:
            connection = await self._open()
            try:
                yield connection
            except BaseException:
                # Also one whose query was given up: its answer might still come.
                await connection.close()
                raise
            self._idle.append(connection)

    async def _open(self) -> psycopg.AsyncConnection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed and not connection.broken and not is_cut_off(connection):
                return connection
            await connection.close()
        return await psycopg.AsyncConnection.connect(self._url, autocommit=True, row_factory=dict_row)

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().close()


def is_cut_off(connection: psycopg.AsyncConnection) -> bool:
    """An idle connection has nothing to read, unless that it has ended."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
