"""Patterns of scanned and typed numbers: waybills, blank serials, billing codes, NTPN.

None of these formats is settled by a public source for good, so the patterns are data
(resources/rules/codes.toml) that an office can change; only the check digit is code.

    Problem
    ├── CodeMalformed       no pattern of this kind fits
    └── CodeCheckDigitWrong the shape fits, the check digit doesn't: misread or mistyped
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.errors import Problem

_SEPARATORS = re.compile(r"[\s\-]+")
_LONGEST = 64


class CodeKind(StrEnum):
    """What a pattern is for."""

    WAYBILL = "waybill"
    BLANK_SERIAL = "blank_serial"
    BILLING_CODE = "billing_code"
    NTPN = "ntpn"
    OFFICER_NUMBER = "officer_number"
    OFFICE = "office"


class CheckDigit(StrEnum):
    """How a number proves itself."""

    NONE = "none"
    S10 = "s10"


@dataclass(frozen=True, slots=True)
class CodePattern:
    """One accepted shape. `example` shows an officer what is meant; `carrier` is a waybill's."""

    kind: CodeKind
    name: str
    pattern: str
    example: str
    source: str
    check: CheckDigit = CheckDigit.NONE
    carrier: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A number in its normal form, and the pattern that it follows."""

    text: str
    kind: CodeKind
    pattern: str
    carrier: str = ""


class CodeMalformed(Problem):
    """No pattern of this kind fits what was scanned or typed."""

    kind: CodeKind
    length: int
    example: str
    text: str
    """As it was typed: without its hyphens nobody knows it again."""


class CodeCheckDigitWrong(Problem):
    """The check digit should be `expected`: scan again or type it again."""

    kind: CodeKind
    expected: int
    found: int


def normal(text: str) -> str:
    """A number as it is stored and compared: no spaces or hyphens, upper case."""
    return _SEPARATORS.sub("", text).upper()


def read_code(patterns: tuple[CodePattern, ...], kind: CodeKind, text: str) -> Code:
    """The number in its normal form. Raises CodeMalformed or CodeCheckDigitWrong."""
    plain = normal(text)
    wrong: CodeCheckDigitWrong | None = None
    known = [pattern for pattern in patterns if pattern.kind is kind]
    if len(plain) <= _LONGEST:
        for pattern in known:
            if not re.fullmatch(pattern.pattern, plain, re.ASCII):
                continue
            if pattern.check is CheckDigit.S10:
                expected, found = s10_check_digit(plain[2:10]), int(plain[10])
                if expected != found:
                    wrong = wrong or CodeCheckDigitWrong(kind, expected, found)
                    continue
            return Code(plain, kind, pattern.name, pattern.carrier)
    if wrong is not None:
        raise wrong
    raise CodeMalformed(kind, len(plain), known[0].example if known else "", text.strip()[:40])


def fits(patterns: tuple[CodePattern, ...], kind: CodeKind, text: str) -> bool:
    """Whether a scan is such a number at all; tells a waybill from a card in one scan field."""
    try:
        read_code(patterns, kind, text)
    except (CodeMalformed, CodeCheckDigitWrong):
        return False
    return True


_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def s10_check_digit(serial: str) -> int:
    """The check digit of eight digits (UPU S10-12: weights 8 6 4 2 3 5 9 7, modulo 11)."""
    total = sum(weight * int(digit) for weight, digit in zip(_S10_WEIGHTS, serial, strict=True))
    check = 11 - total % 11
    return {10: 0, 11: 5}.get(check, check)
