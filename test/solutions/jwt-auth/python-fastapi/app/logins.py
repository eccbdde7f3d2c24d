from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, StrictStr

from . import sessions
from .dependencies import Caller, authenticated
from .passwords import is_hashable, is_password
from .problems import unauthorized
from .validation import body

router = APIRouter(prefix="/auth")


class Credentials(BaseModel):
    email: StrictStr
    password: StrictStr


class RefreshRequest(BaseModel):
    refresh_token: StrictStr


@router.post("/login")
async def log_in(request: Request, credentials: Credentials = Depends(body(Credentials))):
    state = request.app.state
    # No account has such a password, and bcrypt would look at the beginning alone.
    if not is_hashable(credentials.password):
        raise wrong_credentials()
    found = await state.database.one("SELECT id, password_hash FROM users WHERE email = %s", credentials.email.lower())
    if not await is_password(credentials.password, found and found["password_hash"]):
        raise wrong_credentials()
    grant = await sessions.begin(state.database, found["id"], state.settings.refresh_ttl)
    if grant is None:
        raise wrong_credentials()
    return answer(state, grant)


@router.post("/refresh")
async def refresh(request: Request, wanted: RefreshRequest = Depends(body(RefreshRequest))):
    state = request.app.state
    grant = await sessions.refresh(state.database, wanted.refresh_token, state.settings.refresh_ttl)
    if grant is None:
        raise unauthorized("The refresh token is not good.")
    return answer(state, grant)


@router.post("/logout")
async def log_out(request: Request, caller: Caller = Depends(authenticated)):
    await sessions.end(request.app.state.database, caller.session_id)
    return Response(status_code=204)


def answer(state, grant: sessions.Grant) -> JSONResponse:
    tokens = {
        "access_token": state.tokens.issue(grant.account_id, grant.session_id, grant.role),
        "token_type": "Bearer",
        "expires_in": state.settings.access_ttl,
        "refresh_token": grant.refresh_token,
    }
    return JSONResponse(tokens, headers={"Cache-Control": "no-store"})


def wrong_credentials():
    return unauthorized("The address or the password is wrong.")
