"""Postgres, through a few connections that are replaced when they break."""

import asyncio
import os
from contextlib import asynccontextmanager

import psycopg

TIMEOUT = 2.7
SIZE = 10


class DatabaseUnavailable(Exception):
    pass


class Database:
    def __init__(self) -> None:
        self._idle: list[psycopg.AsyncConnection] = []
        self._places = asyncio.Semaphore(SIZE)

    async def one(self, sql: str, *values):
        """The first row, or None. One statement is one transaction."""
        try:
            return await asyncio.wait_for(self._one(sql, values), TIMEOUT)
        except (psycopg.OperationalError, asyncio.TimeoutError, OSError) as error:
            raise DatabaseUnavailable(str(error) or type(error).__name__) from error

    async def _one(self, sql, values):
        async with self._connection() as connection:
            cursor = await connection.execute(sql, values)
            return await cursor.fetchone() if cursor.description else None

    @asynccontextmanager
    async def _connection(self):
        async with self._places:
            connection = await self._open()
            try:
                yield connection
            except psycopg.IntegrityError:
                self._idle.append(connection)
                raise
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
        return await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True)

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().close()


def is_cut_off(connection: psycopg.AsyncConnection) -> bool:
    """An idle connection has nothing to read, unless that it has ended."""
    import select

    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
