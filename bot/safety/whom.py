"""Whether a message about danger speaks of the writer or of somebody else: the words shown, not the lines, follow it.

    speaks_of("mon mari me frappe", "partner_violence") -> "self"
    speaks_of("ma fille parle de mourir", "suicide_thought") -> "other"
    speaks_of("au secours", "unsure") -> None    (it does not say; what the conversation knows decides)
    names_only_somebody("pour mon mari") -> True    (an answer to "for whom?", and no danger)

Plain rules over normalised words. In doubt it says "self": whoever is in danger must never be spoken to as if they were
somebody else, while a worried relative loses little.
"""

from __future__ import annotations

import re
from typing import Literal

from bot.safety.normalise import fold

__all__ = ["names_only_somebody", "speaks_of"]

# Who may be in danger in somebody else's words. Partners apart: in a message about violence at home they are the danger.
_KIN = (r"mere|maman|moman|pere|papa|fils|gars|garcon|fille|enfant|bebe|soeur|frere|ami|amie|coloc|voisine?"
        r"|grand mere|grand pere|oncle|tante|cousine?|niece|neveu|client|cliente|eleve|collegue|proche|patron|locataire"
        r"|mother|mom|mum|father|dad|son|daughter|kid|child|baby|sister|brother|friend|roommate|neighbou?r"
        r"|grandmother|grandma|nana|grandfather|grandpa|uncle|aunt|cousin|niece|nephew|client|student|coworker|tenant|boss|teammate")
_PARTNERS = r"mari|conjointe?|femme|blonde|chum|copain|copine|husband|wife|girlfriend|boyfriend|partner"
# Those of whom a message about wanting to die may speak; where somebody hurts another they are often the one who hurts.
_KNOWN = (r"employee?|apprentie?|chef|etudiante?|residente?|patiente?|beau (?:pere|frere|fils)|belle (?:mere|soeur|fille)|gendre|bru"
          r"|filleule?|benevole|petit fils|petite fille|gardienne|usager|usagere|chauffeur|homme|dame|monsieur|madame|ado|jeune"
          r"|colleague|co worker|buddy|pal|employee|apprentice|driver|resident|patient|classmate|grandson|granddaughter|granddad|grandpapa|chief|in law"
          r"|customer|regular|streamer|sitter|bestie|man|woman|lady|boy|girl|teen|stepson|stepdad|volunteer")
_THEIRS = r"\b(?:mon|ma|notre|my|our|sa|son|his|her|their|la|le|une?|the|a) (?:\w+ )?(?:{})\b"
_PEOPLE = (r"|\b(?:elle|she|quelqu un|someone|somebody|(?:un|une|cette|la|le) (?:homme|dame|monsieur|personne|ado|jeune|petite?)"
           r"|(?:a|the|this|that|an) (?:man|woman|lady|girl|boy|guy|kid|person|teen))\b")
_HE = r"|\bil (?!y a|faut|fait|parait|pleut|reste)\w+|\b(?:he|ils|elles|they)\b"
_HERS = r"|\b(?:sa|son|his|her|their) (?:{})\b"
_SOMEBODY = re.compile(_THEIRS.format(f"{_KIN}|{_PARTNERS}") + _PEOPLE + _HE)
_SOMEBODY_HURT = re.compile(_THEIRS.format(_KIN) + _PEOPLE + _HERS.format(_PARTNERS))
_SOMEBODY_TIRED = re.compile(_THEIRS.format(f"{_KIN}|{_PARTNERS}|{_KNOWN}") + _PEOPLE + r"|\bil (?!y a|faut|fait|parait|pleut|reste)\w+|\bhe\b")
# Others are spoken of in every message about violence or about wanting to die: there, only those who can be the one.
_BY_SITUATION = {
    "partner_violence": _SOMEBODY_HURT, "sexual_violence": _SOMEBODY_HURT, "threat_or_weapon": _SOMEBODY_HURT,
    "suicide_thought": _SOMEBODY_TIRED, "suicide_attempt": _SOMEBODY_TIRED, "self_harm": _SOMEBODY_TIRED,
}
LONGEST_ANSWER = 60
# All that an answer to "for whom?" may hold: "oui, pour mon mari de 80 ans", "me and my ex".
_ONLY_SOMEBODY = re.compile(
    rf"(?:(?:{_KIN}|{_PARTNERS}|{_KNOWN}|ex|mon|ma|mes|my|our|notre|nos|pour|for|c|est|it|s|its|is|de|of|et|and|moi|me|myself|we|nous|aussi|too|oui|yes|yeah|non|no"
    r"|ans|an|mois|months?|years?|old|yo|a|la|le|l|the|un|une|cote|next|door|grande?|petite?|vieux|vieille|old|young|\d+)(?: |$))+"
)
# Those who speak of themselves: what they do, feel or want.
_I = r"(?:je|j|jsuis|jveux|jvais|jpeux|chu|chuis|i|im|i m|ive|id|ill)"
_WATCHES = (r"(?:(?:n|ne|me|m|l|la|le|lui|les|en|y|ai|suis|just|have|am|m|ve|was|really|don t|do not|can t|cannot|not|so|tres|pas|vraiment|viens de|think|also|still) )*"
            r"(?:pens\w*|croi[ts]?|sai[ts]|entend\w*|voi[ts]|vu|vue|trouv\w*|inquiet\w*|inquiete|peur (?:pour|que|qu)|stress\w* pour|appell?e\w*|ecri[ts]|demand\w*|cherch\w*|travaill\w*"
            r"|(?:une? |l |la |le )?(?:enseignante?|concierge|caissi\w+|gardien\w*|pompi\w+|infirmi\w+|chauffeu\w+|telephoniste|suppleante?|educat\w+|intervenante?|preposee?"
            r"|agente?|coach|entraineu\w+|proprio|proprietaire|serveu\w+|coiffeu\w+|bibliothecaire|benevole|directrice|directeur|secretaire|ambulanci\w+)\b"
            r"|(?:a |an |the )?(?:teacher|nurse|super|superintendent|landlord|landlady|driver|dispatcher|cashier|bartender|coach|volunteer|paramedic|tutor|caretaker"
            r"|barber|hairdresser|manager|principal|janitor|orderly|librarian|social worker|sub|counsellor|counselor)\b"
            r"|garde|surveill\w*|besoin d aide pour|avec|sa|son|leur|la (?:voisine|mere|soeur|fille)|le (?:voisin|pere|frere|fils)"
            r"|know|think|believe|hear\w*|see|saw|found|find|worr\w*|afraid (?:for|that)|scared (?:for|that|he|she|they)|call\w*|writ\w*|ask\w*|look\w*|work\w*|teach\w*|baby ?sit\w*"
            r"|watch\w*|reach|wake|get|got|stop|calm|convince|with|his|her|their|a (?:teacher|neighbou?r|friend|nurse|cashier)|une? (?:prof\w*|ami|amie|voisine?|intervenante?))\b")
# "jles avale", "imma do it": glued to what is done.
_GLUED = r"\bj(?!pens|croi|trouv|stress|sai|voi|connai|cherch|appel|travail|garde|surveil)[bcdfglmnprstvx]\w{2,}|\bimma\b"
_SELF = re.compile(rf"\b{_I} (?!{_WATCHES})\w+|{_GLUED}|\b(?:peur (?:de|d)|afraid of|scared of) (?:mon|ma|my|lui|elle|him|her|moi|myself)\b|\bmyself\b|\bmoi meme\b")
# Before "me", what is only said, shown or given to them, or where they stand.
_ONLY_SAID = "".join(f"(?<!{words} )" for words in (
    "told", "tell", "texted", "text", "tells", "called", "calls", "messaged", "asked", "wrote", "sent", "says to",
    "said to", "worries", "scares", "showed", "let", "answer", "answering", "to", "with", "gave", "gives", "handed",
    "beside", "near", "above", "calling", "telling", "mailed", "emailed", "radioed", "sends", "thanked", "thanking", "asking",
))
# What is done to them, unless it is only said or shown to them.
_TO_ME = re.compile(
    rf"(?<!\bi ){_ONLY_SAID}\b(?:me|m) (?!(?:a |ont |avait |vient de |vient d |va |veut )?(?:dit|dire|parl|ecri|text|appel|inquiet|envoy|repond|demand|racont|montr|confi|cont|semble"
    r"|annonc|avou|serr|embrass|remis|donn|laisse? (?:un|une) (?:mot|message)|fait (?:peur|de la peine)))\w+"
    rf"|{_ONLY_SAID}\bme\b|\b(?:ma|m a) (?:frap|bat|viol|touch|menac|suiv|etrangl|pouss|cogn|frapp)\w*"
    r"|\b(?:hurt\w*|kill\w*|come\w* (?:for|at|to)|out to get|happen\w* to|lied to|doing (?:this|it|that) to) me\b")


# What somebody else said in their own words, and "hes" as phones type it.
_QUOTED = re.compile(r"[\"“][^\"“”]{3,}[\"”]|«[^»]{3,}»|‘[^‘’]{3,}’(?!\w)")
_HES = re.compile(r"\b(he|she)s\b")


def names_only_somebody(text: str) -> bool:
    """Whether the message says nothing but whom it is about, in a few words."""
    return len(text) < LONGEST_ANSWER and bool(_ONLY_SOMEBODY.fullmatch(_words(text)))


def speaks_of(text: str, situation: str) -> Literal["self", "other"] | None:
    """Of whom a message about danger (a situation of safety.yml) speaks; null when it does not say."""
    said = _HES.sub(r"\1 is", _words(_QUOTED.sub(" ", text)))
    if _SELF.search(said) or _TO_ME.search(said):
        return "self"
    return "other" if _BY_SITUATION.get(situation, _SOMEBODY).search(said) else None


def _words(text: str) -> str:
    """Its words, folded, a space apart."""
    return " ".join(re.findall(r"\w+", fold(text)))
