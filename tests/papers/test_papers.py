"""Every paper, printed from its sample, read back and looked at as a reader would."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from desktop.domain.realm import Realm
from desktop.words import Words
from tests.papers import paper_samples as samples
from tests.papers.paper_samples import PAPERS

MM = 72 / 25.4


@pytest.fixture(scope="module")
def indonesian() -> Words:
    return Words.load("id")


@pytest.fixture(scope="module")
def english() -> Words:
    return Words.load("en")


@cache
def sample_of(name: str, words: Words) -> bytes:
    """The sample in one language, printed once for all tests that only read it."""
    paper, sample, _, _ = PAPERS[name]
    return paper(sample, words)


def printed(name: str, words: Words, second: Words | None = None, data: Any = None) -> bytes:
    if second is None and data is None:
        return sample_of(name, words)
    paper, sample, _, bilingual = PAPERS[name]
    chosen = sample if data is None else data
    return paper(chosen, words, second) if bilingual else paper(chosen, words)


def text_of(pdf: bytes) -> str:
    """All text, white space made single, so that wrapping doesn't matter."""
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split()
    )


def codes_on(pdf: bytes, page: int = 0) -> dict[str, str]:
    """What a scanner reads from the printed page: text by format."""
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[page].render(scale=300 / 72).to_pil().convert("L")
    return {found.text: found.format.name for found in zxingcpp.read_barcodes(picture)}


every_paper = pytest.mark.parametrize("name", list(PAPERS))


@every_paper
def test_same_inputs_give_the_same_bytes(name: str, indonesian: Words, english: Words) -> None:
    assert printed(name, indonesian, english) == printed(name, indonesian, english)
    paper, sample, _, _ = PAPERS[name]
    assert paper(sample, indonesian) == printed(name, indonesian)


@every_paper
def test_sheets_have_the_promised_size_and_embedded_fonts(name: str, indonesian: Words) -> None:
    across, down = (int(side) * MM for side in PAPERS[name][2].value.split("x"))
    for page in PdfReader(io.BytesIO(printed(name, indonesian))).pages:
        assert float(page.mediabox.width) == pytest.approx(across, abs=0.1)
        assert float(page.mediabox.height) == pytest.approx(down, abs=0.1)
        fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
        assert fonts
        for font in fonts:
            assert re.match(r"/[A-Z]{6}\+", font["/BaseFont"]), "only the used glyphs"
            assert "/FontFile2" in font["/FontDescriptor"].get_object(), "embedded"


@every_paper
def test_number_anchor_and_page_numbers_stand_on_every_page(name: str, indonesian: Words) -> None:
    data = PAPERS[name][1]
    pdf = printed(name, indonesian)
    pages = PdfReader(io.BytesIO(pdf)).pages
    for at, page in enumerate(pages, 1):
        text = " ".join(page.extract_text().split())
        assert data.imprint.number in text
        if name != "label":
            assert f"Halaman {at} dari {len(pages)}" in text
            assert "loket L3, masa 1, urutan 1284" in text
            assert samples.HEAD in text.replace(" ", "")
        assert codes_on(pdf, at - 1)[data.imprint.anchor.text()] == "QRCode"


@every_paper
def test_training_prints_contoh_and_live_does_not(name: str, indonesian: Words) -> None:
    data = PAPERS[name][1]
    assert "CONTOH" in text_of(printed(name, indonesian))
    office = replace(data.imprint.office, name="Satpas Bandung")
    imprint = replace(
        data.imprint, office=office, anchor=replace(data.imprint.anchor, realm=Realm.LIVE)
    )
    live = text_of(printed(name, indonesian, data=replace(data, imprint=imprint)))
    assert "CONTOH" not in live
    assert "LOKET1:live:" in next(
        text
        for text in codes_on(printed(name, indonesian, data=replace(data, imprint=imprint)))
        if text.startswith("LOKET1")
    )


@every_paper
def test_a_paper_can_be_printed_in_english(name: str, english: Words) -> None:
    text = text_of(printed(name, english))
    assert not re.search(r"\bpapers\.[a-z]", text)
    assert name == "label" or "Page 1 of" in text


@pytest.mark.parametrize("name", [name for name, paper in PAPERS.items() if paper[3]])
def test_applicants_read_a_second_language(name: str, indonesian: Words, english: Words) -> None:
    text = text_of(printed(name, indonesian, english))
    assert "Number" in text or "Name" in text or "licence" in text.lower()
    assert len(text) > len(text_of(printed(name, indonesian)))


@every_paper
def test_the_file_itself_names_no_person(name: str, indonesian: Words) -> None:
    metadata = PdfReader(io.BytesIO(printed(name, indonesian))).metadata
    assert metadata is not None
    assert metadata.title is not None
    assert metadata.title.endswith(PAPERS[name][1].imprint.number)
    assert metadata.author == "Satpas Contoh"


def test_papers_printed_at_once_from_many_lanes_stay_the_same(indonesian: Words) -> None:
    alone = {name: printed(name, indonesian) for name in ("day", "label", "handover")}
    with ThreadPoolExecutor(4) as lanes:
        jobs = [
            (name, lanes.submit(PAPERS[name][0], PAPERS[name][1], indonesian))
            for name in list(alone) * 3
        ]
    assert all(job.result() == alone[name] for name, job in jobs)


def test_handover_receipt_names_each_card_and_the_receiver(indonesian: Words) -> None:
    text = text_of(printed("handover", indonesian))
    for expected in (
        "SITI RAHMAWATI",
        "DEWI KARTIKA",
        "Saudara kandung",
        "SIM A",
        "SIM C",
        "A26030000417",
        "C26030000981",
        "2 Maret 2031",
        "SKP/1374/2026/0031",
    ):
        assert expected in text


def test_short_receipt_fits_one_sheet(indonesian: Words, english: Words) -> None:
    data = samples.HANDOVER
    one = replace(
        data,
        licences=data.licences[:1],
        received_by="",
        relation="",
        proxy_letter="",
        surrendered=(),
        withdrawn_letters=(),
    )
    pdf = printed("handover", indonesian, english, one)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    assert "SK-01" not in text_of(pdf)


def test_a_copy_says_so(indonesian: Words) -> None:
    copy = replace(samples.HANDOVER, imprint=replace(samples.HANDOVER.imprint, copy=2))
    assert "SALINAN KE-2" in text_of(printed("handover", indonesian, data=copy))
    assert "SALINAN" not in text_of(printed("handover", indonesian))


def test_intake_offline_says_captured_now_printed_later(indonesian: Words) -> None:
    text = text_of(printed("intake", indonesian))
    assert "Direkam sekarang, dicetak kemudian" in text
    assert "2 Maret 2026, 14.00 WIB" in text
    online = replace(samples.INTAKE, captured_at=None)
    assert "dicetak kemudian" not in text_of(printed("intake", indonesian, data=online))


def test_intake_counts_what_banks_confirmed_and_names_the_waiver(indonesian: Words) -> None:
    unpaid = replace(samples.INTAKE.services[0], paid_at=None, bank="", ntpn="", case="1374-26-9")
    data = replace(samples.INTAKE, services=(*samples.INTAKE.services, unpaid))
    text = text_of(printed("intake", indonesian, data=data))
    assert "Jumlah PNBP terbayar Rp80.000" in text
    assert "dibebaskan: KEP/12/II/2026" in text
    assert "belum dikonfirmasi bank" in text


def test_interim_letter_has_photo_expiry_and_phone(indonesian: Words) -> None:
    pdf = printed("interim", indonesian)
    text = text_of(pdf)
    assert "Berlaku 2 Maret 2026 sampai dengan 1 April 2026" in text
    assert "(022) 555-0110" in text
    assert samples.DIGEST in text.replace(" ", "")
    assert len(PdfReader(io.BytesIO(pdf)).pages[0].images) == 1


def test_label_carries_both_barcodes_and_the_whole_address(indonesian: Words) -> None:
    pdf = printed("label", indonesian)
    codes = codes_on(pdf)
    assert codes["P2603020012345"] == "Code128"
    assert codes["1374-26-000140"] == "Code128"
    text = text_of(pdf)
    for part in (
        samples.LABEL.recipient,
        " ".join(samples.LABEL.address.split()),
        "Kabupaten Bandung 40197",
        "Satpas Contoh",
    ):
        assert part in text
    assert "SIM" not in text, "nothing tells that a licence is inside"


def test_manifest_repeats_its_head_and_counts(indonesian: Words) -> None:
    pdf = printed("manifest", indonesian)
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) >= 2
    assert all("Kota tujuan" in page.extract_text() for page in pages[:2])
    text = text_of(pdf)
    assert all(parcel.waybill in text for parcel in samples.MANIFEST.parcels)
    assert "Tercatat 60 paket berisi 65 SIM. Dihitung bersama: 60 paket." in text
    assert "Hitungan sesuai" in text


def test_manifest_says_when_the_hand_count_differs(indonesian: Words) -> None:
    data = replace(samples.MANIFEST, counted_by_hand=59)
    assert "Hitungan berbeda -1 paket" in text_of(printed("manifest", indonesian, data=data))


def test_manifest_without_parcels_says_so(indonesian: Words) -> None:
    data = replace(samples.MANIFEST, parcels=(), counted_by_hand=0)
    assert "Tidak ada paket" in text_of(printed("manifest", indonesian, data=data))


def test_minutes_of_destruction_are_complete(indonesian: Words) -> None:
    text = text_of(printed("destruction", indonesian))
    assert "Senin, tanggal dua, bulan Maret, tahun dua ribu dua puluh enam" in text
    for blank in samples.DESTRUCTION.blanks:
        assert blank.serial in text
    for person in (*samples.DESTRUCTION.signatories, *samples.DESTRUCTION.witnesses):
        assert person.name in text
    assert text.replace(" ", "").count(samples.DIGEST) == 3


def test_minutes_of_destruction_need_two_different_signatories() -> None:
    with pytest.raises(ValueError, match="two different"):
        replace(samples.DESTRUCTION, signatories=(samples.BAMBANG, samples.BAMBANG))


def test_incident_note_says_what_was_not_in_order(indonesian: Words) -> None:
    text = text_of(printed("incident", indonesian))
    assert "CATATAN KEJADIAN" in text
    assert "INS/1374/2026/002" in text
    assert text.count("TIDAK SESUAI") == 2
    assert "TIDAK SESUAI" not in text_of(printed("return", indonesian))


def test_day_report_adds_up(indonesian: Words) -> None:
    text = text_of(printed("day", indonesian))
    assert "Jumlah 51 157 6 214" in text
    assert "Jumlah PNBP terkonfirmasi 210 Rp16.125.000" in text
    assert "Jumlah pembebasan 1 Rp0" in text
    assert "Jumlah 500 1.000 50 216 4 20 2 1 1.307 1.306 -1" in text
    assert "tidak seimbang" not in text
    assert "A26030000417" in text
    assert "Panel pita 21.000 21.441 441 440 +1" in text


def test_day_report_names_a_lot_that_does_not_balance(indonesian: Words) -> None:
    lot = replace(samples.LOTS[0], issued=210)
    assert lot.imbalance == 2
    text = text_of(printed("day", indonesian, data=replace(samples.DAY, lots=(lot,))))
    assert "Lot LOT-2603 tidak seimbang: +2 keping." in text


def test_day_report_says_which_shift_it_covers(indonesian: Words) -> None:
    text = text_of(printed("day", indonesian))
    assert "ke-2 pada hari itu, 2 Maret 2026, 12.10 WIB sampai 15.40 WIB" in text
    assert "Laporan giliran sebelumnya LH/1374/2026/060" in text
    late = replace(samples.DAY, shift=1, former=(), closed_at=samples.NOW + timedelta(days=1))
    text = text_of(printed("day", indonesian, data=late))
    assert "ke-1 pada hari itu, 2 Maret 2026, 12.10 WIB sampai 3 Maret 2026, 14.05 WIB" in text
    assert "giliran sebelumnya" not in text


def test_an_empty_day_is_still_a_report(indonesian: Words) -> None:
    data = replace(
        samples.DAY,
        issues=(),
        banks=(),
        lots=(),
        waivers=(),
        tallies=(),
        spoiled=(),
        tests=(),
        exceptions=(),
        devices=(),
        statement="",
        maker=None,
    )
    text = text_of(printed("day", indonesian, data=data))
    assert text.count("Nihil.") == 7
    assert "Tidak ada selisih" in text


def test_shift_close_shows_what_the_program_cannot_exclude(indonesian: Words) -> None:
    text = text_of(printed("shift", indonesian))
    assert "Satu cetakan diragukan" in text
    assert "Selisih satu panel pita" in text
    assert "AKP Bambang Sutrisno" in text


def test_sent_back_notice_tells_what_to_do(indonesian: Words) -> None:
    pdf = printed("sent-back", indonesian)
    text = text_of(pdf)
    assert "1. Foto (kode F03)" in text
    assert "Ambil foto baru" in text
    assert "16 Maret 2026" in text
    assert len(PdfReader(io.BytesIO(pdf)).pages[0].images) == 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [("overpaid", "Kelebihan bayar Rp5.000"), ("underpaid", "Kekurangan bayar Rp5.000")],
)
def test_payment_difference_shows_the_way_out(name: str, expected: str, indonesian: Words) -> None:
    text = text_of(printed(name, indonesian))
    assert expected in text
    assert "tidak menerima dan tidak mengembalikan uang tunai" in text


def test_no_difference_needs_no_notice() -> None:
    with pytest.raises(ValueError, match="nothing to tell"):
        replace(samples.OVERPAID, paid=samples.OVERPAID.due)
