"""The lines to paste into well-known clients, so that they start or find this server."""

import json
import shlex
from collections.abc import Iterator, Sequence

_NAME = "pressmark"


def client_lines(command: Sequence[str], url: str) -> Iterator[str]:
    """What to paste where, client by client.

    Args:
        command: what starts the server over stdio.
        url: where a running ``pressmark serve`` has it.
    """
    program, *arguments = command
    entry = {"command": program, "args": arguments}
    servers = json.dumps({"mcpServers": {_NAME: entry}}, indent=2, ensure_ascii=False)
    yield "Claude Desktop (Settings, Developer, Edit Config) and Cursor (~/.cursor/mcp.json):"
    yield from ("", servers, "")
    yield "Claude Code:"
    yield from ("", f"claude mcp add {_NAME} -- {shlex.join(command)}", "")
    yield "VS Code (.vscode/mcp.json):"
    typed = {"servers": {_NAME: {"type": "stdio", **entry}}}
    yield from ("", json.dumps(typed, indent=2, ensure_ascii=False), "")
    yield "Codex (~/.codex/config.toml):"
    yield from ("", f"[mcp_servers.{_NAME}]", f"command = {json.dumps(program)}")
    yield from (f"args = {json.dumps(arguments)}", "")
    yield "Any client of streamable HTTP, while `pressmark serve` runs:"
    yield from ("", url, "")
    yield "If PRESSMARK_API_KEYS is set, over HTTP with the header  Authorization: Bearer KEY"
