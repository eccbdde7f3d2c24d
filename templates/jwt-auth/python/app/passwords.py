from typing import Optional


async def hash_password(password: str) -> str:
    """TODO 1: make a slow hash with a salt of its own: `bcrypt` is installed already. Mind what the contract says of the
    cost, and of what bcrypt does with long passwords. It takes a while: who waits meanwhile? (asyncio.to_thread) Then an
    account can be made (accounts.py), and its password be checked.
    """
    raise NotImplementedError


async def is_password(password: str, hashed: Optional[str]) -> bool:
    """TODO 1: is it the password of this hash?

    TODO 3: where there is no account there is no hash. How long does it take to say so, and who could measure that?
    """
    return False
