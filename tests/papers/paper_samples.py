"""One filled-in example of every paper, with invented people, for the tests of the papers."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

from PIL import Image, ImageDraw

from desktop import papers as p
from desktop.domain.realm import Realm
from desktop.domain.service import Service

WIB = timezone(timedelta(hours=7), "WIB")
NOW = datetime(2026, 3, 2, 14, 5, tzinfo=WIB)
HEAD = hashlib.sha256(b"head").hexdigest()[:32]
DIGEST = hashlib.sha256(b"content").hexdigest()


class Sheet(StrEnum):
    """Page sizes in millimetres."""

    A6 = "105x148"
    A5 = "148x210"
    A4 = "210x297"
    LABEL = "100x75"


def imprint(number: str, realm: Realm = Realm.TRAINING) -> p.Imprint:
    office = p.Office(
        "Satpas Contoh",
        "Jawa Barat",
        "Bandung",
        "Jalan Contoh Raya No. 10, Bandung 40111",
        "(022) 555-0110",
        "1374",
    )
    anchor = p.Anchor(realm, "L3", 1, 1284, HEAD)
    return p.Imprint(office, number, NOW, "WIB", "Aiptu Rahmat Hidayat", "78030003", anchor)


def signed(name: str, number: str, duty: str, minute: int = 0) -> p.Signatory:
    return p.Signatory(name, number, duty, NOW + timedelta(minutes=minute), DIGEST)


def portrait() -> bytes:
    picture = Image.new("RGB", (480, 640), (38, 86, 160))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((90, 470, 390, 840), fill=(235, 235, 235))
    draw.ellipse((150, 150, 330, 400), fill=(206, 160, 124))
    draw.pieslice((140, 130, 340, 340), 180, 360, fill=(30, 24, 20))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def autograph() -> bytes:
    picture = Image.new("RGBA", (400, 160), (255, 255, 255, 0))
    points = [
        (20, 120),
        (70, 30),
        (90, 130),
        (150, 50),
        (170, 120),
        (240, 60),
        (260, 110),
        (380, 70),
    ]
    ImageDraw.Draw(picture).line(points, fill=(10, 20, 90, 255), width=6, joint="curve")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


RAHMAT = signed("Aiptu Rahmat Hidayat", "78030003", "Petugas penyerahan")
SRI = signed("Ipda Sri Wahyuni", "76040004", "Pemberi persetujuan", 4)
BAMBANG = signed("AKP Bambang Sutrisno", "74050005", "Kanit Regident", 9)
NYOMAN = signed("Aipda Nyoman Artha", "82060006", "Pengelola persediaan", 2)
ANDI = p.Signatory("Bripka Andi Pratama", "79010001", "Petugas pendaftaran")

HANDOVER = p.HandoverReceipt(
    imprint("TTP/1374/L3/2026/000412"),
    "SITI RAHMAWATI",
    (
        p.HandedLicence(
            "A",
            Service.RENEWAL,
            "3273 0145 0588 0002",
            "A26030000417",
            date(2026, 3, 2),
            date(2031, 3, 2),
        ),
        p.HandedLicence(
            "C",
            Service.RENEWAL,
            "3273 0145 0588 0002",
            "C26030000981",
            date(2026, 3, 2),
            date(2031, 3, 2),
        ),
    ),
    NOW,
    RAHMAT,
    received_by="DEWI KARTIKA",
    relation="Saudara kandung",
    proxy_letter="SK-01/III/2026",
    surrendered=("1421-9905-000123",),
    withdrawn_letters=("SKP/1374/2026/0031",),
    signature=autograph(),
)

INTAKE = p.IntakeReceipt(
    imprint("TTB/1374/L3/2026/000409"),
    "BUDI SANTOSO",
    NOW - timedelta(minutes=20),
    (
        p.FiledService(
            "1374-26-000123",
            Service.RENEWAL,
            "A",
            80_000,
            "820260302000123",
            "A1B2C3D4E5F60718",
            "BRI",
            NOW - timedelta(minutes=45),
        ),
        p.FiledService(
            "1374-26-000124",
            Service.RENEWAL,
            "C",
            0,
            waiver_decree="KEP/12/II/2026 (penyandang disabilitas)",
        ),
    ),
    ("KTP-el", "SIM lama", "Surat keterangan sehat", "Surat lulus tes psikologi"),
    ANDI,
    ticket="A-018",
    captured_at=NOW - timedelta(minutes=5),
    collect="Diambil sendiri di loket",
    collect_from=date(2026, 3, 9),
)

INTERIM = p.InterimLetter(
    imprint("SKP/1374/2026/0032"),
    portrait(),
    "MUHAMMAD RIZKY PRATAMA",
    "Bandung",
    date(1999, 5, 14),
    "Jalan Melati II No. 7 RT 003 RW 011, Kel. Sukamaju, Kec. Cibeunying Kidul, Kota Bandung",
    "3273011405990003",
    "C",
    Service.NEW_ISSUE,
    "1374-26-000131",
    "Menunggu kiriman kartu dari Polda",
    date(2026, 3, 2),
    date(2026, 4, 1),
    SRI,
)

LABEL = p.CourierLabel(
    imprint("LBL/1374/2026/0077"),
    "P2603020012345",
    "1374-26-000140",
    "Pos Indonesia",
    "Kilat Khusus",
    "I GUSTI AYU PUTU NGURAH WIDYASTUTI KUSUMANINGRUM",
    "Perumahan Griya Asri Blok C4 No. 12, Jalan Raya Contoh Timur Gang Mawar RT 004 RW 009,\n"
    "Kelurahan Sukamaju, Kecamatan Cimenyan",
    "Kabupaten Bandung",
    "40197",
    "0812-0000-0140",
    180,
)

MANIFEST = p.CourierManifest(
    imprint("MNF/1374/2026/0007"),
    "Pos Indonesia",
    "Kilat Khusus",
    NOW,
    tuple(
        p.ManifestParcel(
            f"P26030200{n:05d}",
            f"1374-26-{n:06d}",
            ("SITI RAHMAWATI", "BUDI SANTOSO", "MUHAMMAD RIZKY PRATAMA WIJAYA")[n % 3],
            ("Kota Bandung", "Kabupaten Bandung Barat", "Cimahi")[n % 3],
            f"401{n % 90:02d}",
            1 + (n % 11 == 0),
            170 + n % 40,
        )
        for n in range(1, 61)
    ),
    60,
    RAHMAT,
    p.Signatory("Asep Kurniawan", "", "Kurir"),
    seals=("PI-0091821", "PI-0091822"),
)

DESTRUCTION = p.DestructionMinutes(
    imprint("BAP/1374/2026/003"),
    "ruang arsip Satpas Contoh, Bandung",
    date(2026, 3, 2),
    "Dipotong menyilang dengan mesin penghancur, cip dilubangi",
    tuple(
        p.DestroyedBlank(
            f"A2603{n:07d}",
            "LOT-2603",
            ("Macet saat cetak", "Cip tidak terbaca", "Cacat cetak pada foto")[n % 3],
            f"1374-26-{n:06d}" if n % 2 else "",
        )
        for n in range(411, 424)
    ),
    (
        p.Member("AKP Bambang Sutrisno", "74050005", "Ketua tim"),
        p.Member("Aipda Nyoman Artha", "82060006", "Pengelola persediaan"),
        p.Member("Aiptu Rahmat Hidayat", "78030003", "Petugas produksi"),
    ),
    (BAMBANG, NYOMAN),
    DIGEST,
    (p.Tally("Pita warna terpakai (gulung)", 2), p.Tally("Kartu uji tanpa nomor", 5)),
    (p.Signatory("Brigadir Yohana Mambrasar", "80070007", "Pengawas (Siwas)"),),
    "Nota persetujuan B/118/II/2026 tanggal 24 Februari 2026",
)

RETURN = p.ReturnMinutes(
    imprint("BAK/1374/2026/0011"),
    "P2602180000312",
    "MNF/1374/2026/0003",
    "1374-26-000044",
    "Pos Indonesia",
    "C",
    "C26020000417",
    NOW - timedelta(days=12),
    NOW - timedelta(hours=3),
    NOW - timedelta(minutes=30),
    "Penerima tidak dikenal di alamat",
    (
        p.ReturnCheck("Nomor resi cocok dengan manifes", True),
        p.ReturnCheck("Segel amplop utuh", True),
        p.ReturnCheck("Nomor seri kartu cocok dengan berkas", True),
        p.ReturnCheck("Cip terbaca dan cocok", True),
        p.ReturnCheck("Foto kartu cocok dengan berkas", True, "Dilihat kedua petugas"),
    ),
    "Dikirim ulang ke alamat yang diperbaiki",
    (RAHMAT, NYOMAN),
    DIGEST,
    "Lemari 2, laci C-14",
    "P2603020000399",
    (p.ContactTry(NOW - timedelta(hours=2), "Telepon", "Tersambung; alamat diperbaiki pemohon"),),
)

INCIDENT = replace(
    RETURN,
    imprint=imprint("CKJ/1374/2026/0002"),
    checks=(
        p.ReturnCheck("Segel amplop utuh", False, "Sobek di sisi kanan"),
        p.ReturnCheck("Nomor seri kartu cocok dengan berkas", False, "Amplop kosong"),
    ),
    decision="Nomor seri diblokir, laporan kehilangan dibuat, kartu dicetak ulang",
    contacts=(),
    new_waybill="",
    incident="INS/1374/2026/002",
    incident_text="Saat dibuka amplop tidak berisi kartu. Segel sobek di sisi kanan. Kurir "
    "diberi tahu dan menandatangani salinan.",
)

LOTS = (
    p.LotBalance("LOT-2603", 500, 0, 0, 212, 3, 0, 0, 0, 285, 285),
    p.LotBalance("LOT-2604", 0, 1000, 50, 4, 1, 20, 2, 1, 1022, 1021),
)
SPOILED = (
    p.SpoiledBlank("A26030000417", "LOT-2603", "Macet saat cetak", "1374-26-000123", "78030003"),
    p.SpoiledBlank("C26030000981", "LOT-2603", "Cip tidak terbaca", "1374-26-000128", "78030003"),
)
DEVICES = (
    p.DeviceCount("Printer kartu 1", "Kartu tercetak", 10_250, 10_469, 219),
    p.DeviceCount("Printer kartu 1", "Panel pita", 21_000, 21_441, 440),
)
EXCEPTIONS = (
    p.ExceptionLine(NOW, "Antrean dilangkahi", "A-031", "79010001", "Pemohon pingsan"),
    p.ExceptionLine(NOW, "Cetak ulang", "1374-26-000123", "78030003", "Kartu macet di pencetak"),
    p.ExceptionLine(NOW, "Baca KTP-el manual", "1374-26-000127", "79010001", "Cip KTP-el rusak"),
)

DAY = p.DayReport(
    imprint("LH/1374/2026/061"),
    date(2026, 3, 2),
    2,
    NOW.replace(hour=12, minute=10),
    NOW.replace(hour=15, minute=40),
    (
        p.IssueCount("A", Service.NEW_ISSUE, 12),
        p.IssueCount("A", Service.RENEWAL, 41),
        p.IssueCount("C", Service.NEW_ISSUE, 38),
        p.IssueCount("C", Service.RENEWAL, 112),
        p.IssueCount("C", Service.REPLACE_LOST, 6),
        p.IssueCount("BI Umum", Service.RENEWAL, 4),
        p.IssueCount("D", Service.NEW_ISSUE, 1),
    ),
    (p.BankTotal("BRI", 150, 11_640_000), p.BankTotal("BNI (SINAR)", 60, 4_485_000)),
    LOTS,
    BAMBANG,
    (p.WaiverTotal("KEP/12/II/2026", "Penyandang disabilitas", 1),),
    (
        p.Tally("Surat keterangan pengganti terbit", 3),
        p.Tally("Paket dikirim", 60),
        p.Tally("Kiriman kembali diperiksa", 2),
    ),
    SPOILED,
    (p.ExamTotal("Teori", "A", 12, 9, 3, 2), p.ExamTotal("Praktik", "C", 38, 31, 7, 5)),
    EXCEPTIONS,
    DEVICES,
    "Lot LOT-2604 kurang satu keping pada hitungan fisik. Hitungan diulang dua kali; pencarian di "
    "baki pencetak dilanjutkan besok pagi.",
    NYOMAN,
    2,
    ("INS/1374/2026/002",),
    ("LH/1374/2026/060",),
)

SHIFT = p.ShiftClose(
    imprint("LTG/1374/L3/2026/061-2"),
    NOW - timedelta(hours=7),
    NOW,
    RAHMAT,
    BAMBANG,
    (p.Tally("Diserahkan", 204), p.Tally("Ditahan", 2), p.Tally("Menunggu cetak", 5)),
    LOTS,
    DEVICES,
    SPOILED,
    EXCEPTIONS,
    (p.Tally("Kartu uji", 2), p.Tally("Ganti pita", 1)),
    ("Satu cetakan diragukan pada pukul 10.41", "Program dimulai ulang pukul 10.43"),
    "Selisih satu panel pita karena kartu macet.",
)

RECALL = p.RecallLetter(
    imprint("STR/1374/2026/0004"),
    "BUDI SANTOSO",
    "Jalan Kenanga No. 3 RT 001 RW 002, Kota Cimahi 40511",
    "A",
    "3277 0101 0190 0001",
    "A26030000402",
    date(2026, 3, 1),
    "1374-26-000101",
    "Kartu tertukar dengan milik pemohon lain saat penyerahan",
    date(2026, 3, 16),
    ("SIM yang tertukar", "KTP-el asli", "Surat ini"),
    SRI,
    "Sampai ditukar, kartu itu ditandai dan tidak dapat dipakai untuk layanan lain.",
)

COLLECT = p.CollectLetter(
    imprint("SPB/1374/2026/0002"),
    "BUDI SANTOSO",
    "Jalan Kenanga No. 3 RT 001 RW 002, Kota Cimahi 40511",
    "A",
    "1374-26-000101",
    date(2026, 1, 5),
    date(2026, 4, 5),
    SRI,
)

SENT_BACK = p.SentBackNotice(
    imprint("PBK/1374/2026/0015"),
    "SITI RAHMAWATI",
    "1374-26-000150",
    Service.RENEWAL,
    "C",
    date(2026, 3, 2),
    date(2026, 3, 16),
    (
        p.DocumentFault(
            "Foto",
            "F03",
            "Mata tertutup",
            "Ambil foto baru dengan mata terbuka dan latar biru polos.",
            portrait(),
            (0.3, 0.32, 0.4, 0.14),
        ),
        p.DocumentFault(
            "Surat lulus tes psikologi",
            "D07",
            "Sudah lewat enam bulan",
            "Ikuti tes psikologi lagi, lalu unggah surat yang baru.",
        ),
    ),
    ANDI,
    date(2026, 3, 30),
)

OVERPAID = p.PaymentDifference(
    imprint("PSB/1374/2026/0009"),
    "MUHAMMAD RIZKY PRATAMA",
    "1374-26-000160",
    Service.RENEWAL,
    "C",
    75_000,
    80_000,
    "BNI",
    NOW - timedelta(days=1),
    "820260301000160",
    "9Z8Y7X6W5V4U3T2S",
    ANDI,
    bank_fee=16_500,
)

UNDERPAID = replace(
    OVERPAID,
    imprint=imprint("PSB/1374/2026/0010"),
    due=80_000,
    paid=75_000,
    bank_fee=None,
    new_billing_code="820260302000161",
    pay_by=date(2026, 3, 9),
)

DISPENSATION = p.DispensationProposal(
    imprint("UDS/0001/1374-L3/03/2026"),
    NOW - timedelta(days=3),
    NOW,
    date(2026, 2, 27),
    date(2026, 3, 2),
    17,
    tuple(
        p.AffectedCase(
            f"1374-26-L3-{number:06d}", f"1374 2103 {number:06d}", "C", date(2026, 2, 28),
            date(2026, 3, 1 + number % 2), "Disetujui",
        )
        for number in range(160, 166)
    ),
    "9F41C7D2",
    RAHMAT,
    p.Signatory("", "", "Kepala Satpas"),
)  # fmt: skip

PRINTER_TEST = p.PrinterTest(
    imprint("UJI/1374/2026/0001"), "Printer dokumen", "Loket Document Printer", "SIM-DP-0001"
)

Paper = Callable[..., bytes]

# name: (paper, sample, page size, whether a second language belongs under the first)
PAPERS: dict[str, tuple[Paper, Any, Sheet, bool]] = {
    "handover": (p.handover_receipt, HANDOVER, Sheet.A6, True),
    "intake": (p.intake_receipt, INTAKE, Sheet.A6, True),
    "interim": (p.interim_letter, INTERIM, Sheet.A5, True),
    "label": (p.courier_label, LABEL, Sheet.LABEL, False),
    "manifest": (p.courier_manifest, MANIFEST, Sheet.A4, False),
    "destruction": (p.destruction_minutes, DESTRUCTION, Sheet.A4, False),
    "return": (p.return_minutes, RETURN, Sheet.A4, False),
    "incident": (p.return_minutes, INCIDENT, Sheet.A4, False),
    "day": (p.day_report, DAY, Sheet.A4, False),
    "shift": (p.shift_close, SHIFT, Sheet.A4, False),
    "dispensation": (p.dispensation_proposal, DISPENSATION, Sheet.A4, False),
    "recall": (p.recall_letter, RECALL, Sheet.A5, True),
    "collect": (p.collect_letter, COLLECT, Sheet.A5, True),
    "sent-back": (p.sent_back_notice, SENT_BACK, Sheet.A5, True),
    "overpaid": (p.payment_difference, OVERPAID, Sheet.A5, True),
    "printer-test": (p.printer_test, PRINTER_TEST, Sheet.A5, False),
    "underpaid": (p.payment_difference, UNDERPAID, Sheet.A5, True),
}
