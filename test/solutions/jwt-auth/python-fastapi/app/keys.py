import base64
import hashlib
import json

from jwt.algorithms import RSAAlgorithm

from .settings import Settings


class Keys:
    """What signs, what verifies, and what the world may know of it."""

    def __init__(self, settings: Settings) -> None:
        self.algorithm = settings.algorithm
        self.signing = settings.signing_key
        #: Of the key that signs; a secret has none.
        self.kid = None
        self.published: list[dict] = []
        self._verifying = {}
        if self.algorithm == "RS256":
            self.kid = self._add(settings.signing_key.public_key())
            if settings.retired_key is not None:
                self._add(settings.retired_key)

    def find(self, kid):
        """The key that a token with this `kid` must have been signed with, or None."""
        return self.signing if self.algorithm == "HS256" else self._verifying.get(kid)

    def _add(self, public_key) -> str:
        jwk = json.loads(RSAAlgorithm.to_jwk(public_key))
        kid = thumbprint(jwk)
        self._verifying[kid] = public_key
        self.published.append({"kty": "RSA", "n": jwk["n"], "e": jwk["e"], "kid": kid, "alg": "RS256", "use": "sig"})
        return kid


def thumbprint(jwk: dict) -> str:
    """RFC 7638: of the key alone, so that all instances agree."""
    members = json.dumps({"e": jwk["e"], "kty": "RSA", "n": jwk["n"]}, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(members.encode()).digest()).rstrip(b"=").decode()
