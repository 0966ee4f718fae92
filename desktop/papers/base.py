"""What every paper shares: who prints it, its number, its anchor in the journal, and its words.

A paper is a pure function from a frozen dataclass and the words to the bytes of a PDF: same
inputs, same bytes, so that their SHA-256 can stand in the journal. This module holds the nouns
and the check of the texts; `press` puts them on sheets and `parts` draws what papers repeat.
Only those two know reportlab, and each paper imports them when it is printed, because reportlab
takes 180 ms to load and a counter mustn't wait for that at start.

Adding a paper: one module with its dataclass and its function, its words under
`[papers.<module>]` in `resources/words/{id,en}/papers.toml`, one line in `__init__`, one sample
in `tests/papers/paper_samples.py`.
"""

from __future__ import annotations

import dataclasses
import re
import typing
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Annotated, Any, Protocol, TypeVar

from desktop.domain.realm import Realm
from desktop.papers.errors import PaperField, TooLongToPrint

_T = TypeVar("_T")


class Says(Protocol):
    """Words by message id, and how this language writes dates, times and money."""

    def __call__(self, message_id: str, /, **facts: object) -> str: ...

    def of(self, member: Enum) -> str: ...

    def date(self, day: date, style: str = "short") -> str: ...

    def time(self, moment: datetime) -> str: ...

    def month(self, number: int) -> str: ...

    def money(self, amount: int, /) -> str: ...


@dataclass(frozen=True, slots=True)
class Limit:
    """The most characters an entry may have on paper, and what to call it in a refusal."""

    field: PaperField
    most: int
    exact: bool = False
    """A code, of which every space counts: it is printed as it came."""


Name = Annotated[str, Limit(PaperField.NAME, 120)]
Address = Annotated[str, Limit(PaperField.ADDRESS, 400)]
Place = Annotated[str, Limit(PaperField.PLACE, 120)]
Phone = Annotated[str, Limit(PaperField.PHONE, 60)]
Number = Annotated[str, Limit(PaperField.NUMBER, 80)]
Digest = Annotated[str, Limit(PaperField.NUMBER, 128)]
Line = Annotated[str, Limit(PaperField.LINE, 240)]
Advice = Annotated[str, Limit(PaperField.PROSE, 600)]
Prose = Annotated[str, Limit(PaperField.PROSE, 4000)]

Word = Annotated[Enum | str, Limit(PaperField.LINE, 160)]
"""An enum member, which the words translate, or a text that stands as it is."""


@dataclass(frozen=True, slots=True)
class Office:
    """The letterhead."""

    name: Name
    polda: Name
    city: Place
    address: Address
    phone: Phone
    code: Number = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in the counter's journal. Whoever holds the paper can prove that the journal had
    this head at this sequence: a chain that was rewritten later no longer fits.

    `head` is the first 16 bytes of the head's hash as 32 lowercase hex digits. `seal` is the same,
    signed with the paper's number, for the QR; a paper without one has the anchor in plain text.
    """

    realm: Realm
    counter: Number
    epoch: int
    seq: int
    head: Number
    seal: Annotated[str, Limit(PaperField.NUMBER, 2000, exact=True)] = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9a-f]{32}", self.head):
            raise ValueError("an anchor's head is 32 lowercase hex digits")
        if ":" in self.counter:
            raise ValueError("a counter's name can't hold a colon")

    def text(self) -> str:
        """What the QR says."""
        place = f"{self.realm.value}:{self.counter}:{self.epoch}:{self.seq}"
        return self.seal or f"LOKET1:{place}:{self.head}"


@dataclass(frozen=True, slots=True)
class Imprint:
    """Where, when, by whom and under which number a paper was made.

    `made_at` is the office's own time, with `zone` as it is written (WIB, WITA, WIT). `copy` is
    0 for the original and counts the copies printed later.
    """

    office: Office
    number: Number
    made_at: datetime
    zone: Number
    officer: Name
    officer_number: Number
    anchor: Anchor
    copy: int = 0

    @property
    def training(self) -> bool:
        return self.anchor.realm is Realm.TRAINING


@dataclass(frozen=True, slots=True)
class Signatory:
    """A person whose signature the paper bears.

    With `signed_at` and `digest` (hex of what was signed or of the signature) the electronic
    signature is printed; without them there is room for a pen. `duty` is the role or title.
    """

    name: Name
    number: Number
    duty: Word
    signed_at: datetime | None = None
    digest: Digest = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Something counted that has no numbers of its own: test cards, used ribbon, letters."""

    what: Word
    count: int


@dataclass(frozen=True, slots=True)
class Voice:
    """The words of one paper: the office's language, and under it the reader's second one."""

    says: Says
    second: Says | None = None

    def both(self, message_id: str, **facts: object) -> tuple[str, str]:
        """The text and its second line, which is empty where no second language was given."""
        first = self.says(message_id, **facts)
        return first, self.second(message_id, **facts) if self.second else ""

    def joined(self, message_id: str) -> str:
        """Both languages on one line, for short captions."""
        return " / ".join(dict.fromkeys(text for text in self.both(message_id) if text))

    def word(self, value: Enum | str) -> str:
        return self.says.of(value) if isinstance(value, Enum) else value

    def word_both(self, value: Enum | str) -> tuple[str, str]:
        if not isinstance(value, Enum):
            return value, ""
        first = self.says.of(value)
        other = self.second.of(value) if self.second else ""
        return first, "" if other == first else other

    def moment(self, when: datetime, zone: str) -> str:
        return self.says(
            "papers.moment", date=self.date(when), time=self.says.time(when), zone=zone
        )

    def date(self, day: date) -> str:
        """2 Maret 2026: papers write the month out, so that day and month can't be swapped."""
        return self.says.date(day, "long")


def count_text(number: int) -> str:
    """A count as Indonesia groups it: 1.234."""
    return f"{number:,}".replace(",", ".")


def date_in_words(day: date, says: Says) -> str:
    """A date written out, as minutes begin: "Senin, tanggal dua bulan Maret tahun …"."""

    def small(number: int) -> str:
        if number < 20 or number % 10 == 0:
            return says(f"papers.numeral.{number}")
        return f"{says(f'papers.numeral.{number - number % 10}')} " + small(number % 10)

    century, rest = divmod(day.year, 100)
    year = str(day.year)
    if century == 20:
        year = says("papers.numeral.2000") + (f" {small(rest)}" if rest else "")
    return says(
        "papers.date_in_words",
        weekday=says(f"papers.weekday.{day.isoweekday()}"),
        day=small(day.day),
        month=says.month(day.month),
        year=year,
    )


@cache
def _limits(cls: type) -> dict[str, Limit]:
    """The limit of each text field; a text without one of its own is held to a line."""

    def find(hint: Any) -> Limit | None:
        for extra in getattr(hint, "__metadata__", ()):
            if isinstance(extra, Limit):
                return extra
        return next((found for arg in typing.get_args(hint) if (found := find(arg))), None)

    hints = typing.get_type_hints(cls, include_extras=True)
    fallback = Limit(PaperField.LINE, 240)
    return {field.name: find(hints[field.name]) or fallback for field in dataclasses.fields(cls)}


def tidy(text: str) -> str:
    """Composed characters, single spaces, no empty lines: what a keyboard meant."""
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", text).splitlines())
    return "\n".join(line for line in lines if line)


def checked(data: _T, printable: Callable[[str, PaperField], None]) -> _T:
    """The same data with every text tidied and known to be printable whole.

    Raises TooLongToPrint or CannotPrintCharacters, naming the entry and never its content, and
    ValueError for a time without a zone (a fault of the program).
    """

    def walk(value: object, limit: Limit) -> object:
        if isinstance(value, Enum):
            return value
        if isinstance(value, str):
            text = value if limit.exact or len(value) > 4 * limit.most else tidy(value)
            if len(text) > limit.most:
                raise TooLongToPrint(limit.field, limit.most)
            printable(text, limit.field)
            return text
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ValueError("a paper's times need a zone")
        if isinstance(value, tuple):
            return tuple(walk(item, limit) for item in typing.cast("tuple[object, ...]", value))
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            limits = _limits(type(value))
            fields = {name: walk(getattr(value, name), limits[name]) for name in limits}
            return dataclasses.replace(value, **fields)
        return value

    return typing.cast("_T", walk(data, Limit(PaperField.LINE, 240)))
