from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, constr

from .dependencies import Caller, admin, authenticated
from .passwords import hash_password, is_hashable
from .problems import Problem, invalid_token
from .timestamps import timestamp
from .validation import body, is_uuid

COLUMNS = "id, email, name, role, created_at"

router = APIRouter()


class Registration(BaseModel):
    email: constr(strict=True, max_length=254)
    password: constr(strict=True, min_length=8, max_length=128)
    name: constr(strict=True, min_length=1, max_length=100)


class AccountPatch(BaseModel):
    # None only where it is not sent.
    name: constr(strict=True, min_length=1, max_length=100) = None


@router.post("/auth/register", status_code=201)
async def register(request: Request, registration: Registration = Depends(body(Registration))):
    if not is_email(registration.email):
        raise Problem(422, "This is no address.")
    if not is_hashable(registration.password):
        raise Problem(422, "The password is longer than 72 bytes.")
    account = await request.app.state.database.one(
        f"""INSERT INTO users (email, name, password_hash) VALUES (%s, %s, %s)
            ON CONFLICT (email) DO NOTHING RETURNING {COLUMNS}""",
        registration.email.lower(),
        registration.name,
        await hash_password(registration.password),
    )
    if account is None:
        raise Problem(409, "There is an account of this address.")
    return public(account)


@router.get("/me")
async def show_me(caller: Caller = Depends(authenticated)):
    return public(caller.account)


@router.patch("/me")
async def change_me(
    request: Request, caller: Caller = Depends(authenticated), patch: AccountPatch = Depends(body(AccountPatch))
):
    account = await request.app.state.database.one(
        f"UPDATE users SET name = coalesce(%s, name) WHERE id = %s RETURNING {COLUMNS}",
        patch.name,
        caller.account["id"],
    )
    # It was there a moment ago.
    if account is None:
        raise invalid_token()
    return public(account)


@router.get("/admin/users/{id}", dependencies=[Depends(admin)])
async def show_account(id: str, request: Request):
    account = is_uuid(id) and await request.app.state.database.one(f"SELECT {COLUMNS} FROM users WHERE id = %s", id)
    if not account:
        raise Problem(404, "There is no such account.")
    return public(account)


def public(account: dict) -> dict:
    return {
        "id": str(account["id"]),
        "email": account["email"],
        "name": account["name"],
        "role": account["role"],
        "createdAt": timestamp(account["created_at"]),
    }


def is_email(text: str) -> bool:
    local, _, domain = text.partition("@")
    return bool(local) and "." in domain.strip(".") and "@" not in domain and not any(map(str.isspace, text))
