"""Takes the README's pictures: a server on the seeds, driven with Chromium.

Usage: python tools/screenshots.py [FOLDER]   (default: docs/images)
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
MAX_BYTES = 200_000
READY = "Pressmark is ready: "
QUESTION = "How many Russians were detained in Belarus?"


@dataclass(frozen=True)
class Picture:
    """One picture: what is asked, whether a citation is opened, how large and how lit."""

    name: str
    question: str = QUESTION
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
)


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server on the seeds, with a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "ui.cli", "--home", home, "serve", "--port", "0"]
        command.append(str(ROOT / "seeds"))
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        try:
            said = server.stdout or ()
            ready = next((line for line in said if line.startswith(READY)), None)
            if ready is None:
                sys.exit("The server ended before it was ready.")
            yield ready.removeprefix(READY).split()[0]
        finally:
            server.terminate()
            server.wait(30)


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
    page.fill("#pm-question textarea", picture.question)
    page.keyboard.press("Enter")
    page.wait_for_selector(".pm-status")
    if picture.opened:
        page.click(".pm-chip >> nth=0")
        page.wait_for_selector("#pm-quote")
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)  # what moves has come to rest
    image = Image.open(BytesIO(page.screenshot()))
    context.close()
    small = BytesIO()
    image.convert("RGB").quantize(256).save(small, "PNG", optimize=True)
    return small.getvalue()


def main(folder: Path) -> None:
    """Takes every picture."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is missing. On Debian: apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    with serving() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        for picture in PICTURES:
            data = take(browser, url, picture)
            if len(data) > MAX_BYTES:
                sys.exit(f"{picture.name}.png is {len(data):,} bytes; {MAX_BYTES:,} is the limit.")
            (folder / f"{picture.name}.png").write_bytes(data)
            print(f"{folder / picture.name}.png: {len(data):,} bytes")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
