from http import HTTPStatus
from typing import NamedTuple, Optional, Sequence

from fastapi.responses import JSONResponse

MOST_ERRORS = 50


class FieldError(NamedTuple):
    #: The way from the body to the fault: names and positions.
    path: tuple
    detail: str


class Problem(Exception):
    """An answer that is not the one hoped for (RFC 9457)."""

    def __init__(
        self,
        status: int,
        detail: str = "",
        headers: Optional[dict[str, str]] = None,
        errors: Sequence[FieldError] = (),
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
            body["errors"] = [
                {"pointer": pointer(error.path), "detail": error.detail} for error in self.errors[:MOST_ERRORS]
            ]
        return JSONResponse(body, self.status, self.headers, "application/problem+json")


def bad_request(detail: str) -> Problem:
    return Problem(400, detail)


def pointer(path: tuple) -> str:
    """RFC 6901. A name that the client sent may hold what UTF-8 does not."""
    text = "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in path)
    return text.encode("utf-8", "replace").decode()
