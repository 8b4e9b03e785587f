"""What a tap says of a service while a navigator has the conversation: written down at once, answered by the system.

The assistant is silent then, and the navigator is spoken to by everything that is typed. But "this number does not work",
"did it help?" and what follows are buttons of the core's own: a mistake told is kept whoever has the conversation.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.conversation import wrong
from bot.conversation.later import AskedLater
from bot.conversation.messages import Draft
from bot.conversation.tables import messages

__all__ = ["told_beside"]


def told_beside(connection: Connection, conversation: Row[Any], seq: int, now: datetime) -> list[Draft]:
    """The answers to the resident's message `seq` when it is such a tap; none for every other message."""
    query = select(messages).where(messages.c.conversation_id == conversation.id, messages.c.seq == seq)
    message = connection.execute(query).one()
    value, language = message.choice or "", conversation.language
    if AskedLater.knows(value):
        return AskedLater(connection, conversation, language, now).chosen(value)
    if value != wrong.REPORT and not value.startswith(f"{wrong.REPORT}:"):
        return []
    drafts = wrong.take(connection, conversation, message, value, language, now)
    # Nothing that only the assistant answers is offered.
    return [replace(draft, sender="system", choices=[one for one in draft.choices if one["choice"].startswith(wrong.REPORT)])
            for draft in drafts]
