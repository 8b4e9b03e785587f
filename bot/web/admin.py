"""All of the administrator's pages."""

from __future__ import annotations

from bot.web import (
          admin_doors,
          admin_hours,
          admin_log,
          admin_pages,
          admin_people,
          admin_replies,
          admin_territories,
)

__all__ = ["routes"]

routes = [*admin_pages.routes, *admin_people.routes, *admin_territories.routes, *admin_hours.routes, *admin_replies.routes,
          *admin_doors.routes, *admin_log.routes]
