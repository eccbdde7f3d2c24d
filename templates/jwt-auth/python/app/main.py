from fastapi import FastAPI

from . import accounts, notes, sessions

app = FastAPI()

# TODO 2: make every error a problem document (RFC 9457), those that FastAPI finds by itself included:
# @app.exception_handler(HTTPException of starlette.exceptions) and (RequestValidationError). Every 401 has a
# WWW-Authenticate. A method that a path does not have is 405 with `Allow`, which names all that it has.


@app.get("/healthz")
async def health():
    return {"status": "ok"}


app.include_router(accounts.router)
app.include_router(sessions.router)
app.include_router(notes.router)

# TODO 9: GET /.well-known/jwks.json, the public keys under RS256.
