"""Take a picture of every state of the page for inspection: make screenshots ARGS=--states.

The articles are invented: one very long, one in Arabic, one in Russian, two that differ.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from page_server import ROOT, serving
from playwright.sync_api import Browser, FilePayload, Page, expect

QUESTION = "How many Russians were detained in Belarus?"
LONG = "A very long report on the harbour\n\n" + "\n\n".join(
    f"On day {n} of the works, {n + 3} ships waited outside the harbour of Gdynia, said the "
    f"harbour master. The crane number {n} was painted in the colour that the council chose. "
    + "Nobody complained about the noise, which was lower than in the year before. "
    * 4
    for n in range(1, 400)
)
ARABIC = (
    "ميناء العقبة يفتح رصيفا جديدا\n\nالعقبة، 4 مايو 2021 - قال مدير الميناء سامي حداد إن 14 سفينة "
    "وصلت إلى الرصيف الجديد في ميناء العقبة يوم الثلاثاء. وأضاف أن العمل استمر ثلاث سنوات.\n"
)
RUSSIAN = (
    "В Мурманске открыли новый причал\n\nМУРМАНСК, 5 мая 2021 - Директор порта Анна Кузнецова "
    "сообщила, что к новому причалу Мурманска подошли 9 судов. Работы шли два года.\n"
)
DIFFERS = (
    "Fire at the Lodz mill\n\nLODZ, 3 May 2021 - The fire at the Lodz mill killed 12 workers on "
    "Monday, the fire brigade said.\n",
    "Mill fire in Lodz\n\nLODZ, 5 May 2021 - The fire at the Lodz mill killed 15 workers on "
    "Monday, the ministry said.\n",
)
ARTICLES = {
    "long.txt": LONG,
    "arabic.txt": ARABIC,
    "russian.txt": RUSSIAN,
    "fire-1.txt": DIFFERS[0],
    "fire-2.txt": DIFFERS[1],
    "<b>hostile name ${x}.txt": "A hostile name\n\nThe file's name holds <b>HTML</b>.\n",
    "scan.pdf": "%PDF-1.7",
}
Act = Callable[[Page], None]


def ask(question: str, opened: int | None = 0, last: str = ".pm-status") -> Act:
    """Asks, waits for the answer, and opens one of its citations."""

    def act(page: Page) -> None:
        page.fill("#pm-question textarea", question)
        page.keyboard.press("Enter")
        expect(page.locator("#pm-live").locator(last)).to_be_visible(timeout=60_000)
        if opened is not None:
            page.locator("#pm-live .pm-chip").nth(opened).click()
            expect(page.locator("#pm-quote")).to_be_visible()

    return act


def articles(page: Page) -> None:
    """The tab of articles, with one of them open."""
    page.get_by_role("tab", name="Articles").click()
    page.locator(".pm-article").first.click()
    expect(page.locator("#pm-source h2")).to_be_visible()


def drop(page: Page, files: dict[str, str]) -> None:
    """Files on the tab of articles."""
    page.get_by_role("tab", name="Articles").click()
    payload: list[FilePayload] = [
        {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
        for name, text in files.items()
    ]
    page.set_input_files("#pm-drop [data-files]", payload)


def drop_files(page: Page) -> None:
    """Files that the page takes, and one that it refuses."""
    drop(page, {"new.txt": RUSSIAN + "Новое.", "notes.docx": "PK"})
    expect(page.locator(".pm-added .pm-reasons")).to_be_visible()


def drop_many(page: Page) -> None:
    """Enough to be still indexing when we take the picture."""
    drop(page, {f"{n}.txt": f"{n} {LONG}" for n in range(8)})
    expect(page.locator("#pm-report .pm-working")).to_be_visible()


def filters(page: Page) -> None:
    """The filters, with days the wrong way round."""
    page.locator(".pm-days summary").click()
    page.locator("[data-day=published_from]").fill("2020-08-10")
    page.locator("[data-day=published_to]").fill("2020-08-01")
    expect(page.locator("#pm-scope .pm-wrong")).to_be_visible()


def search(page: Page) -> None:
    """Words looked for among the sources, and one of them chosen."""
    page.fill(".pm-words", "belarus")
    expect(page.locator(".pm-excerpt").first).to_be_visible()
    page.locator(".pm-tick").first.check()
    expect(page.locator(".pm-chosen")).to_be_visible()


def follow_up(page: Page) -> None:
    """A second question that leans on the first."""
    ask(QUESTION, None)(page)
    ask("When were they detained?", None, ".pm-understood")(page)


def long_conversation(page: Page) -> None:
    """Two hundred turns, read back."""
    ask(QUESTION, None)(page)
    turn = page.locator(".pm-turn").get_attribute("data-turn")
    page.evaluate(
        "async (turn) => { for (let n = 1; n < 200; n++) await pressmark.keep("
        "{ ...JSON.parse(turn), id: `copy-${n}`, question: `Question ${n}?` }); }",
        turn,
    )
    page.reload()
    expect(page.locator(".pm-turn")).to_have_count(200)


def menu(page: Page) -> None:
    """The menu of conversations."""
    ask(QUESTION, None)(page)
    page.get_by_text("Conversations", exact=True).click()
    expect(page.locator(".pm-menu-row")).to_be_visible()


def again(way: str, shown: str) -> Act:
    """The question of the seeds, asked in another way."""

    def act(page: Page) -> None:
        ask(QUESTION, None)(page)
        page.get_by_text("Not what I asked").click()
        page.locator(f'[data-again="{way}"]').click()
        expect(page.locator("#pm-live").locator(shown)).to_be_visible(timeout=60_000)

    return act


def more(page: Page) -> None:
    """More quotes below an answer, and what to ask next."""
    ask(QUESTION, None)(page)
    page.locator("[data-more]").click()
    expect(page.locator(".pm-more-quotes li").first).to_be_visible()
    expect(page.locator(".pm-next")).to_be_visible()
    page.locator(".pm-next").scroll_into_view_if_needed()


def too_long(page: Page) -> None:
    """A question that is longer than can be asked."""
    page.fill("#pm-question textarea", "Who? " * 900)
    page.keyboard.press("Enter")
    expect(page.locator(".pm-problem")).to_be_visible()


def help_and_language(page: Page) -> None:
    """Help, in Ukrainian."""
    page.get_by_role("button", name="Help and language").click()
    page.get_by_label("Language of the page").select_option("uk")
    expect(page.get_by_role("tab", name="Запитати")).to_be_visible()
    page.locator(".pm-help-open").click()


def gone(page: Page) -> None:
    """A server that does not answer any more."""
    ask(QUESTION, None)(page)
    for address in ("**/healthz", "**/component_server/"):
        page.route(address, lambda route: route.abort())
    page.locator(".pm-chip").first.click()
    expect(page.locator("#pm-gone")).to_be_visible()


def model_panel(page: Page) -> None:
    """The panel for a language model."""
    page.locator(".pm-model summary").click()
    expect(page.locator(".pm-model-sent")).to_be_visible()


def nothing(page: Page) -> None:
    """The page as it opens."""


STATES: dict[str, Act] = {
    "welcome": nothing,
    "answer": ask(QUESTION),
    "follow-up": follow_up,
    "refusal": ask("What is the weather on the Moon?"),
    "arabic": ask("كم سفينة وصلت إلى الرصيف الجديد في ميناء العقبة؟"),
    "russian": ask("Сколько судов подошли к новому причалу Мурманска?"),
    "long-article": ask("Which crane was painted on day 260 of the works in Gdynia?"),
    "differ": ask("How many workers did the fire at the Lodz mill kill?"),
    "timeline": again("timeline", ".pm-timeline"),
    "overview": again("overview", ".pm-overview, .pm-claim"),
    "more-quotes": more,
    "too-long": too_long,
    "help": help_and_language,
    "gone": gone,
    "model-panel": model_panel,
    "filters": filters,
    "search": search,
    "articles": articles,
    "uploaded": drop_files,
    "menu": menu,
    "long-conversation": long_conversation,
}
LARGE = ("answer", "articles")
SIZES = {
    "": {"width": 1280, "height": 800},
    "-phone": {"width": 360, "height": 740},
    "-4k": {"width": 3840, "height": 2160},
}


@contextmanager
def model_that_writes() -> Iterator[str]:
    """An endpoint whose model writes two sentences, of which the articles support one."""
    text = "Minsk says that 33 Russian citizens were detained in Belarus [1]. They ate soup [1]."

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
            last = {"index": 0, "delta": {}, "finish_reason": "stop"}
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for part in (choice, last):
                chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
                self.wfile.write(
                    b"data: %s\n\n" % json.dumps({**chunk, "choices": [part]}).encode()
                )
            self.wfile.write(b"data: [DONE]\n\n")

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()


def picture(
    browser: Browser, url: str, path: Path, act: Act, size: str = "", dark: bool = False
) -> None:
    """One state, as it looks."""
    context = browser.new_context(
        viewport={"width": SIZES[size]["width"], "height": SIZES[size]["height"]},
        color_scheme="dark" if dark else "light",
    )
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("#pm-foot span")
    page.wait_for_selector(".pm-welcome")
    try:
        act(page)
    except AssertionError as error:
        print(f"{path.name}: {str(error).splitlines()[0]}")
    page.mouse.move(0, 0)
    page.wait_for_timeout(400)  # every movement has stopped
    page.screenshot(path=path)
    context.close()
    print(path)


def take_states(browser: Browser, folder: Path) -> None:
    """Every state in light and dark, and on a phone; some on a very large screen."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as news:
        for name, text in ARTICLES.items():
            (Path(news) / name).write_text(text, encoding="utf-8")
        with serving(str(ROOT / "seeds"), news) as url:
            for name, act in STATES.items():
                for size in (
                    ("", "-phone", "-4k") if name in ("answer", "articles") else ("", "-phone")
                ):
                    picture(browser, url, folder / f"{name}{size}.png", act, size)
                picture(browser, url, folder / f"{name}-dark.png", act, dark=True)
    with serving() as url:
        picture(browser, url, folder / "empty.png", nothing)
        picture(browser, url, folder / "indexing.png", drop_many)
    with model_that_writes() as endpoint:
        os.environ.update(PRESSMARK_LLM_BASE_URL=endpoint, PRESSMARK_LLM_MODEL="local-model")
        with serving(str(ROOT / "seeds")) as url:
            picture(browser, url, folder / "written.png", ask(QUESTION))
    os.environ["PRESSMARK_LLM_BASE_URL"] = "http://127.0.0.1:9/v1"
    with serving(str(ROOT / "seeds")) as url:
        picture(browser, url, folder / "model-down.png", ask(QUESTION))
