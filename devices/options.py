"""Settings of a device, declared beside the thing they tune.

An adapter lists its options; the settings screen draws them and the settings file is read through
`read`, so that an option is named, typed and limited in one place. Words come from the message ids
`option.<name>` and `option.<name>.help`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from devices.loopback import Here, NotHere


class OptionRefused(ValueError):
    """A setting that the option doesn't allow; carries the option's name, never the value."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class TextOption:
    """A line of text, such as a port's name."""

    name: str
    default: str = ""
    required: bool = False

    def read(self, raw: object) -> str:
        """The setting; raises OptionRefused."""
        if not isinstance(raw, str) or (self.required and not raw.strip()):
            raise OptionRefused(self.name)
        return raw.strip()


@dataclass(frozen=True, slots=True)
class LoopbackOption(TextOption):
    """The address of a service on this very PC (`devices.loopback`), or nothing."""

    def read(self, raw: object) -> str:
        """The setting; raises OptionRefused for any other host, scheme or form."""
        text = TextOption.read(self, raw)
        if text:
            try:
                Here.of(text)
            except NotHere as error:
                raise OptionRefused(self.name) from error
        return text


@dataclass(frozen=True, slots=True)
class NumberOption:
    """A number within limits, with its unit ("s", "mm", "")."""

    name: str
    default: float
    minimum: float
    maximum: float
    unit: str = ""

    def read(self, raw: object) -> float:
        """The setting; raises OptionRefused."""
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            raise OptionRefused(self.name)
        if not self.minimum <= raw <= self.maximum:
            raise OptionRefused(self.name)
        return float(raw)


@dataclass(frozen=True, slots=True)
class ChoiceOption:
    """One of a few named values; words of each from `option.<name>.<choice>`."""

    name: str
    choices: tuple[str, ...]
    default: str

    def read(self, raw: object) -> str:
        """The setting; raises OptionRefused."""
        if not isinstance(raw, str) or raw not in self.choices:
            raise OptionRefused(self.name)
        return raw


@dataclass(frozen=True, slots=True)
class SwitchOption:
    """On or off."""

    name: str
    default: bool = False

    def read(self, raw: object) -> bool:
        """The setting; raises OptionRefused."""
        if not isinstance(raw, bool):
            raise OptionRefused(self.name)
        return raw


Option = TextOption | NumberOption | ChoiceOption | SwitchOption
OptionValue = str | float | bool


def read_options(declared: Sequence[Option], raw: Mapping[str, object]) -> dict[str, OptionValue]:
    """Every declared option with its setting or default; an unknown name is refused."""
    known = {option.name for option in declared}
    for name in raw:
        if name not in known:
            raise OptionRefused(name)
    return {
        option.name: option.read(raw[option.name]) if option.name in raw else option.default
        for option in declared
    }
