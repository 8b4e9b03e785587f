"""What cannot be done at the desk.

    DeskError
        NoSuchRequest       there is none, it was erased, or it is not the person's to know of
        NotYours            a colleague has it, or nobody has yet: the person may see it in the queue, not read it
        Taken               somebody else was first
        NotOpen             it is over, or nobody has it yet: nothing can be said in it
        MovedOn             it was closed too long ago to be taken back, or its resident has gone on since
        NoChannel           a partner referred the person: there is no conversation to write in, only a way to reach them
        Refused             a value is wrong; `field` names it
"""

from __future__ import annotations

__all__ = ["DeskError", "MovedOn", "NoChannel", "NoSuchRequest", "NotOpen", "NotYours", "Refused", "Taken"]


class DeskError(Exception):
    """What was asked cannot be done."""


class NoSuchRequest(DeskError):
    """There is no such request for this person."""


class NotYours(DeskError):
    """Only its owner and administrators read it and act in it."""


class Taken(DeskError):
    """Somebody has it already."""


class NotOpen(DeskError):
    """It is not with a navigator (any more)."""


class MovedOn(DeskError):
    """A closing that cannot be taken back any more."""


class NoChannel(DeskError):
    """Nothing can be written to them here."""


class Refused(DeskError):
    """A field is wrong."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
