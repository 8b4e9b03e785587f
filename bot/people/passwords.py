"""Passwords: Argon2id, so that a stolen database does not give them away.

Parameters are OWASP's minimum (Password Storage Cheat Sheet): 19 MiB, 2 passes, 1 lane. On the small server that is
meant, a check takes some 30 ms; more memory would let a few dozen log-ins at once exhaust it.
"""

from __future__ import annotations

import secrets
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

__all__ = ["SHORTEST", "WeakPassword", "check_strength", "hash_password", "new_password", "verify"]

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
# NIST SP 800-63B asks for 8 at least and against rules on kinds of characters; the second factor is not everybody's.
SHORTEST = 10
LONGEST = 512

_hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)
# At most this many at once: a flood of log-ins costs time, not the server's memory.
_room = BoundedSemaphore(4)


class WeakPassword(ValueError):
    """The password is too short, or absurdly long."""


def check_strength(password: str) -> None:
    """Raises WeakPassword when it has fewer than SHORTEST characters."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(f"a password has from {SHORTEST} to {LONGEST} characters")


def hash_password(password: str) -> str:
    """The password's Argon2id hash, with its salt and parameters (PHC string)."""
    with _room:
        return _hasher.hash(_bytes(password))


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password is the right one. With no hash (an unknown account) it takes as long, and is false."""
    with _room:
        try:
            _hasher.verify(password_hash or _nobody(), _bytes(password[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def new_password() -> str:
    """A random one to print for a person: 20 letters and digits that are not taken for one another, 98 bits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")  # JSON can spell half a character


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))
