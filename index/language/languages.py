"""The languages that Pressmark knows by heart; enter a new one here."""

from index.language.belarusian import BELARUSIAN
from index.language.english import ENGLISH
from index.language.language import Language
from index.language.russian import RUSSIAN
from index.language.ukrainian import UKRAINIAN

LANGUAGES: dict[str, Language] = {
    language.code: language for language in (ENGLISH, RUSSIAN, UKRAINIAN, BELARUSIAN)
}
