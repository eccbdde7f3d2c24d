import asyncio
import secrets
from typing import Optional

import bcrypt

COST = 10
#: What bcrypt sees of a password. Two that differ behind it would be one.
MOST_BYTES = 72


def is_hashable(password: str) -> bool:
    return len(password.encode()) <= MOST_BYTES


async def hash_password(password: str) -> str:
    # In a thread: everybody else would wait.
    hashed = await asyncio.to_thread(bcrypt.hashpw, password.encode(), bcrypt.gensalt(COST))
    return hashed.decode()


async def is_password(password: str, hashed: Optional[str]) -> bool:
    """Takes as long without a hash as with one, lest the time tell that there is no account."""
    same = await asyncio.to_thread(bcrypt.checkpw, password.encode(), (hashed or _nobodys).encode())
    return same and hashed is not None


_nobodys = bcrypt.hashpw(secrets.token_bytes(16).hex().encode(), bcrypt.gensalt(COST)).decode()
