"""Waybill numbers (resi, AWB): UPU S10 with its check digit, and the Pos's domestic shapes.

Domestic numbers have no known check digit: older ones are 11 digits, newer ones `P` and 13
digits that begin with the date. Shapes are data, see `codes.py`.
"""

from __future__ import annotations

from datetime import date

from desktop.domain.codes import Code, CodeKind, CodePattern, read_code, s10_check_digit


def read_waybill(patterns: tuple[CodePattern, ...], text: str) -> Code:
    """A scanned or typed waybill in its normal form, with its carrier.

    Raises CodeMalformed, or CodeCheckDigitWrong for an S10 number that was misread.
    """
    return read_code(patterns, CodeKind.WAYBILL, text)


def make_s10(service: str, serial: int, country: str = "ID") -> str:
    """An S10 item number: two letters, eight digits, check digit, country."""
    digits = f"{serial:08d}"
    return f"{service}{digits}{s10_check_digit(digits)}{country}"


def make_domestic(on: date, serial: int) -> str:
    """A domestic number of the newer shape: P, yymmdd and seven digits."""
    return f"P{on:%y%m%d}{serial:07d}"
