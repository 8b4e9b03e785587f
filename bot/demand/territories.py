"""Local service networks (RLS) and regions (RSS) of the published grids. Fixed here, apart from the gazetteer: a grid
whose cells come and go with an update of place names would tell what changed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

__all__ = ["regions", "territories"]


@cache
def _geography() -> dict[str, dict[str, str]]:
    return yaml.safe_load(Path(__file__).with_name("territories.yml").read_text("utf-8"))


def territories() -> dict[str, str]:
    """Names of the local service networks (RLS) by code."""
    return _geography()["territories"]


def regions() -> dict[str, str]:
    """Names of the health and social services regions (RSS) by code, the first two digits of an RLS code."""
    return _geography()["regions"]
