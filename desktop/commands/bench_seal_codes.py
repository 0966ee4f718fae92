"""How often a reader that isn't ours (zxing-cpp) reads a seal from a bad picture of it.

Ninety captures: six distances (0.7 to 2 pixels a printed dot), five turns up to 45 degrees, each
with its own slant of the card, and three lights (blur, contrast, noise, growing together). The dots
are those of a card printer at 300 dpi; every code has its own quiet zone of four modules.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

from desktop.cards.seal import CardStatement, seal
from desktop.cards.seal_claim import seal_claim
from desktop.commands.bench_seal_card import SEED, statement
from desktop.keys.signer import SoftSigner

SCALES = (0.7, 0.85, 1.0, 1.25, 1.5, 2.0)
TURNS = ((0.0, 0.0), (4.0, 0.04), (-8.0, 0.08), (15.0, 0.06), (45.0, 0.1))
"""Degrees, and how much shorter the far edge is."""
LIGHTS = ((0.5, 1.0, 4.0), (1.0, 0.8, 8.0), (1.5, 0.6, 12.0))
"""Blur (sigma in dots), contrast, noise (sigma in 256 levels)."""
QUIET = 4
MM_207, MM_22, MM_516 = 244, 260, 609
"""Dots of 20.7, 22 and 51.6 mm at 300 dpi; the last is the back of profile C's layout."""


def read_rates(captures: int = 90) -> dict[str, float]:
    """Codes read of so many captures, with version and dots a module of each."""
    told: dict[str, float] = {"captures": captures}
    for name, (text, level, room) in codes().items():
        modules = _modules(text, level)
        side = len(modules) + 2 * QUIET
        dots = room // side
        told[f"{name}_modules"] = len(modules)
        told[f"{name}_dots"] = dots
        told[f"{name}_read"] = _read(modules, dots, text, captures) if dots else 0
    return told


def codes() -> dict[str, tuple[str, str, int]]:
    """What is compared: text, error correction, room in dots."""
    signer, told = SoftSigner(SEED), statement()
    a, b, jws = seal(told, signer), seal_claim(told, signer), as_jws(told, signer)
    c = seal(replace(told, face=bytes(range(256)) * 2), signer)
    return {
        "a_l_207": (a, "L", MM_207),
        "a_m_207": (a, "M", MM_207),
        "a_m_22": (a, "M", MM_22),
        "claim169_l_22": (b, "L", MM_22),
        "claim169_m_22": (b, "M", MM_22),
        "jws_l_22": (jws, "L", MM_22),
        "jws_m_22": (jws, "M", MM_22),
        "c_m_22": (c, "M", MM_22),
        "c_m_516": (c, "M", MM_516),
    }


def as_jws(told: CardStatement, signer: SoftSigner) -> str:
    """The same statement as a compact JWS over JSON with spelled names."""
    held = {
        "realm": told.realm.value,
        "number": told.number,
        "class": told.licence_class.value,
        "name": told.name,
        "birth": told.birth.isoformat(),
        "issued": told.issued_on.isoformat(),
        "valid_until": told.valid_until.isoformat(),
        "serial": told.serial,
        "portrait": _b64(told.portrait),
        "office": told.office,
    }
    head = {"alg": "EdDSA", "kid": signer.key_id[:16]}
    body = ".".join(_b64(json.dumps(p, separators=(",", ":")).encode()) for p in (head, held))
    return f"{body}.{_b64(signer.sign(body.encode()))}"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _modules(text: str, level: str) -> list[list[bool]]:
    from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M
    from qrcode.main import QRCode

    correction = ERROR_CORRECT_L if level == "L" else ERROR_CORRECT_M
    maker = QRCode(error_correction=correction, box_size=1, border=0)
    maker.add_data(text)
    maker.make(fit=True)
    return [[bool(cell) for cell in row] for row in maker.get_matrix()]


def _read(modules: list[list[bool]], dots: int, text: str, captures: int) -> int:
    import numpy as np
    import zxingcpp

    cells = np.pad(np.where(np.array(modules), 0, 255).astype(np.uint8), QUIET, constant_values=255)
    printed = np.kron(cells, np.ones((dots, dots), np.uint8))
    kinds = [(s, t, light) for s in SCALES for t in TURNS for light in LIGHTS][:captures]
    noise = np.random.default_rng(1)
    read = 0
    for scale, (turn, slant), light in kinds:
        picture = _captured(printed, scale, turn, slant, light, noise)
        found = zxingcpp.read_barcodes(picture)
        read += any(code.text == text for code in found)
    return read


def _captured(
    printed: Any,
    scale: float,
    turn: float,
    slant: float,
    light: tuple[float, float, float],
    noise: Any,
) -> Any:
    """The printed code as a camera sees it, amid a light card."""
    import cv2
    import numpy as np

    blur, contrast, grain = light
    soft = cv2.GaussianBlur(printed, (0, 0), blur)
    side = len(printed)
    width = int(side * scale * 1.6) + 8
    middle, half = width / 2, side * scale / 2
    near, far = half * (1 + slant / 2), half * (1 - slant / 2)
    corners = np.array([(-far, -half), (far, -half), (near, half), (-near, half)])
    angle = np.deg2rad(turn)
    turned = corners @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    here = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32)
    there = (turned + middle).astype(np.float32)
    seen = cv2.warpPerspective(
        soft,
        cv2.getPerspectiveTransform(here, there),
        (width, width),
        flags=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR,
        borderValue=(235,),
    )
    seen = 128 + (seen.astype(np.float64) - 128) * contrast + noise.normal(0, grain, seen.shape)
    return np.clip(seen, 0, 255).astype(np.uint8)
