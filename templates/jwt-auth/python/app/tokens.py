from typing import Optional


def issue_access_token(account_id: str, session_id: str, role: str) -> str:
    """TODO 3: sign a JWT with `jwt.encode` of PyJWT. Which claims it has, and what its header says, stands in the contract.

    TODO 9: under JWT_ALG=RS256 it is signed with JWT_PRIVATE_KEY, and its header names the key.
    """
    raise NotImplementedError


def verify_access_token(token: str) -> Optional[dict]:
    """The claims of a good token, or None.

    TODO 4: `jwt.decode` does most of it, if it is told to: which algorithm, issuer and audience, how far clocks may be
    off, which claims must be there. What does it not look at? And which errors does it raise for a token that is garbage?
    """
    return None
