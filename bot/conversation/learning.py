"""A message that was not understood, and whether we may keep it, without a name, to learn from it.

The assistant did not understand when it had to offer the list of needs, or when the resident says that its guess was wrong.
Once what they need was found all the same, they are asked one question, shown with the very sentence as it would be kept
(bot/learning/masking.py). It is asked at most once a conversation; never where danger was heard, nor of somebody under 14, nor
about violence, nor when a person was asked for. Choices of the core's own: learn:yes, learn:no.

All of it is one column of the conversation (`unclear`) and goes with it. What was agreed to is set apart only when retention
erases the conversation (bot/learning/sentences.py), so that a resident who erases it erases this too.

    state   heard (its need was taken), offered (guesses were offered), unclear (asked to say it again), missed (not understood),
            asked, yes, no (answered: nothing more is noted)
    seq     the message; guessed, chosen: need ids; text, language: the sentence as it would be kept
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot import safety
from bot.conversation.assistant import Turn
from bot.conversation.messages import Draft, choice
from bot.conversation.person import read_person
from bot.conversation.tables import conversations, messages
from bot.language import detect
from bot.learning.masking import mask
from bot.needs import all_needs
from bot.places import normalise
from bot.words import load_words

__all__ = ["ASKS", "Learning", "answer_in", "noted"]

ASKS = "learn"
FROM_AGE = 14  # nobody younger is asked anything about themselves
GUESSES = 3
LIST, AGAIN = "utter_ask_need_list", "utter_not_understood"  # responses of the dialogue: it failed, once or more
CALM = frozenset({"utter_thank", "utter_goodbye"})  # moments besides services shown when a question disturbs nothing
ANSWERED = frozenset({"asked", "yes", "no"})
# Sentences about it are never asked for: who sees the screen may be the one they are about.
NEVER_ABOUT = frozenset({"violence"})

words = load_words(Path(__file__).with_name("words.yml"))
# Over text without accents, in lower case (bot.places.normalise).
_NOT = re.compile(r"(?:non|no|nope|nah)\b")
_REFUSES = re.compile(r"\b(?:(?:c est|c etait|ce n est|cest|sest) pas (?:ca|cela|de ca|pour ca|ce que|pour)|pas ca|rien a voir|pas rapport"
                      r"|(?:(?:that s|thats|that is|it s|its|this is) )?not (?:that|this|it\b|what i|about)|wrong (?:one|thing|guess)|mal compris|misunderst\w+)")
_YES = re.compile(r"(?:oui|yes|ouais|yep|yeah|bien sur|of course)(?: (?:vous pouvez|tu peux|you may|you can|merci|thanks|thank you|please|svp|d accord|allez y|go ahead))*")
_NO = re.compile(r"(?:non|no|nope|nah)(?: (?:merci|thanks|thank you|pas ca|don t|je prefere pas|surtout pas))*")
_GRADE = re.compile(r"\b(?:[1-6] ?(?:re|e|eme|ieme) annee|(?:premiere|deuxieme|troisieme|quatrieme|cinquieme|sixieme) annee|secondaire 1|sec 1|grade [1-7]|[1-7](?:st|nd|rd|th) grade|maternelle|kindergarten|primaire|elementary)\b")


def answer_in(conversation: Row[Any], message: Row[Any]) -> str | None:
    """The choice that plain words make of our question, right after it; null for all other words."""
    if conversation.asks != ASKS or message.choice is not None:
        return None
    said = normalise(message.text)
    return "learn:yes" if _YES.fullmatch(said) else "learn:no" if _NO.fullmatch(said) else None


def noted(before: dict[str, Any] | None, message: Row[Any], turn: Turn) -> dict[str, Any] | None:
    """What is noted after a turn: whether its message, or the one before, was not understood."""
    if before and before["state"] in ANSWERED:
        return before
    said = {one.get("response") for one in turn.messages}
    guesses = [need["id"] for need in turn.understood.get("needs") or []][:GUESSES]
    mine = {"seq": message.seq, "guessed": guesses, "words": len(message.text.split())}
    if message.choice is not None:
        kind, _, value = message.choice.partition(":")
        if before and kind == "need" and (value == "other" or (before["state"] == "heard" and value not in before["guessed"][:1])):
            return {**before, "state": "missed"}
        return before
    if LIST in said or AGAIN in said:
        state = "missed" if LIST in said else "unclear"
        # Of a message and its rephrasing, the longer one says more.
        longer = before if before and before["state"] != "heard" and before["words"] > mine["words"] else mine
        return {**longer, "state": state}
    if before and before["state"] == "missed":
        return before
    if turn.understood.get("act") != "need":
        guesses = []
    if before and _was_wrong(before, normalise(message.text), guesses):
        return {**before, "state": "missed"}
    if guesses:
        return {**mine, "state": "offered" if turn.understood.get("decision") == "ask" else "heard"}
    return before


def _was_wrong(before: dict[str, Any], said: str, guesses: list[str]) -> bool:
    """Whether the resident's words put aside what was guessed before. A bare no does not: it may skip a question, or mean
    "no, thank you"; with another need after it, it does."""
    if before["state"] == "offered":
        return bool(guesses) and guesses[0] not in before["guessed"]
    another = bool(guesses) and guesses[:1] != before["guessed"][:1]
    return before["state"] == "heard" and bool(_REFUSES.search(said) or (another and _NOT.match(said)))


@dataclass(frozen=True, slots=True)
class Learning:
    """For one conversation, inside one transaction."""

    connection: Connection
    conversation: Row[Any]
    language: str

    @staticmethod
    def knows(value: str | None) -> bool:
        """Whether a choice is one of these."""
        return value in ("learn:yes", "learn:no")

    def chosen(self, value: str) -> list[Draft]:
        """The answer to the question; a later one counts, until the conversation is erased."""
        unclear = self.conversation.unclear
        if not unclear or unclear["state"] not in ANSWERED or (unclear["state"] == "no" and value == "learn:yes"):
            return [Draft(words(self.language, "choice_gone"), kind="notice", sender="system")]
        if value == "learn:yes" and not self.conversation.crisis:
            self._write({**unclear, "state": "yes"})
            undo = choice(words(self.language, "buttons.learn_not"), "learn:no")
            return [Draft(words(self.language, "learn_yes"), kind="notice", sender="system", choices=[undo])]
        self._write({"state": "no"})
        return [Draft(words(self.language, "learn_no"), kind="notice", sender="system")]

    def after(self, message: Row[Any], turn: Turn, drafts: list[Draft], known: dict[str, Any]) -> list[Draft]:
        """Note what this turn tells, and ask when it is time; the question, or nothing."""
        before = self.conversation.unclear
        unclear = noted(before, message, turn)
        asked: list[Draft] = []
        if unclear and unclear["state"] == "missed" and self._is_time(message, unclear, turn, drafts):
            chosen = [need for need in known.get("needs") or [] if need in all_needs()]
            unclear = self._asked(unclear, chosen, known)
            if unclear:
                asked = [self._question(unclear["text"])]
        if unclear != before:
            self._write(unclear)
        return asked

    def _is_time(self, message: Row[Any], unclear: dict[str, Any], turn: Turn, drafts: list[Draft]) -> bool:
        calm = any(draft.services for draft in drafts) or any(one.get("response") in CALM for one in turn.messages)
        return (calm and message.seq > unclear["seq"] and self.conversation.status == "assistant"
                and self.conversation.channel != "referral" and not any(draft.asks for draft in drafts))

    def _asked(self, unclear: dict[str, Any], chosen: list[str], known: dict[str, Any]) -> dict[str, Any] | None:
        """What is asked for; null (and forgotten) where nothing may or need be asked."""
        if chosen and chosen[:1] == unclear["guessed"][:1]:
            return None  # the first guess was right after all
        if NEVER_ABOUT & {*chosen, *unclear["guessed"]} or known.get("age_band") == "child":
            return None
        said = self._said()
        text = said.get(unclear["seq"], "")
        if self.conversation.crisis or safety.recognise(text) is not None or any(map(_is_young, said.values())):
            return None
        language = detect(text, previous=self.conversation.language)
        masked = mask(text)
        if masked.doubt or language.other is not None:
            return None
        return {"state": "asked", "text": masked.text, "language": language.language or self.language,
                "guessed": unclear["guessed"], "chosen": chosen}

    def _said(self) -> dict[int, str]:
        """What the resident wrote, by seq."""
        query = select(messages.c.seq, messages.c.text).where(
            messages.c.conversation_id == self.conversation.id, messages.c.from_ == "resident", messages.c.choice.is_(None))
        return {seq: text for seq, text in self.connection.execute(query)}

    def _question(self, sentence: str) -> Draft:
        choices = [choice(words(self.language, f"buttons.learn_{answer}"), f"learn:{answer}") for answer in ("yes", "no")]
        return Draft(words(self.language, "learn", sentence=sentence), kind="question", sender="system", asks=ASKS, choices=choices)

    def _write(self, unclear: dict[str, Any] | None) -> None:
        self.connection.execute(update(conversations).where(conversations.c.id == self.conversation.id).values(unclear=unclear))


def _is_young(text: str) -> bool:
    """Whether somebody of under 14 is spoken of, whoever it is: a child may write of themselves as of somebody else."""
    said = read_person(text)
    return (said.age is not None and said.age < FROM_AGE) or said.band == "child" or bool(_GRADE.search(normalise(text)))
