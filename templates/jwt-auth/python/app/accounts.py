from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel

from .authentication import authenticated
from .database import query
from .passwords import hash_password

router = APIRouter()


class Registration(BaseModel):
    # TODO 6: every rule is in the contract: types, lengths, U+0000. What breaks one is 422, what is no JSON 400, and
    # another media type 415. Pydantic takes a 5 for a "5" unless it is told to be strict.
    email: str
    password: str
    name: str


@router.post("/auth/register", status_code=201)
async def register(registration: Registration):
    account = await query(
        """INSERT INTO users (email, name, password_hash) VALUES (%s, %s, %s)
           RETURNING id, email, name, role, created_at AS "createdAt" """,
        registration.email,
        registration.name,
        await hash_password(registration.password),
    )
    # TODO 6: an address that is taken is 409, in whatever case, also when ten ask for it in the same millisecond.
    return account


# TODO 7: PATCH /me, and GET /admin/users/{id} for admins. Who is one is decided by the table, not by the token.
@router.get("/me")
async def show_me(claims: dict = Depends(authenticated)):
    raise HTTPException(501, "GET /me is not written yet.")
