"""What stands before the routes."""

from typing import NamedTuple, Optional

from fastapi import Depends, Request

from .problems import forbidden, invalid_token, unauthorized
from .sessions import find_account


class Caller(NamedTuple):
    account: dict
    session_id: str


def bearer_token(authorization: Optional[str]) -> Optional[str]:
    scheme, _, token = (authorization or "").partition(" ")
    return token if scheme.lower() == "bearer" and token and " " not in token else None


async def authenticated(request: Request) -> Caller:
    token = bearer_token(request.headers.get("authorization"))
    if token is None:
        raise unauthorized("Send an access token.")
    claims = request.app.state.tokens.verify(token)
    if claims is None:
        raise invalid_token()
    account = await find_account(request.app.state.database, claims.account_id, claims.session_id)
    if account is None:
        raise invalid_token()
    return Caller(account, claims.session_id)


async def admin(caller: Caller = Depends(authenticated)) -> Caller:
    """The role is that of the account now, whatever the token says."""
    if caller.account["role"] != "admin":
        raise forbidden()
    return caller
