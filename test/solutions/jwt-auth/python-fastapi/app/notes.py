from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, constr

from .dependencies import Caller, authenticated
from .problems import Problem, invalid_token
from .timestamps import timestamp
from .validation import body, is_uuid

COLUMNS = "id, title, body, created_at, updated_at"

router = APIRouter(prefix="/notes")

Title = constr(strict=True, min_length=1, max_length=200)
Body = constr(strict=True, max_length=10_000)


class NoteInput(BaseModel):
    title: Title
    body: Body = ""


class NotePatch(BaseModel):
    # None only where they are not sent.
    title: Title = None
    body: Body = None


@router.get("")
async def list_notes(request: Request, caller: Caller = Depends(authenticated)):
    notes = await request.app.state.database.all(
        f"SELECT {COLUMNS} FROM notes WHERE owner_id = %s ORDER BY created_at DESC, id", caller.account["id"]
    )
    return {"items": [public(note) for note in notes]}


@router.post("")
async def create_note(
    request: Request, caller: Caller = Depends(authenticated), note: NoteInput = Depends(body(NoteInput))
):
    created = await request.app.state.database.one(
        f"""INSERT INTO notes (owner_id, title, body)
            SELECT id, %s, %s FROM users WHERE id = %s FOR KEY SHARE
            RETURNING {COLUMNS}""",
        note.title,
        note.body,
        caller.account["id"],
    )
    # The account was there a moment ago.
    if created is None:
        raise invalid_token()
    return JSONResponse(public(created), 201, {"Location": f"/notes/{created['id']}"})


@router.get("/{id}")
async def show_note(id: str, request: Request, caller: Caller = Depends(authenticated)):
    return public(await own(request, caller, id, f"SELECT {COLUMNS} FROM notes WHERE id = %s AND owner_id = %s"))


@router.put("/{id}")
async def replace_note(
    id: str, request: Request, caller: Caller = Depends(authenticated), note: NoteInput = Depends(body(NoteInput))
):
    return public(await write(request, caller, id, note.title, note.body))


@router.patch("/{id}")
async def change_note(
    id: str, request: Request, caller: Caller = Depends(authenticated), patch: NotePatch = Depends(body(NotePatch))
):
    return public(await write(request, caller, id, patch.title, patch.body))


@router.delete("/{id}")
async def delete_note(id: str, request: Request, caller: Caller = Depends(authenticated)):
    await own(request, caller, id, "DELETE FROM notes WHERE id = %s AND owner_id = %s RETURNING id")
    return Response(status_code=204)


async def write(request: Request, caller: Caller, id: str, title, body) -> dict:
    """What is None stays."""
    sql = f"""WITH input (title, body) AS (VALUES (%s::text, %s::text))
              UPDATE notes SET title = coalesce(input.title, notes.title), body = coalesce(input.body, notes.body),
                updated_at = now()
              FROM input WHERE id = %s AND owner_id = %s
              RETURNING id, notes.title, notes.body, created_at, updated_at"""
    return await own(request, caller, id, sql, title, body)


async def own(request: Request, caller: Caller, id: str, sql: str, *values) -> dict:
    """What a statement returns whose last parameters are a note's id and its owner's."""
    note = is_uuid(id) and await request.app.state.database.one(sql, *values, id, caller.account["id"])
    if not note:
        raise Problem(404, "There is no note with this id.")
    return note


def public(note: dict) -> dict:
    return {
        "id": str(note["id"]),
        "title": note["title"],
        "body": note["body"],
        "createdAt": timestamp(note["created_at"]),
        "updatedAt": timestamp(note["updated_at"]),
    }
