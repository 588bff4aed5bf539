"""A message as Outlook saves it: properties in a compound file (MS-OXMSG in MS-CFB)."""

import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

_SECTOR: Final = 512
_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_TEXT, _TIME, _NUMBER = 0x001F, 0x0040, 0x0003
_SUBJECT, _BODY, _SENT, _TEXT_MASK, _CLASS = 0x0037, 0x1000, 0x0039, 0x340D, 0x001A


def message(subject: str, body: str, sent: datetime) -> bytes:
    """A message with its text, subject and time of sending."""
    texts = {_CLASS: "IPM.Note", _SUBJECT: subject, _BODY: body}
    packed = {number: text.encode("utf-16-le") for number, text in texts.items()}
    since_1601 = int((sent - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10**7
    properties = bytes(32)
    properties += struct.pack("<HHIQ", _NUMBER, _TEXT_MASK, 6, 0x00040E79)
    properties += struct.pack("<HHIQ", _TIME, _SENT, 6, since_1601)
    for number, value in packed.items():
        properties += struct.pack("<HHIII", _TEXT, number, 6, len(value) + 2, 0)
    streams = {f"__substg1.0_{number:04X}{_TEXT:04X}": value for number, value in packed.items()}
    return _compound({"__properties_version1.0": properties, **streams})


def _compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file; all of its streams are small, and lie in the stream of the root."""
    ordered = sorted(streams.items(), key=lambda item: (len(item[0]), item[0].upper()))
    small, chain, entries = b"", [], []
    for n, (name, data) in enumerate(ordered, start=1):
        begin, count = len(small) // 64, -(-len(data) // 64)
        small += data.ljust(64 * count, b"\0")
        chain += [*range(begin + 1, begin + count), _END]
        following = n + 1 if n < len(ordered) else _NONE
        entries.append(_entry(name, 2, following, _NONE, begin, len(data)))
    directory = [_entry("Root Entry", 5, _NONE, 1, 0, len(small)), *entries]
    parts = [
        _padded(small, b"\0"),
        _padded(struct.pack(f"<{len(chain)}I", *chain), b"\xff"),
        _padded(b"".join(directory), b"\0"),
    ]
    table: list[int] = []
    starts: list[int] = []
    for part in parts:
        starts.append(len(table))
        count = len(part) // _SECTOR
        table += [*range(len(table) + 1, len(table) + count), _END]
    place = len(table)
    table.append(_FAT)
    table += [_FREE] * (_SECTOR // 4 - len(table))
    assert len(table) == _SECTOR // 4
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<III4xIII", 0, 1, starts[2], 4096, starts[1], len(parts[1]) // _SECTOR)
    head += struct.pack("<II", _END, 0) + struct.pack("<I", place)
    return head.ljust(_SECTOR, b"\xff") + b"".join(parts) + struct.pack("<128I", *table)


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    written = (name + "\0").encode("utf-16-le")
    named = written.ljust(64, b"\0") + struct.pack("<HBB", len(written), kind, 1)
    return named + struct.pack("<III36xIQ", _NONE, right, child, start, size)


def _padded(data: bytes, sign: bytes) -> bytes:
    return data.ljust(-(-len(data) // _SECTOR) * _SECTOR, sign)
