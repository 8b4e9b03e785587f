"""A person as the rest of the house sees them, and what they may see of the queue. Plain rules.

    PersonError             a value that an account cannot hold; the message says which
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from bot.needs import all_needs
from bot.words import LANGUAGES

__all__ = ["ALL", "ROLES", "Person", "PersonError", "clean_email", "clean_list"]

ROLES = ("navigator", "table", "maintainer", "administrator")
ALL = "all"  # every territory
_RLS = re.compile(r"\d{4}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")


class PersonError(ValueError):
    """An account cannot be so. The text says why, for the one who types; `code` names it for the pages' own words."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Person:
    """territories: RLS codes or ("all",), empty sees none; topics: need ids, empty sees all; language: of their pages.

    `pending`: what they must do before anything else is open to them ("password", "second_factor"); then they have no
    role yet. `advised`: what they are reminded of on every page, of the same two.
    """

    id: str
    email: str
    name: str
    roles: tuple[str, ...]
    territories: tuple[str, ...] = ()
    languages: tuple[str, ...] = LANGUAGES
    topics: tuple[str, ...] = ()
    language: str = "fr"
    pending: str | None = field(default=None, compare=False)
    advised: tuple[str, ...] = field(default=(), compare=False)

    @property
    def administrator(self) -> bool:
        return "administrator" in self.roles

    @property
    def at_the_desk(self) -> bool:
        """Whether they may open the navigators' desk."""
        return self.administrator or "navigator" in self.roles

    @property
    def keeps_the_directory(self) -> bool:
        """Whether they may open the maintainers' pages of the directory."""
        return self.administrator or "maintainer" in self.roles

    def serves(self, territory: str | None, language: str, needs: Collection[str]) -> bool:
        """Whether a request is theirs to see. Closed by default: a role, a territory and the language must fit.

        A request without a territory is for those who serve all. One without a need yet (somebody who asked for a
        person at once, or is in danger) is for every topic: else nobody might see it. An administrator sees all.
        """
        if self.administrator:
            return True
        return (
            "navigator" in self.roles
            and (ALL in self.territories or (territory is not None and territory in self.territories))
            and language in self.languages
            and (not self.topics or not needs or bool(set(self.topics) & set(needs)))
        )


def clean_email(email: str) -> str:
    """The address in lower case. Raises PersonError when it is none."""
    email = email.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise PersonError("an address as name@example.org is needed", "email")
    return email


def clean_list(kind: str, values: Iterable[str], territories: Collection[str] = ()) -> list[str]:
    """Roles, territories, languages or topics without doubles, in order. Raises PersonError for an unknown one.

    `territories`: the RLS codes that exist; without them only the form (4 digits) is checked.
    """
    allowed = {"role": ROLES, "language": LANGUAGES, "topic": tuple(all_needs())}
    cleaned = list(dict.fromkeys(values))
    for value in cleaned:
        if kind == "territory":
            known = value == ALL or (value in territories if territories else _RLS.fullmatch(value))
            if not known:
                raise PersonError(f"{value!r} is not an RLS code of 4 digits, nor {ALL!r}", "territory")
        elif value not in allowed[kind]:
            raise PersonError(f"{value!r} is not a {kind}: {', '.join(allowed[kind])}", kind)
    return [ALL] if kind == "territory" and ALL in cleaned else cleaned
