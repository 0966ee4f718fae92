"""Settings, declared once: the fields here are all there is, with their types and limits.

They live in the profile as `settings.toml`, which an administrator may edit by hand. An unknown
name is refused rather than ignored, because a mistyped one would look as if it worked.
To add a setting: one field with its default here, and its words `settings.<table>.<field>`.
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from desktop.domain.errors import Problem

FILE_NAME = "settings.toml"

Option = str | int | float | bool


class SettingsUnreadable(Problem):
    """settings.toml can't be used; `detail` names the place in the file."""

    file: str
    detail: str


class SettingsNotSaved(Problem):
    """The profile's folder refused the file (full, or not writable)."""

    file: str


@dataclass(frozen=True, slots=True)
class Look:
    """How the window appears. Light by default: the halls are bright."""

    theme: Literal["light", "dark"] = "light"
    text_scale: Literal[100, 115, 130] = 100
    large_targets: bool = False


@dataclass(frozen=True, slots=True)
class Safety:
    """When the counter guards itself."""

    idle_lock_seconds: Annotated[int, Meta(ge=30, le=3600)] = 300


@dataclass(frozen=True, slots=True)
class Place:
    """Which office and counter this PC stands in, until its enrolment says so.

    `driving_simulator`: whether the office has one; without it theory and practice decide.
    `door`: a Satpas, an outlet (gerai) or a mobile unit; the rules say what each offers.
    """

    office_code: Annotated[str, Meta(max_length=16)] = "1374"
    office_name: Annotated[str, Meta(max_length=80)] = "Satpas Contoh"
    counter_code: Annotated[str, Meta(max_length=8)] = "L3"
    counter_name: Annotated[str, Meta(max_length=40)] = "Loket 3"
    zone: Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"] = "Asia/Jakarta"
    city: Annotated[str, Meta(max_length=40)] = "Bandung"
    polda: Annotated[str, Meta(max_length=40)] = "Jawa Barat"
    area: Annotated[str, Meta(max_length=8)] = "32"
    address: Annotated[str, Meta(max_length=120)] = "Jalan Contoh No. 1, Bandung 40111"
    phone: Annotated[str, Meta(max_length=20)] = "(022) 000 0000"
    serial_pattern: Annotated[str, Meta(max_length=80)] = "[A-Z]{2}[0-9]{8}"
    card_layout: Literal["sim-v1", "sim-v1-face"] = "sim-v1"
    driving_simulator: bool = True
    door: Literal["office", "outlet", "mobile_unit"] = "office"
    reprints_alone: Annotated[int, Meta(ge=1, le=5)] = 2
    offline_days: Annotated[int, Meta(ge=1, le=60)] = 30


@dataclass(frozen=True, slots=True)
class Scanner:
    """How a keyboard-wedge scanner is told from hands.

    Hands rarely press two keys within 35 ms, and never six in a row. A prefix programmed into the
    scanner makes it certain.
    """

    prefix: Annotated[str, Meta(max_length=4)] = ""
    gap_ms: Annotated[int, Meta(ge=5, le=100)] = 35
    shortest: Annotated[int, Meta(ge=3, le=32)] = 6
    repeat_seconds: Annotated[float, Meta(ge=0, le=10)] = 2.0


@dataclass(frozen=True, slots=True)
class Cards:
    """What the office's blanks are.

    A plain chip holds one file of ours. A licence's chip (ISO/IEC 18013-2) is signed and locked: in
    training with keys of its own, live with those in the counter's token.
    """

    chip: Literal["plain", "licence"] = "plain"


@dataclass(frozen=True, slots=True)
class OfficerCard:
    """The officers' own cards, where they sign in by them.

    `module` is the PKCS#11 library that reaches them (OpenSC's, mostly), `label` the token's label
    on all of them. Empty: nobody signs in by card here.
    """

    module: Annotated[str, Meta(max_length=255)] = ""
    label: Annotated[str, Meta(max_length=32)] = ""


@dataclass(frozen=True, slots=True)
class Centre:
    """Where the centre is. Without a host there is none, and the counter works for itself.

    `root`, `certificate` and `key` are files, relative to the profile's folder. Without `root` the
    line isn't encrypted, which only training may have.
    """

    host: Annotated[str, Meta(max_length=255)] = ""
    port: Annotated[int, Meta(ge=1, le=65535)] = 5432
    database: Annotated[str, Meta(max_length=63)] = "loket"
    user: Annotated[str, Meta(max_length=63)] = ""
    password: Annotated[str, Meta(max_length=128)] = ""
    root: Annotated[str, Meta(max_length=255)] = ""
    certificate: Annotated[str, Meta(max_length=255)] = ""
    key: Annotated[str, Meta(max_length=255)] = ""


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """Which adapter serves one place for a device, and that adapter's own options."""

    adapter: str
    options: dict[str, Option] = field(default_factory=dict[str, Option])


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a profile may set."""

    language: Literal["id", "en"] = "id"
    look: Look = Look()
    safety: Safety = Safety()
    place: Place = Place()
    scanner: Scanner = Scanner()
    cards: Cards = Cards()
    officer_card: OfficerCard = OfficerCard()
    centre: Centre = Centre()
    devices: dict[str, DeviceChoice] = field(default_factory=dict[str, DeviceChoice])

    def with_device(self, place: str, choice: DeviceChoice | None) -> Settings:
        """The same settings with another choice for one place; None takes the choice back.

        A place is named for its kind ("card_printer"), a second one of the kind with a number
        ("card_printer_2"); chip readers are "chip_station" and "desk_reader".
        """
        others = {name: kept for name, kept in self.devices.items() if name != place}
        return replace(self, devices=others if choice is None else {**others, place: choice})


def load_settings(folder: Path) -> Settings:
    """The profile's settings; the defaults where it has none. Raises SettingsUnreadable."""
    path = folder / FILE_NAME
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsUnreadable(FILE_NAME, error.strerror or "") from error
    try:
        table = msgspec.toml.decode(text)
        unknown = _unknown(table, _names(msgspec.to_builtins(Settings())))
        if unknown:
            raise SettingsUnreadable(FILE_NAME, unknown)
        settings = msgspec.convert(table, Settings)
        re.compile(settings.place.serial_pattern)
    except re.error as error:
        raise SettingsUnreadable(FILE_NAME, f"place.serial_pattern: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsUnreadable(FILE_NAME, str(error)) from error
    return settings


def save_settings(folder: Path, settings: Settings) -> None:
    """Write them so that a power cut leaves either the old file or the new one."""
    body = msgspec.toml.encode(settings)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{FILE_NAME}.", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(folder / FILE_NAME)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SettingsNotSaved(FILE_NAME) from error


def keep_look(folder: Path, language: Literal["id", "en"], look: Look) -> None:
    """Another language and look from the next start on; all else stays.

    Raises SettingsUnreadable and SettingsNotSaved.
    """
    save_settings(folder, replace(load_settings(folder), language=language, look=look))


def _names(defaults: dict[str, object]) -> dict[str, set[str] | None]:
    """Known names by table; None where anything may stand."""
    return {
        key: set(value) if isinstance(value, dict) and value else None
        for key, value in defaults.items()
    }


def _unknown(table: dict[str, object], known: dict[str, set[str] | None]) -> str:
    for key, value in table.items():
        if key not in known:
            return key
        inner = known[key]
        if inner is not None and isinstance(value, dict):
            for name in value:
                if name not in inner:
                    return f"{key}.{name}"
    return ""
