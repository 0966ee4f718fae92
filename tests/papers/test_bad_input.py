"""What a paper does with names that are too long, signs it can't draw and broken pictures."""

from __future__ import annotations

import dataclasses
import io
import typing
from dataclasses import replace
from datetime import date, datetime
from enum import Enum

import pytest
from pypdf import PdfReader

from desktop import papers
from desktop.papers.base import _limits as limits_of
from desktop.papers.base import date_in_words
from desktop.words import Words
from tests.papers import paper_samples as samples
from tests.papers.paper_samples import PAPERS


@pytest.fixture(scope="module")
def words() -> Words:
    return Words.load("id")


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def swollen(value: object, most: int = 0, sign: str = "W ") -> object:
    """The same data with every text as long as its limit allows."""
    if isinstance(value, Enum) or not value:
        return value
    if isinstance(value, str):
        return (sign * most)[:most].strip()
    if isinstance(value, tuple):
        return tuple(swollen(item, most, sign) for item in typing.cast("tuple[object, ...]", value))
    if isinstance(value, papers.Anchor):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        limits = limits_of(type(value))
        return replace(
            value,
            **{
                name: swollen(getattr(value, name), limit.most, sign)
                for name, limit in limits.items()
                if not (isinstance(value, papers.Signatory) and name == "number")
            },
        )
    return value


@pytest.mark.parametrize("sign", ["W ", "W", "Jalan Mawar "])
@pytest.mark.parametrize("name", list(PAPERS))
def test_the_longest_texts_are_printed_whole_or_refused(name: str, sign: str, words: Words) -> None:
    paper, sample, _, _ = PAPERS[name]
    data = swollen(sample, sign=sign)
    if name == "label":
        with pytest.raises((papers.TooLongToPrint, papers.CannotPrintCharacters)):
            paper(data, words)
        return
    pdf = paper(data, words)
    assert PdfReader(io.BytesIO(pdf)).pages


def test_a_long_name_is_wrapped_and_complete(words: Words) -> None:
    name = "PUTRI " * 18 + "AKHIR"
    pdf = papers.handover_receipt(replace(samples.HANDOVER, holder=name), words)
    assert "".join(name.split()) in "".join(text_of(pdf).split())


def test_a_name_without_spaces_is_wrapped_and_complete(words: Words) -> None:
    name = "ABCDEFGHIJ" * 12
    pdf = papers.recall_letter(replace(samples.RECALL, name=name), words)
    assert name in "".join(text_of(pdf).split())


def test_ten_thousand_characters_are_refused_with_the_limit(words: Words) -> None:
    with pytest.raises(papers.TooLongToPrint) as caught:
        papers.handover_receipt(replace(samples.HANDOVER, holder="A" * 10_000), words)
    assert caught.value.field is papers.PaperField.NAME
    assert caught.value.limit == 120
    assert "AAAA" not in str(caught.value) + repr(caught.value)
    told = words.problem(caught.value)
    assert "nama terlalu panjang (paling banyak 120 huruf)" in told.text
    assert told.remedy


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("سيتي رحمة", id="right to left"),
        pytest.param("SITI 😀", id="emoji"),
        pytest.param("SITI \u202erahma", id="direction sign"),
        pytest.param("SITI\u200bRAHMA", id="hidden sign"),
        pytest.param("陈美玲", id="other script"),
        pytest.param("SITI\x07", id="control sign"),
        pytest.param("SITI \ud800", id="half a sign"),
    ],
)
def test_signs_that_cannot_be_printed_are_refused(name: str, words: Words) -> None:
    with pytest.raises(papers.CannotPrintCharacters) as caught:
        papers.courier_label(replace(samples.LABEL, recipient=name), words)
    assert caught.value.field is papers.PaperField.NAME
    assert words.problem(caught.value).remedy


@pytest.mark.parametrize("name", ["JOSÉ ÁLVAREZ", "D'SOUZA & SON", "<b>TEBAL</b>", "NGỌC ÁNH"])
def test_latin_names_and_markup_print_as_they_are(name: str, words: Words) -> None:
    pdf = papers.handover_receipt(replace(samples.HANDOVER, holder=name), words)
    assert name.replace(" ", "") in "".join(text_of(pdf).split())


def test_a_decomposed_letter_is_composed(words: Words) -> None:
    pdf = papers.handover_receipt(replace(samples.HANDOVER, holder="JOSE\u0301"), words)
    assert "JOSÉ" in text_of(pdf)


@pytest.mark.parametrize("field", ["waybill", "case"])
def test_a_barcode_takes_only_what_code_128_knows(field: str, words: Words) -> None:
    with pytest.raises(papers.CannotPrintCharacters) as caught:
        papers.courier_label(replace(samples.LABEL, **{field: "RÉSI-1"}), words)
    assert caught.value.field is papers.PaperField.BARCODE


def test_a_barcode_too_fine_to_scan_is_refused(words: Words) -> None:
    with pytest.raises(papers.TooLongToPrint) as caught:
        papers.courier_label(replace(samples.LABEL, case="A1B2" * 15), words)
    assert caught.value.field is papers.PaperField.BARCODE


def test_an_address_that_does_not_fit_the_label_is_refused(words: Words) -> None:
    with pytest.raises(papers.TooLongToPrint) as caught:
        papers.courier_label(replace(samples.LABEL, address="Gang Mawar\n" * 30), words)
    assert caught.value.field is papers.PaperField.ADDRESS
    assert 0 < caught.value.limit < 330


@pytest.mark.parametrize("photo", [b"", b"not a picture", samples.portrait()[:900]])
def test_a_broken_photo_is_refused(photo: bytes, words: Words) -> None:
    with pytest.raises(papers.UnreadablePaperPicture) as caught:
        papers.interim_letter(replace(samples.INTERIM, photo=photo), words)
    assert caught.value.field is papers.PaperField.PHOTO


def test_a_time_without_zone_is_a_fault_of_the_program(words: Words) -> None:
    with pytest.raises(ValueError, match="zone"):
        papers.handover_receipt(
            replace(samples.HANDOVER, handed_at=datetime(2026, 3, 2, 9)),  # noqa: DTZ001
            words,
        )


@pytest.mark.parametrize("head", ["", "AB" * 16, "0" * 31, "g" * 32])
def test_an_anchor_is_sixteen_bytes_in_hex(head: str) -> None:
    with pytest.raises(ValueError, match="hex"):
        replace(samples.HANDOVER.imprint.anchor, head=head)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (
            date(2026, 8, 31),
            "Senin, tanggal tiga puluh satu, bulan Agustus, tahun dua ribu dua puluh enam",
        ),
        (
            date(2028, 2, 29),
            "Selasa, tanggal dua puluh sembilan, bulan Februari, tahun dua ribu dua puluh delapan",
        ),
        (date(2030, 1, 11), "Jumat, tanggal sebelas, bulan Januari, tahun dua ribu tiga puluh"),
        (date(2000, 12, 1), "Jumat, tanggal satu, bulan Desember, tahun dua ribu"),
    ],
)
def test_dates_are_written_out(day: date, expected: str, words: Words) -> None:
    assert date_in_words(day, words) == expected
