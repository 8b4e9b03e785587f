"""Everything the application is made of, given at one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from bot.channels.floods import Floods
from bot.conversation.assistant import Assistant
from bot.conversation.core import Conversations
from bot.demand.territories import territories
from bot.directory.catalogue import Directory
from bot.directory.finding import Finder
from bot.directory.load import load_embedded
from bot.directory.maintenance import Maintenance
from bot.handoff import canned
from bot.handoff.desk import Desk
from bot.handoff.waiting import Waiting
from bot.people.people import People
from bot.runtime.secret import secret_key
from bot.settings import Settings
from bot.store.engine import make_engine
from bot.store.schema import upgrade

__all__ = ["Services", "build", "open_database"]


@dataclass(frozen=True, slots=True)
class Services:
    """What channels and pages reach as `request.app.state.services`."""

    settings: Settings
    secret: str
    engine: Engine
    assistant: Assistant
    conversations: Conversations
    directory: Directory
    maintenance: Maintenance
    finder: Finder
    people: People
    desk: Desk
    waiting: Waiting
    floods: Floods

    @staticmethod
    def clock() -> datetime:
        """Now, aware, in UTC."""
        return datetime.now(UTC)


def open_database(settings: Settings) -> Engine:
    """The database of the settings, at its newest schema, with the embedded directory when it holds none, and the desk's first replies."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)  # residents' words are in it
    engine = make_engine(settings.database)
    upgrade(engine)
    load_embedded(engine)
    canned.seed(engine)
    return engine


def build(settings: Settings, engine: Engine, assistant: Assistant) -> Services:
    """All services over one database and one assistant."""
    secret = secret_key(settings)
    conversations = Conversations(engine, assistant, settings)
    return Services(
        settings=settings,
        secret=secret,
        engine=engine,
        assistant=assistant,
        conversations=conversations,
        directory=Directory(engine, stale_days=settings.stale_days),
        maintenance=Maintenance(engine, settings.stale_days),
        finder=Finder(engine, settings.stale_days),
        people=People(engine, settings, territories(), secret),
        desk=Desk(engine, conversations.desk),
        waiting=Waiting(engine, conversations.desk, settings),
        floods=Floods(engine, secret, {"conversations": settings.limit_conversations}),
    )
