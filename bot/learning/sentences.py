"""Sentences that residents let us keep: set apart when their conversation is erased by retention, read by maintainers, treated.

Until then a sentence is nowhere but in its conversation: whoever erases the conversation erases it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, delete, func, insert, select

from bot.learning.tables import learning_sentences
from bot.needs import all_needs

__all__ = ["AGREED", "Sentence", "as_yaml", "forget", "listed", "set_apart", "shuffle", "treat"]

AGREED = "yes"  # the state of what a conversation holds once its resident agreed (bot/conversation/learning.py)
UNSORTED = "unsorted"  # the heading of sentences whose need was never known


@dataclass(frozen=True, slots=True)
class Sentence:
    """One kept sentence. `guessed`, `chosen`: need ids, best first."""

    id: UUID
    month: str
    language: str
    text: str
    guessed: tuple[str, ...]
    chosen: tuple[str, ...]


def set_apart(connection: Connection, erased: Iterable[tuple[dict[str, Any] | None, str | None]], month: str) -> int:
    """Keep the sentences of conversations that are erased in this transaction, each given as (unclear, crisis), where the
    resident agreed and danger was never heard; how many."""
    agreed = [unclear for unclear, crisis in erased if unclear and unclear.get("state") == AGREED and crisis is None]
    for one in agreed:
        connection.execute(insert(learning_sentences).values(
            id=uuid4(), month=month, language=one["language"], text=one["text"], guessed=one["guessed"], chosen=one["chosen"]))
    return len(agreed)


def forget(connection: Connection, now: datetime, days: int) -> int:
    """Erase what may be `days` old: a month counts from its first day, since no day is kept; how many."""
    oldest = (now - timedelta(days=days)).strftime("%Y-%m")
    return connection.execute(delete(learning_sentences).where(learning_sentences.c.month <= oldest)).rowcount


def shuffle(connection: Connection) -> None:
    """On PostgreSQL, whose pages would tell which row came when, write all rows again in random order."""
    if connection.dialect.name != "postgresql":
        return
    rows = connection.execute(select(learning_sentences).order_by(func.random()).with_for_update()).mappings().all()
    if rows:
        connection.execute(delete(learning_sentences))
        connection.execute(insert(learning_sentences), [dict(row) for row in rows])


def listed(connection: Connection, language: str | None = None) -> list[Sentence]:
    """By language, then by what was chosen, then by the letter: no order in which they came."""
    query = select(learning_sentences)
    if language is not None:
        query = query.where(learning_sentences.c.language == language)
    return sorted(map(_sentence, connection.execute(query)), key=lambda one: (one.language != "fr", one.chosen, one.text, one.id))


def _sentence(row: Row[Any]) -> Sentence:
    return Sentence(row.id, row.month, row.language, row.text, tuple(row.guessed), tuple(row.chosen))


def treat(connection: Connection, key: UUID) -> bool:
    """A maintainer has learnt from it: it is erased; false when it is not there any more."""
    return connection.execute(delete(learning_sentences).where(learning_sentences.c.id == key)).rowcount > 0


def as_yaml(sentences: Sequence[Sentence], language: str) -> str:
    """Sentences of one language in the form of nlu/*.yml, under the need that each was about, with what was guessed."""
    mine = [one for one in sentences if one.language == language]
    lines = [
        "# Said by residents, kept with their agreement, names and places hidden as \"…\". Do not file them as they are: write",
        "# sentences of your own that mean the same, in other lives, then mark these as treated (docs/language.md).",
        'version: "3.1"', "nlu:" if mine else "nlu: []",
    ]
    for need in [*all_needs(), UNSORTED]:
        under = [one for one in mine if (one.chosen[0] if one.chosen and one.chosen[0] in all_needs() else UNSORTED) == need]
        if not under:
            continue
        guesses = Counter(one.guessed[0] if one.guessed else "nothing" for one in under)
        lines.append(f"# guessed first: {', '.join(f'{guess} ({many})' for guess, many in guesses.most_common())}")
        lines += [f"- intent: {'need/' if need != UNSORTED else ''}{need}", "  examples: |", *(f"    - {one.text}" for one in under)]
    return "\n".join(lines) + "\n"
