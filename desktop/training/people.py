"""People of the training world: seeded, whole and nobody's.

The same seed gives the same person on every machine, with papers that agree with each other: the
NIK carries district, birth date and sex, the address lies in a real district. Nobody real can be
met: serials of a NIK count births per district and day, so that those from 9000 up, the only ones
used here, are never given out; telephone numbers lie in an unused block.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from desktop.training import names, places
from desktop.training.look import Look, make_look
from desktop.training.names import NameKind

_BLOOD = ("O", "O", "O", "B", "B", "A", "A", "AB", "-")
_RELIGIONS = ("ISLAM",) * 17 + ("KRISTEN", "KATOLIK", "HINDU", "BUDDHA")
_JOBS_YOUNG = ("Pelajar/Mahasiswa", "Karyawan Swasta", "Belum/Tidak Bekerja")
_JOBS_MEN = (
    "Karyawan Swasta",
    "Wiraswasta",
    "Buruh Harian Lepas",
    "Pegawai Negeri Sipil",
    "Petani/Pekebun",
    "Pedagang",
    "Sopir",
    "Guru",
    "Karyawan BUMN",
    "Mekanik",
)
_JOBS_WOMEN = (
    "Karyawan Swasta",
    "Wiraswasta",
    "Mengurus Rumah Tangga",
    "Guru",
    "Perawat",
    "Pegawai Negeri Sipil",
    "Pedagang",
    "Bidan",
    "Dosen",
)
T = TypeVar("T")
_DAYS_A_YEAR = 365.2425
_RETIRED = 58
_STUDENT = 23


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who walks in or applies from home, as the KTP-el describes them."""

    seed: int
    name: str
    woman: bool
    birth_place: str
    birth_date: date
    nik: str
    blood_group: str
    occupation: str
    street: str
    rt_rw: str
    village: str
    district: str
    city: str
    province: str
    postcode: str
    religion: str
    married: bool
    phone: str
    look: Look

    @property
    def sex(self) -> str:
        """As the KTP-el prints it."""
        return "PEREMPUAN" if self.woman else "LAKI-LAKI"

    @property
    def address_lines(self) -> tuple[str, ...]:
        """Three lines, from the street to the city."""
        return (
            f"{self.street} RT {self.rt_rw.replace('/', ' RW ')}",
            f"Kel. {self.village}, Kec. {self.district}",
            f"{self.city}, {self.province} {self.postcode}",
        )

    def age_on(self, day: date) -> int:
        """Whole years on a day."""
        born = self.birth_date
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def make_person(
    seed: int,
    *,
    today: date,
    min_age: int = 17,
    max_age: int = 70,
    woman: bool | None = None,
    name_kind: NameKind | None = None,
) -> Person:
    """The person of a seed, as old as asked for on the given day.

    The same seed with the same arguments is the same person on every machine.
    """
    rng = random.Random(seed)
    is_woman = rng.random() < 0.42
    if woman is not None:
        is_woman = woman
    kind = names.kind_of(rng)
    name = names.make_name(rng, woman=is_woman, kind=name_kind or kind)
    age = _age(rng, min_age, max_age)
    born = today - timedelta(days=int(age * _DAYS_A_YEAR) + 2 + rng.randrange(300))
    place = _pick(rng, places.HOME if rng.random() < 0.85 else places.AWAY)
    origin = place if rng.random() < 0.7 else _pick(rng, places.PLACES)
    phone = f"0812-0000-{rng.randrange(10000):04d}"
    return Person(
        seed=seed,
        name=name,
        woman=is_woman,
        birth_place=origin.city.removeprefix("Kota Administrasi ")
        .removeprefix("Kota ")
        .removeprefix("Kabupaten "),
        birth_date=born,
        nik=make_nik(origin.code, born, woman=is_woman, serial=9000 + rng.randrange(1000)),
        blood_group=_pick(rng, _BLOOD),
        occupation=_occupation(rng, age, woman=is_woman),
        street=f"{_pick(rng, places.STREETS)} No. {1 + rng.randrange(240)}",
        rt_rw=f"{1 + rng.randrange(12):03d}/{1 + rng.randrange(18):03d}",
        village=place.village,
        district=place.district,
        city=place.city,
        province=place.province,
        postcode=place.postcode,
        religion=_pick(rng, _RELIGIONS),
        married=age > 20 and rng.random() < 0.75,
        phone=phone,
        look=make_look(rng.getrandbits(48), woman=is_woman, age=age),
    )


def make_people(seed: int, count: int, *, today: date) -> tuple[Person, ...]:
    """So many people, no two with the same NIK."""
    rng = random.Random(seed)
    found: dict[str, Person] = {}
    while len(found) < count:
        person = make_person(rng.getrandbits(48), today=today)
        found.setdefault(person.nik, person)
    return tuple(found.values())


def make_nik(district_code: str, born: date, *, woman: bool, serial: int) -> str:
    """Six digits of the district, the birth date (day + 40 for women), four of a serial."""
    day = born.day + (40 if woman else 0)
    return f"{district_code}{day:02d}{born.month:02d}{born.year % 100:02d}{serial:04d}"


def _age(rng: random.Random, low: int, high: int) -> int:
    """Young more often than old, as at a counter."""
    return low + min(rng.randrange(high - low + 1), rng.randrange(high - low + 1))


def _occupation(rng: random.Random, age: int, *, woman: bool) -> str:
    if age < _STUDENT:
        return _pick(rng, _JOBS_YOUNG)
    if age >= _RETIRED:
        return "Pensiunan"
    return _pick(rng, _JOBS_WOMEN if woman else _JOBS_MEN)


def _pick(rng: random.Random, values: tuple[T, ...]) -> T:
    return values[rng.randrange(len(values))]
