"""What `doctor` looks at, by where it looks. Each check gives findings: a level, about what, and what to do."""

from __future__ import annotations

__all__ = ["Finding"]

Finding = tuple[str, str, str]  # ok, warning or error; about what; what was found and what to do
