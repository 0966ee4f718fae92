"""The golden cards: what they are, and their digests on this machine.

    python -m tests.cards.golden        prints each card's digest, ends with 1 where one differs

It needs nothing but what the program needs, so it runs on any system that Loket is meant for.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from desktop.cards.face import Faces, render
from desktop.cards.layout import DEFAULT_LAYOUT, load_layout
from desktop.domain.licence_class import LicenceClass
from desktop.domain.realm import Realm
from tests.cards.records import SEAL_C, record

GOLDEN = Path(__file__).parents[1] / "files" / "cards"
GOLDEN_CARDS: dict[str, dict[str, Any]] = {
    "car-training": {"seed": 11, "licence_class": LicenceClass.A, "number": "142199050012"},
    "trailer-live": {
        "seed": 21,
        "licence_class": LicenceClass.BII_UMUM,
        "signature": None,
        "realm": Realm.LIVE,
    },
    "one-word-name": {"seed": 31, "name": "Suharto", "number": "14219905000123"},
    "long-name": {
        "seed": 32,
        "name": "Raden Ajeng Siti Nurhaliza Putri Kusumawardhani binti Haji Abdurrahman Wahid",
    },
    "long-address": {
        "seed": 33,
        "address": (
            "Perumahan Bumi Panyileukan Indah Permai Blok G2 Nomor 117",
            "RT 012 RW 018, Kelurahan Cipadung Kidul Kecamatan Panyileukan",
            "Kota Bandung, Jawa Barat 40614",
        ),
    },
    "apostrophes": {"seed": 34, "name": "Nu'ma Sa’diyah Ma'ruf", "birth_place": "Kota Pu'u"},
    "sealed-face": {"seed": 35, "seal": SEAL_C, "layout": "sim-v1-face"},
}


def drawn(name: str) -> Faces:
    card = dict(GOLDEN_CARDS[name])
    layout = load_layout(str(card.pop("layout", DEFAULT_LAYOUT)))
    return render(record(**card), layout)


def kept(name: str) -> str:
    """The digest that is kept in the repository."""
    return (GOLDEN / f"{name}.sha256").read_text(encoding="ascii").strip()


def main() -> int:
    wrong = 0
    for name in GOLDEN_CARDS:
        digest = drawn(name).digest
        same = digest == kept(name)
        wrong += not same
        print(digest, name, "" if same else f"(kept: {kept(name)})")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
