"""Words that turn a sentence's meaning around: what the verifier looks for in both texts.

English first; Russian and Ukrainian where a list of forms is enough.
"""

import re
from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEGATIVE_VERBS = _words(
    "unable deny denied denies denying refuse refused refuses refusing reject rejected rejects "
    "rejecting fail failed fails failing отказался отказалась отрицает отрицал опроверг "
    "заперечує відмовився відмовилася"
)
NOT_NEGATING = re.compile(
    r"\bnot\s+(?:only|just|merely|least)\b|\bno\.\s*\d|\bno\s+(?:later|longer\s+than|doubt)\b"
    r"|\bне\s+(?:только|менее|более)\b|\bне\s+(?:тільки|лише|менше|більше)\b",
    re.IGNORECASE,
)

HEDGES: Mapping[str, frozenset[str]] = {
    "will": _words(
        "will would shall going plans plan planned planning intends intend intended hopes hoped "
        "expects expected expect scheduled vows vowed promises promised set wants wanted seeks "
        "ready agreed about due to-be "
        "будет будут планирует планируют планировал намерен намерены собирается собираются "
        "буде будуть планує планують намір збирається"
    ),
    "may": _words(
        "may might could can possibly perhaps maybe potentially likely probably considering "
        "considers considered possible possibility seems appears "
        "может могут возможно вероятно може можуть можливо ймовірно"
    ),
    "allegedly": _words(
        "alleged allegedly alleges allege allegations reportedly accused accuses accuse accusing "
        "suspected suspects suspicion claims claimed claim claiming purported purportedly "
        "supposedly apparently rumoured rumored believed thought said says according charges "
        "charged якобы предположительно обвиняет обвинил обвиняются подозреваются обвиняемый "
        "нібито звинувачують звинувачує підозрюються"
    ),
    "should": _words(
        "should must ought urged urges called calls demanded demands asked asks needs need "
        "requires required request requests ordered recommended recommends wants "
        "должен должна должны следует потребовал просит повинен повинна повинні слід вимагав"
    ),
}
"""Every word that may make a sentence less than a plain statement, by class."""

STANDS_FOR: Mapping[str, frozenset[str]] = {
    "will": _words("will should may"),
    "may": _words("may will"),
    "allegedly": _words("allegedly may"),
    "should": _words("should will"),
}
"""In a paraphrase a plan, a duty and a request stand for each other: none is done yet."""

PLAIN_HEDGES: Mapping[str, frozenset[str]] = {
    "may": _words(
        "may might possibly perhaps maybe potentially возможно может могут може можуть можливо"
    ),
    "allegedly": _words(
        "alleged allegedly alleges reportedly accused accuses accusing suspected purported "
        "purportedly supposedly rumoured rumored якобы обвиняет обвиняются подозреваются "
        "нібито звинувачують підозрюються"
    ),
    "will": _words(
        "will shall plans plan planned planning intends intended intend hopes vowed promised "
        "будет будут планирует планируют намерен намерены буде будуть планує планують"
    ),
    "should": _words("should urged demanded должен должна должны повинен повинна"),
}
"""Those that have hardly any other meaning: their loss or arrival changes what is said."""

TO_DO = _words("plan plans planned planning intend intends intended hopes hoped vowed promised")
"""These hedge only what they are said to do."""

CLAIM_HEDGES: Mapping[str, frozenset[str]] = {
    "may": _words("may might possibly perhaps maybe potentially возможно можливо"),
    "allegedly": _words("alleged allegedly reportedly purportedly якобы нібито"),
    "will": _words("will shall plans intends будет будут буде будуть"),
}

EXTREMES: Mapping[str, frozenset[str]] = {
    "all": _words(
        "all every each always everyone everybody everything entire entirely whole "
        "все всех всем каждый каждая каждое всегда всі всіх кожен кожна завжди"
    ),
    "most": _words("most majority mostly большинство большая більшість"),
    "only": _words("only solely sole exclusively just alone merely лишь только лише тільки"),
    "never": _words("never никогда ніколи"),
    "first": _words(
        "first earliest inaugural original 1st первый первая первое первым первого впервые "
        "перший перша першого вперше"
    ),
    "last": _words(
        "last final latest finale последний последняя последнее последнего "
        "останній остання останнього"
    ),
    "largest": _words("largest biggest greatest крупнейший крупнейшая найбільший найбільша"),
    "smallest": _words("smallest fewest наименьший найменший"),
    "highest": _words("highest tallest"),
    "lowest": _words("lowest"),
    "oldest": _words("oldest eldest"),
    "youngest": _words("youngest newest"),
    "best": _words("best лучший найкращий"),
    "worst": _words("worst худший найгірший"),
    "longest": _words("longest"),
    "shortest": _words("shortest"),
}
"""Words that claim much; the cited text must claim as much, in the same or a like word."""

SOME = _words(
    "some several few many part certain various partly sometimes некоторые некоторых несколько "
    "часть деякі деяких кілька декілька частина"
)

_AMOUNT = r"(?=\W{0,2}\d|[a-z]+\b)"
AT_LEAST = re.compile(
    r"\b(?:at least|more than|over|no fewer than|no less than|not less than|a minimum of|"
    r"не менее|более|свыше|щонайменше|понад|більше)\s+(?=\W?\d|[^\W\d_]+)",
    re.IGNORECASE,
)
AT_MOST = re.compile(
    r"\b(?:at most|up to|less than|fewer than|no more than|not more than|a maximum of|"
    r"не более|менее|щонайбільше|менше)\s+(?=\W?\d|[^\W\d_]+)",
    re.IGNORECASE,
)

OPPOSITES: tuple[tuple[frozenset[str], frozenset[str]], ...] = tuple(
    (_words(one), _words(other))
    for one, other in (
        (
            "rose rise risen rising rises increase increased increases increasing grew grow grown "
            "grows growing climbed climb gained higher surged soared raised raise raises up",
            "fell fall fallen falling falls decrease decreased decreases decreasing declined "
            "decline declines dropped drop drops lower lowered plunged shrank cut cuts reduced "
            "reduce reduces reduction down",
        ),
        ("more", "less fewer"),
        ("before", "after following"),
        ("won win wins winning winner victory", "lost lose loses losing loser"),
        ("above", "below"),
        ("accepted accept accepts", "rejected reject rejects refused declined"),
        (
            "support supports supported supporting backed",
            "oppose opposes opposed opposing",
        ),
        (
            "released release releases freed",
            "detained detain detains arrested arrest jailed imprisoned",
        ),
        ("buy buys bought buying", "sell sells sold selling"),
        ("open opened opens opening", "close closed closes closing"),
        (
            "begin began begins begun start started starts starting",
            "end ended ends finish finished concluded stopped",
        ),
        ("north northern", "south southern"),
        ("east eastern", "west western"),
        ("northeast northeastern", "southwest southwestern"),
        ("northwest northwestern", "southeast southeastern"),
        ("joined join joins", "left leave leaves quit"),
        (
            "impose imposed imposes imposing tighten tightened tightens tightening toughen "
            "toughened harder stricter",
            "lift lifted lifts lifting ease eased eases easing relax relaxed loosen loosened "
            "simplify simplified easier",
        ),
        (
            "praise praised praises praising hail hailed hails welcome welcomed welcomes",
            "condemn condemned condemns condemning denounce denounced criticise criticised "
            "criticize criticized",
        ),
        ("confirm confirmed confirms admitted admit", "deny denied denies denying"),
        ("strengthen strengthened expand expanded", "weaken weakened shrink shrank"),
        ("hire hired appoint appointed", "fire fired dismiss dismissed sacked"),
        ("import imports imported", "export exports exported"),
        (
            "allow allowed allows permitted legal",
            "ban banned bans prohibited forbidden illegal",
        ),
        ("guilty convicted", "innocent acquitted"),
        ("born", "died dead killed"),
        ("men man male boys", "women woman female girls"),
        ("husband", "wife"),
        ("son sons", "daughter daughters"),
        ("father", "mother"),
        ("brother brothers", "sister sisters"),
        ("maximum", "minimum"),
        ("early earlier", "late later"),
        ("older elder", "younger"),
        ("longer", "shorter"),
        ("larger bigger greater", "smaller"),
        ("high", "low"),
        ("hot warm warmer", "cold cooler colder"),
        ("success succeeded successful successfully", "failure failed unsuccessful"),
        ("public", "private"),
        ("domestic", "foreign"),
        ("positive", "negative"),
        ("better", "worse"),
        ("ally allies", "enemy enemies"),
        ("inside", "outside"),
        ("strengthened strengthen", "weakened weaken"),
        ("presence", "absence"),
        ("possible", "impossible"),
        ("вырос выросла выросли увеличился увеличилась рост", "упал упала упали снизился "
         "снизилась сократился падение"),
        ("больше более", "меньше менее"),
        ("до", "после"),
        ("выиграл выиграла победил победила", "проиграл проиграла"),
        ("зріс зросла зросли збільшився", "впав впала зменшився знизився"),
        ("більше", "менше"),
    )
)  # fmt: skip
"""What is said by one side is denied by the other."""

SAYING = _words(
    "said says say told tells added adds stated noted announced announces stressed "
    "explained wrote writes revealed warned warns insisted insists claimed claims replied "
    "declared confirmed confirms clarified argued argues believes pointed reported reports "
    "commented denied denies alleged acknowledged underlined emphasized emphasised mentioned "
    "remarked admitted suggested suggests "
    "сказал сказала сказали заявил заявила заявили сообщил сообщила сообщили отметил отметила "
    "добавил добавила подчеркнул подчеркнула рассказал рассказала "
    "сказав сказала заявив заявила повідомив повідомила зазначив зазначила додав додала "
    "підкреслив розповів розповіла"
)
ASKED_SAYING = _words(
    "say tell add state note announce stress explain write reveal warn insist claim reply declare "
    "confirm clarify argue believe think report comment deny allege acknowledge emphasize "
    "emphasise mention remark admit suggest call describe accuse blame predict promise propose "
    "demand criticize criticise"
)
"""Verbs of saying as a question has them after "did"."""
OPINING = _words(
    "said says say told claimed claims insisted insists argued argues believes suggested "
    "suggests warned warns stressed alleged remarked commented stated states declared "
    "сказал сказала сказали заявил заявила заявили сказав сказала заявив заявила"
)
"""Those that leave open whether it is so; what is announced or confirmed stands as said."""
PRONOUNS = _words(
    "he she it they who him her them his hers its their theirs this that these those "
    "i we my our me us "
    "он она оно они его ее её их ему ей им який яка він вона воно вони його її їх я мы ми"
)
