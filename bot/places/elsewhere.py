"""Names that a message gives and says not to be where help is wanted: "pas celui de Laval", "born in Granby".

Each rule is a pattern over the words of the clause around a name, in normalised spelling. A rule asks for the words right at the
name: "pas loin de Laval" and "rien à Laval" are no denials. In doubt no rule applies and the place is kept.
"""

from __future__ import annotations

import re

from bot.places.text import Word, clause_after, clause_before

__all__ = ["BORN_AND_RAISED", "offers_no_place", "said_elsewhere"]

#: As many words before and after a name are read, within its clause.
BEFORE, AFTER = 12, 8
#: From the last word of a rule to the name: "in", "de l'", "que chez".
_TO_NAME = (r"(?: (?:a|au|aux|in|at|en|dans|chez|to|near|from|of|de|d|du|des|la|le|les|l|the|than|que|qu|region|ville|coin|city))*$")
_NOT = r"(?:not|never|pas|jamais|nope|isnt|arent|aint|dont|(?:is|are|ain|don|doesn|wasn) t|isn t|aren t)"
_BEING = (r"(?:suis|chus?|jsuis|es|est|sommes|etes|sont|c|etais|etait|habite\w*|habitons|jhabite|reste|restons|jreste|demeure"
          r"|demeurons|vis|vit|vivons|mais|et|ou|non|surtout|absolument|but|svp|plait)")
_THE_ONE = r"(?:(?:the|that) ones?|celui|celle|ceux|celles)(?: la| qui est| that s| that is)?"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(patterns) + ")")


#: "not in X", "instead of X", "anywhere but X", "not from X", "no longer in X".
_DENIED = _any(
    r"(?<!why )(?<!if )(?<!or )(?:not|nope|isnt|arent|aint|(?:isn|aren|ain) t)" + _TO_NAME,
    r"(?:not|don t|dont|doesn t|do not|does not) (?:live|living|reside|based|located)" + _TO_NAME,
    r"(?:am|m|are|re|is|s) not (?:even|actually)" + _TO_NAME,
    r"no longer(?: live| living| reside)?" + _TO_NAME,
    r"(?:except|sauf|excepte|instead|lieu|rather than|never|(?:anywhere|anything|everywhere) but|(?<!nothing )other than|nowhere near)" + _TO_NAME,
    r"(?:plutot|(?<!d )autre|ailleurs) qu?e?(?: aller)?" + _TO_NAME,
    r"(?:pas dit|never said|(?:not|didn t) say)(?: (?:que )?(?:i|j|je) \w+)?" + _TO_NAME,
    r"(?:don t|dont|do not) (?:want to|wanna) (?:go|move|travel)(?: back| all the way)?" + _TO_NAME,
    r"(?:don t|dont|do not) (?:need|want) (?:help|it|one|this|that)" + _TO_NAME,
    r"pas besoin (?:d aide|de ca)" + _TO_NAME,
    r"(?:don t|dont|do not|stop) (?:send|sending|refer|referring) (?:me|us|people)" + _TO_NAME,
    r"(?:envoy\w+(?: moi| nous)? (?:pas|plus)|parl\w+(?: moi)? pas (?:de|d|du))" + _TO_NAME,
    r"(?:(?:veux|veut|tiens|voulons) pas|pas question)(?: d| de| a)? (?:aller|retourner|demenager)" + _TO_NAME,
)
#: "pas à X" where the negation is of the place; "l'autobus passe pas à X" is of the bus.
_DENIED_IN_FRENCH = _any(
    r"(?:^|" + _BEING + r" |(?:un|une|des|du|le|la|l) \w+ )(?:pas|jamais)" + _TO_NAME,
    r"(?:^|" + _BEING + r" )plus (?:a|au|aux|dans)" + _TO_NAME,
    r"(?:habit\w+|rest\w+|demeur\w+) plus" + _TO_NAME,
    r"pas$",
)
#: "not the one in X", "mais pas la clinique de X".
_ANOTHER_THAN_ITS_SERVICE = _any(
    _NOT + " (?:want |veux )?" + _THE_ONE + _TO_NAME,
    r"(?:than|except|but for|(?:autres?|plutot|ailleurs) que|sauf|different \w+ \w+ from|different \w+ from) " + _THE_ONE + _TO_NAME,
    r"(?:^|but |mais |and |et |surtout |no |non )(?:not|pas|sauf|except)(?: a| at| to)? (?:the|la|le|l|au)(?: \w+){1,3} (?:of|in|de|d|du|a|au)"
    + _TO_NAME,
    r"(?:(?<!d )autre chose|ailleurs) qu?e? (?:a |au |a la |a l |la |le |l )?\w+ (?:de|d|du)" + _TO_NAME,
)
#: "X born and raised" is said by those who never left.
BORN_AND_RAISED = re.compile(r"born (?:and|n|an) (?:raised|bred)\b")
_LIFE_BEFORE = _any(
    r"(?:(?<!new )born|raised|bred|grew up|brought up|nee|nes|nees|ne(?= (?:a|au|aux|en|dans)\b)|grandi|ete elevee?s?|(?:ma|mon|my) (?:childhood|enfance|jeunesse)"
    r"|natifs?|natives?|originaires?|originally)(?: and raised)?" + _TO_NAME,
)
_CHILD = _any(r"(?:baby|bebe|son|daughter|kids?|child|children|twins|fils|fille|filles|enfants?|garcon|jumeaux|jumelles)\b")
_STILL = _any(r"(?:still|never left|encore|toujours|jamais (?:parti|quitte|sorti)|here|ici)\b")
#: "used to live in X", "j'habitais à X", "I left X", "déménagée de X", "arrivés par X".
_BEFORE_A_MOVE = _any(
    r"when (?:i|we) lived" + _TO_NAME,
    r"(?:quand|lorsque|du temps (?:que|ou)) (?:j|on|nous) (?:etais|etait|etions)" + _TO_NAME,
    r"used to (?:live|be|stay|rent|reside|work)" + _TO_NAME,
    r"(?:habitai(?:s|t|ent)|habitions|restai(?:s|t)|demeurai(?:s|t)|vivai(?:s|t))" + _TO_NAME,
    r"(?:i|i ve|we|we ve|just) (?:left|fled)$",
    r"(?:ai|a|avons) (?:quitte|fui)$",
    r"(?:suis|sommes) partie?s? (?:de|d|du)" + _TO_NAME,
    r"(?:moved|relocated)(?: here| away| back| out)* from" + _TO_NAME,
    r"(?:(?:ai|a|avons|suis|sommes) demenagee?s?|viens de demenager|demenagee|demenages) (?:de|d|du)" + _TO_NAME,
    r"(?:arrivee?s?|entree?s?|rentree?s?|came|crossed|entered|came in|come in|fled)(?: \w+){0,3} (?:par|through|via)" + _TO_NAME,
    r"(?:border|frontiere|douanes?)(?: \w+)? (?:at|a|par)" + _TO_NAME,
)
#: The past ended where help is wanted ("until the fire"), or what was left is a house there.
_UNTIL = _any(r"(?:hospital|shelter|until|till|jusqu\w*|quand|when)\b")
_WAS = _any(r"(?:was|were|etait|etais|etaient)(?: living| staying)? (?:a|au|aux|in|at|en)" + _TO_NAME)
_LIVED = _any(r"(?:lived?|was|were|habite|reste|vecu|demeure)" + _TO_NAME)
_MOVED = _any(r"(?:now (?:i|we|in|living)|maintenant (?:je|j|on|a|c)|moved|demenage|demenagee|demenager|demenages|emmenager?|emmenages)\b")
_BACK_HOME = _any(r"(?:^|but |and |because |so )back (?:home )?in$")
_THEN = _any(r"(?:i|we|my) (?:was|were|had|used|did|knew|\w+ed)\b")
#: Who answers: "are you sitting in X?", "a robot or someone in X".
_TO_US = _any(r"(?:are (?:you|u)|you (?:guys |people )?(?:are|re)|do you work|etes vous|vous etes|es tu|t es|tu es|travaillez vous|vous repond\w+)\b")
_OFFICE = _any(r"(?:sitting|seated|assise?s?|(?:in|at|from|of|au|du|un|dans) (?:[^|]* )?\|? ?(?:office|bureau)|call cent(?:er|re)|answering|replying|repond\w*"
               r"|(?:real|vraie) person\w*)\b")
_ROBOT = r"(?:robot|bot|computer|ordinateur|ordi|machine|human|humain)"
_SOMEONE = r"(?:someone|somebody|person|personne|people|quelqu un|monde|madame|monsieur)"
_MACHINE = _any(_ROBOT + r"\b", r"(?:or|ou) (?:just )?(?:an?|une?) programm?e?\b", r"programm?e? (?:or|ou)\b")
_MAN_OR_MACHINE = _any(
    _ROBOT + r"\b.* (?:or|ou)\b.* " + _SOMEONE, _SOMEONE + r"\b.* (?:or|ou)\b.* " + _ROBOT,
    r"(?:" + _ROBOT[3:-1] + "|" + _SOMEONE[3:-1] + r")\b.* (?:answer\w*|behind|repond\w*|derriere)\b",
)
_ASKED_OF_US = _any(r"(?:is (?:this|it|there|that)|est ce que (?:c|ca)|c est tu)\b")
_WE_TALK = _any(r"(?:am i (?:talking|speaking|chatting|writing)|est ce que je (?:parle|jase)|je parle tu)\b")
_ABOUT_ME = _any(r"(?:i|me|my|m|j|je|mon|ma|moi|nous|us|open|ouverte?s?)\b")
#: Blame, and what comes from X: "typical X contraption", "des gens de X, ça".
_BLAME = _any(
    r"(?:typical(?:ly)?|typiques?(?: de| d)?)" + _TO_NAME,
    r"(?:patente|bebelle|invention|contraption|gadget|machine|robot|idee|niaiserie|fonctionnaires?|bureaucrates?|bureaucrats|patron|boss) "
    r"(?:de|d|du|from)" + _TO_NAME,
)
_OF_THERE = _any(r"(?:gens|monde|gang|people|folks) (?:de|d|du|from)" + _TO_NAME)
_THOSE = _any(r"(?:those|these|some|damn|maudits?)$")
_BLAMED = re.compile(r"(?:contraption|gadget|bureaucra\w+|crowd|invention|machine|robot|idea|nonsense|big ?shots?|fonctionnaires?)\b")
#: "whether I'm from X or the moon", "que je sois de X ou d'ailleurs".
_WHEREVER = _any(
    r"(?<!est ce )(?<!faut )(?<!veux )(?<!voudrais )(?<!aimerais )(?:whether|que|qu) (?:i|it|we|you|j|je|ce|on|tu|vous|nous) "
    r"(?:am|m|is|s|are|re|live|sois|soit|soyez|soyons|reste|habite|vive|demeure)(?: on)?" + _TO_NAME,
    r"(?:matters?|cares?|difference|importe|fous?)\b.* (?:if|si) (?:i|it|we|you|c|je|j|on|tu|vous) (?:am|m|is|s|are|re|live|est|suis|habite)" + _TO_NAME,
)
_ALL_THE_SAME = _any(r"(?:(?:s the|all the) same|same (?:thing|difference)|pareil|meme (?:chose|affaire)|change rien|(?:no|what) difference|m en fous?)\b")
_OTHER = re.compile(r"(?:or|ou) (?:\w+ ){0,2}?(?:near|nearby|close|closer|around|somewhere|not|no|pas|non|proche|pres|autour|alentours?|environs?)\b")


def said_elsewhere(words: list[Word], start: int, end: int) -> bool:
    """Whether the name at words[start:end] is said not to be where help is wanted."""
    before, after = _before(words, start), _after(words, end)
    return (
        bool(_DENIED.search(before) or _DENIED_IN_FRENCH.search(before) or _ANOTHER_THAN_ITS_SERVICE.search(before))
        or _of_the_past(words, end, before, after)
        or _of_who_answers(before, after)
        or bool(_BLAME.search(before) or _BLAMED.match(after) or (_THOSE.search(before) and after.startswith(("people", "folks"))))
        or bool(_OF_THERE.search(before) and _next_word(words, end) == "ca")
    )


def _of_the_past(words: list[Word], end: int, before: str, after: str) -> bool:
    if _BEFORE_A_MOVE.search(before):
        return not _UNTIL.match(after)
    if after in ("before", "avant") and _LIVED.search(before):
        return True
    if _LIFE_BEFORE.search(before) or (after.startswith(("originally", "born")) and not BORN_AND_RAISED.match(after)):
        return not _CHILD.search(f"{before} {after}") and not _STILL.search(_next_words(words, end))
    if _WAS.search(before):
        return bool(_MOVED.search(" ".join(word.norm for word in words)))
    return bool(_BACK_HOME.search(before) and _THEN.match(after))


def _of_who_answers(before: str, after: str) -> bool:
    """The clause asks who or where we are, and speaks of nobody else."""
    clause = f"{before} | {after}"
    if _WE_TALK.search(before):
        return True
    for question, answerer in ((_TO_US, _OFFICE), (_TO_US, _MACHINE), (_ASKED_OF_US, _MAN_OR_MACHINE)):
        asked = question.search(before)
        if asked and answerer.search(clause):
            return not _ABOUT_ME.search(before[asked.end():])
    return False


def offers_no_place(words: list[Word], start: int, end: int) -> bool:
    """"whether X or Timbuktu": X stands for any place; the caller knows that the other one is none of ours."""
    before, after = _before(words, start), _after(words, end)
    if not after.startswith(("or ", "ou ")) or _OTHER.match(after):
        return False
    return bool(_WHEREVER.search(before) or _ALL_THE_SAME.search(_next_words(words, end)))


def _before(words: list[Word], start: int) -> str:
    return " ".join(clause_before(words, start, BEFORE))


def _after(words: list[Word], end: int) -> str:
    return " ".join(clause_after(words, end, AFTER))


def _next_words(words: list[Word], end: int) -> str:
    """As many, whatever clause they are in."""
    return " ".join(word.norm for word in words[end:end + AFTER])


def _next_word(words: list[Word], end: int) -> str:
    return words[end].norm if end < len(words) else ""
