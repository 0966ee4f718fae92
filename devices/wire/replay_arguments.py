"""A recorded call's arguments again, with stand-ins of the same kind for what was hidden."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from inspect import signature
from typing import Any, get_type_hints

WAITED = 0.5
"""Seconds that a call gets which ended by waiting in vain: it does so again, and sooner."""
IN_VAIN = frozenset({"TimedOut", "CardMissing", "NoSignature"})


def _no_job(count: int) -> str:
    return ""


def arguments(
    verb: Any,
    given: dict[str, object],
    sent: bytes,
    ended: str | None,
    number: int,
    own_job: Callable[[int], str] = _no_job,
) -> tuple[list[object], dict[str, object]]:
    """A recorded call's arguments, with stand-ins for what was hidden.

    `own_job` gives a job's id of a length where it went over the wire.
    """
    hints = get_type_hints(verb)
    places = [name for name in signature(verb).parameters if name != "self"]
    args: list[object] = []
    named: dict[str, object] = {}
    for name, value in given.items():
        if name.isdigit():
            where = places[int(name)] if int(name) < len(places) else ""
            as_then = _as_sent(value, sent) or _as_named(value, where, own_job)
            args.append(as_then or _stand_in(value, hints.get(where), where, number))
        else:
            as_then = _as_named(value, name, own_job)
            named[name] = as_then or _stand_in(value, hints.get(name), name, number)
    timeout = named.get("timeout")
    if isinstance(timeout, int | float) and ended in IN_VAIN:
        named["timeout"] = min(float(timeout), WAITED)
    return args, named


def _as_sent(value: object, sent: bytes) -> bytes:
    """An argument that went over the wire as it was and was no secret there, from there."""
    match value:
        case {"hidden": int(count)} if len(sent) == count:
            return sent
        case _:
            return b""


def _as_named(value: object, name: str, own_job: Callable[[int], str]) -> str:
    match value:
        case {"text": int(count)} if name == "job_id" and count:
            return own_job(count)
        case _:
            return ""


def _stand_in(value: object, hint: object, name: str, number: int) -> object:
    match value:
        case {"hidden": int(count)} if name in {"front", "back"}:
            return _picture() if count else b""
        case {"hidden": int(count)} if name == "pdf":
            return b"%PDF-1.4".ljust(count, b"\n")
        case {"hidden": int(count)}:
            return bytes(count)
        case {"text": int(count)}:
            return f"{number:0{count}d}"[-count:] if count else ""
        case str() if isinstance(hint, type) and issubclass(hint, Enum):
            return hint(value)
        case _:
            return value


def _picture() -> bytes:
    """A face of nobody: an empty card's picture."""
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (1011, 638), (255, 255, 255)).save(out, "PNG")
    return out.getvalue()
