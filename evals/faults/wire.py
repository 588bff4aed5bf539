"""Run a command on a machine whose wire leads nowhere, and write down every packet it puts on it.

``python -m evals.faults.wire FILE COMMAND…`` runs in a network namespace of its own. Its loopback
is also the way to everywhere else, so that whatever somebody sends, a question for a name included,
is seen and goes no further. In an empty namespace such a packet would never be made.
"""

import ctypes
import fcntl
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

ALONE = ("unshare", "--map-root-user", "--net")
_SIOCADDRT, _SIOCGIFFLAGS, _SIOCSIFFLAGS = 0x890B, 0x8913, 0x8914
_UP, _RTF_UP = 0x1, 0x1
_ETH_ALL, _IPV4, _IPV6 = 0x0003, 0x0800, 0x86DD
_OUTGOING = 4
_LOOPBACK = b"lo"
_PROTOCOLS = {1: "ICMP", 6: "TCP", 17: "UDP", 58: "ICMPv6"}
_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Watched:
    """How a command ended.

    Attributes:
        status: its exit status.
        output: what it said, on both streams.
        left: each packet that was bound for elsewhere, in words.
        inside: how many packets went from this machine to itself.
    """

    status: int
    output: str
    left: tuple[str, ...]
    inside: int


def can_be_alone() -> bool:
    """Whether a network namespace can be made here."""
    if shutil.which(ALONE[0]) is None:
        return False
    return subprocess.run([*ALONE, "true"], capture_output=True).returncode == 0  # noqa: S603


def watch(command: Sequence[str], environment: Mapping[str, str], record: Path) -> Watched:
    """Run a command where the wire leads nowhere.

    Args:
        command: with its arguments.
        environment: of the command.
        record: a file to write packets to.
    """
    around = [*ALONE, sys.executable, "-m", "evals.faults.wire", str(record), *command]
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join([root, *filter(None, [environment.get("PYTHONPATH")])])
    done = subprocess.run(  # noqa: S603 - a command of the harness
        around,
        env={**environment, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    found: dict[str, Any] = {"left": [], "inside": 0}
    if record.exists():
        found = json.loads(record.read_text())
    return Watched(done.returncode, done.stdout, tuple(found["left"]), found["inside"])


def main(arguments: Sequence[str]) -> int:
    """Set the wire up, run the command, and record.

    Args:
        arguments: the record's file, then the command.

    Returns:
        the command's exit status.
    """
    _raise_loopback()
    _lead_everything_to_loopback()
    seen, over = _Seen(), threading.Event()
    # Packets count from now on, before anybody can send one.
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_ALL)) as wire:
        wire.settimeout(_POLL_S)
        watching = threading.Thread(target=_listen, args=(wire, seen, over))
        watching.start()
        try:
            status = subprocess.run(list(arguments[1:])).returncode  # noqa: S603
        finally:
            over.set()
            watching.join()
    Path(arguments[0]).write_text(json.dumps({"left": seen.left, "inside": seen.inside}))
    return status


class _Seen:
    """What went by on the wire."""

    def __init__(self) -> None:
        self.left: list[str] = []
        self.inside = 0

    def note(self, kind: int, packet: bytes) -> None:
        """Take down a packet that was sent."""
        words = bound_for(kind, packet)
        if words is None:
            self.inside += 1
        else:
            self.left.append(words)


def bound_for(kind: int, packet: bytes) -> str | None:
    """Say where a packet goes, if it is bound for elsewhere; None if it stays on this machine.

    Args:
        kind: the protocol's number on Ethernet.
        packet: from its header on.
    """
    if kind == _IPV4 and len(packet) >= 20:
        target, protocol, header = packet[16:20], packet[9], 4 * (packet[0] & 15)
    elif kind == _IPV6 and len(packet) >= 40:
        target, protocol, header = packet[24:40], packet[6], 40
    else:
        return f"a packet of protocol {kind:#06x}"
    address = ip_address(target)
    port = ""
    if protocol in (6, 17) and len(packet) >= header + 4:
        port = f" port {struct.unpack('!H', packet[header + 2 : header + 4])[0]}"
    # A name is looked up elsewhere, whichever resolver of this machine passes the question on.
    if address.is_loopback and not (protocol == 17 and port == " port 53"):
        return None
    return f"{_PROTOCOLS.get(protocol, str(protocol))} to {address}{port}"


def _listen(wire: socket.socket, seen: _Seen, over: threading.Event) -> None:
    while True:
        try:
            packet, (_, kind, direction, *_) = wire.recvfrom(65_536)
        except TimeoutError:
            if over.is_set():
                return
            continue
        if direction == _OUTGOING:  # loopback shows each packet again as it comes back
            seen.note(kind, packet)


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        request = struct.pack("16sH14s", _LOOPBACK, 0, b"")
        answer = fcntl.ioctl(asking, _SIOCGIFFLAGS, request)
        flags = struct.unpack("16sH14s", answer)[1] | _UP
        fcntl.ioctl(asking, _SIOCSIFFLAGS, struct.pack("16sH14s", _LOOPBACK, flags, b""))


def _lead_everything_to_loopback() -> None:
    """Make loopback the default route of both kinds of IP."""
    nowhere = struct.pack("=HH4s8x", socket.AF_INET, 0, b"\0" * 4)
    device = ctypes.create_string_buffer(_LOOPBACK)
    # struct rtentry: pad1, destination, gateway, mask, flags, …, the device's name as a pointer.
    entry = struct.pack(
        "@L16s16s16sHhLPhPLLH",
        0, nowhere, nowhere, nowhere, _RTF_UP, 0, 0, 0, 0, ctypes.addressof(device), 0, 0, 0,
    )  # fmt: skip
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        fcntl.ioctl(asking, _SIOCADDRT, entry)
    if not socket.has_ipv6:
        return
    # struct in6_rtmsg: destination, source, gateway, type, both prefixes, metric, …, the interface.
    number = socket.if_nametoindex("lo")
    message = struct.pack("=16s16s16sIHHI4xQIi", b"", b"", b"", 0, 0, 0, 1, 0, _RTF_UP, number)
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as asking:
            fcntl.ioctl(asking, _SIOCADDRT, message)
    except OSError:
        return  # a machine without IPv6 sends none


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
