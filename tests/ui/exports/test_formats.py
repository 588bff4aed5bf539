"""Every format has a name for the page, and is made."""

from __future__ import annotations

import re
from typing import get_args

from typer.testing import CliRunner

from rag.types import Mode, Task
from ui.cli.main import app
from ui.exports.formats import SHOWN_AS, ExportFormat


def test_the_page_offers_every_format() -> None:
    assert set(SHOWN_AS) == set(ExportFormat)
    assert len(set(SHOWN_AS.values())) == len(ExportFormat)


def test_the_command_line_offers_every_format_mode_and_task() -> None:
    shown = CliRunner().invoke(app, ["ask", "--help"], env={"COLUMNS": "300", "TERM": "dumb"})
    for names in ([form.value for form in ExportFormat], get_args(Mode), get_args(Task)):
        assert re.search(r"[\[<]" + r"\|".join(names) + r"[\]>]", shown.output), shown.output
