import hashlib
import json
import re
from typing import Optional

from fastapi import Request

from .problems import Problem, bad_request
from .store import Versioned


def parse_key(request: Request) -> Optional[str]:
    key = request.headers.get("idempotency-key")
    if key is not None and not re.fullmatch("[!-~]{1,255}", key):
        raise bad_request("An Idempotency-Key is 1 to 255 visible ASCII characters.")
    return key


async def once(connection, key: str, payload: dict, work) -> tuple[Versioned, bool]:
    """Runs `work` once for all requests with this key, and gives the others its result; and whether it is such a one.

    The key is stored in the transaction of the work, so that it is used up exactly when the work is done.
    """
    payload_hash = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    # While another transaction holds the same key, this waits for it to end.
    claimed = await connection.execute(
        "INSERT INTO idempotency_keys (key, request_hash) VALUES (%s, %s) ON CONFLICT (key) DO NOTHING RETURNING key",
        [key, payload_hash],
    )
    if await claimed.fetchone() is None:
        found = await connection.execute(
            "SELECT request_hash, response FROM idempotency_keys WHERE key = %s", [key]
        )
        first = await found.fetchone()
        if first["request_hash"] != payload_hash:
            raise Problem(422, "This Idempotency-Key was used with another payload.")
        return Versioned(**first["response"]), True
    result = await work()
    await connection.execute(
        "UPDATE idempotency_keys SET response = %s WHERE key = %s", [json.dumps(result._asdict()), key]
    )
    return result, False
