"""Base45: RFC 9285's own examples, the library beside it, and no second text for any bytes."""

from __future__ import annotations

import base45 as library
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.cards import base45


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"", "")],
)
def test_the_standard_s_examples(data: bytes, text: str) -> None:
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@given(st.binary(max_size=300))
def test_it_agrees_with_the_library_and_comes_back(data: bytes) -> None:
    text = base45.encode(data)
    assert text == library.b45encode(data).decode("ascii")
    assert base45.decode(text) == data


@given(st.text(alphabet=st.sampled_from("0123456789ABCZ $%*+-./:a\né"), max_size=40))
def test_what_is_read_is_written_the_same_way(text: str) -> None:
    try:
        data = base45.decode(text)
    except ValueError:
        return
    assert base45.encode(data) == text


@pytest.mark.parametrize("text", ["GGW", "::", "::::", "A", "ABCD", "bb8", "BB8\n", "BB\u00e9"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        base45.decode(text)
