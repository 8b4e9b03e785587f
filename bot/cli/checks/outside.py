"""What faces people: the public address, the proxy, Telegram."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from bot.cli.checks import Finding
from bot.cli.checks.machine import clock_drift
from bot.settings import Settings

__all__ = ["address", "telegram"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def address(settings: Settings) -> Iterator[Finding]:
    """Whether what people write travels under https, and only what is public is reachable."""
    https = settings.origin.startswith("https:")
    if settings.host not in LOOPBACK:
        yield "warning", "address", f"HOST is {settings.host}: whoever reaches this machine reaches it over plain http. Keep 127.0.0.1 behind a proxy"
    if not settings.public_url:
        yield "ok", "address", f"{settings.origin}, this machine only (BONNEPORTE_PUBLIC_URL opens it to residents)"
    elif not https:
        yield "error", "address", f"{settings.origin} is not https: what people write could be read on the way. Put a proxy with TLS in front"
    elif not settings.trusted_proxies:
        yield "warning", "address", "set BONNEPORTE_TRUSTED_PROXIES to the proxy's address: all residents share one limit without it"
    else:
        yield "ok", "address", settings.origin


def telegram(settings: Settings) -> Iterator[Finding]:
    """The token, the name on posters, and how updates come."""
    if not settings.telegram_token:
        yield "ok", "telegram", "off (BONNEPORTE_TELEGRAM_TOKEN is not set)"
        return
    try:
        me, date = _ask(settings, "getMe")
        if me is None:
            yield "error", "telegram", "the token is refused: get one from BotFather, and set BONNEPORTE_TELEGRAM_TOKEN"
            return
        yield "ok", "telegram", f"@{me['username']}, {settings.telegram_mode}"
        if settings.telegram_name and settings.telegram_name.lower() != me["username"].lower():
            yield "error", "telegram", f"BONNEPORTE_TELEGRAM_NAME is not the bot's name: set {me['username']}, and print posters again"
        yield from _updates(settings)
        if date and (drift := clock_drift("Telegram's", parsedate_to_datetime(date))):
            yield drift
    except (httpx.HTTPError, ValueError, KeyError):
        yield "error", "telegram", "the Bot API cannot be reached: check BONNEPORTE_TELEGRAM_API and the network"


def _updates(settings: Settings) -> Iterator[Finding]:
    if settings.telegram_mode == "webhook" and not settings.origin.startswith("https:"):
        yield "error", "telegram", "the webhook needs an https BONNEPORTE_PUBLIC_URL; or set BONNEPORTE_TELEGRAM_MODE=polling"
        return
    hook, _ = _ask(settings, "getWebhookInfo")
    waiting = (hook or {}).get("pending_update_count", 0)
    if settings.telegram_mode == "webhook" and (hook or {}).get("last_error_message") and waiting:
        yield "warning", "telegram", f"{waiting} updates wait; Telegram could not call: {hook['last_error_message'] if hook else ''}"


def _ask(settings: Settings, method: str) -> tuple[dict[str, Any] | None, str | None]:
    """(result or null when it was refused, the Date header)."""
    reply = httpx.get(f"{settings.telegram_api}/bot{settings.telegram_token}/{method}", timeout=5)
    body = reply.json()
    return (body["result"] if body.get("ok") else None), reply.headers.get("date")
