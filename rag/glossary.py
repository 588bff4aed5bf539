"""Russian and Ukrainian questions, word by word in English.

Dictionary-based query translation, the oldest kind of cross-language retrieval (Salton 1970): a
question is not understood, but its names are transliterated and the common words of the news
are looked up, which is enough to find the passages that a reader of English would look at.
Quotes stay in the language of their article. Entries are beginnings of words, longest first.
"""

import re
from functools import cache, lru_cache

from index.names import transliterate
from index.words import fold

_WORD = re.compile(r"\d[\d.,:]*|[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*|\?")
_CYRILLIC = re.compile(r"[а-яёіїєґў]", re.IGNORECASE)
GLOSSED = frozenset({"ru", "uk", "be"})
"""Languages that a gloss can be made from."""

_SHARE_CYRILLIC = 0.5
MIN_KNOWN_IN_NAME = 4

# Whole words: question words first, and small words that carry meaning.
_WHOLE = """
кто who | каков what | какова what | каково what | каковы what | кого whom | кому whom
кем whom | что what | чем what | чего what | когда when | где where | куда where | откуда where
почему why | зачем why | как how | сколько how many | какой which | какая which | какое which
какие which | каким which | какую which | какого which | каком which | каких which | чей whose
чья whose | хто who | ким whom | що what | чого what | коли when | де where | куди where
звідки where | чому why | навіщо why | як how | скільки how many | скількох how many
який which | яка which | яке which | які which | яким which | яку which | якого which
якому which | яких which | чий whose | не not | ні no | нет no | без without | до before
після after | после after | перед before | против against | проти against | из-за because of
через because of | между between | між between | сша US | оон UN | ес EU | нато NATO | сын son
син son | сына son | сина son | еще still | ещё still | все all | год year | года year
году year | лет years | рік year | року year | років years | раз time | день day | дня day
днів days | дней days | два two | три three | пять five
"""

_BEGINNINGS = """
президент president | высот height | глубин depth | длин length | довжин length
премьер prime minister | прем'єр prime minister | министр minister | міністр minister
министерств ministry | міністерств ministry | правительств government | уряд government
власт authorities | владі power | влад authorities | парламент parliament | депутат lawmaker
закон law | суд court | судь judge | выбор elections | вибор elections | голосован vote
голос vote | кандидат candidate | оппози opposition | опози opposition | протест protests
митинг rally | мітинг rally | граждан citizens | громадян citizens | росси Russia
россиян Russians | росі Russia | росіян Russians | русск Russian | украин Ukraine
україн Ukraine | украинц Ukrainians | українц Ukrainians | белорус Belarus | беларус Belarus
білорус Belarus | американ American | америк America | польш Poland | поляк Polish
китай China | япон Japan | европ Europe | європ Europe | герман Germany | німеч Germany
франц France | британ Britain | кремл Kremlin | кремль Kremlin | минск Minsk | мінськ Minsk
київ Kyiv | києв Kyiv | киев Kyiv | москв Moscow | вашингтон Washington | токио Tokyo
токіо Tokyo | стамбул Istanbul | турци Turkey | туреч Turkey | остров islands | санкц sanctions
перегово talks | переговор negotiations | соглашен agreement | угод agreement | договор treaty
договір treaty | отношен relations | відносин relations | контакт contacts | границ border
кордон border | въезд entry | в'їзд entry | виза visa | віз visa | карантин quarantine
войн war | війн war | арми army | армі army | войск troops | військ military | воен military
солдат soldiers | оруж weapons | збро weapons | ракет missile | база base | баз bases
атак attack | удар strike | теракт terror attack | наемник mercenaries | найман mercenaries
вагнер Wagner | безопасн security | безпек security | резерв reserve | помощ help | допомо help
поддерж support | підтрим support | силов military | арест arrest | задерж detained
затрим detained | тюр prison | тюрьм prison | в'язниц prison | колони penal colony
заключ prisoners | ув'язнен prisoners | политзаключ political prisoners
політв'язн political prisoners | заложник hostages | обвин accused | звинувач accused
преступ crime | злочин crime | приговор sentence | вирок sentence | освобо released
звільн released | отпусти released | відпусти released | помил pardoned | экстрад extradite
екстрад extradite | выда hand over | вида extradite | передат hand over | переда handed over
прокур prosecutor | генпрокур prosecutor general | следств investigators | слідч investigators
полиц police | поліц police | правозащит rights groups | правозахис rights groups
адвокат lawyer | посол ambassador | посольств embassy | дипломат diplomat
представит spokesman | пресс-секретар spokesman | прес-секретар spokesman | спикер speaker
лидер leader | лідер leader | глава head | главы head | журналист journalist
журналіст journalist | интервью interview | інтерв'ю interview | блогер blogger
газет newspaper | телеканал TV channel | телевид television | новост news | новин news
заяв said | сообщ said | повідом said | рассказ said | розпов said | сказа said
объяв announced | оголос announced | назва called | назв named | попроси asked | прос asked
прос requested | потреб demanded | требо demanded | предлож offered | запропон proposed
обеща promised | обіця promised | отказ refused | відмов refused | отверг rejected
призна recognized | визна recognized | согласи agreed | погод agreed | обсу discussed
обговор discussed | встре met | встреч meeting | зустр meeting | позвон called
поблагодар thanked | похвал praised | осуди condemned | критик criticized | предупре warned
попере warned | решен decision | рішен decision | решил decided | виріш decided
прекрат stopped | припини paused | приостанов paused | нач began | поча began | закон finished
продолж continue | продовж continue | созда formed | створи formed | сформир formed
отправ sent | прислал sent | надісла sent | получ received | отрим received | приеха arrived
прибы arrived | уеха left | уход resign | уходит resign | отстав resignation
відстав resignation | здоров health | болез illness | хвор illness | умер died | помер died
погиб killed | загин killed | ранен wounded | поранен wounded | родил born | народи born
муж husband | чоловік husband | жен wife | дружин wife | доч daughter | дет children
діт children | семь family | родин family | люд people | человек people | людин person
мужчин men | женщин women | жін women | населен population | житель residents
мешкан residents | город city | міст city | стран country | країн country | регион region
област region | столиц capital | компан company | авиакомпан airline | авіакомпан airline
самолет plane | літак plane | рейс flight | лет flying | лететь fly | летіти fly | летел flew
билет tickets | квит tickets | поезд train | банк bank | деньг money | грош money
доллар dollars | долар dollars | рубл rubles | гривн hryvnia | цен price | цін price
эконом economy | економ economy | нефт oil | газ gas | офис office | офіс office
экспорт exports | импорт imports | торгов trade | завод plant | работ work | робот work
учен scientists | школ school | университет university | частичн partly | частков partly
снял lifted | снят lifted | зня lifted | введ imposed | ввел imposed | упрост simplified
спрост simplify | облегч ease | усил tightened | посил tightened | срок period | строк period
нов new | стар old | больш large | велик large | перв first | перш first | последн last
останн last | дума think | думк opinion | счита believes | вважа believes | оцен estimates
оцін estimates | сид held | остал remaining | залиш remaining | нуж need | необход needed
знадоб need | случа case | випад case | прав rule | править rule | керу rule | причин reason
цел aim | мета aim | мети aim | план plan | заговор plot | змов plot | беспоряд riots
заворуш unrest | список list | списк list | спис list | числ number | количеств number
кільк number
"""


@cache
def _entries() -> tuple[dict[str, str], list[tuple[str, str]]]:
    def read(block: str) -> dict[str, str]:
        entries = block.replace("\n", "|").split("|")
        pairs = (entry.split(maxsplit=1) for entry in entries if entry.strip())
        return {fold(word).casefold(): english.strip() for word, english in pairs}

    beginnings = sorted(read(_BEGINNINGS).items(), key=lambda entry: -len(entry[0]))
    return read(_WHOLE), beginnings


def _in_english(word: str, is_name: bool) -> str:
    if not _CYRILLIC.search(word):
        return word
    plain = fold(word).casefold()
    whole, beginnings = _entries()
    if plain in whole:
        return whole[plain]
    for beginning, english in beginnings:
        # A name may begin like a common word.
        if plain.startswith(beginning) and (not is_name or len(beginning) >= MIN_KNOWN_IN_NAME):
            return english
    return transliterate(word).capitalize() if is_name else ""


@lru_cache(maxsize=1_024)
def gloss(question: str) -> str | None:
    """A Russian or Ukrainian question word by word in English.

    Unknown names are transliterated, other unknown words left out.

    Returns:
        None when the question is not mostly in Cyrillic letters, or no word is known.
    """
    if not is_cyrillic(question):
        return None
    first = next(_WORD.finditer(question))
    words = [
        _in_english(m.group(), m.group()[0].isupper() and m.start() != first.start())
        for m in _WORD.finditer(question)
    ]
    english = " ".join(word for word in words if word).replace(" ?", "?")
    return english if any(char.isalpha() for char in english) else None


def is_cyrillic(text: str) -> bool:
    """Whether a text is mostly in Cyrillic letters."""
    letters = sum(char.isalpha() for char in text)
    return bool(letters) and len(_CYRILLIC.findall(text)) > _SHARE_CYRILLIC * letters
