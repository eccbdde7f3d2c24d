import time
from typing import NamedTuple, Optional
from uuid import uuid4

import jwt

from .keys import Keys
from .settings import Settings
from .validation import is_uuid

TYPE = "at+jwt"
REQUIRED = ["exp", "iss", "aud", "sub", "sid"]


class Claims(NamedTuple):
    account_id: str
    session_id: str


class AccessTokens:
    def __init__(self, settings: Settings, keys: Keys) -> None:
        self._settings = settings
        self._keys = keys

    def issue(self, account_id: str, session_id: str, role: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self._settings.issuer,
            "aud": self._settings.audience,
            "sub": account_id,
            "sid": session_id,
            "role": role,
            "jti": str(uuid4()),
            "iat": now,
            "exp": now + self._settings.access_ttl,
        }
        header = {"typ": TYPE} if self._keys.kid is None else {"typ": TYPE, "kid": self._keys.kid}
        return jwt.encode(claims, self._keys.signing, self._keys.algorithm, headers=header)

    def verify(self, token: str) -> Optional[Claims]:
        """None: the token is not good. Whether its session goes on is another question."""
        try:
            header, claims = self._decode(token)
        except Exception:
            # Besides errors of its own PyJWT lets those through that a number or a text in the token provokes.
            return None
        # PyJWT looks at none of these: the header, and whether `exp` is a number or can be made one.
        if header.get("typ") != TYPE or "crit" in header or type(claims["exp"]) not in (int, float):
            return None
        if not is_uuid(claims["sub"]) or not is_uuid(claims["sid"]):
            return None
        return Claims(claims["sub"], claims["sid"])

    def _decode(self, token: str):
        key = self._keys.find(jwt.get_unverified_header(token).get("kid"))
        if key is None:
            raise jwt.InvalidKeyError("no key of this name")
        decoded = jwt.api_jwt.decode_complete(
            token,
            key,
            algorithms=[self._keys.algorithm],
            issuer=self._settings.issuer,
            audience=self._settings.audience,
            leeway=self._settings.leeway,
            options={"require": REQUIRED},
        )
        return decoded["header"], decoded["payload"]
