from fastapi import HTTPException, Request

from .tokens import verify_access_token


async def authenticated(request: Request) -> dict:
    """Who asks. A route that depends on it runs only for those with a good access token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    claims = verify_access_token(token) if scheme.lower() == "bearer" else None

    # TODO 4: a good signature is half of it. Has the session ended? Is the account still there, and in which role? And
    # what distinguishes the 401 of a bad token from that of none?
    if claims is None:
        raise HTTPException(401, "Send an access token.", {"WWW-Authenticate": "Bearer"})
    return claims
