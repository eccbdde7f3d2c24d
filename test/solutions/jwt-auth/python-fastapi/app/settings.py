import os
from dataclasses import dataclass
from typing import Mapping, Optional, Union

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey


@dataclass(frozen=True)
class Settings:
    port: int
    database_url: str
    algorithm: str
    #: Of HS256 the secret, of RS256 the private key.
    signing_key: Union[bytes, RSAPrivateKey]
    retired_key: Optional[RSAPublicKey]
    issuer: str
    audience: str
    # Seconds, all of them.
    leeway: int
    access_ttl: int
    refresh_ttl: int


def read_settings(env: Mapping[str, str] = os.environ) -> Settings:
    """Raises ValueError where something is missing or wrong, with a text that shows no secret."""
    algorithm = env.get("JWT_ALG") or "HS256"
    if algorithm not in ("HS256", "RS256"):
        raise ValueError("JWT_ALG is neither HS256 nor RS256")
    return Settings(
        port=_whole_number(env, "PORT", 3000),
        database_url=_text(env, "DATABASE_URL"),
        algorithm=algorithm,
        signing_key=_secret(env) if algorithm == "HS256" else _private_key(env),
        retired_key=_retired_key(env) if algorithm == "RS256" else None,
        issuer=_text(env, "JWT_ISSUER"),
        audience=_text(env, "JWT_AUDIENCE"),
        leeway=_whole_number(env, "JWT_LEEWAY", 30),
        access_ttl=_whole_number(env, "ACCESS_TOKEN_TTL", 900),
        refresh_ttl=_whole_number(env, "REFRESH_TOKEN_TTL", 2_592_000),
    )


def _secret(env) -> bytes:
    secret = _text(env, "JWT_SECRET").encode()
    if len(secret) < 32:
        raise ValueError("JWT_SECRET has fewer than 32 bytes")
    return secret


def _private_key(env) -> RSAPrivateKey:
    pem = _text(env, "JWT_PRIVATE_KEY").encode()
    return _rsa("JWT_PRIVATE_KEY", lambda: serialization.load_pem_private_key(pem, None), RSAPrivateKey)


def _retired_key(env) -> Optional[RSAPublicKey]:
    pem = env.get("JWT_RETIRED_PUBLIC_KEY", "").encode()
    if not pem:
        return None
    return _rsa("JWT_RETIRED_PUBLIC_KEY", lambda: serialization.load_pem_public_key(pem), RSAPublicKey)


def _rsa(name, load, kind):
    try:
        key = load()
    except (ValueError, TypeError):
        raise ValueError(f"{name} cannot be read") from None
    if not isinstance(key, kind) or key.key_size < 2048:
        raise ValueError(f"{name} is no RSA key of 2048 bits or more")
    return key


def _text(env, name: str) -> str:
    if not env.get(name):
        raise ValueError(f"{name} is not set")
    return env[name]


def _whole_number(env, name: str, otherwise: int) -> int:
    text = env.get(name) or str(otherwise)
    if not text.isdecimal():
        raise ValueError(f"{name} is no whole number")
    return int(text)
