import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    name: str
    #: Requests that pass in a window.
    limit: int
    #: Length of the window.
    seconds: int


def _policy(name: str, limit: int, seconds: int) -> Policy:
    variable = name.upper()
    return Policy(
        name,
        int(os.environ.get(f"{variable}_LIMIT", limit)),
        int(os.environ.get(f"{variable}_WINDOW", seconds)),
    )


PORT = int(os.environ.get("PORT", 3000))
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379")
DEFAULT = _policy("default", 60, 60)
STRICT = _policy("strict", 10, 60)
FAIL_OPEN = os.environ.get("RATE_LIMIT_FAIL") != "closed"
TRUST_PROXY = os.environ.get("TRUST_PROXY") == "1"
