"""``python -m ui.cli``: the command line without the script that pip installs."""

from ui.cli.main import app

app()
