"""What Pressmark knows about one language: a value with every field filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, TypeAlias

_STOP_WORDS = Path(__file__).parent / "data" / "stop_words"

Forms: TypeAlias = tuple[str, ...]
Unit: TypeAlias = Literal["day", "week", "month", "year"]
Seven: TypeAlias = tuple[Forms, Forms, Forms, Forms, Forms, Forms, Forms]
Twelve: TypeAlias = tuple[
    Forms, Forms, Forms, Forms, Forms, Forms, Forms, Forms, Forms, Forms, Forms, Forms
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """How a language tells who says what; no field has a default.

    Attributes:
        says: forms of the verbs that give somebody's words ("said"), without denials.
        denies: those of the verbs by which somebody says that something is not so.
        says_plainly: those of `says` after which a statement follows without a conjunction,
            quotation mark or colon ("the minister said he would go").
        that: words that open what is said ("that", "whether").
        according: phrases before the name of who says it ("according to").
        third_person: pronouns for somebody named before ("he").
        joins: words that may open a sentence before its subject ("but").
        between: words that may stand between subject and verb ("also").
        articles: words that open a phrase for somebody without a name ("a", "the", "his"); none in
            a language that has no articles.
        definite: those of them that speak of somebody named before ("the").
        inside: words that may stand inside such a phrase ("the mayor of Velmont").
        what: the question word for what is said ("what did she say").
        hears: what stands behind it where somebody is told and does not tell ("what was she told").
        asks: what stands over a question of an interview ("Q").
        answers: what stands over its answer ("A").
    """

    says: Forms
    denies: Forms
    says_plainly: Forms
    that: Forms
    according: Forms
    third_person: Forms
    joins: Forms
    between: Forms
    articles: Forms
    definite: Forms
    inside: Forms
    what: Forms
    hears: Forms
    asks: Forms
    answers: Forms

    @property
    def verbs(self) -> Forms:
        """Every form of a verb that gives somebody's words, denials included."""
        return self.says + self.denies


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberWords:
    """How a language writes numbers and what they count.

    Attributes:
        counts: words for whole numbers from two: to twenty, tens, hundreds, a dozen.
        one: words for one. They count beside another number only.
        articles: what stands for one before a scale ("a million").
        scales: words that multiply what stands before them, by factor.
        linking: words within one number ("two hundred and five").
        fractions: words for a share of one.
        no_share_after: what follows a fraction that is no share ("half an hour").
        no_share_before: what stands before one that is none ("the second half").
        between: words between two numbers that share a unit ("20 to 30 percent").
        ordinal_endings: what is written onto a figure that tells a place in a row ("20th").
        units: words for units of measure by the name of the unit. Where a unit has two words, the
            longer form is looked for first.
    """

    counts: Mapping[int, Forms]
    one: Forms
    articles: Forms
    scales: Mapping[int, Forms]
    linking: Forms
    fractions: Mapping[Fraction, Forms]
    no_share_after: Forms
    no_share_before: Forms
    between: Forms
    ordinal_endings: Forms
    units: Mapping[str, Forms]


@dataclass(frozen=True, slots=True, kw_only=True)
class StampWords:
    """What stands on a page beside its date.

    Attributes:
        published: labels of the day of publication.
        modified: labels of the day of a later change.
        beside: small words of a line that is nothing but a date ("at").
        times: words after a number of minutes, hours, days or weeks.
        reading: words for how long it takes to read ("4 min read").
    """

    published: Forms
    modified: Forms
    beside: Forms
    times: Forms
    reading: Forms


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language; no field has a default, so whoever adds one decides on each.

    Months, weekdays and relative days come from dateparser; the fields add the forms that it lacks.
    Case never tells two forms apart, and a typewriter apostrophe stands for all.
    A form of `numbers`, `stamps` or `saying` that ends in ``*`` stands for all that begin so.

    Attributes:
        code: ISO 639-1.
        name: in English.
        dateparser: whether dateparser knows the language under this code.
        abbreviations: whether dateparser's abbreviations count. They do not if too many are
            ordinary words.
        not_dates: ordinary words that dateparser lists.
        capitalised: whether the names of months and weekdays begin with a capital letter.
        month_first: whether a day may follow its month without a year.
        day_endings: what may end the number of a day ("9th").
        before_month_name: what may stand between a day and its month ("of").
        months: more forms of each month, the year's first month first. One that ends in a full
            stop is an abbreviation.
        doubtful_months: forms that are ordinary words too. One counts beside a number, or after
            one of `before_month`.
        before_month: words after which a month may stand alone ("in", "during").
        weekdays: the same of each weekday, from the first day of the working week.
        before_weekday: words after which a weekday of a question is a date ("on").
        last: words that move a weekday back a week ("last").
        next: words that move it a week on.
        relative: more words for days, weeks, months and years counted from today: -1 is the last
            one, 0 this one, 1 the next one.
        recently: words for the last few weeks.
        ago: words after a number and a unit ("three days ago").
        since: words before a date from which a period runs.
        comes_from: those of them that as often say where something comes from ("news from May"); a
            period runs only with one of `onward` behind its date.
        onward: words behind the date from which a period runs ("from May on").
        until: words before a date up to which it runs.
        through: words between its first and its last date.
        speech: how it tells who says what.
        numbers: how numbers are written.
        stamps: what stands beside the date of a page.
        negations: words that say "not" in some way.
        stop_words: words that say nothing, for the search by words. Each change rebuilds every
            index at the next start.
        punkt: the tables in ``data/punkt`` that tell its abbreviations from the ends of sentences;
            None if the English ones have to do.
    """

    code: str
    name: str
    dateparser: bool
    abbreviations: bool
    not_dates: Forms
    capitalised: bool
    month_first: bool
    day_endings: Forms
    before_month_name: Forms
    months: Twelve
    doubtful_months: Forms
    before_month: Forms
    weekdays: Seven
    before_weekday: Forms
    last: Forms
    next: Forms
    relative: Mapping[tuple[Unit, int], Forms]
    recently: Forms
    ago: Forms
    since: Forms
    comes_from: Forms
    onward: Forms
    until: Forms
    through: Forms
    speech: Speech
    numbers: NumberWords
    stamps: StampWords
    negations: Forms
    stop_words: Forms
    punkt: str | None


def words(text: str) -> Forms:
    """Split a text into words, for lists that read better without quotation marks."""
    return tuple(text.split())


def listed_stop_words(name: str) -> Forms:
    """Read the stop words of a file in ``data/stop_words``."""
    return words((_STOP_WORDS / f"{name}.txt").read_text(encoding="utf-8"))
