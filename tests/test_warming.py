"""What is loaded behind the sign-in: the first card's look too, where cards are looked at here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WARM = """
import sys
from desktop.cards.layout import load_layout
from desktop.services.warming import warm
from desktop.words import Words

warm(load_layout(), Words.load("id"), looks={looks})
print(*(name for name in ("cv2", "zxingcpp", "reportlab") if name in sys.modules))
"""


@pytest.mark.parametrize(
    ("looks", "loaded"), [(True, "cv2 zxingcpp reportlab"), (False, "cv2 reportlab")]
)
def test_a_counter_with_a_viewer_has_looked_before_its_first_card(
    *, looks: bool, loaded: str
) -> None:
    script = WARM.format(looks=looks)
    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert told.stdout.strip() == loaded
