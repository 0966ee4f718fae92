"""Names of people who don't exist, in the many ways names are built in Indonesia.

One word, patronyms, clan names, titles before and after, apostrophes, initials and names too long
for any form: each way is a kind, so that a test can ask for the one it needs.
"""

from __future__ import annotations

import random
from enum import StrEnum


class NameKind(StrEnum):
    """How a name is built."""

    TWO_WORDS = "two_words"
    THREE_WORDS = "three_words"
    ONE_WORD = "one_word"
    APOSTROPHE = "apostrophe"
    BALINESE = "balinese"
    CLAN = "clan"
    INITIAL = "initial"
    LONG = "long"
    """Exactly sixty characters."""


def _words(text: str) -> list[str]:
    return text.split()


_COMMON = (
    (NameKind.TWO_WORDS, 44),
    (NameKind.THREE_WORDS, 22),
    (NameKind.ONE_WORD, 12),
    (NameKind.CLAN, 8),
    (NameKind.BALINESE, 5),
    (NameKind.APOSTROPHE, 5),
    (NameKind.INITIAL, 4),
)

_MEN = _words(
    "Agus Ahmad Andri Arief Asep Bagus Bayu Budi Cecep Dadang Dani Dedi Deni Dian Dimas Eko Fajar "
    "Farhan Galih Gunawan Hadi Hendra Heru Ilham Indra Irfan Iwan Joko Kurnia Lukman Maman Mulyadi "
    "Nana Nugroho Oki Panji Rendi Reza Rizky Rudi Slamet Sugeng Suparman Tatang Taufik Teguh Toni "
    "Ujang Usep Wahyu Wawan Yanto Yudi Yusuf Zaenal"
)
_WOMEN = _words(
    "Aisyah Ajeng Amelia Anisa Astuti Ayu Citra Dewi Dina Eka Elis Endang Euis Fatimah Fitri "
    "Gita Hana Ika Imas Indah Intan Kartika Lestari Lilis Lina Maya Mega Melati Nani Neneng Nia "
    "Novi Nur Nurul Putri Rahma Ratna Rina Rini Risma Rosita Sari Siti Sri Suci Sumiati Tati Titin "
    "Tuti Wati Wulan Yani Yuliana Yuni Zahra"
)
_LAST_MEN = _words(
    "Permana Hidayat Saputra Setiawan Pratama Wijaya Kusnadi Suryana Ramdani Firmansyah Nugraha "
    "Santoso Hermawan Maulana Rahman Susanto Gunadi Purnama Supriatna Sutisna Wibowo Haryanto "
    "Kurniawan Fauzi Hakim Sopian Iskandar Budiman Sanjaya Adiputra"
)
_LAST_WOMEN = _words(
    "Lestari Rahayu Handayani Permatasari Wulandari Anggraeni Maharani Nurjanah Kusumawati "
    "Puspitasari Susilawati Oktaviani Safitri Mulyani Hasanah Marlina Suryani Yulianti Andriani "
    "Fauziah Rohaeti Komalasari Damayanti Septiani Nurhayati Kurniasih Amalia Widyastuti"
)
_ONE_MEN = _words("Suparno Sukarman Tukiman Sunarto Mulyono Rusdi Kasman Sarmin Wagiman Paijo")
_ONE_WOMEN = _words("Sumarni Suminah Ngatinah Rukmini Saodah Kartini Juminten Paniyem Warsih Enok")
_APOSTROPHE_MEN = _words("Mu'min Ma'ruf Sya'ban Rifa'i Ka'bah Nu'man Mas'ud Jum'at")
_APOSTROPHE_WOMEN = _words("Nu'ma Mas'adah Syafa'ah Sa'diyah Rif'atul Jum'iyah")
_CLANS = _words(
    "Simanjuntak Siregar Nasution Harahap Sinaga Lubis Manurung Pattiasina Mambrasar Wenda Rumbiak "
    "Tobing Sembiring Latuconsina Nainggolan Lumban-Tobing Manullang Wanggai"
)
_BALINESE_MEN = ("I Wayan", "I Made", "I Nyoman", "I Ketut", "I Gede")
_BALINESE_WOMEN = ("Ni Wayan", "Ni Made", "Ni Nyoman", "Ni Ketut", "Ni Luh")
_LONG_WORDS = _words(
    "Raden Bagus Kanjeng Muhammad Abdurrahman Syarifuddin Nurrahmansyah Wiratmadja "
    "Kusumahadiningrat Suryadiningrat Prawirakusumah Natadikarta Adiwinata Kartadireja"
)
_LONG_LENGTH = 60


def kind_of(rng: random.Random) -> NameKind:
    """A kind by how common it is. Sixty-character names are only made on request."""
    at = rng.randrange(sum(weight for _, weight in _COMMON))
    for kind, weight in _COMMON:
        if at < weight:
            return kind
        at -= weight
    return NameKind.TWO_WORDS


def make_name(rng: random.Random, *, woman: bool, kind: NameKind) -> str:
    """A name in capitals and small letters, as a birth certificate writes it."""
    first = _pick(rng, _WOMEN if woman else _MEN)
    last = _pick(rng, _LAST_WOMEN if woman else _LAST_MEN)
    match kind:
        case NameKind.TWO_WORDS:
            return f"{first} {last}"
        case NameKind.THREE_WORDS:
            middle = _pick(rng, _WOMEN if woman else _MEN)
            return f"{first} {middle} {last}" if middle != first else f"{first} {last}"
        case NameKind.ONE_WORD:
            return _pick(rng, _ONE_WOMEN if woman else _ONE_MEN)
        case NameKind.APOSTROPHE:
            return f"{first} {_pick(rng, _APOSTROPHE_WOMEN if woman else _APOSTROPHE_MEN)}"
        case NameKind.BALINESE:
            return f"{_pick(rng, _BALINESE_WOMEN if woman else _BALINESE_MEN)} {last}"
        case NameKind.CLAN:
            return f"{first} {_pick(rng, _CLANS)}"
        case NameKind.INITIAL:
            return f"{'Hj.' if woman else 'H.'} {first} {last[0]}. {last}"
        case NameKind.LONG:
            return _long_name(rng, first)


def _long_name(rng: random.Random, first: str) -> str:
    words = [first, *rng.sample(_LONG_WORDS, len(_LONG_WORDS))]
    name = words[0]
    for word in words[1:]:
        if len(name) + 1 + len(word) <= _LONG_LENGTH - 2:
            name = f"{name} {word}"
    missing = _LONG_LENGTH - len(name)
    if missing:
        name = f"{name} {'wijayakusumaningrat'.capitalize()[: missing - 1]}"
    return name


def _pick(rng: random.Random, words: list[str] | tuple[str, ...]) -> str:
    return words[rng.randrange(len(words))]
