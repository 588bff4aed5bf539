import pytest
from starlette.datastructures import Headers

from ui.page.wording.negotiation import language_of, wanted_language


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        ("", "", "en"),
        ("", "ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("", "uk", "uk"),
        ("", "de-DE,de;q=0.9,uk;q=0.5,en;q=0.1", "uk"),
        ("", "en;q=0.2,ru;q=0.8", "ru"),
        ("", "ru;q=0,en", "en"),
        ("", "ja,zh;q=0.9", "en"),
        ("", "en-US,en;q=0.9,ru;q=0.8", "en"),
        ("", "*", "en"),
        ("", ";;;q=x,,", "en"),
        ("uk", "ru", "uk"),
        ("xx", "ru", "ru"),
        ("../../etc", "", "en"),
    ],
)
def test_the_choice_comes_first_and_then_the_browser(
    chosen: str, accepted: str, language: str
) -> None:
    assert wanted_language(chosen, accepted) == language


@pytest.mark.parametrize("cookie", ["", "a=b", "pressmark-language=uk; a=b", "\x00;;=,", "[]=1"])
def test_any_cookie_is_read(cookie: str) -> None:
    headers = Headers({"cookie": cookie, "accept-language": "ru"})

    assert language_of(headers) == ("uk" if "uk" in cookie else "ru")
