"""Belarusian."""

from index.language.language import Language, words

BELARUSIAN = Language(
    code="be",
    name="Belarusian",
    dateparser=True,
    abbreviations=False,  # «ліс» is a fox
    not_dates=(),
    capitalised=False,
    month_first=False,
    day_endings=(),
    before_month_name=(),
    months=(
        words("студзені студзеню студзенем"),
        words("лютым лютаму"),
        words("сакавіку сакавіком"),
        words("красавіку красавіком"),
        words("травень траўні траўню траўнем маі"),
        words("чэрвені чэрвеню чэрвенем"),
        words("ліпені ліпеню ліпенем"),
        words("жніўні жніўню жніўнем"),
        words("верасні верасню верасням"),
        words("кастрычніку кастрычнікам"),
        words("лістападзе лістападу лістападам"),
        words("снежні снежню снежнем"),
    ),
    doubtful_months=words("люты лютага лютым лютаму"),  # "fierce"
    before_month=words("у ў ва за з са да перад між"),
    weekdays=(
        words("панядзелка панядзелку панядзелкам"),
        words("аўторка аўторку аўторкам"),
        words("серады серадзе сераду серадой"),
        words("чацвярга чацвяргу чацвяргом"),
        words("пятніцы пятніцу пятніцай"),
        words("суботы суботу суботай суботе"),
        words("нядзелі нядзелю нядзеляй"),
    ),
    before_weekday=words("у ў"),
    last=words("мінулы мінулую мінулай мінулага"),
    next=words("наступны наступную наступнай наступнага"),
    relative={},
    recently=("нядаўна", "днямі"),
    ago=("таму",),
    since=words("з са пасля"),
    until=words("да перад"),
    through=words("па да і й"),
    stop_words=(),  # none yet: the first would rebuild every index
    punkt="russian",
)
