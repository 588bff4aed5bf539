"""The wire that leads nowhere: what leaves is seen, and what stays is told apart."""

from __future__ import annotations

import os
import socket
import struct
import sys
from ipaddress import ip_address
from pathlib import Path

import pytest

from evals.faults.wire import bound_for, can_be_alone, watch

V4, V6 = 0x0800, 0x86DD
alone = pytest.mark.skipif(not can_be_alone(), reason="no network namespace can be made here")
_TRIES = """
import socket
listening = socket.create_server(("127.0.0.1", 0))
socket.create_connection(listening.getsockname()).close()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
    for _ in range({times}):
        asking.sendto(b"who is evil.example?", ("192.0.2.53", 53))
print("done")
"""


def packet(target: str, protocol: int, port: int) -> bytes:
    """The beginning of a packet of IP."""
    address = ip_address(target).packed
    ports = struct.pack("!HH", 40_000, port)
    if len(address) == 4:
        return bytes([0x45]) + bytes(8) + bytes([protocol]) + bytes(6) + address + ports
    return bytes(6) + bytes([protocol]) + bytes(17) + address + ports


@pytest.mark.parametrize(
    ("target", "protocol", "port", "words"),
    [
        ("127.0.0.1", socket.IPPROTO_TCP, 7860, None),
        ("127.0.0.53", socket.IPPROTO_TCP, 443, None),
        ("::1", socket.IPPROTO_TCP, 7860, None),
        ("127.0.0.53", socket.IPPROTO_UDP, 53, "UDP to 127.0.0.53 port 53"),
        ("192.0.2.7", socket.IPPROTO_TCP, 443, "TCP to 192.0.2.7 port 443"),
        ("2001:db8::7", socket.IPPROTO_UDP, 53, "UDP to 2001:db8::7 port 53"),
        ("192.0.2.7", socket.IPPROTO_ICMP, 0, "ICMP to 192.0.2.7"),
    ],
)
def test_where_a_packet_goes(target: str, protocol: int, port: int, words: str | None) -> None:
    kind = V4 if "." in target else V6
    assert bound_for(kind, packet(target, protocol, port)) == words


def test_what_is_no_packet_of_ip_is_told() -> None:
    assert bound_for(0x0806, b"who has?") == "a packet of protocol 0x0806"
    assert bound_for(V4, b"\x45") == "a packet of protocol 0x0800"


@alone
@pytest.mark.parametrize("times", [0, 3])
def test_whatever_leaves_is_seen(tmp_path: Path, times: int) -> None:
    command = [sys.executable, "-c", _TRIES.format(times=times)]
    found = watch(command, os.environ, tmp_path / "packets.json")
    assert (found.status, found.output) == (0, "done\n")
    assert found.left == ("UDP to 192.0.2.53 port 53",) * times
    assert found.inside > 0
