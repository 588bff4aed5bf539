"""What page furniture says of itself, in the languages of the tests.

Every rule is about a whole line or paragraph, and about words that pages use everywhere; none names
an outlet. There is no rule that could hit running text: a scrap of furniture in the body does less
harm than a sentence missing from it.
"""

import re

from index.article import SpanKind

_I = re.IGNORECASE

# "See also" and "Most read", where other stories are listed below.
_RELATED_ELSEWHERE = (
    r"lesen sie auch|mehr zum thema|meistgelesen|auch interessant|(?:à )?lire aussi"
    r"|sur le même sujet|les plus lus"
    r"|te puede interesar|le[ea] también|más leídas?|lo más leído|leggi anche|i più letti"
    r"|leia (?:também|mais)|mais lidas|czytaj (?:także|też|również)|najczęściej czytane"
    r"|ilgili haberler|ayrıca (?:okuyun|bakınız)|en çok okunanlar|اقرأ أيضا?ً?|الأكثر قراءة"
    r"|相关(?:阅读|新闻)|相關新聞|热门(?:新闻)?|関連記事|чытайце таксама"
)
# A whole line of navigation, nothing before or after.
_NAVIGATION_LINES = re.compile(
    r"(?:read|see|learn|show|load|view|discover|find out) (?:more|all|less)(?: (?:news|stories|here"
    r"|comments|posts|articles))?|continue reading|read (?:the )?(?:full|original)"
    r"(?: (?:story|article|text|version))?(?: here)?|keep reading"
    r"|share|share (?:this|the|on|via|with|by|to)(?: [\w&'-]+){0,5}|shares?:?|\d+ shares?|tweet"
    r"|pin it|\d+ min(?:ute)?s? read|accept all(?: cookies)?"
    r"|copy(?: the)? link|link copied!?|copied|email(?: this)?(?: article)?|print(?: this)?"
    r"(?: article)?|save(?: article| for later)?|bookmark|whatsapp|telegram|facebook|twitter"
    r"|linkedin|reddit|pinterest|instagram|youtube|viber|flipboard"
    r"|advertisement|advertising|ad|ads|adverti[sz]e with us|sponsored(?: content)?|promoted"
    r"|article continues (?:below|after)(?: (?:this )?ad\w*)?|(?:story|article) continues below"
    r"(?: (?:this )?advertisement)?|scroll to continue(?: with content)?(?: ad)?|skip ad\w*"
    r"|skip (?:to (?:main )?content|advert\w*|past newsletter promotion)|back to top|top of page"
    r"|home|menu|search|log ?in|sign ?in|my account|close|next|previous|prev|next article"
    r"|previous article|next post|previous post|view (?:gallery|photos|comments)"
    r"|(?:open|expand)(?: image)?(?: in gallery)?|enlarge(?: this)? image|hide caption"
    r"|toggle caption|listen to (?:this )?article|listen now|play video|watch(?: now| live)?"
    r"|related(?: (?:articles?|stories|news|topics?|posts?|content|links?|coverage|reading))?"
    r"|recommended(?: (?:for you|stories|articles|reading))?|you (?:may|might) also like"
    r"|more (?:on this story|from .{2,40}|stories|news|like this)|most (?:read|popular|viewed)"
    r"|trending(?: now)?|top stories|latest(?: news| stories)?|also read|read also|see also"
    r"|editors?['’]? picks?|what to read next|up next|don['’]t miss"
    r"|(?:terms (?:of|and) \w+|privacy policy|cookie (?:policy|settings)|contact us|about us)"
    r"|tags?|topics|filed under|report an? (?:error|typo)|give (?:this )?article"
    r"|читать (?:далее|полностью|дальше|также)|подробнее|далее|поделиться(?: .{1,30})?|реклама"
    r"|на правах рекламы|читайте также|смотрите также|по теме|материалы по теме|главная|меню"
    r"|поиск|войти|вход|регистрация|распечатать|скопировать ссылку|ссылка скопирована|все новости"
    r"|новости партн[её]ров|популярное|последние новости|теги|наверх|продолжение после рекламы"
    r"|читати далі|детальніше|поділитися|читайте також|дивіться також|за темою|головна|пошук"
    r"|увійти|популярне|останні новини|чытаць далей|падзяліцца|чытайце таксама|рэклама"
    rf"|{_RELATED_ELSEWHERE}|anzeige|werbung|publicité|publicidad|pubblicità|publicidade|reklama?"
    r"|广告|廣告|إعلان|teilen|partager|compartir|condividi|compartilhar|udostępnij|paylaş|分享|مشاركة",
    _I,
)
# A line that begins like this only points elsewhere. A colon must follow the cue.
_POINTER = re.compile(
    r"(?:read (?:more|also|next)|also read|see also|see more|more|related(?: (?:story|article|"
    r"news|stories|articles|coverage))?|recommended|watch|listen|don['’]t miss|tags?|keywords?"
    r"|topics|filed under|categor(?:y|ies)|share (?:this|on)[\w ]{0,30}"
    rf"|{_RELATED_ELSEWHERE}"
    r"|читайте также|смотрите также|читать также|по теме|теги|рубрики?|читайте також"
    r"|дивіться також|чытайце таксама|больше по теме)\s*(?:::?|：|[>»])\s*\S",
    _I,
)
_COPYRIGHT = re.compile(
    r"(?:copyright\s*(?:©|\(c\)|\d{4}\b|by\b)|©|\(c\)\s*\d{4}|all rights reserved"
    r"|все права защищены|усі права захищені).{0,200}$"
    r"|.{0,120}\ball rights reserved\b.{0,80}$",
    _I,
)
_SEPARATOR = re.compile(r"[\s\-_*=~#•·.–—+<>/\\^|§¶†‡◆◇■□●○★☆❖❦✦✻⁂※＊\u200b-\u200f\u2060\ufeff]+$")
_TABLE_RULE = re.compile(r"\s*\|?(?:\s*:?-{2,}:?\s*[|+])+(?:\s*:?-{2,}:?)?\s*\|?\s*$")
_LABEL = re.compile(r"[A-Z][A-Z -]{2,30}:\s*\S")
_MENU_SIGN = re.compile(r"\s*[|>»›·•]\s*|\s+/\s+|\s{3,}")
_CODE = re.compile(r"[A-Za-z0-9+/=_-]{60,}")
_RELATED_LIST = re.compile(
    r"(?:related(?: (?:articles?|stories|news|topics?|posts?|content|links?|coverage|reading))?"
    r"|recommended(?: (?:for you|stories|articles|reading))?|you (?:may|might) also like"
    r"|more (?:on this story|stories|news|like this)|most (?:read|popular|viewed)"
    r"|trending(?: now)?|top stories"
    r"|read also|see also|editors?['’]? picks?|what to read next|читайте также|смотрите также"
    r"|материалы по теме|по теме|популярное|последние новости|читайте також|дивіться також"
    rf"|{_RELATED_ELSEWHERE})\s*:?",
    _I,
)
_PHOTO = r"photo(?:graph)?s?|images?|pictures?|picture|pic|video|graphic|illustration|file photo"
_PHOTO_RU = (
    r"фото(?:графия)?|снимок|видео|иллюстрация|инфографика|відео|світлина|фота|foto(?:s|ğraf)?"
    r"|bild(?:er)?|crédit photo|cr[ée]dito(?: da foto)?"
    r"|zdjęci[ea]|fotografía|imagen|immagine|imagem|görsel"
    r"|图(?:片(?:来源)?)?|圖片(?:來源)?|写真|(?:ال)?صورة|تصوير"
)
_PHOTO_HOUSE = (
    r"getty images|ap photo|afp|epa(?:-efe)?|reuters|shutterstock|istock(?:photo)?|alamy|imago"
    r"|anadolu|zuma(?: press)?|wikimedia commons|pixabay|unsplash|тасс|риа новости|associated press"
    r"|ap|epa-efe|upi|xinhua|pa(?: images| wire| media)?|bloomberg|nurphoto|унiан|уніан|рбк|белта"
)
_CREDIT = re.compile(
    rf"(?:{_PHOTO}) (?:source|caption|credit)\s*[,:].{{1,110}}$"
    rf"|[(\[]?\s*(?:{_PHOTO}|{_PHOTO_RU})(?: credits?| courtesy(?: of)?| by| from| source)?"
    rf"\s*(?:[:：©/|]|\bby\b|\bcourtesy\b|—).{{1,110}}$"
    rf"|(?:photo|image|picture) (?:by|courtesy(?: of)?|credit) .{{2,80}}$"
    rf"|(?:via )?(?:{_PHOTO_HOUSE})$"
    rf"|©\s*[^.!?]{{2,70}}$"
    rf"|[^.!?:]{{2,70}}(?:/|\|| via |©|\s[-–—]\s)\s*(?:the )?(?:{_PHOTO_HOUSE})"
    rf"(?:\s*/\s*[\w .-]{{2,40}}|\s+via\s+[\w .-]{{2,40}})?\s*[)\]]?$"
    rf"|ap photo\s*/.{{2,60}}$",
    _I,
)
# A sentence about a picture, with the picture's credit behind it.
_CAPTION = re.compile(
    rf".{{8,260}}[.!?…»”)]\s+(?:[(\[]?(?:{_PHOTO}|{_PHOTO_RU})\s*(?:[:：©/|]|\bby\b)\s*[^.!?]{{2,60}}"
    rf"|[(\[]?(?:ap|afp|reuters) (?:photo|foto)\s*[/:][^.!?]{{2,60}}|/\s?(?:{_PHOTO_HOUSE})"
    rf"|(?:{_PHOTO_HOUSE})\s?/\s?[^.!?/]{{2,60}}"
    rf"|[(\[](?:{_PHOTO_HOUSE})|getty images|shutterstock|imago)[)\]]?$",
    _I,
)
_NAME = r"[A-ZÀ-ÖØ-ÞĀ-ŽА-ЯЁІЇЄҐЎ][\w.'’-]*"
_BYLINE = re.compile(
    rf"(?:By|BY|by|Von|VON|Par|PAR|Por|POR|(?:Words|Written|Story|Reporting|Photos?|Graphics?|Illustrations?)"
    rf"(?: (?:and|&) \w+)? by|Автор:?|Текст:|Авторка:|Аўтар:)\s+"
    rf"(?:(?:{_NAME}|and|und|и|та|і|of|for|the|de|van|von|der|&|\|),?\s+){{0,20}}{_NAME}$"
    rf"|(?:Contributing|Contributors?|Reporting by|Contributed by)\b:?\s?[^.!?]{{2,130}}\.?$"
    rf"|(?:From|Compiled (?:by|from)) .{{0,60}}\b(?:staff|wire|news|agency) reports$"
    rf"|Special (?:to|for) (?:the |The )?{_NAME}(?:\s+{_NAME}){{0,4}}$"
)
# Below an agency's story: "(Reporting by …)", "((ria.moss@agency.example; +47 12 34 56))".
_CONTACT = re.compile(r"[(\[]+[^()\[\]]*\S@\S[^()\[\]]*[)\]]+")
_MAX_CREDIT = 140
_NAMES_SPLIT = re.compile(r"\s*(?:[,;|/&]|\s(?:and|и|та|і)\s)\s*")
_NAMES = re.compile(rf"{_NAME}(?:\s+(?:(?:de|van|von|der|of|the|al|el|bin)\s+)?{_NAME}){{1,4}}$")
COMMENTS_OPENER = re.compile(
    r"(?:leave|post|add|write|submit) (?:a|your) (?:reply|comment)s?(?: cancel reply)?"
    r"|leave a reply .{0,30}|join the (?:conversation|discussion)|(?:be the )?first to comment"
    r"|your e-?mail address will not be published\b.{0,80}|comments? are closed\.?"
    r"|(?:log|sign) in to (?:leave a )?comment|\d+ (?:comments?|replies)|comments? ?\(\d+\)"
    r"|(?:оставить|добавить|написать) (?:свой )?(?:комментарий|отзыв)|комментари[ийе]+ ?\(\d+\)"
    r"|ваш (?:адрес e-?mail|e-?mail) не будет опубликован.{0,80}|комментировать"
    r"|(?:залишити|додати|написати) (?:коментар|відповідь)|коментар[ії]+ ?\(\d+\)"
    r"|ваша e-?mail адреса не оприлюднюватиметься.{0,80}|(?:пакінуць|дадаць) каментар",
    _I,
)
COMMENTS_FORM = re.compile(
    r"your e-?mail address will not be published.*|required fields are marked.*"
    r"|(?:your )?(?:name|e-?mail(?: address)?|website|url|comment|reply|message)s? ?\*?:?"
    r"|save my name, e-?mail,? and website.*|notify me of (?:new|follow-?up) .*|reply|replies"
    r"|(?:post|submit|send)(?: (?:a |your )?(?:comment|reply))?|cancel(?: reply)?|sort by.{0,30}"
    r"|newest|oldest|no comments(?: yet)?\.?|be the first to (?:comment|leave a comment).{0,40}"
    r"|this site uses akismet.*|you must be logged in to post a comment\.?|captcha.{0,40}"
    r"|(?:you may use these html tags).*|обязательные поля помечены.*|обов.язкові поля.*"
    r"|(?:ваше )?(?:имя|ім.я|почта|пошта|сайт|комментарий|коментар) ?\*?:?|отправить|надіслати"
    r"|сохранить мо[её] имя.*|зберегти мо[єе] ім.*|ваш (?:адрес )?e-?mail.*|ваша e-?mail.*",
    _I | re.DOTALL,
)
# A line that announces an appeal to the reader; it counts only if more of the kind follows.
APPEAL_OPENER = re.compile(
    r"(?:an? (?:special |personal )?(?:message|note|word) (?:from|to our|for our) .{2,60}?:?"
    r"|dear (?:readers?|friends?|supporters?|subscribers?)[,:!.]?"
    r"|(?:support|help|defend|fund|protect) (?:our|local|independent|quality|free|us)\b.{0,60}"
    r"|support us|become a (?:member|subscriber|supporter|patron)\b.{0,40}"
    r"|(?:before you go|we need your (?:help|support)|a favou?r to ask|donate(?: now| today)?)\b"
    r".{0,40}"
    r"|(?:дорогие|уважаемые) (?:читатели|друзья|подписчики)[,:!.]?"
    r"|поддержите (?:нас|наш|редакцию)\b.{0,60}"
    r"|(?:шановні|любі|дорогі) (?:читачі|друзі)[,:!.]?|підтримайте (?:нас|наш|редакцію)\b.{0,60}"
    r"|падтрымайце (?:нас|наш)\b.{0,60})",
    _I,
)
_WE = re.compile(
    r"\b(?:we|our|us|my|мы|наш\w*|нас|нам|ми|наша|нашу)\b",
    _I,
)
_ASKED = re.compile(
    r"\b(?:journalis\w+|readers?|support(?:ing|ers?)?|contribut\w+|donat\w+|subscri\w+|newsletters?"
    r"|member(?:s|ship)?|reporting|newsrooms?|paywall|our work|журналист\w*|читател\w+|поддерж\w+"
    r"|пожертв\w+|донат\w*|подпис\w+|редакци\w+|підтрим\w+|читач\w*|журналіст\w*|підпис\w+)\b",
    _I,
)
APPEAL_CLOSER = re.compile(
    r"(?:remind me (?:later|next month|in \w+)|not (?:now|ready to support.{0,40})|maybe later"
    r"|no,? thanks|(?:support|donate|subscribe|contribute|continue)(?: now| today| monthly| once"
    r"| here)?|(?:one-?time|single|monthly|annual|yearly|once)|other(?: amount)?|[$€£]\d+"
    r"|thank you for (?:your support|standing with us|reading).{0,40}|×"
    r"|напомнить (?:позже|мне позже)|нагадати пізніше|поддержать|підтримати)[.!]?",
    _I,
)
# A paragraph that begins like this asks the reader for something and tells no news.
_APPEAL_START = re.compile(
    r"(?:(?:please |click here to |tap here to )?(?:sign up (?:for|to) "
    r"|subscribe (?:to|for|now|here|today)\b"
    r"|download (?:the|our) .{0,30}\bapp\b|get (?:the|our) .{0,60}(?:newsletter|inbox)"
    r"|follow (?:us|our|me|him|her|them) (?:on|at|via)\b"
    r"|join (?:us|our) (?:on|channel|telegram|newsletter)"
    r"|support (?:our|independent|local|quality) journalism|donate (?:to|now|here|today)\b"
    r"|consider (?:supporting|subscribing|donating|becoming|making a)\b"
    r"|become a (?:member|subscriber)\b)"
    r"|click here (?:to|for)\b"
    r"|подпи(?:шитесь|сывайтесь) на |следите за (?:нами|нашими новостями)"
    r"|підпи(?:шіться|суйтесь|суйтеся) на |читайте нас (?:в|у|на) |падпісвайцеся на )",
    _I,
)
_MAX_APPEAL = 320


def line_kind(line: str) -> SpanKind | None:
    """Tell what a line is that is furniture wherever it stands. Return None if it may be text."""
    bare = line.strip(" \t\xa0*_[]|>").rstrip(".…→›»").rstrip()
    if not bare or _SEPARATOR.fullmatch(line):
        # The rule below a table's header is of the table, which must stay in one piece.
        return None if _TABLE_RULE.match(line) else SpanKind.NAVIGATION
    if len(line) > _MAX_APPEAL:
        return None
    if _NAVIGATION_LINES.fullmatch(bare.rstrip(":")) or _POINTER.match(bare):
        return SpanKind.NAVIGATION if len(line) <= 200 else None
    if _COPYRIGHT.fullmatch(bare):
        return SpanKind.NAVIGATION
    if _APPEAL_START.match(bare):
        return SpanKind.APPEAL
    return None


def is_separator(line: str) -> bool:
    """Whether a line consists of signs alone."""
    return bool(_SEPARATOR.fullmatch(line)) and not _TABLE_RULE.match(line)


def is_field(line: str) -> bool:
    """Whether a line is a field that a database prints about a story ("LENGTH: 96 words")."""
    return len(line) <= _MAX_APPEAL and bool(_LABEL.match(line))


def is_menu(line: str) -> bool:
    """Whether a line is a menu or the path to a page: three or more short names between signs."""
    if len(line) > _MAX_APPEAL:
        return False
    names = _MENU_SIGN.split(line)
    if len(names) < 3 or any(char.isdigit() for char in line):
        return False
    return all(name.strip() and len(name.split()) <= 3 for name in names)


def is_code(line: str) -> bool:
    """Whether a line is a run of letters and digits that no language writes as a word."""
    if not _CODE.fullmatch(line):
        return False
    return any(char.isdigit() for char in line) and any(char.isalpha() for char in line)


def is_credit(line: str) -> bool:
    """Whether a line only says who made a picture or the text."""
    if len(line) > _MAX_CREDIT:
        return False
    if _CONTACT.fullmatch(line):
        return True
    bare = line[1:-1].strip() if line[:1] == "(" and line[-1:] == ")" else line
    return bool(_CREDIT.fullmatch(line) or _BYLINE.fullmatch(bare))


def is_caption(line: str) -> bool:
    """Whether a paragraph is the caption of a picture: its credit stands at its end."""
    return len(line) <= _MAX_APPEAL and bool(_CAPTION.match(line))


def is_names(line: str) -> bool:
    """Whether a line lists at least two full names, like a byline without "By"."""
    if len(line) > 160:
        return False
    names = [name for name in _NAMES_SPLIT.split(line) if name]
    return len(names) >= 2 and all(_NAMES.match(name) for name in names)


def opens_related_list(line: str) -> bool:
    """Whether a line heads a list of other headlines."""
    return len(line) <= 60 and bool(_RELATED_LIST.fullmatch(line.strip(" *_#")))


def asks_reader(paragraph: str) -> bool:
    """Whether a paragraph asks the reader, for its publisher, to give support."""
    if APPEAL_CLOSER.fullmatch(paragraph.strip()) or APPEAL_OPENER.fullmatch(paragraph.strip()):
        return True
    return bool(_WE.search(paragraph) and _ASKED.search(paragraph))
