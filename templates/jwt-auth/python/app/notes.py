from fastapi import APIRouter, Depends, HTTPException

from .authentication import authenticated

router = APIRouter(prefix="/notes", dependencies=[Depends(authenticated)])


# TODO 8: POST /notes, GET, PUT, PATCH and DELETE /notes/{id}. Whose note is it? Put the owner into every statement, and
# there is nothing to forget: WHERE id = %s AND owner_id = %s.
@router.get("")
async def list_notes():
    raise HTTPException(501, "Notes are not written yet.")
