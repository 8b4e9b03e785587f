"""The session's cookie: `__Host-`, Secure, HttpOnly, SameSite=Strict when the public address is https; a plain HttpOnly
one on loopback without it, since no browser or client sends a Secure cookie back over http."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from bot.people.sessions import LIFETIME
from bot.settings import Settings

__all__ = ["allows_sign_in", "clear", "give", "token_of"]

SECURE_NAME = "__Host-bonneporte"
LOOPBACK_NAME = "bonneporte"


def _https(settings: Settings) -> bool:
    return urlsplit(settings.origin).scheme == "https"


def _name(settings: Settings) -> str:
    return SECURE_NAME if _https(settings) else LOOPBACK_NAME


def _loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def allows_sign_in(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether a password may travel here: over https, or without leaving the machine."""
    peer = connection.client.host if connection.client else None
    return _https(settings) or _loopback(urlsplit(settings.origin).hostname) or _loopback(peer)


def token_of(connection: HTTPConnection, settings: Settings) -> str | None:
    """The session's token that came with the request, or null."""
    return connection.cookies.get(_name(settings)) or None


def give(response: Response, token: str, settings: Settings) -> None:
    """Put a session's token in the answer's cookie."""
    response.set_cookie(_name(settings), token, max_age=int(LIFETIME.total_seconds()), path="/", secure=_https(settings),
                        httponly=True, samesite="strict")


def clear(response: Response, settings: Settings) -> None:
    """Take the cookie back."""
    response.delete_cookie(_name(settings), path="/", secure=_https(settings), httponly=True, samesite="strict")
