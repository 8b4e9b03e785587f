"""The second factor's arithmetic: time-based one-time codes (RFC 6238, by pyotp), recovery codes, the QR code to enrol.

No secret is stored. The database keeps a random salt; the secret is HMAC-SHA256 of it under the installation's secret
key. Whoever has a copy of the database without `secret.key` cannot compute one code. The other side of it: with another
key every second factor has to be set up anew (`people reset-totp`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import secrets
from datetime import datetime

import pyotp
import segno

__all__ = ["CODES", "STEP_SECONDS", "new_recovery_codes", "new_salt", "qr_svg", "recovery_hash", "secret_of", "step_of", "uri_of"]

STEP_SECONDS = 30  # RFC 6238, section 5.2
# One step before and one after the present one: a clock or a person that is half a minute late (same section).
DRIFT = 1
SECRET_BYTES = 20  # 160 bits, RFC 4226, requirement R6
SALT_BYTES = 16
ISSUER = "Bonne Porte"
CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_HALF = 5  # twice five of 31 letters: 49 bits, ten tries an hour


def new_salt() -> str:
    """What a new second factor is derived from."""
    return secrets.token_hex(SALT_BYTES)


def secret_of(key: str, salt: str) -> str:
    """The secret as an authenticator takes it: base32, 32 letters."""
    return base64.b32encode(_keyed(key, "totp", salt)[:SECRET_BYTES]).decode()


def uri_of(secret: str, email: str) -> str:
    """The otpauth: address that a QR code holds."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=email, issuer_name=ISSUER)


def qr_svg(uri: str) -> bytes:
    """The address as a QR code: an SVG file without style or script, dark on light whatever the page's colours."""
    out = io.BytesIO()
    segno.make(uri, error="m", micro=False).save(out, kind="svg", scale=6, border=4, dark="#000", light="#fff", svgclass=None,
                                                 lineclass=None)
    return out.getvalue()


def step_of(secret: str, code: str, now: datetime, after: int) -> int | None:
    """The time step (30 s since 1970) that the code is of, within DRIFT of now; null when it is of none, or of one up to
    `after`: a code that was used, and those before it, are not taken again (RFC 6238, section 5.2)."""
    generator = pyotp.TOTP(secret, interval=STEP_SECONDS)
    present = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in range(present - DRIFT, present + DRIFT + 1):  # all of them, always: time tells nothing
        if hmac.compare_digest(generator.generate_otp(step), _plain(code)) and step > after:
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """CODES codes to print, for whoever loses the telephone: each opens once."""
    def half() -> str:
        return "".join(secrets.choice(_ALPHABET) for _ in range(_HALF))

    return [f"{half()}-{half()}" for _ in range(CODES)]


def recovery_hash(key: str, person_id: str, code: str) -> str:
    """What is stored of a recovery code: keyed, so that the database alone lets nobody try codes."""
    return _keyed(key, "recovery", f"{person_id} {_plain(code)}").hex()


def _keyed(key: str, purpose: str, text: str) -> bytes:
    return hmac.new(key.encode(), f"bonneporte {purpose} {text}".encode(), hashlib.sha256).digest()


def _plain(code: str) -> str:
    """As people type it: with spaces, dashes and capitals."""
    return "".join(code.split()).replace("-", "").lower().encode("ascii", "replace").decode()
