"""A hand-written stand-in for bot.conversation.core.Conversations: same interface, answers from a small script."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from bot import safety
from bot.conversation.core import NoSuchConversation

SERVICE = {
    "id": "frigo", "name": "Frigo du quartier", "organization": "Entraide d’exemple", "needs": ["food"], "phone": "450 555-0123, poste 4",
    "phone_dial": "tel:+14505550123;ext=4", "description": "Des repas à emporter.", "postal_code": "J3P 0A0",
    "address": "1, rue de l’Exemple", "municipality": "Sorel-Tracy", "distance_km": 1.24, "open_now": False,
    "opens_at": "2030-01-07T13:30:00-05:00", "hours": "Lundi 13 h 30 à 16 h\nJeudi 9 h à 12 h", "languages": ["fr", "en", "xx"], "cost": "Gratuit",
    "eligibility": "Toute personne", "bring": "Un sac", "accessibility": "Rampe", "url": "https://example.org/frigo",
    "map_url": "https://example.org/carte", "why": ["Dans votre ville ou village (Sorel-Tracy)", "Service en français"], "cautions": ["Fermé en ce moment; ouvre lundi à 13 h 30", "Texte en français seulement"],
    "verified_on": "2026-10-01", "source": "Exemple",
}
NUMBERLESS_SERVICE = {
    **dict.fromkeys(SERVICE), "id": "comptoir", "name": "Comptoir d’exemple", "needs": ["food"], "phone": "sur place", "languages": [],
    "why": [], "cautions": [],
}
BARE_SERVICE = {
    **dict.fromkeys(SERVICE), "id": "ligne", "name": "Ligne d’exemple", "organization": "Ligne d’exemple", "needs": ["food"],
    "phone": "811, option 2", "open_now": True, "languages": [], "why": [], "cautions": [], "url": "javascript:alert(1)",
}


@dataclass
class FakeConversation:
    token: str
    language: str
    door: str | None
    status: str = "assistant"
    messages: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


class FakeConversations:
    """Scripted: `manger`/`eat` shows two cards, `mourir`/`die` the crisis lines, choices as the contract names them."""

    def __init__(self) -> None:
        self.held: dict[str, FakeConversation] = {}
        self.fail_with: list[Exception] = []
        self.posted: list[tuple[str | None, str | None]] = []

    def only(self) -> FakeConversation:
        (one,) = self.held.values()
        return one

    async def open(self, channel: str = "web", language: str | None = None, door: str | None = None) -> SimpleNamespace:
        one = FakeConversation(f"token-{len(self.held)}", language or "fr", door)
        key = f"conversation-{len(self.held)}"
        self.held[key] = one
        self._say(one, "Avis." if one.language == "fr" else "Notice.", kind="notice")
        return SimpleNamespace(id=key, token=one.token, messages=list(one.messages))

    async def authorised(self, conversation_id: str, token: str) -> bool:
        return conversation_id in self.held and self.held[conversation_id].token == token

    async def messages(self, conversation_id: str, after: int = 0) -> SimpleNamespace:
        one = self._find(conversation_id)
        return SimpleNamespace(messages=[said for said in one.messages if said["seq"] > after], status=one.status, ahead=0, seen=0, typing=False)

    async def present(self, conversation_id: str, seen: int | None, typing: bool) -> None:
        self.present_with = (seen, typing)

    async def erase(self, conversation_id: str) -> None:
        self._find(conversation_id)
        del self.held[conversation_id]

    async def post(self, conversation_id: str, text: str | None = None, choice: str | None = None,
                   client_id: str | None = None) -> list[dict[str, Any]]:
        one = self._find(conversation_id)
        if self.fail_with:
            raise self.fail_with.pop(0)
        if client_id in one.answers:
            return one.answers[client_id]
        self.posted.append((text, choice))
        self._say(one, text or self._label(one, choice), sender="resident")
        before = len(one.messages)
        if choice and choice.startswith("language:"):
            one.language = choice[-2:]
        if one.status != "navigator":
            self._answer(one, (text or choice or "").lower())
        one.answers[client_id or ""] = one.messages[before:]
        return one.messages[before:]

    def navigator_says(self, text: str) -> None:
        one = self.only()
        one.status = "navigator"
        self._say(one, text, sender="navigator")

    def _find(self, conversation_id: str) -> FakeConversation:
        try:
            return self.held[conversation_id]
        except KeyError:
            raise NoSuchConversation(conversation_id) from None

    @staticmethod
    def _label(one: FakeConversation, choice: str | None) -> str:
        offered = {button["choice"]: button["label"] for said in one.messages for button in said["choices"]}
        return offered.get(choice or "", choice or "")

    def _answer(self, one: FakeConversation, said: str) -> None:
        fr = one.language == "fr"
        if "mourir" in said or "die" in said:
            lines = [line.as_dict(one.language) for line in safety.lines_by_id(("appelle", "appelle-text", "suicide-chat", "988"))]
            self._say(one, "Vous comptez. Parlez à quelqu’un maintenant." if fr else "You matter. Talk to somebody now.",
                      kind="crisis", sender="system", helplines=lines, choices=[self._human(fr)])
        elif "manger" in said or "eat" in said or said.startswith("need:"):
            self._say(one, "Voici ce que j’ai trouvé." if fr else "Here is what I found.", kind="services",
                      services=[SERVICE, BARE_SERVICE, NUMBERLESS_SERVICE], choices=[{"label": "Autres services" if fr else "More", "choice": "more"}, self._human(fr)])
        elif said == "human":
            self._say(one, "Je transmets votre demande?" if fr else "Shall I pass it on?", kind="handoff", asks="handoff_consent",
                      choices=[{"label": "Oui, transmettre" if fr else "Yes, pass it on", "choice": "handoff:send"}])
        elif said == "handoff:send":
            one.status = "waiting"
            self._say(one, "C’est transmis." if fr else "It is passed on.", kind="handoff", sender="system")
        else:
            self._say(one, "Où êtes-vous?" if fr else "Where are you?", kind="question", asks="place",
                      choices=[{"label": "Sorel-Tracy", "choice": "place:53052"}, {"label": "Passer" if fr else "Skip", "choice": "skip"}])

    @staticmethod
    def _human(fr: bool) -> dict[str, str]:
        return {"label": "Parler à une personne" if fr else "Talk to a person", "choice": "human"}

    @staticmethod
    def _say(one: FakeConversation, text: str, *, kind: str = "text", sender: str = "assistant", asks: str | None = None,
             **more: list[Any]) -> None:
        one.messages.append({"seq": len(one.messages) + 1, "from": sender, "language": one.language, "kind": kind, "text": text,
                             "asks": asks, "choices": [], "services": [], "helplines": [], **more})


class FakeFloods:
    """Allows everything until `full`."""

    full = False

    async def allow(self, what: str, address: str) -> bool:
        return not self.full
