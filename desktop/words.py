"""Words by message id and by enum, in Indonesian or English.

Presenters and papers hand over ids, enums and facts; the sentences stand in `resources/words`, one
TOML file per room and language, so that a translator never opens code. Dates, times and money are
written here too, without Qt, because receipts and manifests need them as much as the window does.

To add words: put the same ids into `ROOM.toml` of `resources/words/id` and `resources/words/en`.
A table's own sentence has the key `_`, its parts have their names:

    [problem.OutOfCards]
    _ = "Kartu kosong di {hopper} habis."
    remedy = "Isi kartu, lalu tekan Enter."

A count may choose its form: `{count:card|cards}` gives "1 card", "2 cards"; `{paid:money}` gives
"Rp75.000", in English "Rp75,000"; `{source:rule}` names a law's article as the language does.
"""

from __future__ import annotations

import string
import threading
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "words"
LANGUAGES = ("id", "en")

_DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "id": (
        *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus"),
        *("September", "Oktober", "November", "Desember"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June", "July", "August"),
        *("September", "October", "November", "December"),
    ),
}

_POINTS = str.maketrans(",.", ".,")
"""Indonesia groups by points and has decimals after a comma."""
_MINUS = "\N{MINUS SIGN}"
_LAW = {
    "article": "Pasal", "annex": "Lampiran", "house": "House rule",
    "training": "Training only", "trial": "trial in seven provinces", "everywhere": "all offices",
}  # fmt: skip
"""What the rules' sources say in one language, whichever the officer reads: id `law.<key>`."""


class MissingWords(LookupError):
    """A message id has no sentence; the program forgot it, the officer can't mend it."""


class BadWords(ValueError):
    """A file of words isn't as the module's text describes."""


@dataclass(frozen=True, slots=True)
class ProblemText:
    """What happened and what to do about it."""

    text: str
    remedy: str


class _Sentence(string.Formatter):
    """str.format whose counts can choose a form, and whose values are written as words."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def get_value(
        self, key: int | str, args: Sequence[object], kwargs: Mapping[str, object]
    ) -> object:
        if isinstance(key, str) and key not in kwargs and not self._words.strict:
            return "{" + key + "}"
        return super().get_value(key, args, kwargs)

    def format_field(self, value: object, format_spec: str) -> str:
        if "|" in format_spec:
            one, many = format_spec.split("|", 1)
            count = self._words.number(value) if type(value) is int else self._words.plain(value)
            return f"{count} {one if value == 1 or count == '1' else many}"
        if format_spec == "money":
            return self._words.money(cast("int", value))
        if format_spec == "counter":
            return self._words.counter(str(value))
        if format_spec == "rule":
            return self._words.rule(str(value))
        if format_spec:
            return cast("str", super().format_field(value, format_spec))
        return self._words.plain(value)


class Rooms(Mapping[str, str]):
    """One language's files: those that the sign-in needs at once, the others at the first miss.

    Reading all takes a twentieth of the start, and an officer who signs in needs a tenth of it.
    Raises BadWords where a file doesn't parse or an id stands in two.
    """

    EARLY = frozenset({"clock", "commands", "common", "core", "people", "qt", "ui"})

    def __init__(self, folder: Path) -> None:
        paths = sorted(folder.glob("*.toml"))
        self._lock = threading.Lock()
        self._table: dict[str, str] = {}
        self._rest = [path for path in paths if path.stem not in self.EARLY]
        self._read(path for path in paths if path.stem in self.EARLY)

    def _read(self, paths: Iterable[Path]) -> None:
        table = dict(self._table)
        for path in paths:
            for message_id, text in _sentences(path.read_text(encoding="utf-8"), path.name):
                if message_id in table:
                    raise BadWords(f"{path.name}: {message_id} stands in two files")
                table[message_id] = text
        self._table = table

    @property
    def early(self) -> Mapping[str, str]:
        """What was read so far."""
        return self._table

    def _whole(self) -> dict[str, str]:
        with self._lock:
            if self._rest:
                self._read(self._rest)
                self._rest = []
        return self._table

    def __getitem__(self, message_id: str) -> str:
        found = self._table.get(message_id)
        return self._whole()[message_id] if found is None else found

    def __contains__(self, message_id: object) -> bool:
        return message_id in self._table or message_id in self._whole()

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole())

    def __len__(self) -> int:
        return len(self._whole())


class Words:
    """The sentences of one language.

    `strict` decides what an unknown id gives: MissingWords, or the id itself, so that a forgotten
    sentence never stops an officer. Tests are strict; the window isn't.
    """

    def __init__(
        self,
        language: str,
        table: Mapping[str, str],
        *,
        strict: bool = True,
        zone: tzinfo | None = None,
        training: bool = False,
    ) -> None:
        self.language = language
        self.strict = strict
        self.zone = zone
        self.training = training
        self._table = table if isinstance(table, Rooms) else dict(table)
        self._sentence = _Sentence(self)

    @classmethod
    def load(
        cls,
        language: str,
        *,
        strict: bool = True,
        folder: Path = FOLDER,
        zone: tzinfo | None = None,
    ) -> Words:
        """The words of `language` ("id" or "en"). Raises BadWords for one that there isn't."""
        if language not in LANGUAGES:
            raise BadWords(f"no such language: {language}")
        return cls(language, Rooms(folder / language), strict=strict, zone=zone)

    def lenient(self) -> Words:
        """The same words for the window: an unknown id is shown, not raised."""
        return self._as(strict=False)

    def in_zone(self, zone: tzinfo) -> Words:
        """The same words, writing aware moments in the office's zone."""
        return self._as(zone=zone)

    def of_training(self) -> Words:
        """The same words, whose remedies name the simulator's keys where there are such words."""
        return self._as(training=True)

    def _as(self, **changes: Any) -> Words:
        now: dict[str, Any] = {"strict": self.strict, "zone": self.zone, "training": self.training}
        return Words(self.language, self._table, **(now | changes))

    def __contains__(self, message_id: object) -> bool:
        return message_id in self._table

    def ids(self) -> AbstractSet[str]:
        """All message ids of this language."""
        return self._table.keys()

    def early_ids(self) -> AbstractSet[str]:
        """The ids that are there without reading what the sign-in doesn't need."""
        table = self._table
        return table.early.keys() if isinstance(table, Rooms) else table.keys()

    def template(self, message_id: str) -> str:
        """The sentence with its placeholders."""
        found = self._table.get(message_id)
        if found is not None:
            return found
        if self.strict:
            raise MissingWords(message_id)
        return message_id

    def __call__(self, message_id: str, /, **facts: object) -> str:
        """The sentence of `message_id`, its placeholders filled; facts may be enums or dates."""
        return self._sentence.vformat(self.template(message_id), (), facts)

    def of(self, member: Enum) -> str:
        """The word for an enum's member: id `enum.<EnumName>.<MEMBER>`."""
        return self(f"enum.{type(member).__name__}.{member.name}")

    def problem(self, error: BaseException) -> ProblemText:
        """What happened and its remedy; a subclass without words borrows its parent's."""
        facts = facts_of(error)
        for kind in type(error).__mro__:
            message_id = f"problem.{kind.__name__}"
            if message_id in self._table:
                coded = f"{message_id}.{facts.get('reason')}"  # words for this very reason
                if facts.get("count") == 0 and f"{message_id}.none" in self._table:
                    coded = f"{message_id}.none"  # "empty after 0 cards" says less than "empty"
                said = coded if coded in self._table else message_id
                remedies = (*_of_gates(kind, facts), f"{coded}.remedy", f"{message_id}.remedy")
                if self.training:
                    remedies = (f"{message_id}.training", *remedies)
                remedy_id = next((one for one in remedies if one in self._table), "")
                remedy = self(remedy_id, **facts) if remedy_id else ""
                return ProblemText(self(said, **facts), remedy)
        if self.strict:
            raise MissingWords(f"problem.{type(error).__name__}")
        name = type(error).__name__
        return ProblemText(self("problem.unknown", name=name), self("problem.unknown.remedy"))

    def plain(self, value: object) -> str:
        """A fact as it stands inside a sentence."""
        if value is None:
            return "–"
        if isinstance(value, Enum):
            return self.of(value)
        if isinstance(value, datetime):
            return self.moment(value)
        if isinstance(value, date):
            return self.date(value)
        if isinstance(value, (tuple, list, set, frozenset)):
            items = cast("Iterable[object]", value)
            return ", ".join(self.plain(item) for item in items) or "–"
        return str(value)

    def date(self, day: date, style: str = "short") -> str:
        """short "23/11/2026", medium "23 Nov 2026", long "23 November 2026", full with the day."""
        if isinstance(day, datetime):
            day = self._here(day).date()
        if style == "short":
            return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"
        month = _MONTHS[self.language][day.month - 1]
        if style == "medium":
            return f"{day.day} {month[:3]} {day.year}"
        if style == "long":
            return f"{day.day} {month} {day.year}"
        if style == "full":
            return f"{_DAYS[self.language][day.weekday()]}, {day.day} {month} {day.year}"
        raise ValueError(f"no such style of date: {style}")

    def time(self, moment: datetime, *, seconds: bool = False) -> str:
        """Hours and minutes as the language writes them: "14.05", in English "14:05"."""
        here, between = self._here(moment), ":" if self.language == "en" else "."
        parts = (here.hour, here.minute, here.second) if seconds else (here.hour, here.minute)
        return between.join(f"{part:02d}" for part in parts)

    def moment(self, moment: datetime, style: str = "short") -> str:
        """Date and time: "23/11/2026 14.05"."""
        return f"{self.date(moment, style)} {self.time(moment)}"

    def number(self, value: float | Decimal, places: int = 0) -> str:
        """Grouped as the language does: "1.234.567,50", in English "1,234,567.50"."""
        return self._grouped(f"{value:,.{places}f}")

    def signed(self, value: int) -> str:
        """A difference with its sign: "+3", "−1.200"."""
        return self._grouped(f"{value:+,d}")

    def _grouped(self, figure: str) -> str:
        figure = figure.replace("-", _MINUS)
        return figure if self.language == "en" else figure.translate(_POINTS)

    def money(self, rupiah: int) -> str:
        """Whole rupiah as tariff and receipts write them: "Rp75.000", in English "Rp75,000".

        A debt has its sign in front.
        """
        return f"{_MINUS if rupiah < 0 else ''}Rp{self.number(abs(rupiah))}"

    def rule(self, source: str) -> str:
        """A rule's source, its articles and notes in this language: "Perpol 5/2021 Article 12"."""
        for key, written in _LAW.items():
            if written in source:
                source = source.replace(written, self(f"law.{key}"))
        return source

    def counter(self, code: str) -> str:
        """A counter by its number in its office: `1374-L3` is "Loket 3 (1374)"."""
        office, _, number = code.rpartition("-L")
        if office and number.isdigit():
            return self("sync.counter", number=number, office=office)
        return code

    def counter_name(self, name: str) -> str:
        """A counter's name in this language, unless the office has one of its own for it."""
        kind, _, number = name.partition(" ")
        return self("ui.counter", number=number) if kind == "Loket" and number.isdigit() else name

    def percent(self, share: float, places: int = 0) -> str:
        """A share of one as per cent: "1,4 %", in English "1.4%"."""
        gap = "" if self.language == "en" else " "
        return f"{self.number(share * 100, places)}{gap}%"

    def month(self, number: int) -> str:
        """The month's name, January being 1."""
        return _MONTHS[self.language][number - 1]

    def _here(self, moment: datetime) -> datetime:
        if self.zone is not None and moment.tzinfo is not None:
            return moment.astimezone(self.zone)
        return moment


def facts_of(error: BaseException) -> dict[str, object]:
    """The facts that one of our errors carries; nothing for the rest."""
    facts = getattr(error, "facts", None)
    return cast("dict[str, object]", facts()) if callable(facts) else {}


def _of_gates(kind: type, facts: Mapping[str, object]) -> tuple[str, ...]:
    """Where one gate alone is missing, its own sentence says better what to do."""
    missing = facts.get("missing") if kind.__name__ == "GatesMissing" else None
    if isinstance(missing, tuple) and len(cast("tuple[object, ...]", missing)) == 1:
        [gate] = cast("tuple[object]", missing)
        if isinstance(gate, Enum):
            return (f"gate.{gate.name}.missing",)
    return ()


def placeholders(template: str) -> frozenset[str]:
    """The names that a sentence wants filled."""
    return frozenset(
        name.partition(".")[0].partition("[")[0]
        for _, name, _, _ in string.Formatter().parse(template)
        if name
    )


@lru_cache(maxsize=128)
def _sentences(told: str, file: str) -> tuple[tuple[str, str], ...]:
    """One file's ids and sentences; BadWords names a file that doesn't parse.

    Window, papers and notices each read the words: what was parsed once isn't parsed again.
    """
    try:
        table = tomllib.loads(told)
    except tomllib.TOMLDecodeError as error:
        raise BadWords(f"{file}: {error}") from error
    return tuple(_flat(table, "", file))


def _flat(table: Mapping[str, object], prefix: str, file: str) -> Iterable[tuple[str, str]]:
    for key, value in table.items():
        message_id = prefix if key == "_" else f"{prefix}.{key}" if prefix else key
        if isinstance(value, str):
            yield message_id, value
        elif isinstance(value, dict):
            yield from _flat(cast("dict[str, object]", value), message_id, file)
        else:
            raise BadWords(f"{file}: {message_id} isn't a sentence")
