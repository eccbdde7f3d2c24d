from http import HTTPStatus
from typing import Dict, List, Optional

from fastapi.responses import JSONResponse


class Problem(Exception):
    """An answer that is not the one hoped for (RFC 9457)."""

    def __init__(
        self,
        status: int,
        detail: str = "",
        headers: Optional[Dict[str, str]] = None,
        errors: Optional[List[dict]] = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers
        self.errors = errors

    def response(self) -> JSONResponse:
        body = {"type": "about:blank", "title": HTTPStatus(self.status).phrase, "status": self.status}
        if self.detail:
            body["detail"] = self.detail
        if self.errors:
            body["errors"] = self.errors
        return JSONResponse(body, self.status, self.headers, "application/problem+json")
