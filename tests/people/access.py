"""Who may use which route, and what of it stands in the audit log. Deny by default: a route that is not here fails the tests.

PUBLIC      anybody, also without a session: residents and signing in
TOKEN       whoever holds the conversation's token; no session opens it
SECRET      whoever holds Telegram's secret
SIGNED_IN   whoever is signed in, whatever their roles
a set       these roles
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.people.person import ROLES

__all__ = ["ANY", "PRIVATE", "PUBLIC", "ROUTES", "SECRET", "SIGNED_IN", "TOKEN", "Access"]

PUBLIC, TOKEN, SECRET, SIGNED_IN = "public", "token", "secret", "signed in"
ANY = frozenset(ROLES)
MAINTAINER = frozenset({"maintainer", "administrator"})
HISTORY = "the directory's history holds each change, its author and its undo"
DESK, TABLE, ADMIN = frozenset({"navigator", "administrator"}), frozenset({"table", "administrator"}), frozenset({"administrator"})


@dataclass(frozen=True, slots=True)
class Access:
    """`who` as above; `audit`: the action that a successful use writes, null when it writes none (`why` says the reason)."""

    who: str | frozenset[str]
    audit: str | None = None
    why: str = ""


RESIDENTS = "a resident's act, not staff's"
READS = "changes nothing"

ROUTES: dict[str, Access] = {
    "GET /healthz": Access(PUBLIC), "GET /readyz": Access(PUBLIC), "MOUNT /static": Access(PUBLIC),
    # Residents
    "POST /api/conversations": Access(PUBLIC, why=RESIDENTS),
    "DELETE /api/conversations/{id}": Access(TOKEN, why=RESIDENTS),
    "POST /api/conversations/{id}/messages": Access(TOKEN, why=RESIDENTS),
    "GET /api/conversations/{id}/messages": Access(TOKEN),
    "POST /api/conversations/{id}/presence": Access(TOKEN, why=RESIDENTS),
    "GET /api/conversations/{id}/events": Access(TOKEN),
    "GET /": Access(PUBLIC), "GET /d/{door}": Access(PUBLIC),
    "GET /d/{door}/refer": Access(PUBLIC), "POST /d/{door}/refer": Access(PUBLIC, why="a partner's act, without a session"),
    "GET /embed": Access(PUBLIC),
    "POST /chat": Access(PUBLIC, why=RESIDENTS), "POST /embed/chat": Access(PUBLIC, why=RESIDENTS),
    "GET /chat": Access(PUBLIC), "GET /embed/chat": Access(PUBLIC),
    "GET /confidentialite": Access(PUBLIC), "GET /privacy": Access(PUBLIC),
    "POST /telegram/webhook": Access(SECRET, why=RESIDENTS),
    # Signing in and out, one's own account
    "POST /api/session": Access(PUBLIC, "signed_in"), "DELETE /api/session": Access(PUBLIC, "signed_out"),
    "GET /login": Access(PUBLIC), "POST /login": Access(PUBLIC, "signed_in"), "POST /logout": Access(PUBLIC, "signed_out"),
    "GET /account": Access(SIGNED_IN), "GET /account/second-factor/qr.svg": Access(SIGNED_IN),
    "POST /account/password": Access(SIGNED_IN, "password_changed"),
    "POST /account/second-factor": Access(SIGNED_IN, why="a secret that counts for nothing until it is confirmed"),
    "POST /account/second-factor/confirm": Access(SIGNED_IN, "second_factor_on"),
    "POST /account/second-factor/codes": Access(SIGNED_IN, "recovery_renewed"),
    "POST /account/second-factor/off": Access(SIGNED_IN, "second_factor_off"),
    "POST /account/sessions/end": Access(SIGNED_IN, "sessions_ended"),
    "POST /account/sessions/{id}/end": Access(SIGNED_IN, "session_ended"),
    "GET /api/account": Access(SIGNED_IN),
    "POST /api/account/password": Access(SIGNED_IN, "password_changed"),
    "POST /api/account/second-factor": Access(SIGNED_IN, why="a secret that counts for nothing until it is confirmed"),
    "POST /api/account/second-factor/confirm": Access(SIGNED_IN, "second_factor_on"),
    "POST /api/account/second-factor/codes": Access(SIGNED_IN, "recovery_renewed"),
    "POST /api/account/second-factor/off": Access(SIGNED_IN, "second_factor_off"),
    "DELETE /api/account/sessions": Access(SIGNED_IN, "sessions_ended"),
    "DELETE /api/account/sessions/{id}": Access(SIGNED_IN, "session_ended"),
    # The desk
    "GET /api/handoffs": Access(DESK), "GET /api/handoffs/events": Access(DESK), "GET /api/handoffs/{id}": Access(DESK),
    "GET /api/handoffs/{id}/messages": Access(DESK), "GET /api/handoffs/{id}/events": Access(DESK),
    "POST /api/handoffs/{id}/messages": Access(DESK, "message_sent"),
    "POST /api/handoffs/{id}/presence": Access(DESK, why="typing: gone in seconds"),
    "POST /api/handoffs/{id}/danger": Access(DESK, "danger_noted"),
    "POST /api/handoffs/{id}/contact/used": Access(DESK, "contact_erased"),
    "POST /api/handoffs/{id}/claim": Access(DESK, "claimed"), "POST /api/handoffs/{id}/notes": Access(DESK, "note_added"),
    "POST /api/handoffs/{id}/transfer": Access(DESK, "transferred"), "POST /api/handoffs/{id}/return": Access(DESK, "returned"),
    "POST /api/handoffs/{id}/close": Access(DESK, "closed"), "POST /api/handoffs/{id}/reopen": Access(DESK, "reopened"),
    "GET /api/desk": Access(DESK), "POST /api/desk": Access(DESK, "on_a_break"),
    "POST /api/desk/telegram": Access(DESK, why="a code for one's own telephone: linking it is noted"),
    "DELETE /api/desk/telegram": Access(DESK, "telegram_unlinked"),
    "GET /desk": Access(DESK), "GET /desk/queue": Access(DESK), "GET /desk/me": Access(DESK), "GET /desk/{id}": Access(DESK),
    "GET /desk/{id}/messages": Access(DESK),
    "POST /desk/me/available": Access(DESK, "on_a_break"),
    "POST /desk/me/telegram": Access(DESK, why="a code for one's own telephone: linking it is noted"),
    "POST /desk/me/telegram/off": Access(DESK, "telegram_unlinked"),
    "POST /desk/{id}/claim": Access(DESK, "claimed"), "POST /desk/{id}/messages": Access(DESK, "message_sent"),
    "POST /desk/{id}/danger": Access(DESK, "danger_noted"), "POST /desk/{id}/contact/used": Access(DESK, "contact_erased"),
    "POST /desk/{id}/notes": Access(DESK, "note_added"), "POST /desk/{id}/transfer": Access(DESK, "transferred"),
    "POST /desk/{id}/return": Access(DESK, "returned"), "POST /desk/{id}/close": Access(DESK, "closed"),
    "POST /desk/{id}/reopen": Access(DESK, "reopened"),
    # The tables
    "GET /table": Access(TABLE), "GET /api/demand": Access(TABLE), "GET /table/brief": Access(TABLE),
    "GET /table/decisions": Access(TABLE), "POST /table/decisions": Access(TABLE, "decision_noted"),
    "POST /table/decisions/{id:uuid}": Access(TABLE, "decision_done"),
    "GET /table/register": Access(TABLE), "POST /table/register": Access(ADMIN, "register_noted"),
    "GET /chiffres": Access(PUBLIC), "GET /figures": Access(PUBLIC),
    # The directory
    "GET /directory": Access(MAINTAINER), "GET /directory/{id}": Access(MAINTAINER), "GET /directory/{id}/edit": Access(MAINTAINER),
    **{f"POST /directory/{{id}}/{act}": Access(MAINTAINER, why=HISTORY)
       for act in ("edit", "verify", "close", "reopen", "undo", "source", "reports")},
    # The language
    "GET /not-understood": Access(MAINTAINER), "POST /not-understood/treated": Access(MAINTAINER, "sentences_treated"),
    "GET /not-understood/{language}.yml": Access(MAINTAINER, "sentences_taken"),
    # Administration
    "GET /admin": Access(ADMIN), "GET /admin/people": Access(ADMIN), "GET /admin/people/add": Access(ADMIN),
    "POST /admin/people/add": Access(ADMIN, "person_added"), "GET /admin/people/{id}": Access(ADMIN),
    "POST /admin/people/{id}": Access(ADMIN, "person_changed"), "POST /admin/people/{id}/disable": Access(ADMIN, "person_disabled"),
    "POST /admin/people/{id}/enable": Access(ADMIN, "person_enabled"), "POST /admin/people/{id}/password": Access(ADMIN, "password_given"),
    "POST /admin/people/{id}/second-factor": Access(ADMIN, "second_factor_reset"),
    "POST /admin/people/{id}/sessions": Access(ADMIN, "sessions_ended"),
    "GET /admin/territories": Access(ADMIN), "GET /admin/territories/{code}": Access(ADMIN),
    "POST /admin/territories/{code}": Access(ADMIN, "person_changed"),
    "GET /admin/hours": Access(ADMIN), "POST /admin/hours": Access(ADMIN, "hours_set"),
    "POST /admin/hours/exceptions": Access(ADMIN, "hours_exception_added"),
    "POST /admin/hours/exceptions/{id:int}/remove": Access(ADMIN, "hours_exception_removed"),
    "GET /admin/replies": Access(ADMIN), "POST /admin/replies": Access(ADMIN, "canned_saved"),
    "POST /admin/replies/{id:int}": Access(ADMIN, "canned_saved"), "POST /admin/replies/{id:int}/remove": Access(ADMIN, "canned_removed"),
    "POST /admin/replies/{id:int}/move": Access(ADMIN, "canned_ordered"),
    "GET /admin/doors": Access(ADMIN), "POST /admin/doors": Access(ADMIN, "door_added"),
    "POST /admin/doors/{code}": Access(ADMIN, "door_changed"), "POST /admin/doors/{code}/referrals": Access(ADMIN, "referrals_on"),
    "GET /admin/log": Access(ADMIN),
    "GET /doors/{code}/poster": Access(ADMIN), "GET /doors/{code}/qr-{channel}.svg": Access(ADMIN),
}

# The private server, which listens on loopback alone.
PRIVATE = {"POST /webhook", "GET /metrics", "GET /healthz"}
