"""All of the navigators' pages."""

from __future__ import annotations

from bot.web import desk_acts, desk_me, desk_page

__all__ = ["routes"]

routes = [*desk_me.routes, *desk_page.routes, *desk_acts.routes]
