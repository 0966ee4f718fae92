"""The lines of a batch of applications, one by one: a bad line stops nobody but itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import msgspec
import rfc8785
from jsonschema import Draft202012Validator, FormatChecker

from desktop.batch.envelope import Envelope, PictureLost
from desktop.batch.errors import BatchFault, BatchUnreadable
from desktop.domain.filing import Cancellation, Filing
from desktop.domain.online import LineFault, RefusedLine
from desktop.domain.reasons import UploadedDocument
from desktop.pictures import NotAPicture, open_picture

DOCS = Path(__file__).resolve().parents[2] / "docs"
SCHEMA = DOCS / "batch.schema.json"
CANCELLATION_SCHEMA = DOCS / "cancellation.schema.json"
CANCELLATION = "cancellation"
MAX_LINES = 20_000
MAX_LINE = 64 * 1024


@dataclass(frozen=True, slots=True)
class GoodLine:
    """A line that can be taken: the application, its signed text and its pictures."""

    line: int
    filing: Filing
    text: bytes
    pictures: dict[UploadedDocument, bytes]


@dataclass(frozen=True, slots=True)
class CancelLine:
    """A line by which an applicant cancels, with its signed text."""

    line: int
    cancellation: Cancellation
    text: bytes


class _Refused(Exception):
    def __init__(self, fault: LineFault, where: str = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.where = where


@cache
def _validator(path: Path) -> Draft202012Validator:
    schema = json.loads(path.read_bytes())
    return Draft202012Validator(schema, format_checker=FormatChecker(["date"]))


def read_lines(envelope: Envelope) -> Iterator[GoodLine | CancelLine | RefusedLine]:
    """Every line, good or refused, in the order of the file; an application may be cancelled
    in the file that brings it.

    Raises BatchUnreadable for more lines than any office could work on.
    """
    rows = envelope.body.split(b"\n")
    if rows and not rows[-1]:
        rows.pop()
    if len(rows) > MAX_LINES:
        raise BatchUnreadable(BatchFault.TOO_LARGE)
    seen: set[tuple[bool, str]] = set()
    for number, row in enumerate(rows, 1):
        external_id = ""
        try:
            value = plain(row)
            external_id = _id_of(value)
            cancels = value.get("kind") == CANCELLATION
            wish = cancellation_of(value) if cancels else None
            filing = None if cancels else filing_of(value)
            if (cancels, external_id) in seen:
                raise _Refused(LineFault.TWICE_IN_FILE)
            seen.add((cancels, external_id))
            if wish is not None:
                yield CancelLine(number, wish, row)
            if filing is None:
                continue
            yield GoodLine(number, filing, row, _pictures(envelope.picture, filing))
        except _Refused as refused:
            yield RefusedLine(number, refused.fault, external_id, refused.where)


def read_line(
    text: bytes, picture: Callable[[str], bytes], number: int = 0
) -> GoodLine | CancelLine | RefusedLine:
    """One line that came by itself. `picture` gives one by its digest, or raises PictureLost."""
    external_id = ""
    try:
        value = plain(text)
        external_id = _id_of(value)
        if value.get("kind") == CANCELLATION:
            return CancelLine(number, cancellation_of(value), text)
        filing = filing_of(value)
        return GoodLine(number, filing, text, _pictures(picture, filing))
    except _Refused as refused:
        return RefusedLine(number, refused.fault, external_id, refused.where)


def read_filing(text: bytes) -> Filing:
    """A kept line as it was signed. ValueError for one that was never taken (a program fault)."""
    try:
        return filing_of(plain(text))
    except _Refused as refused:
        raise ValueError("a kept line can't be read") from refused


def line_of(filing: Filing | Cancellation) -> bytes:
    """The canonical line of an application or cancellation, as a portal writes it."""
    value = cast("dict[str, Any]", _without_empty(msgspec.to_builtins(filing)))
    return rfc8785.dumps(value)


def _without_empty(value: object) -> object:
    if isinstance(value, dict):
        facts = cast("dict[str, object]", value)
        return {name: _without_empty(one) for name, one in facts.items() if one not in (None, "")}
    return value


def plain(row: bytes) -> dict[str, Any]:
    """The JSON object of a line, which must be in RFC 8785 form."""
    if len(row) > MAX_LINE:
        raise _Refused(LineFault.TOO_LONG)
    try:
        text = row.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _Refused(LineFault.NOT_TEXT) from error
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Refused(LineFault.NOT_JSON) from error
    try:
        canonical = rfc8785.dumps(value) == row
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError):
        canonical = False
    if not canonical:
        raise _Refused(LineFault.NOT_CANONICAL)
    if not isinstance(value, dict):
        raise _Refused(LineFault.AGAINST_SCHEMA)
    return cast("dict[str, Any]", value)


def filing_of(value: dict[str, Any]) -> Filing:
    """The application in a line's JSON."""
    _check(value, SCHEMA)
    try:
        return msgspec.convert(value, Filing)
    except (msgspec.ValidationError, ValueError, OverflowError) as error:
        raise _Refused(LineFault.AGAINST_SCHEMA) from error


def cancellation_of(value: dict[str, Any]) -> Cancellation:
    """The cancellation in a line's JSON."""
    _check(value, CANCELLATION_SCHEMA)
    try:
        return msgspec.convert(value, Cancellation)
    except (msgspec.ValidationError, ValueError, OverflowError) as error:
        raise _Refused(LineFault.AGAINST_SCHEMA) from error


def _check(value: dict[str, Any], schema: Path) -> None:
    errors = _validator(schema).iter_errors(value)
    wrong = min(errors, key=lambda e: list(map(str, e.path)), default=None)
    if wrong is not None:
        missing = wrong.validator == "required" and isinstance(wrong.instance, dict)
        at = [str(step) for step in wrong.path]
        if missing:
            gone = [name for name in wrong.validator_value if name not in wrong.instance]
            at += gone[:1]
        raise _Refused(LineFault.AGAINST_SCHEMA, ".".join(at))
    ended = _ends_a_line(value)
    if ended:
        raise _Refused(LineFault.AGAINST_SCHEMA, ended)


def _ends_a_line(value: dict[str, Any], above: str = "") -> str:
    """A field with a line end in it: in a pattern `$` also fits before the last one."""
    for name, inner in value.items():
        at = f"{above}.{name}" if above else name
        if isinstance(inner, str) and "\n" in inner:
            return at
        if isinstance(inner, dict):
            found = _ends_a_line(cast("dict[str, Any]", inner), at)
            if found:
                return found
    return ""


def _id_of(value: dict[str, Any]) -> str:
    """The portal's number, where it may be repeated without harm."""
    found = value.get("external_id")
    fine = isinstance(found, str) and len(found) <= 40 and found.isascii() and found.isprintable()
    return cast("str", found) if fine else ""


def _pictures(picture: Callable[[str], bytes], filing: Filing) -> dict[UploadedDocument, bytes]:
    found: dict[UploadedDocument, bytes] = {}
    for document, sha in filing.pictures.items():
        try:
            data = picture(sha)
        except PictureLost as lost:
            fault = LineFault.PICTURE_DAMAGED if lost.damaged else LineFault.PICTURE_MISSING
            raise _Refused(fault, document.value) from lost
        try:
            open_picture(data)
        except NotAPicture as wrong:
            raise _Refused(LineFault.NOT_A_PICTURE, document.value) from wrong
        found[document] = data
    return found
