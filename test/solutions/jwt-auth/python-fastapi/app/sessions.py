"""Sessions and their refresh tokens, in Postgres."""

import hashlib
import secrets
from typing import NamedTuple, Optional

from .database import Database


class Grant(NamedTuple):
    account_id: str
    session_id: str
    role: str
    refresh_token: str


async def find_account(database: Database, account_id: str, session_id: str) -> Optional[dict]:
    """The account, if the session is one of its own and has not ended."""
    return await database.one(
        """SELECT users.id, email, name, role, users.created_at
           FROM users JOIN sessions ON sessions.user_id = users.id
           WHERE users.id = %s AND sessions.id = %s AND sessions.revoked_at IS NULL""",
        account_id,
        session_id,
    )


async def begin(database: Database, account_id: str, ttl: int) -> Optional[Grant]:
    """None: the account is gone."""

    async def work(connection):
        # The lock keeps the account until the session refers to it.
        account = await one(connection, "SELECT role FROM users WHERE id = %s FOR KEY SHARE", account_id)
        if account is None:
            return None
        session = await one(connection, "INSERT INTO sessions (user_id) VALUES (%s) RETURNING id", account_id)
        token = await add_refresh_token(connection, session["id"], ttl)
        return Grant(str(account_id), str(session["id"]), account["role"], token)

    return await database.transaction(work)


async def refresh(database: Database, token: str, ttl: int) -> Optional[Grant]:
    """None: the token is not good. If it was good once, the session has ended."""
    token_hash = hash_of(token)

    async def work(connection):
        # One at a time, from here to the end of the transaction.
        session = await one(
            connection,
            """SELECT sessions.id, user_id, role, revoked_at
               FROM refresh_tokens JOIN sessions ON sessions.id = session_id JOIN users ON users.id = user_id
               WHERE token_hash = %s
               FOR UPDATE OF sessions""",
            token_hash,
        )
        if session is None or session["revoked_at"] is not None:
            return None
        # Only now: the statement that waited would show the token as it was before its wait.
        state = await one(
            connection,
            "SELECT used_at IS NOT NULL AS used, expires_at <= now() AS expired FROM refresh_tokens WHERE token_hash = %s",
            token_hash,
        )
        if state["used"]:
            await connection.execute("UPDATE sessions SET revoked_at = now() WHERE id = %s", [session["id"]])
            return None
        if state["expired"]:
            return None
        await connection.execute("UPDATE refresh_tokens SET used_at = now() WHERE token_hash = %s", [token_hash])
        new_token = await add_refresh_token(connection, session["id"], ttl)
        return Grant(str(session["user_id"]), str(session["id"]), session["role"], new_token)

    return await database.transaction(work)


async def end(database: Database, session_id: str) -> None:
    await database.one("UPDATE sessions SET revoked_at = now() WHERE id = %s", session_id)


async def add_refresh_token(connection, session_id, ttl: int) -> str:
    token = secrets.token_urlsafe(32)
    await connection.execute(
        """INSERT INTO refresh_tokens (token_hash, session_id, expires_at)
           VALUES (%s, %s, now() + make_interval(secs => %s))""",
        [hash_of(token), session_id, ttl],
    )
    return token


def hash_of(token: str) -> bytes:
    """It is random, so that nothing slower is needed."""
    return hashlib.sha256(token.encode()).digest()


async def one(connection, sql: str, *values):
    cursor = await connection.execute(sql, values)
    return await cursor.fetchone()
