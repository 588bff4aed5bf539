"""The seeds stay byte for byte, and every statement about them has a basis."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from index.readers.files import read_file
from index.readers.sidecar import SIDECAR_NAME, read_sidecar

SEEDS = Path(__file__).parent.parent / "seeds"
SHA256 = {
    "000_94d6a886cfc6cf86.txt": "8fd7e8b32be9b04f1b84373fa87b27d54a3ac2cab7919b67aee8c946ddb0da2c",
    "001_78744b9ed76b847d.txt": "9b95b42bfe2aee8a7a678373823acf9abb4905e8466a544955511b6fbe95c8cd",
    "002_e21aeacc92997a7a.txt": "c9f11eafd3b96ef8a21b4fd50a1ff13f061ba520dbf7eb011393f5416a24a155",
    "003_363a3a3b917a5356.txt": "9300df432b382e2338eb1ab1d9d38bd439f5b48ddbe7863a119e856b7d5001cd",
    "004_3247b580ea9c9a38.txt": "3fc699166882f62673a4f75bb8f2d2ffef24296036a070f7c1f3e883a599d4d4",
}


@pytest.mark.parametrize("name", SHA256)
def test_a_seed_is_unchanged(name: str) -> None:
    data = (SEEDS / name).read_bytes()
    assert hashlib.sha256(data).hexdigest() == SHA256[name]
    assert b"\r" not in data


def test_the_folder_holds_the_seeds_and_their_sidecar_only() -> None:
    assert sorted(path.name for path in SEEDS.iterdir()) == [*sorted(SHA256), SIDECAR_NAME]


def test_the_sidecar_speaks_of_the_seeds_only_and_gives_a_basis_for_each_statement() -> None:
    sidecar = read_sidecar(SEEDS)
    assert set(sidecar) == set(SHA256)
    for metadata in sidecar.values():
        facts = ("title", "publisher", "published", "language", "url")
        stated = {key for key in facts if getattr(metadata, key) is not None}
        assert stated == set(metadata.basis)
        assert all(len(basis) > 10 for basis in metadata.basis.values())


def test_the_sidecar_invents_no_dates() -> None:
    dates = {name: entry.published for name, entry in read_sidecar(SEEDS).items()}
    assert [dates[name] for name in sorted(dates)] == [
        date(2020, 8, 6),
        None,
        None,
        None,
        date(2020, 8, 28),
    ]
    assert "25.04.2024" in (read_sidecar(SEEDS)["002_e21aeacc92997a7a.txt"].date_note or "")


@pytest.mark.parametrize("name", SHA256)
def test_a_seed_is_read_as_it_is(name: str) -> None:
    source, _ = read_file(SEEDS / name)
    assert source.text.encode() == (SEEDS / name).read_bytes()
    assert source.sha256 == SHA256[name]
    assert source.source_id == f"src_{SHA256[name][:16]}"
