"""Draw the golden cards anew: `python -m tests.cards.renew_golden`, then look at them."""

from __future__ import annotations

from tests.cards.golden import GOLDEN, GOLDEN_CARDS, drawn

WHOLE = {"car-training", "trailer-live"}
"""Kept with both faces; of the others the one that differs."""
BACK = {"sealed-face"}


def main() -> None:
    for name in GOLDEN_CARDS:
        faces = drawn(name)
        for side, face in (("front", faces.front), ("back", faces.back)):
            if name in WHOLE or (side == "back") == (name in BACK):
                face.save(GOLDEN / f"{name}-{side}.webp", lossless=True, method=6, exact=True)
        (GOLDEN / f"{name}.sha256").write_text(f"{faces.digest}\n", encoding="ascii")


if __name__ == "__main__":
    main()
