"""Take the README's pictures: a server on the seeds, driven with Chromium.

Usage: python tools/screenshots.py [FOLDER]            (default: docs/images)
       python tools/screenshots.py --states [FOLDER]   every state of the page (build/states)
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from page_server import ROOT, serving
from page_states import take_states
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

MAX_BYTES = 200_000
QUESTION = "How many Russians were detained in Belarus?"


@dataclass(frozen=True)
class Picture:
    """One picture: its question, whether a citation is open, its size and its colours.

    With words to look for, it asks nothing and shows the sources that have them.
    """

    name: str
    question: str = QUESTION
    searched: str = ""
    opened: bool = True
    width: int = 1280
    height: int = 800
    dark: bool = False
    scale: int = 1


PICTURES = (
    Picture("page"),
    Picture("page-dark", dark=True),
    Picture("page-phone", width=390, height=780, scale=2, opened=False),
    Picture("refusal", question="What is the weather on the Moon?"),
    Picture("timeline", question="Timeline: Belarus"),
    Picture("search", searched="Belarus detained"),
)


def take(browser: Browser, url: str, picture: Picture) -> bytes:
    """The picture as PNG, in few colours so that it stays small."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.dark else "light",
        device_scale_factor=picture.scale,
    )
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector(".pm-example")
    if picture.searched:
        page.fill(".pm-words", picture.searched)
        page.wait_for_selector("#pm-library mark")
    else:
        ask(page, picture)
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)  # every movement has stopped
    image = Image.open(BytesIO(page.screenshot()))
    context.close()
    small = BytesIO()
    image.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE).save(small, "PNG", optimize=True)
    return small.getvalue()


def ask(page: Page, picture: Picture) -> None:
    """Ask the picture's question, and open the first citation if it is wanted."""
    page.fill("#pm-question textarea", picture.question)
    page.keyboard.press("Enter")
    page.wait_for_selector(".pm-status")
    if picture.opened:
        page.click(".pm-chip >> nth=0")
        page.wait_for_selector("#pm-quote")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    found = shutil.which("chromium")
    if found is None:
        sys.exit("Chromium is missing. On Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        yield browser
        browser.close()


def take_all(browser: Browser, folder: Path) -> None:
    """The README's pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with serving(str(ROOT / "seeds")) as url:
        for picture in PICTURES:
            data = take(browser, url, picture)
            if len(data) > MAX_BYTES:
                sys.exit(f"{picture.name}.png is {len(data):,} bytes; {MAX_BYTES:,} is the limit.")
            (folder / f"{picture.name}.png").write_bytes(data)
            print(f"{folder / picture.name}.png: {len(data):,} bytes")


def main(arguments: list[str]) -> None:
    """Take the pictures that the user wants."""
    states = "--states" in arguments
    given = [Path(argument) for argument in arguments if argument != "--states"]
    with chromium() as browser:
        if states:
            take_states(browser, given[0] if given else ROOT / "build" / "states")
        else:
            take_all(browser, given[0] if given else ROOT / "docs" / "images")


if __name__ == "__main__":
    main(sys.argv[1:])
