"""What is said to somebody in danger, and what their answer to it means, with the assistant down too.

A message that is surely about danger gets the lines and is offered a person. One that may be gets one gentle question beside
the lines, with two buttons. Choices of the core's own: danger:<situation> (yes, I am in danger), danger:none (I am not),
danger:person. A plain yes or no, typed, is read by the question that it answers: yes to "are you thinking about death?" and
no to "are you safe?" both mean danger, and so does "I don't know".
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot import safety
from bot.conversation.messages import Choice, Draft, choice
from bot.conversation.tables import conversations, messages
from bot.handoff import duty, requests
from bot.places import normalise
from bot.words import load_words

__all__ = ["crisis", "knows", "reading", "stands_alone", "taken"]

KIND = "danger:"
NONE, PERSON = f"{KIND}none", f"{KIND}person"
_words = load_words(Path(__file__).with_name("words.yml"))
# After danger that is certain, the services that go on from there, if the person wants them.
_NEED_AFTER = {
    "suicide_thought": "mental_health", "suicide_attempt": "mental_health", "self_harm": "mental_health",
    "partner_violence": "violence", "sexual_violence": "violence", "elder_mistreatment": "violence",
    "overdose_or_poison": "substance_use", "unsure": "mental_health",
}
# What the assistant answers to these would take the place of the gentle question: "sorry, I am not helping you well".
_SMALL_TALK = frozenset({"affirm", "deny", "frustrated", "out_of_scope", "greet", "goodbye", "thank", "bot_challenge", "skip", "more", "help",
                         "report_wrong", "start_over"})
# The whole message, over text without accents, in lower case (bot.places.normalise).
_TYPED = {
    "fine": re.compile(r"(?:(?:oui|ouais|yes|yeah|non|no) )?(?:ca va(?: bien| aller)?|tout va bien|(?:je suis|chu|chui|jsuis) (?:correcte?|ok|en securite|bien)"
                       r"|(?:i m|im|i am) (?:fine|ok|okay|safe|good|all right|alright)|(?:it s|its|all is|everything is) (?:fine|ok|okay)|non merci|no thanks|no thank you)"),
    "yes": re.compile(r"(?:ben |mais |well )?(?:oui|ouais|ouin|wi|yes|yeah|yep|yup|ye|ya|y|o)(?: (?:oui|yes|un peu|a bit|kind of|souvent|often|j y pense|je pense|i do|i am|i think so"
                      r"|des fois|parfois|sometimes|beaucoup|a lot|svp|please|s il vous plait|je veux|i want))*|un peu|a bit|kind of|kinda|sort of|des fois|parfois|sometimes|i do|j y pense"),
    "no": re.compile(r"(?:ben |mais |well )?(?:non|nan|no|nope|nah|n)(?: (?:non|no|pas vraiment|not really|pas du tout|not at all|jamais|never|je le suis pas|i m not|i am not))*"
                     r"|pas vraiment|not really|pas du tout|not at all|pantoute|jamais|never"),
    "unsure": re.compile(r"(?:peut etre|maybe|perhaps|je sais pas|je ne sais pas|chais pas|j sais pas|jsp|sais pas|idk|i don t know|i dont know|dunno|not sure|pas sure?|je suis pas sure?|chu pas sure?)"
                         r"(?: (?:vraiment|really|trop))?"),
}


def crisis(connection: Connection, conversation: Row[Any], finding: safety.Finding, text: str, now: datetime) -> Draft:
    """The one message of danger: words, lines with numbers to tap, and the ways on."""
    language = conversation.language
    territory = conversation.known.get("territory")
    lines = [line.as_dict(language) for line in
             safety.helplines_for(finding, text=text, language=language, rss=territory[:2] if territory else None)]
    if conversation.status == "navigator":
        return Draft(_words(language, "danger_while_navigator"), kind="crisis", sender="system", helplines=lines)
    whom = safety.speaks_of(text, finding.situation)
    for_other = conversation.known.get("for_other") is True if whom is None else whom == "other"
    on_duty = duty.on_duty(connection, territory, language, now)
    said = safety.crisis_text(finding, language, for_other=for_other, navigator_on_duty=on_duty)
    return Draft(said, kind="crisis", sender="system", choices=_ways(finding, language), helplines=lines)


def _ways(finding: safety.Finding, language: str) -> list[Choice]:
    person = choice(_words(language, "buttons.human"), "human")
    if finding.level == "unsure":
        asked = "thinking" if safety.kind_of(finding.situation) == "suicide" else "safe"
        return [choice(_words(language, f"danger.{asked}.danger"), f"{KIND}{finding.situation}"),
                choice(_words(language, f"danger.{asked}.none"), NONE), person]
    need = _NEED_AFTER.get(finding.situation)
    return [person, choice(_words(language, "buttons.continue"), f"need:{need}")] if need else [person]


def stands_alone(connection: Connection, conversation: Row[Any], message: Row[Any], act: str | None) -> bool:
    """Whether the gentle question that this message got is the whole answer: nothing was asked for besides."""
    if conversation.crisis is None or act not in _SMALL_TALK:
        return False
    query = select(messages.c.seq).where(messages.c.conversation_id == conversation.id, messages.c.kind == "crisis",
                                         messages.c.reply_to == message.seq)
    return connection.execute(query.limit(1)).first() is not None


def knows(value: str | None) -> bool:
    """Whether a choice is one of these."""
    return value is not None and value.startswith(KIND)


def reading(connection: Connection, conversation: Row[Any], message: Row[Any]) -> str | None:
    """The choice that a plain typed yes or no makes right after a message of danger; null for every other message."""
    if message.choice is not None or conversation.crisis is None or conversation.asks == "handoff_consent":
        return None
    plain = normalise(message.text)
    said = next((kind for kind, pattern in _TYPED.items() if pattern.fullmatch(plain)), None)
    offered = _just_offered(connection, conversation.id, message.seq) if said else None
    if said is None or offered is None:
        return None
    situation = next((value for value in offered if knows(value) and value != NONE), None)
    if situation is None:  # danger was certain: a person was offered
        return PERSON if said in ("yes", "unsure") else NONE
    thinking = safety.kind_of(situation.removeprefix(KIND)) == "suicide"
    in_danger = said in (("yes", "unsure") if thinking else ("no", "unsure"))
    return situation if in_danger else NONE


def _just_offered(connection: Connection, conversation_id: str, seq: int) -> list[str] | None:
    """The choices of the message of danger that answered the resident's message before this one; null when none did."""
    before = select(messages.c.seq).where(messages.c.conversation_id == conversation_id, messages.c.from_ == "resident", messages.c.seq < seq)
    last = connection.scalar(before.order_by(messages.c.seq.desc()).limit(1))
    query = select(messages.c.choices).where(messages.c.conversation_id == conversation_id, messages.c.kind == "crisis", messages.c.reply_to == last)
    offered = connection.scalar(query.order_by(messages.c.seq.desc()).limit(1)) if last is not None else None
    return [one["choice"] for one in offered] if offered is not None else None


def taken(connection: Connection, conversation: Row[Any], message: Row[Any], value: str, now: datetime) -> list[Draft]:
    """The answer to danger:none, and to danger:<situation>, which is danger from then on, to the desk too."""
    kind = safety.kind_of(value.removeprefix(KIND))
    if kind is None:
        word = "danger.calm" if value == NONE else "choice_gone"
        asks = conversation.asks if conversation.asks in ("need", "place", "borough", "for_whom", "sex", "family") else None
        person = choice(_words(conversation.language, "buttons.human"), "human")
        return [Draft(_words(conversation.language, word), sender="system", asks=asks, choices=[person])]
    # Not safe, and nobody knows from what: what is said of any threat fits.
    situation = "threat_or_weapon" if value == f"{KIND}unsure" else value.removeprefix(KIND)
    finding = safety.Finding(kind, "certain", situation, ("answered",))
    connection.execute(update(conversations).where(conversations.c.id == conversation.id).values(crisis=kind))
    requests.raise_urgency(connection, conversation.id, message.seq)
    return [crisis(connection, conversation, finding, _asked_about(connection, conversation.id, message.seq), now)]


def _asked_about(connection: Connection, conversation_id: str, seq: int) -> str:
    """What the resident wrote last before this message: of whom it spoke is what the answer speaks of."""
    query = select(messages.c.text).where(messages.c.conversation_id == conversation_id, messages.c.from_ == "resident",
                                          messages.c.seq < seq, messages.c.choice.is_(None))
    return str(connection.scalar(query.order_by(messages.c.seq.desc()).limit(1)) or "")
