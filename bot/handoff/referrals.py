"""A partner's referral (R7): a door's own short form for a person who agreed, with a way to reach them.

It becomes a request in the queue, with a conversation that nobody can write in (channel `referral`). The way to reach the
person is kept apart (contacts.py): only the navigator who takes the request sees it, and it is erased once used. Doors may
refer only when an administrator allowed it.

    ReferralError           a value that is missing or cannot be; `field` names it
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import IntegrityError

from bot import safety
from bot.conversation import storage
from bot.conversation.known import AGE_BANDS
from bot.conversation.messages import Draft
from bot.conversation.tables import conversations
from bot.demand.doors import is_door
from bot.demand.tables import insert_if_absent
from bot.handoff import contacts, requests
from bot.handoff.desk_tables import referral_doors
from bot.handoff.expect import expectation, said
from bot.needs import all_needs
from bot.people import audit
from bot.places import Place, gazetteer
from bot.words import LANGUAGES, load_words

__all__ = ["NOTE_LENGTH", "Referral", "ReferralError", "Referred", "allow", "allowed", "places_named", "refer"]

NOTE_LENGTH = 500
CHANNEL = "referral"
_words = load_words(Path(__file__).with_name("words.yml"))


class ReferralError(ValueError):
    """`field`: need, place, language, age_band, contact, note or agreed."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Referral:
    """What the form says. place: a key of the gazetteer, or null; language: the person's; agreed: they said yes to this;
    once: the form's own random key, so that a form sent twice is one referral."""

    need: str
    place: str | None
    language: str
    contact: str
    agreed: bool
    once: str
    age_band: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Referred:
    """What the partner is told, in the person's language: what to expect, and the kind of danger recognised in the note (suicide, danger, or null)."""

    language: str
    expect: str
    crisis: str | None
    lines: list[dict[str, str | None]]


# Doors


def allow(connection: Connection, door: str, yes: bool, *, by: str | None, now: datetime) -> bool:
    """Let a door refer people, or no longer; false when there is no such door."""
    if yes:
        if not is_door(connection, door):
            return False
        insert_if_absent(connection, referral_doors, door=door, allowed_at=now)
    else:
        connection.execute(delete(referral_doors).where(referral_doors.c.door == door))
    audit.write(connection, by, "referrals_on" if yes else "referrals_off", now, to=door)
    return True


def allowed(connection: Connection) -> set[str]:
    """The doors that may refer."""
    return set(connection.scalars(select(referral_doors.c.door)))


# Referring


def places_named(text: str) -> list[Place]:
    """The places that a name can mean: none, one, or several to choose from."""
    return list(gazetteer().lookup(text.strip()).places) if text.strip() else []


def checked(given: Referral) -> Referral:
    """The referral with a tidied contact and note. Raises ReferralError."""
    if given.need not in all_needs():
        raise ReferralError("need")
    if given.language not in LANGUAGES:
        raise ReferralError("language")
    if given.age_band is not None and given.age_band not in AGE_BANDS:
        raise ReferralError("age_band")
    way = contacts.way_in(given.contact)
    if way is None:
        raise ReferralError("contact")
    note = given.note.replace("\x00", "").replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8").strip()
    if len(note) > NOTE_LENGTH:
        raise ReferralError("note")
    if not given.agreed:
        raise ReferralError("agreed")
    if given.place is not None:
        try:
            gazetteer().by_key(given.place)
        except KeyError:
            raise ReferralError("place") from None
    return replace(given, contact=way, note=note)


def refer(connection: Connection, door: str, given: Referral, now: datetime) -> Referred:
    """Put the person in the queue. A form sent twice is one referral. Raises ReferralError."""
    one = checked(given)
    place = gazetteer().by_key(one.place) if one.place else None
    finding = safety.recognise(one.note) if one.note else None
    territory = place.rls if place else None
    known: dict[str, Any] = {"needs": [one.need], "place": place.key if place else None, "territory": territory, "for_other": True,
                             "age_band": one.age_band, "shown": []}
    urgency = "crisis" if finding is not None else "normal"
    ahead = requests.waiting_ahead(connection, territory, urgency if finding is not None else requests.urgency_of(known))
    expect = said(one.language, expectation(connection, territory, one.language, now), ahead, now)
    lines = [line.as_dict(one.language) for line in safety.helplines_for(finding, text=one.note, language=one.language)] if finding else []
    told = Referred(one.language, expect, finding.kind if finding else None, lines)
    try:
        with connection.begin_nested():
            conversation_id, _ = storage.create(connection, channel=CHANNEL, language=one.language, door=door, channel_ref=one.once[:64], now=now)
    except IntegrityError:
        return told
    connection.execute(update(conversations).where(conversations.c.id == conversation_id)
                       .values(status="waiting", handed_off=True, known=known, crisis=told.crisis))
    request_id = requests.create(connection, conversation_id, known=known, language=one.language, urgency=urgency, now=now)
    contacts.give(connection, request_id, one.contact, now)
    if one.note:
        conversation = storage.lock(connection, conversation_id)
        assert conversation is not None  # made just now
        draft = Draft(_words(one.language, "partner_note", note=one.note), kind="handoff", sender="system")
        storage.append(connection, conversation, [draft], reply_to=None, language=one.language, now=now)
    return told
