from http import HTTPStatus
from typing import Dict, Optional

from fastapi.responses import JSONResponse


class Problem(Exception):
    """An answer that is not the one hoped for (RFC 9457)."""

    def __init__(self, status: int, detail: str = "", headers: Optional[Dict[str, str]] = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers

    def response(self) -> JSONResponse:
        body = {"type": "about:blank", "title": HTTPStatus(self.status).phrase, "status": self.status}
        if self.detail:
            body["detail"] = self.detail
        return JSONResponse(body, self.status, self.headers, "application/problem+json")


def unauthorized(detail: str) -> Problem:
    return Problem(401, detail, _challenge())


def invalid_token() -> Problem:
    return Problem(401, "The access token is not good.", _challenge("invalid_token"))


def forbidden() -> Problem:
    return Problem(403, "This is for admins.", _challenge("insufficient_scope"))


def _challenge(error: Optional[str] = None) -> Dict[str, str]:
    """RFC 6750, section 3."""
    return {"WWW-Authenticate": 'Bearer realm="notes"' + (f', error="{error}"' if error else "")}
