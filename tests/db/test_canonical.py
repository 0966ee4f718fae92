"""The quick way to canonical JSON gives what RFC 8785 asks for, for everything that it takes."""

from __future__ import annotations

import json
from typing import Any

import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from db.chain import canonical

TEXTS = st.text() | st.text(st.characters(max_codepoint=0x9F))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | TEXTS | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def told(write: Any, value: Any) -> bytes | str:
    try:
        return write(value)
    except Exception as problem:  # noqa: BLE001  both must say the same
        return type(problem).__name__


@given(VALUES)
@example({"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\xf6": 7})
@example({"b": 1, "a": [1.5, "x"], "": None})
@example('\x00\x07\x08\t\n\x0b\x0c\r\x1f"\\/\x7f\u2028\u0627\U0001f600')
@example("\ud800")
@example(2**53)
@example([-(2**53) + 1, True, False, 0])
def test_it_is_what_the_library_writes(value: Any) -> None:
    assert told(canonical, value) == told(rfc8785.dumps, value)


def test_every_sign_alone() -> None:
    for code in (*range(0x300), 0x2028, 0xFFFE, 0x1F600):
        value = {"s": chr(code)}
        assert canonical(value) == rfc8785.dumps(value), hex(code)
        assert json.loads(canonical(value)) == value
