"""Measure the page in a real browser: [--articles N] [--pages N] [--rounds N].

Two libraries: short invented articles, as many as wanted, and one report of many pages as a PDF.
Vectors are drawn (`evals.benchmarks.collected`): what is timed here is the page. Chromium and
Playwright (`pip install pressmark[test]`) are needed; every round is a visit with an empty cache.
"""

import argparse
import shutil
import socket
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evals.benchmarks.collected import DrawnVectors
from evals.benchmarks.made_up import SHORT, sentences_of, write_articles
from evals.benchmarks.printed import pdf, report_pages
from evals.benchmarks.programs import run, serving
from evals.benchmarks.values import Measured, Row, at_most, rounded

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TITLE: Final = "How quick is the page?"
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
)
PATIENCE_MS: Final = 120_000
QUESTION: Final = "What is said of the harbour?"
DEEP: Final = 0.9
"""The page of the report that is opened: this far into it."""
_DRAWN: Final = f"{DrawnVectors.__module__}:{DrawnVectors.__name__}"
# Runs before the page's own scripts: when the list is there, and how long keys and clicks wait.
_WATCH: Final = """
window.seen = { slowest: 0 };
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) seen.slowest = Math.max(seen.slowest, duration);
}).observe({ type: "event", durationThreshold: 16, buffered: true });
window.until = (done) => new Promise((resolve) => {
  const look = () => (done() ? resolve(performance.now()) : requestAnimationFrame(look));
  look();
});
document.addEventListener("DOMContentLoaded", () => {
  until(() => document.querySelector("#pm-library .pm-article")).then((at) => { seen.list = at; });
});
"""
_FIRST_PAINT: Final = """
performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null
"""
# From a change in the list until the server's answer to it is shown.
_CHANGED: Final = """async ([act, value]) => {
  const began = performance.now();
  const found = document.querySelector("#pm-library .pm-found");
  const before = found.firstElementChild;
  if (act === "search") {
    const box = document.querySelector("#pm-library .pm-words");
    box.value = value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  } else document.querySelector(`#pm-library ${value}`).click();
  const shown = await until(() => found.firstElementChild !== before
    && found.getAttribute("aria-busy") === "false");
  return shown - began;
}"""
_OPENED: Final = """async () => {
  const began = performance.now();
  document.querySelector(".pm-chip").click();
  return (await until(() => document.querySelector("#pm-quote"))) - began;
}"""
_FOUND: Final = """async () => {
  const box = document.querySelector(".pm-find input");
  const began = performance.now();
  box.value = "the";
  box.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return performance.now() - began;
}"""

Times = dict[str, list[float]]


def measure_list(visit: Callable[[], "Page"], rounds: int) -> Times:
    """Visit a large library, type, search, narrow down, page on.

    Args:
        visit: opens the page anew.
        rounds: how often.
    """
    times: Times = defaultdict(list)
    for _ in range(rounds):
        page = visit()
        page.wait_for_function("seen.list")
        times["first paint"].append(page.evaluate(_FIRST_PAINT))
        times["list of sources shown"].append(page.evaluate("seen.list"))
        times["elements on the page"].append(page.evaluate("document.querySelectorAll('*').length"))
        page.locator("#pm-question textarea").press_sequentially(QUESTION)
        page.locator("#pm-library .pm-words").press_sequentially("harbour")
        page.wait_for_timeout(500)  # entries of slow events come later than the events
        times["slowest key"].append(page.evaluate("seen.slowest"))
        page.wait_for_selector("#pm-library .pm-found[aria-busy=false] mark")
        times["search"].append(page.evaluate(_CHANGED, ["search", "minister"]))
        times["value of a facet"].append(page.evaluate(_CHANGED, ["click", "[data-facet=years]"]))
        times["more of the list"].append(page.evaluate(_CHANGED, ["click", "[data-act=more]"]))
        page.context.close()
    return times


def measure_report(visit: Callable[[], "Page"], asked: str, rounds: int) -> Times:
    """Open a citation deep in a long PDF, and find a word in it.

    Args:
        visit: opens the page anew.
        asked: words of the page to open.
        rounds: how often.
    """
    times: Times = defaultdict(list)
    for _ in range(rounds):
        page = visit()
        page.fill("#pm-question textarea", asked)
        page.keyboard.press("Enter")
        page.wait_for_selector(".pm-chip")
        times["citation opened"].append(page.evaluate(_OPENED))
        times["elements of the article"].append(
            page.evaluate("document.querySelectorAll('#pm-source *').length")
        )
        times["word found in it"].append(page.evaluate(_FOUND))
        page.context.close()
    return times


@contextmanager
def visits(browser: "Browser", home: Path) -> Iterator[Callable[[], "Page"]]:
    """Serve a library, and give what opens its page in a browser that has nothing of it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    with serving(home, port, {"PRESSMARK_EMBEDDING": _DRAWN}) as served:

        def visit() -> "Page":
            page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.add_init_script(_WATCH)
            page.goto(served.address)
            page.wait_for_function("window.pressmark")
            return page

        visit().context.close()  # the server's own first time is another benchmark's
        yield visit


def rows(listed: Times, opened: Mapping[str, list[float]], articles: int, pages: int) -> list[Row]:
    """The figures, with what they should reach."""
    first = at_most(f"{articles:,} articles: first paint", "ms", listed["first paint"], 1_000)
    key = at_most(f"{articles:,} articles: slowest key", "ms", listed["slowest key"], 100)
    others = [
        Row(f"{articles:,} articles: {what}", "" if "elements" in what else "ms", tuple(values))
        for what, values in listed.items()
        if what not in ("first paint", "slowest key")
    ]
    report = [
        Row(f"{pages} pages: {what}", "" if "elements" in what else "ms", tuple(values))
        for what, values in opened.items()
    ]
    return [first, key, *others, *report]


def measure(folder: Path, articles: int, pages: int, rounds: int) -> Measured:
    """Make the libraries, unless they are there, and measure the page over each.

    Args:
        folder: for the libraries.
        articles: of the large library.
        pages: of the report.
        rounds: visits to each.
    """
    from playwright.sync_api import sync_playwright

    known, more = sentences_of(), {"PRESSMARK_EMBEDDING": _DRAWN}
    many, long = folder / f"many-{articles}", folder / f"report-{pages}"
    write_articles(many / "articles", articles, known, length=SHORT)
    (long / "articles").mkdir(parents=True, exist_ok=True)
    texts = list(report_pages(pages, known))
    (long / "articles" / "report.pdf").write_bytes(pdf(texts))
    for one in (many, long):
        run(["index", str(one / "articles")], one / "home", more)
    asked = " ".join(texts[int(pages * DEEP) - 1].split()[2:14])
    with sync_playwright() as playwright:
        options: dict[str, Any] = {"executable_path": shutil.which("chromium"), "args": FLAGS}
        browser = playwright.chromium.launch(**options)
        with visits(browser, many / "home") as visit:
            listed = measure_list(visit, rounds)
        with visits(browser, long / "home") as visit:
            opened = measure_report(visit, asked, rounds)
        browser.close()
    found = rows(listed, opened, articles, pages)
    return Measured("browsing", TITLE, tuple(found), circumstances=f"{rounds} visits each")


def main(say: Callable[[str], None] = print) -> None:
    """Measure, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="for the libraries, to be used again")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = chosen.folder or Path(passing)
        found = measure(folder, chosen.articles, chosen.pages, chosen.rounds)
    for row in found.rows:
        low, high = row.spread
        goal = f"   {row.goal}: {'reached' if row.met else 'MISSED'}" if row.goal else ""
        spread = f"({rounded(low)} to {rounded(high)})"
        say(f"{row.what}: {rounded(row.median)} {row.unit} {spread}{goal}")


if __name__ == "__main__":
    main()
