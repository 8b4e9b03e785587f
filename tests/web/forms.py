"""Reading a page's form as a browser without JavaScript would send it."""

from __future__ import annotations

from html.parser import HTMLParser

__all__ = ["Page"]


class Page(HTMLParser):
    """fields: what the form `chat` sends by itself; buttons: {(name, value): label}; links: {address: text}."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.buttons: dict[tuple[str, str], str] = {}
        self.links: dict[str, str] = {}
        self.action = self.language = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag == "html":
            self.language = given["lang"] or ""
        if tag == "form":
            self.action = given["action"] or ""
        if tag == "input" and given.get("name"):
            self.fields[given["name"] or ""] = given.get("value") or ""
        if tag in ("textarea", "button", "a"):
            self._open.append((tag, given, []))

    def handle_data(self, data: str) -> None:
        for _, _, parts in self._open:
            parts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            return
        _, given, parts = self._open.pop()
        text = "".join(parts)
        if tag == "textarea":
            self.fields[given["name"] or ""] = text
        elif tag == "a":
            self.links[given.get("href") or ""] = " ".join(text.split())
        elif given.get("form") == "chat":
            self.buttons[given.get("name") or "", given.get("value") or ""] = " ".join(text.split())
