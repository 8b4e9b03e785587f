"""What stands around a name: does it introduce a place, and is it where the person is?

Words are in normalised spelling (see text.py): "à" and the verb "a" are one word here, "St" and "Saint" too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.places.elsewhere import BORN_AND_RAISED, said_elsewhere
from bot.places.text import Word, clause_after, clause_before, word_set

__all__ = ["CORRECTED", "FUNCTION_WORDS", "Context", "after_a_first_name", "read_context"]

#: As many words before and after a name are read, within its clause.
BEFORE, AFTER = 7, 3
#: What a name weighs less that is said not to be where help is wanted: less than all else can add.
ELSEWHERE = -10.0
#: What a name weighs more that corrects another ("à Tracy plutôt").
CORRECTED = 3.0

#: Words that introduce a place by themselves.
_LOCATIVE = word_set("""a au aux dans sur en vers in near nearby at around within outside by into autour alentour
    proche pres live living lives lived stay staying resides habite habitons habitent habiter habites reste restons restent
    demeure demeurons demeurent vis vit vivons vivent secteur quartier arrondissement borough ville village municipalite
    city town downtown vieux clsc residant located based situe situee install installe installee via""")
#: Nouns after which "de" or "of" introduces a place: "près de", "coin de", "city of".
_LOCATIVE_OF = word_set("""pres proche proches loin cote coin coins environ environs region ville municipalite village secteur quartier
    arrondissement autour alentour alentours hors city town borough area outskirts outside centre clsc maire mairie bord
    nord sud est ouest parish paroisse banlieue part side north south east west front hospital hopital urgence cegep bout
    boutte rive vicinity suburbs suburb community limites bibliotheque library adresse""")
#: Words of nearness and of towns: what stands after them is a place even in small letters.
_NEARNESS = word_set("near nearby around proche proches pres autour alentours environs secteur ville village municipalite city town region")
_LINKS = word_set("de d du des of from la le les l the")
_RESIDENCE = word_set("""habite habitons habitent habites habitait reste restons restent demeure demeurons demeurent vis vit vivons
    jhabite jreste jdemeure jvis habitez vivent live lives living livin stay stays staying reside resides residing demenage demenager moved settled chu chus jsuis suis
    sommes est sont am im is are rest based located situe residant loge home""")
_DESTINATION = word_set("""aller vas va vais allez rendre rend go going get getting travel trip drive ride bring transport amener
    emmener conduire voyage voyager deplacer visit visiter""")
_APPOINTMENT = word_set("""appointment rendez rdv hopital hospital doctor docteur specialist specialiste chum dentist dentiste dialyse
    dialysis court cour chemo chimio ecole school college cegep university universite""")
_MOVING = word_set("moved moving move back new relocated relocating relocate returning")
_CORRECTION_AFTER = word_set("plutot actually instead")
_CORRECTION_BEFORE = word_set("plutot actually meant mean scuse erreur oops correction rather dire")
_TITLES = word_set("""m mr mme mrs ms miss mlle dr dre docteur docteure doctor monsieur madame maitre me mister nomme nommee named
    called prenom nom name appelle appele sister brother soeur frere oncle tante uncle aunt pere father""")
_STREETS = word_set("""rue rues avenue av ave boulevard boul blvd bd chemin ch rang route autoroute aut pont bridge street road rd
    highway hwy montee croissant impasse tunnel echangeur sortie exit traverse terrasse montee metro""")
#: Only right before the name: "parc Laurier", but "le parc de Joliette" is in Joliette.
_LANDMARKS = word_set("parc park riviere river lac lake mont mount place square station terminus baie")
_STREETS_AFTER = word_set("""street road rd avenue ave boulevard blvd boul bridge highway hwy drive crescent lane metro station
    river lake park tunnel exit""")
#: "à" after these introduces a person.
_TO_PEOPLE = word_set("""parler parle parlais parlez dit dire dis demander demande demandez donner donne telephoner ecrire ecris appeler
    pense penser talk talked speak spoke said given gave confie confier""")
_HOUSES = word_set("""hopital hospital hotel dieu ecole ecoles school eglise church cathedrale cathedral college chsld residence
    residences manoir villa pavillon centre center clinique clinic fondation foundation institut institute hospice maison
    house polyvalente secondaire foyer chapelle basilique oratoire oratory cimetiere academie academy resto restaurant bar
    caisse pharmacie salle aide""")
_HOUSES_AFTER = word_set("""hospital school church elementary high college clinic centre center residence manor cathedral academy
    basilica oratory foundation parish day feast baptiste""")
_FEASTS = word_set("la bonne joyeuse happy fete day jour veille")
#: "greetings from", "closer to", and services that are asked for with nothing but a name; "dentiste X" may be the dentist's name.
_INTRODUCTION = re.compile(
    r"\b(?:(?:greetings|hello|hi|hey|morning|evening|afternoon|cheers|salutations|bonjour|bonsoir|salut|allo)(?: there| everyone| all| a tous)? (?:from|de|d|du|des)(?: la| le| l| les)?"
    r"|(?:close|closer|closest|near|nearer|nearest) to(?: the)?"
    r"|walk in(?: clinic)?|sans rendez vous|food (?:bank|pantry)|soup kitchen|(?:banque|aide|comptoir) alimentaire|soupe populaire)$"
)
#: "X or close by", "X ou pas loin".
_OR = word_set("or ou and et")
_OR_NEAR = word_set("close closeby near nearby around loin proche pres environs alentours autour")
#: "between X and the city".
_BETWEEN = word_set("between entre")
#: "X is where I am", "X c'est là que je reste"; many write "were".
_IS_WHERE = re.compile(r"(?:is|s) wh?ere (?:i|we|she|he|they|my)\b|(?:est|c est) (?:la )?(?:que|ou) (?:j|je|on|nous|elle|il|ma|mon)\b")
#: What "nothing but a place" may hold besides it.
FUNCTION_WORDS = word_set("""a au aux dans sur en vers de d du des la le les l ma mon mes notre nos je j jsuis jhabite chu chus chui suis
    sommes on nous habite habitons reste restons demeure vis vit c ce est cest mais oui non ouais ben bin bien plutot svp stp
    merci bonjour salut allo pres proche cote coin coins environs region ville municipalite village secteur quartier arrondissement
    moi ici la vieux nord sud est ouest centre hopital eglise code postal mon adresse pas loin autour alentours et ou meme
    quelque part actuellement maintenant euh heu bon alors donc voila
    i im m am we re are live living stay staying in near nearby at around by the my our of from to it its s is yes no yeah nope
    not actually instead please pls thanks thank you hi hello close next outside downtown area region city town village borough
    municipality hospital church address postal code zip here somewhere just right now sorry scuse desole desolee um uh well
    and or quebec qc que canada pq province lanaudiere monteregie montreal rather than far beside side up down out there
    currently demenage meant mean outaouais estrie mauricie abitibi temiscamingue gaspesie beauce matawinie charlevoix""")


@dataclass(frozen=True, slots=True)
class Context:
    """introduced: a word of place stands before; near: one of nearness or of a town does; rejected: it is a street, a person, a feast, a saint's hospital;
    weight: how much it is where the person is (negative: said not to be)."""

    introduced: bool
    rejected: bool
    weight: float
    residence: bool
    near: bool = False


def read_context(words: list[Word], start: int, end: int, saint: bool, weigh: bool = True) -> Context:
    """Read what stands around words[start:end]; `saint` when the name is Saint-X, borne by much else than places.
    weigh: False leaves the weight at 0, for words that are only looked at."""
    before = clause_before(words, start, BEFORE)
    after = clause_after(words, end, AFTER)
    last = before[-1] if before else ""
    core = [word for word in before if word not in _LINKS]
    noun = core[-1] if core else ""
    linked = bool(before) and last in _LINKS
    introduced = last in _LOCATIVE or (linked and noun in _LOCATIVE_OF) or (linked and noun in _LOCATIVE)
    if last == "a" and _TO_PEOPLE & set(before[-4:-1]):
        introduced = False
    introduced = introduced or (last == "to" and bool(_MOVING & set(before[-4:-1])))
    introduced = introduced or (bool(after) and after[0] in {"area", "region", "borough"}) or bool(_INTRODUCTION.search(" ".join(before)))
    introduced = introduced or (last in _BETWEEN and after[:1] in (["and"], ["et"]))
    following = " ".join(clause_after(words, end, 5))
    introduced = introduced or bool(_IS_WHERE.match(following) or BORN_AND_RAISED.match(following))
    or_near = len(after) > 1 and after[0] in _OR and bool(_OR_NEAR & set(after[1:]))
    return Context(
        introduced=introduced or or_near,
        rejected=_rejected(words, start, end, before, after, noun, linked, introduced, saint),
        weight=_weight(words, start, end, before, after, introduced) if weigh else 0.0,
        residence=bool(_RESIDENCE & set(before)),
        near=or_near or last in _NEARNESS or (linked and noun in _NEARNESS),
    )


def _rejected(words: list[Word], start: int, end: int, before: list[str], after: list[str], noun: str, linked: bool,
              introduced: bool, saint: bool) -> bool:
    last = before[-1] if before else ""
    following = after[0] if after else ""
    close_noun = noun if not linked or len(before) < 2 or before[-2] == noun or before[-3:-2] == [noun] else ""
    if words[start].norm == "riviere" and last in ("la", "the"):
        return True  # the river of that name
    if close_noun in _STREETS or last in _LANDMARKS or following in _STREETS_AFTER:
        return True
    if following == "saint" and (end + 1 == len(words) or not words[end + 1].capital):
        return True  # "Sherbrooke St"
    if last in _TITLES and not introduced:
        return True
    if saint:
        if following in _HOUSES_AFTER or (following == "s" and len(after) > 1) or (last in _HOUSES and not linked):
            return True
        if not introduced and last in _FEASTS:
            return True
    return False


def after_a_first_name(words: list[Word], start: int) -> bool:
    """Whether a capitalised word that is no start of a sentence stands right before: "Marie Racine"."""
    if start == 0 or words[start].after_break:
        return False
    previous = words[start - 1]
    return previous.capital and previous.raw[1:].islower() and previous.norm not in (_LOCATIVE | _LINKS | _HOUSES)


def _weight(words: list[Word], start: int, end: int, before: list[str], after: list[str], introduced: bool) -> float:
    near = before[-4:]
    weight = 2.0 if introduced else 1.0
    if _RESIDENCE & set(before[-5:]) and introduced:
        weight += 1.0
    if _APPOINTMENT & set(before) or _APPOINTMENT & set(after):
        weight -= 1.25
    if (before and before[-1] in ("to", "vers") and not _MOVING & set(near)) or _DESTINATION & set(near):
        weight -= 1.0
    if said_elsewhere(words, start, end):
        weight += ELSEWHERE
    elif _CORRECTION_AFTER & set(after) or _CORRECTION_BEFORE & set(before):
        weight += CORRECTED
    if {"used", "avant", "ancienne", "formerly", "before"} & set(near):
        weight -= 2.0
    return weight
