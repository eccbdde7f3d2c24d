"""What the environment says. All of it is random in a grade. Times are in seconds."""

import os

PORT = int(os.environ.get("PORT", 3000))
DATABASE_URL = os.environ.get("DATABASE_URL", "")
# TODO 9: an app whose secret is missing or shorter than 32 bytes must not start; nor one without JWT_ISSUER or
# JWT_AUDIENCE. Say why on standard error, and exit with a code other than 0. What is the secret for RS256?
SECRET = os.environ.get("JWT_SECRET", "")
ISSUER = os.environ.get("JWT_ISSUER", "")
AUDIENCE = os.environ.get("JWT_AUDIENCE", "")
LEEWAY = int(os.environ.get("JWT_LEEWAY", 30))
ACCESS_TOKEN_TTL = int(os.environ.get("ACCESS_TOKEN_TTL", 900))
REFRESH_TOKEN_TTL = int(os.environ.get("REFRESH_TOKEN_TTL", 2_592_000))
