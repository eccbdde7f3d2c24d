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
