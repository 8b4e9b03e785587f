"""The commands, in both languages, and what the bot says of itself in Telegram's menus."""

from __future__ import annotations

import logging
import re

from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats

from bot.channels.telegram import desk_side, notices
from bot.channels.telegram.erasing import erase
from bot.channels.telegram.inbox import Taken
from bot.channels.telegram.limits import DEEP_LINK_CHARACTERS
from bot.channels.telegram.link import Link
from bot.channels.telegram.render import words
from bot.conversation import effects

__all__ = ["COMMANDS", "MENU", "door_of", "introduce", "menu", "obey"]

logger = logging.getLogger(__name__)

# What may be typed, whatever the language: the command's meaning (a name in words.yml, `commands`).
COMMANDS = {
    "start": "start",
    "aide": "help", "help": "help",
    "langue": "language", "language": "language",
    "navigateur": "navigator", "navigator": "navigator",
    "effacer": "erase", "erase": "erase",
    "confidentialite": "privacy", "privacy": "privacy",
}
# What the menu shows, in order.
MENU = {
    "fr": ("start", "aide", "navigateur", "langue", "confidentialite", "effacer"),
    "en": ("start", "help", "navigator", "language", "privacy", "erase"),
}


_DOOR = re.compile(rf"[A-Za-z0-9_-]{{1,{DEEP_LINK_CHARACTERS}}}")
_NOTICES = {"help": notices.help_text, "language": notices.language_question, "privacy": notices.privacy}


async def obey(link: Link, taken: Taken) -> None:
    """Carry out a command. What is none of ours is a message like any other: the core never reads its "/" as an order."""
    name, argument = taken.payload["name"], taken.payload["argument"]
    meaning = COMMANDS.get(name)
    if meaning == "start" and desk_side.is_code(argument):
        await desk_side.link_chat(link, taken, argument)
    elif meaning == "start":
        await _start(link, taken, door_of(argument))
    elif meaning == "erase":
        await erase(link, taken)
    elif meaning == "navigator":
        conversation = await link.open(taken)
        if conversation.status == "navigator":
            await link.say(taken, notices.with_person)
        else:
            await link.give(taken, text=effects.words(conversation.language, "buttons.human"), choice="human")
    elif meaning is not None:
        await link.say(taken, _NOTICES[meaning])
    else:
        await link.give(taken, text=f"/{name} {argument}".strip())


async def _start(link: Link, taken: Taken, door: str | None) -> None:
    """Begin, by a door when the link or the QR code names one; begin again when there is a conversation."""
    conversation = await link.find(taken.chat_ref)
    if conversation is None:
        await link.open(taken, door)
        await link.done(taken)
    elif conversation.status == "navigator":
        await link.say(taken, notices.with_person)
    elif taken.attempts > 1 and conversation.last_seq <= 2:
        await link.done(taken)  # opened by an attempt that died right after: the welcome is on its way
    else:
        await link.give(taken, text=words(conversation.language, "start_over"), choice="restart")


def door_of(argument: str) -> str | None:
    """The door that a deep link names; null for anything that cannot be one."""
    return argument if _DOOR.fullmatch(argument) else None


def menu(language: str) -> list[BotCommand]:
    """The menu in one language."""
    return [BotCommand(name, words(language, f"commands.{COMMANDS[name]}")) for name in MENU[language]]


async def introduce(bot: Bot) -> None:
    """Set the menu and the descriptions: by language of the phone, French where Telegram knows neither.

    A failure is logged and let go: the bot works without.
    """
    private = BotCommandScopeAllPrivateChats()
    try:
        for language, code in (("fr", None), ("fr", "fr"), ("en", "en")):
            await bot.set_my_commands(menu(language), scope=private, language_code=code)
            await bot.set_my_description(words(language, "about.description"), language_code=code)
            await bot.set_my_short_description(words(language, "about.short"), language_code=code)
    except Exception as error:
        logger.warning("telegram: the menu could not be set: %s", type(error).__name__)
